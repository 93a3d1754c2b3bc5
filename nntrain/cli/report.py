"""``nntrain report``: the page of a run, of several runs side by side, or of an experiment."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, index, options, pages, values
from nntrain.cli.support import run_and_dataset
from nntrain.errors import SettingsError

if TYPE_CHECKING:
    from nntrain.experiments.store import Store
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun

SCHEMA = "nntrain/report/1"


@click.command()
@click.argument(
    "names", metavar="[RUN|EXPERIMENT]...", nargs=-1, shell_complete=values.complete_all
)
@click.option(
    "--index",
    "index_it",
    is_flag=True,
    help="Write index.html under --runs-dir: all runs and experiments, with their curves.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@options.runs_dir_option
@options.source_options
@options.plain_display_options
def report(
    names: tuple[str, ...],
    index_it: bool,
    open_it: bool,
    runs_dir: Path,
    source: options.Source,
    display: options.Display,
) -> None:
    """Write the report page of a run: one self-contained HTML file.

    RUN defaults to the newest run. The page is report.html in the run's directory. An EXPERIMENT
    is the result of compare-costs, sweep or reproduce. Several runs are shown side by side, in
    side-by-side.html under --runs-dir. With --index, the page lists all runs and experiments;
    commands that train or evaluate then write it again.

    \b
    nntrain report --open
    nntrain report first second
    nntrain report my-sweep
    nntrain report --index --open
    """
    blas_threads.one_unless_set()
    pages.require()
    terminal = display.terminal()
    if index_it and names:
        raise SettingsError("--index is about all runs. Leave out the names, or --index.")
    if index_it:
        path = index.write(runs_dir)
    else:
        path = _written(terminal, names, runs_dir, source)
        index.refresh(terminal, runs_dir)
    if display.as_json:
        terminal.document(SCHEMA, {"page": str(path)})
    else:
        terminal.result(str(path))
    if open_it:
        pages.open_in_browser(path)


def _written(
    terminal: "Terminal", names: tuple[str, ...], runs_dir: Path, source: options.Source
) -> Path:
    """Write the page of ``names``; return its path."""
    experiment = _experiment(names, runs_dir)
    if experiment is not None:
        return pages.write_experiment_page(experiment, pages.read_experiment(experiment))
    found = [_evaluated(terminal, name, runs_dir, source) for name in names or (None,)]
    if len(found) > 1:
        return pages.write_side_by_side(runs_dir, [evaluated for _, evaluated in found])
    return pages.write_run_page(*found[0])


def _experiment(names: tuple[str, ...], runs_dir: Path) -> "Store | None":
    """Return the experiment, or None for runs; raise if one of several names is an experiment."""
    from nntrain.experiments import store

    for name in names:
        found = store.find(runs_dir, name)
        if found is not None and len(names) > 1:
            raise SettingsError(
                f"{name!r} is an experiment, which has its own page: expected runs to "
                f"show side by side. Its page: nntrain report {name}"
            )
        if found is not None:
            return found
    return None


def _evaluated(
    terminal: "Terminal", name: str | None, runs_dir: Path, source: options.Source
) -> "tuple[Run, EvaluatedRun]":
    """Return a run and its best network's evaluation on the run's own test set."""
    from nntrain.workflows.evaluate import evaluate_run

    run, settings, dataset = run_and_dataset(terminal, runs_dir, name, source)
    return run, evaluate_run(run, settings, dataset, "test")
