"""Report pages of runs and experiments, where their extra is installed, and faults in reports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.errors import NntrainError, RunError, in_a_line

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
    from nntrain.workflows.evaluate import calibrated

    name = file_name(evaluated)
    with faults_as_errors():
        from nntrain.show.page.pages import run_page

        if evaluated.calibration is None and evaluated.can_be_calibrated:
            evaluated = calibrated(evaluated)
        page = run_page(evaluated)
    run.write_text(name, page)
    return run.path / name


@contextmanager
def faults_as_errors() -> Iterator[None]:
    """Raise ``NntrainError`` for any exception: a fault in a page must not end a training."""
    try:
        yield
    except NntrainError:
        raise
    except MemoryError as error:
        raise NntrainError("Out of memory; the results are saved.") from error
    except Exception as error:
        raise NntrainError(_fault("page", error)) from error


@contextmanager
def faults_as_warnings(terminal: "Terminal") -> Iterator[None]:
    """Warn of any exception in what the terminal shows of results that are saved.

    A stdout that cannot be written to is no fault of the report: that ``OSError`` is raised.
    """
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        terminal.warning("NO REPORT", _fault("report", error))


def _fault(what: str, error: Exception) -> str:
    reason = f"{type(error).__name__}: {in_a_line(str(error))}"
    return (
        f"The {what} could not be made ({reason}). The results are saved. Please report this as "
        f"a bug."
    )


def attempt(terminal: "Terminal", write: Callable[..., Path], *about: Any) -> Path | None:
    """Write a page where the extra is installed; a failure is a message, for results are saved."""
    if not installed():
        return None
    try:
        return write(*about)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return None


def announced(terminal: "Terminal", path: Path | None, name: str, contents: str) -> dict[str, str]:
    """Say where the page is, or how to get one; return its path as a part of a document."""
    if path is not None:
        terminal.message(f"Page with {contents}: {path}")
        return {"page": str(path)}
    if not installed():
        terminal.message(
            f"For a page with {contents}: pip install 'nntrain[report]', then "
            f"nntrain report {name}"
        )
    return {}


def write_side_by_side(runs_dir: Path, evaluated: "Sequence[EvaluatedRun]") -> Path:
    """Write the page on several runs into ``runs_dir``, and return its path."""
    from nntrain.runs.directory import Directory

    with faults_as_errors():
        from nntrain.show.page.pages import side_by_side

        page = side_by_side(evaluated)
    Directory(runs_dir).write_text(SIDE_BY_SIDE, page)
    return runs_dir / SIDE_BY_SIDE


def write_experiment_page(store: "Store", experiment: "Experiment[Any]") -> Path:
    """Write report.html into the experiment, and return its path."""
    with faults_as_errors():
        from nntrain.show.page.pages import experiment_page

        page = experiment_page(store.kind.replace("-", "_"), experiment)
    store.write_text(REPORT_FILE, page)
    return store.path / REPORT_FILE


def try_to_write_experiment(
    terminal: "Terminal", store: "Store", experiment: "Experiment[Any]"
) -> dict[str, str]:
    """Write the page where the extra is installed; return where it is, if it is."""
    path = attempt(terminal, write_experiment_page, store, experiment)
    return announced(terminal, path, store.typed, "charts")


def read_experiment(store: "Store") -> "Experiment[Any]":
    """Return the experiment in ``store``; RunError where it has no page or is not all there."""
    if store.kind not in READERS:
        raise RunError(
            f"{store.path} holds no experiment that has a page: expected one of "
            f"{', '.join(READERS)}, got {store.kind or 'a damaged experiment.toml'!r}."
        )
    return READERS[store.kind](store)


def _compare_costs(store: "Store") -> "Experiment[Any]":
    from nntrain.experiments.compare_costs.files import read_compare_costs
    from nntrain.show.sections.compare_costs.result import compared

    read, origin = read_compare_costs(store), _provenance(store)
    title = str(origin.get("dataset_title") or read.settings.dataset)
    about = compared(read.settings, title, origin.get("training_examples"), read.tuned)
    return described(store, read, about)


def _sweep(store: "Store") -> "Experiment[Any]":
    from nntrain.experiments.sweep.result import read_sweep
    from nntrain.show.sections.sweep import swept

    read, origin = read_sweep(store), _provenance(store)
    title = str(origin.get("dataset_title") or read.points[0].settings.dataset)
    return described(store, read, swept(read.points, read.seeds, title))


def _reproduce(store: "Store") -> "Experiment[Any]":
    from nntrain.experiments.reproduce.result import read_reproduction

    return described(store, read_reproduction(store), {})


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


READERS: dict[str, "Callable[[Store], Experiment[Any]]"] = {
    "compare-costs": _compare_costs,
    "sweep": _sweep,
    "reproduce": _reproduce,
}
