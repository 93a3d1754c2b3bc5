"""``nntrain verify``: the lecture's claims, checked numerically."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, options
from nntrain.cli.support import run_and_dataset
from nntrain.errors import NntrainError

if TYPE_CHECKING:
    from nntrain.lecture.claims import RunUnderTest
    from nntrain.show.terminal.terminal import Terminal


@click.command()
@options.run_argument
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Decides the random cases.",
)
@options.full_option
@options.runs_dir_option
@options.source_options
@options.display_options
def verify(
    run_name: str | None,
    seed: int,
    full: bool,
    runs_dir: Path,
    source: options.Source,
    display: options.Display,
) -> None:
    """Check the lecture's claims numerically.

    Each claim, C1 to C12, is checked on this program's own code, in float64, against closed
    forms and differences: on random networks, or on the weights of RUN (latest is the newest)
    and its test digits. C4 is a claim about data and needs a RUN. If a claim does not hold, the
    exit code is 1.

    \b
    nntrain verify
    nntrain verify latest
    nntrain verify --seed 7 --json
    """
    blas_threads.one_unless_set()
    from nntrain.lecture.claims import SCHEMA, failures, to_json
    from nntrain.lecture.claims import verify as check_claims
    from nntrain.show.blocks import Text
    from nntrain.show.sections.verify import in_a_sentence
    from nntrain.show.sections.verify import verify as claims_section

    terminal = display.terminal()
    run = None if run_name is None else _run_under_test(terminal, run_name, runs_dir, source)
    checks = check_claims(seed, run)
    if display.as_json:
        terminal.document(SCHEMA, to_json(checks, seed, run))
    elif terminal.quiet and not full:
        terminal.result(Text(f"{in_a_sentence(checks)}."))
    else:
        terminal.result(claims_section(checks, run, full=full))
    display.save_picture(terminal, "nntrain verify")
    if failed := failures(checks):
        raise NntrainError(
            f"Not all of the {len(checks)} claims hold: {', '.join(failed)} failed. "
            f"The table's notes say where."
        )


def _run_under_test(
    terminal: "Terminal", name: str, runs_dir: Path, source: options.Source
) -> "RunUnderTest":
    """Return the run's network with its test examples."""
    from nntrain.lecture.claims import RunUnderTest
    from nntrain.workflows import evaluate

    run, _, dataset = run_and_dataset(terminal, runs_dir, name, source)
    network, (images, labels) = run.model(), dataset.test
    return RunUnderTest(
        name=run.name,
        network=network,
        images=images,
        labels=labels,
        z=evaluate.weighted_inputs(network, dataset, "test"),
        examples=f"the {len(labels):,} test examples of {dataset.title}",
    )
