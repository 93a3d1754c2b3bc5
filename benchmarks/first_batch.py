"""The command line, except that it prints a line after its first mini-batches and exits.

``python -m benchmarks.first_batch fit …``. Training is hooked when the command has set its
threads, just before it loads the same modules itself.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from nntrain.cli import blas_threads
from nntrain.cli.main import main

if TYPE_CHECKING:
    from nntrain.nn.training import Trainer

TRAINED = "trained\n"
choose_from = blas_threads.choose_from


def choose_and_hook(values: Mapping[str, Any]) -> int | None:
    chosen = choose_from(values)
    from nntrain.nn.training import Trainer

    run_epoch = Trainer.run_epoch

    def first_block(trainer: "Trainer") -> NoReturn:
        next(run_epoch(trainer))
        os.write(1, TRAINED.encode())
        os._exit(0)

    Trainer.run_epoch = first_block  # type: ignore[method-assign]  # the hook
    return chosen


if __name__ == "__main__":
    blas_threads.choose_from = choose_and_hook
    main()
