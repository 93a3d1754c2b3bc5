"""``nntrain report``: the page on a run, made again, or on several side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, experiment_pages, options, pages
from nntrain.cli import options as run_names
from nntrain.errors import NntrainError, SettingsError

if TYPE_CHECKING:
    from nntrain.experiments.store import Store
    from nntrain.show.terminal.terminal import Terminal

SCHEMA = "nntrain/report/1"
SIDE_BY_SIDE = "side-by-side.html"


@click.command()
@click.argument(
    "names", metavar="[RUN|EXPERIMENT]...", nargs=-1, shell_complete=run_names.complete_all
)
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@options.runs_dir_option
@options.data_dir_option
@options.network_options
@options.json_option
@options.quiet_option
def report(
    names: tuple[str, ...],
    open_it: bool,
    runs_dir: Path,
    data_dir: Path | None,
    mirrors: tuple[str, ...],
    offline: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write the report page of a run: one HTML file that needs nothing else.

    It is the newest run's, unless RUN names another; it goes into the run as report.html. RUN may
    also be an experiment: a compare-costs, a sweep or a reproduce. Several runs are set side by
    side, in side-by-side.html under --runs-dir.

    \b
    nntrain report --open
    nntrain report first second
    nntrain report my-sweep
    """
    blas_threads.one_unless_set()
    pages.require()
    from nntrain.show.terminal.terminal import Terminal

    terminal = Terminal(quiet=quiet or as_json)
    experiment = _experiment(names, runs_dir)
    if experiment is not None:
        path = experiment_pages.write_page(experiment)
    elif len(names) > 1:
        path = _several(terminal, names, runs_dir, data_dir, mirrors, offline)
    else:
        path = _one(terminal, names[0] if names else None, runs_dir, data_dir, mirrors, offline)
    if as_json:
        terminal.document(SCHEMA, {"page": str(path)})
    else:
        terminal.result(str(path))
    if open_it:
        _open(path)


def _open(path: Path) -> None:
    """Open the page in the user's browser: that of the variable BROWSER, or the desktop's."""
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        raise NntrainError(f"No browser could be opened. Open the page yourself: {path.resolve()}")


def _experiment(names: tuple[str, ...], runs_dir: Path) -> "Store | None":
    """Return the experiment that the one name is of; raise where there are several names."""
    from nntrain.experiments import store

    for name in names:
        found = store.find(runs_dir, name)
        if found is not None and len(names) > 1:
            raise SettingsError(
                f"{name!r} is an experiment, which stands on a page of its own: expected runs to "
                f"set side by side. Its page: nntrain report {name}"
            )
        if found is not None:
            return found
    return None


def _one(
    terminal: "Terminal",
    name: str | None,
    runs_dir: Path,
    data_dir: Path | None,
    mirrors: tuple[str, ...],
    offline: bool,
) -> Path:
    from nntrain.cli.support import decay_cost, load_dataset, origin
    from nntrain.workflows import evaluate

    run = run_names.find(terminal, runs_dir, name)
    settings, network = run.settings(), run.model()
    dataset = load_dataset(
        terminal, settings.dataset, data_dir or Path(settings.data_dir), mirrors, offline
    )
    examples, decay = decay_cost(run, network, dataset)
    evaluation, logs = evaluate.evaluate_network(network, dataset, "test", decay)
    return pages.write_run_page(run, dataset, "test", evaluation, logs, origin(run, examples))


def _several(
    terminal: "Terminal",
    names: tuple[str, ...],
    runs_dir: Path,
    data_dir: Path | None,
    mirrors: tuple[str, ...],
    offline: bool,
) -> Path:
    from nntrain.cli.support import decay_cost, load_dataset, origin
    from nntrain.runs.directory import Directory
    from nntrain.show.page.pages import side_by_side
    from nntrain.workflows import evaluate

    compared = []
    for name in names:
        run = run_names.find(terminal, runs_dir, name)
        settings, network = run.settings(), run.model()
        folder = data_dir or Path(settings.data_dir)
        dataset = load_dataset(terminal, settings.dataset, folder, mirrors, offline)
        examples, decay = decay_cost(run, network, dataset)
        evaluation, logs = evaluate.evaluate_network(network, dataset, "test", decay)
        about = origin(run, examples)
        compared.append(pages.evaluated_run(run, dataset, "test", evaluation, logs, about))
    Directory(runs_dir).write_text(SIDE_BY_SIDE, side_by_side(compared))
    return runs_dir / SIDE_BY_SIDE
