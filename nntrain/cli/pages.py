"""Report pages of runs and experiments (extra ``report``), and the handling of faults in them."""

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
    """Return whether the libraries that make a page are installed."""
    return all(find_spec(name) is not None for name in NEEDED)


def require() -> None:
    """Raise ``NntrainError`` if the extra is missing."""
    if not installed():
        raise NntrainError(
            "A report page needs an extra that is not installed: pip install 'nntrain[report]'"
        )


def open_in_browser(path: Path) -> None:
    """Open the page in the browser named by BROWSER, or in the desktop's."""
    import webbrowser

    if not webbrowser.open(path.resolve().as_uri()):
        raise NntrainError(f"Could not open a browser. Open the page yourself: {path.resolve()}")


def file_name(evaluated: "EvaluatedRun") -> str:
    """Return ``report.html`` for a run's own test set; else a name with the dataset or split."""
    dataset, split = evaluated.dataset, evaluated.split
    if evaluated.settings.dataset not in (dataset.name, dataset.lasting_name):
        slug = "".join(c if c.isalnum() else "-" for c in Path(dataset.name).name) or "dataset"
        return f"report-{slug}-{split}.html"
    return REPORT_FILE if split == "test" else f"report-{split}.html"


def write_run_page(run: "Run", evaluated: "EvaluatedRun") -> Path:
    """Write the page of an evaluated run into the run's directory; return the page's path."""
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
    """Turn any exception into ``NntrainError``: a fault in a page must not end training."""
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
    """Turn any exception while saved results are printed into a warning.

    ``OSError`` is raised: it means that stdout cannot be written to, not a fault in the report.
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
        f"Could not make the {what} ({reason}). The results are saved. Please report this as a "
        f"bug."
    )


def attempt(terminal: "Terminal", write: Callable[..., Path], *about: Any) -> Path | None:
    """Write a page if the extra is installed; a failure is only a message: results are saved."""
    if not installed():
        return None
    try:
        return write(*about)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return None


def announced(terminal: "Terminal", path: Path | None, name: str, contents: str) -> dict[str, str]:
    """Say where the page is, or how to get one; return its path for the JSON document."""
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
    """Write the page that compares several runs into ``runs_dir``; return its path."""
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
    """Write the page if the extra is installed; return its path for the JSON document."""
    path = attempt(terminal, write_experiment_page, store, experiment)
    return announced(terminal, path, store.typed, "charts")


def read_experiment(store: "Store") -> "Experiment[Any]":
    """Return the experiment in ``store``; RunError if it has no page or is incomplete."""
    if store.kind not in READERS:
        raise RunError(
            f"{store.path} is not an experiment with a page: expected one of "
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
    """Return the result ``read`` with the experiment's name, settings and provenance."""
    from nntrain.experiments.experiment import Experiment

    return Experiment(store.path.name, read, about, store.settings(), _provenance(store))


def _provenance(store: "Store") -> dict[str, Any]:
    """Return provenance.json, or {} if it is damaged: the results do not need it."""
    try:
        return store.provenance()
    except RunError:
        return {}


READERS: dict[str, "Callable[[Store], Experiment[Any]]"] = {
    "compare-costs": _compare_costs,
    "sweep": _sweep,
    "reproduce": _reproduce,
}
