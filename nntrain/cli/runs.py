"""``nntrain runs``: a table of the runs so far."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, options

SCHEMA = "nntrain/runs/1"


@click.command()
@options.runs_dir_option
@options.json_option
def runs(runs_dir: Path, as_json: bool) -> None:
    """List the runs so far, oldest first, and the experiments.

    \b
    nntrain runs
    nntrain runs --json
    """
    blas_threads.one_unless_set()
    from nntrain.experiments.store import experiments
    from nntrain.runs.run import all_runs
    from nntrain.show.sections import listings
    from nntrain.show.terminal.terminal import Terminal

    terminal = Terminal()
    rows = [run.summary() for run in all_runs(runs_dir)]
    stores = reversed(experiments(runs_dir))
    others = [{"name": store.path.name, "kind": store.kind} for store in stores]
    if as_json:
        listed = {"runs_dir": str(runs_dir), "runs": rows, "experiments": others}
        terminal.document(SCHEMA, listed)
        return
    terminal.result(listings.runs(rows, str(runs_dir)))
    if others:
        terminal.result(listings.experiments(others))
