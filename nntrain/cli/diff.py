"""``nntrain diff``: where two runs differ."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, options
from nntrain.cli.support import run_and_dataset
from nntrain.cli.values import complete_runs

SCHEMA = "nntrain/diff/1"


@click.command()
@click.argument("a", metavar="A", shell_complete=complete_runs)
@click.argument("b", metavar="B", shell_complete=complete_runs)
@options.runs_dir_option
@options.source_options
@options.display_options
def diff(a: str, b: str, runs_dir: Path, source: options.Source, display: options.Display) -> None:
    """Compare two runs, A and B.

    Shows both accuracies on the test set, examples that only one run classifies correctly,
    and the settings that differ. Each run is evaluated on its own dataset; answers are compared
    if both have the same test examples.

    \b
    nntrain diff first second
    nntrain diff first second --json
    """
    blas_threads.one_unless_set()
    from nntrain.show.sections import sections
    from nntrain.workflows.diff import difference, document
    from nntrain.workflows.evaluate import evaluate_run

    terminal = display.terminal()
    loaded = [run_and_dataset(terminal, runs_dir, name, source) for name in (a, b)]
    found = difference(*(evaluate_run(*one, "test") for one in loaded))
    if display.as_json:
        terminal.document(SCHEMA, document(found))
    else:
        terminal.result(*sections("diff", found))
    display.save_picture(terminal, "nntrain diff")
