"""Writes the report pages of runs and experiments, where the extra ``report`` is installed."""

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.errors import NntrainError, RunError

if TYPE_CHECKING:
    from nntrain.experiments.experiment import Experiment
    from nntrain.experiments.store import Store
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun

REPORT_FILE = "report.html"
SIDE_BY_SIDE = "side-by-side.html"
NEEDED = ("jinja2", "PIL")


def installed() -> bool:
    """Return whether what a page is made with is there."""
    return all(find_spec(name) is not None for name in NEEDED)


def require() -> None:
    """Raise ``NntrainError`` where the extra is missing."""
    if not installed():
        raise NntrainError(
            "A report page needs an extra that is not installed: pip install 'nntrain[report]'"
        )


def file_name(evaluated: "EvaluatedRun") -> str:
    """Return ``report.html`` for a run's own test set; else a name with the dataset or split."""
    dataset, split = evaluated.dataset, evaluated.split
    if evaluated.settings.dataset not in (dataset.name, dataset.lasting_name):
        slug = "".join(c if c.isalnum() else "-" for c in Path(dataset.name).name) or "dataset"
        return f"report-{slug}-{split}.html"
    return REPORT_FILE if split == "test" else f"report-{split}.html"


def write_run_page(run: "Run", evaluated: "EvaluatedRun") -> Path:
    """Write the page on an evaluated run into it, and return its path."""
    from nntrain.show.page.pages import run_page
    from nntrain.workflows.evaluate import calibrated

    if evaluated.calibration is None and evaluated.can_be_calibrated:
        evaluated = calibrated(evaluated)
    name = file_name(evaluated)
    run.write_text(name, run_page(evaluated))
    return run.path / name


def try_to_write(terminal: "Terminal", run: "Run", evaluated: "EvaluatedRun") -> Path | None:
    """Write a run's page where the extra is installed; a failure is a message."""
    if not installed():
        return None
    try:
        return write_run_page(run, evaluated)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return None


def write_side_by_side(runs_dir: Path, evaluated: "Sequence[EvaluatedRun]") -> Path:
    """Write the page on several runs into ``runs_dir``, and return its path."""
    from nntrain.runs.directory import Directory
    from nntrain.show.page.pages import side_by_side

    Directory(runs_dir).write_text(SIDE_BY_SIDE, side_by_side(evaluated))
    return runs_dir / SIDE_BY_SIDE


def write_experiment_page(store: "Store") -> Path:
    """Write report.html into the experiment, and return its path."""
    kind = store.kind
    if kind not in PAGES:
        raise RunError(
            f"{store.path} holds no experiment that has a page: expected one of "
            f"{', '.join(PAGES)}, got {kind or 'a damaged experiment.toml'!r}."
        )
    store.write_text(REPORT_FILE, PAGES[kind](store))
    return store.path / REPORT_FILE


def try_to_write_experiment(
    terminal: "Terminal", store: "Store", no_report: bool
) -> dict[str, str]:
    """Write the page where it is wanted and the extra is there; return where it is, if it is.

    What stands in its way is a message, for the results are saved already.
    """
    if no_report or not installed():
        return {}
    try:
        path = write_experiment_page(store)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return {}
    terminal.message(f"The report as a page: {path}")
    return {"page": str(path)}


def _compare_costs(store: "Store") -> str:
    from nntrain.experiments.compare_costs.files import read_compare_costs
    from nntrain.show.descriptions import compared
    from nntrain.show.page.pages import compare_costs_page

    read, origin = read_compare_costs(store), _provenance(store)
    title = str(origin.get("dataset_title") or read.settings.dataset)
    about = compared(read.settings, title, origin.get("training_examples"), read.tuned)
    return compare_costs_page(described(store, read, about))


def _sweep(store: "Store") -> str:
    from nntrain.experiments.sweep.files import read_sweep
    from nntrain.show.descriptions import swept
    from nntrain.show.page.pages import sweep_page

    read, origin = read_sweep(store), _provenance(store)
    title = str(origin.get("dataset_title") or read.points[0].settings.dataset)
    about = swept(read.points, read.seeds, title)
    return sweep_page(described(store, read, about))


def _reproduce(store: "Store") -> str:
    from nntrain.experiments.reproduce.files import read_reproduction
    from nntrain.show.page.pages import reproduce_page

    return reproduce_page(described(store, read_reproduction(store), {}))


def described(store: "Store", read: Any, about: Mapping[str, str]) -> "Experiment[Any]":
    """Return what was read of the experiment with its name, settings and provenance."""
    from nntrain.experiments.experiment import Experiment

    return Experiment(store.path.name, read, about, store.settings(), _provenance(store))


def _provenance(store: "Store") -> dict[str, Any]:
    """Return provenance.json; nothing where it is damaged, for the results do not need it."""
    try:
        return store.provenance()
    except RunError:
        return {}


PAGES: dict[str, "Callable[[Store], str]"] = {
    "compare-costs": _compare_costs,
    "sweep": _sweep,
    "reproduce": _reproduce,
}
