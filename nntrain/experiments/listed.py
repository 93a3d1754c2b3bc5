"""The list of a folder: its runs and experiments with their curves; what is damaged says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from statistics import mean
from typing import Any, Literal

from nntrain.errors import IncompleteError, NntrainError, RunError, in_a_line
from nntrain.experiments.compare_costs.files import read_compare_costs
from nntrain.experiments.reproduce.result import read_reproduction
from nntrain.experiments.reproduce.train import Measured
from nntrain.experiments.store import Store, experiments
from nntrain.experiments.sweep.result import read_sweep
from nntrain.runs.directory import Directory
from nntrain.runs.run import Run, all_runs

State = Literal["", "damaged", "incomplete"]
PAGE = "report.html"
POINTS = 40


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A run or an experiment, ``made`` by a command; figures that are not known are None.

    Accuracies are in 0 to 1: ``validation`` and ``test`` are the best network's, of an experiment
    its best output's, point's or preset's mean over seeds. ``curves`` have the validation
    accuracy by epoch, or that on the training set where nothing was held out; if ``span`` is not
    "", they have it at points of this range. ``page`` is whether it has a report. ``problem`` is
    why it could not be read, "" if it could; ``state`` then says whether that is damage.
    """

    name: str
    made: str
    started: str = ""
    dataset: str = ""
    what: str = ""
    validation: float | None = None
    test: float | None = None
    seconds: float | None = None
    curves: Sequence[Sequence[float]] = ()
    span: str = ""
    page: bool = False
    state: State = ""
    problem: str = ""


def listed(runs_dir: Path) -> list[Listed]:
    """Return what is in ``runs_dir``, the newest first."""
    found = [_attempt(run, "fit", _run) for run in all_runs(runs_dir)]
    for store in experiments(runs_dir):
        read = READERS.get(store.kind, _unknown)
        found.append(_attempt(store, store.kind or "experiment", read))
    return sorted(found, key=lambda one: (one.started, one.name), reverse=True)


def _attempt(directory: Any, made: str, read: Callable[[Any], dict[str, Any]]) -> Listed:
    """Return the entry of a directory; what ``read`` raises becomes its problem."""
    page = (directory.path / PAGE).is_file()
    about = {"name": directory.path.name, "started": _started(directory), "page": page}
    state: State = "damaged"
    try:
        return Listed(**about, **{"made": made, **read(directory)})
    except IncompleteError as error:
        reason, state = str(error), "damaged" if directory.damaged else "incomplete"
    except NntrainError as error:
        reason = str(error)
    except Exception as error:  # there are more ways to be damaged than can be listed
        reason = f"{type(error).__name__}: {in_a_line(str(error))}"
    return Listed(**about, made=made, state=state, problem=reason)


def _started(directory: Directory) -> str:
    """Return when the work began, as 2026-11-28 09:31:02; "" if that is not known."""
    try:
        started = directory.provenance().get("started")
    except NntrainError:
        return ""
    return started[:19].replace("T", " ") if isinstance(started, str) else ""


def _run(run: Run) -> dict[str, Any]:
    summary = run.summary()
    if summary["problem"]:
        raise RunError(str(summary["problem"]))
    history = run.history()
    held_out = [one["validation_accuracy"] for one in history]
    curve = [one["train_accuracy"] for one in history] if None in held_out else held_out
    hidden = f"{summary['hidden']}, " if summary["hidden"] else ""
    return {
        "made": "import" if summary["imported_from"] else "fit",
        "dataset": Path(summary["dataset"]).name,
        "what": f"{hidden}{summary['output']}",
        "validation": summary["validation_accuracy"],
        "test": summary["test_accuracy"],
        "seconds": summary["training_seconds"] if history else None,
        "curves": [curve] if curve else [],
    }


def _compare_costs(store: Store) -> dict[str, Any]:
    read = read_compare_costs(store)
    outputs, early = read.result.outputs, (read.escape or read.result).outputs
    return {
        "dataset": Path(read.settings.dataset).name,
        "what": f"{len(outputs)} output layers" if len(outputs) > 1 else outputs[0].output,
        "validation": max(one.accuracy[-1].mean for one in outputs),
        "test": max(one.test_accuracy.mean for one in outputs),
        "curves": [_evenly([(updates, at.mean) for updates, at in one.early]) for one in early],
        "span": f"{max(one.early[-1][0] for one in early):,} updates",
    }


def _evenly(checks: Sequence[tuple[int, float]]) -> list[float]:
    """Return the accuracies at POINTS counts of updates, evenly on a logarithmic scale."""
    last = checks[-1][0]
    wanted = (last ** (i / (POINTS - 1)) for i in range(POINTS))
    return [next(share for at, share in checks if at >= min(one, last)) for one in wanted]


def _sweep(store: Store) -> dict[str, Any]:
    read = read_sweep(store)
    best, n = read.ranked[0].accuracy, len(read.points)
    varied = ", ".join(name.replace("_", " ") for name in read.points[0].values)
    histories = [read.epochs[one.point.label] for one in read.ranked]
    return {
        "dataset": Path(read.points[0].settings.dataset).name,
        "what": f"{n} point{'s' if n > 1 else ''}" + (f": {varied}" if varied else ""),
        "validation": None if best is None else best.mean,
        "test": None if read.tested is None else read.tested.accuracy.mean,
        "curves": _means([[e.validation_accuracy for e in one] for one in of] for of in histories),
    }


def _reproduction(store: Store) -> dict[str, Any]:
    read = read_reproduction(store)
    tested = [one.test.mean / 100 for one in read.judged if one.test is not None]
    curves = _means(
        [[_share(epoch) for epoch in one] for one in of] for of in read.epochs.values()
    )
    return {
        "dataset": Path(str(store.settings().get("dataset", ""))).name,
        "what": ", ".join(one.preset.name for one in read.judged),
        "test": max(tested, default=None),
        "curves": curves,
    }


def _share(epoch: Measured) -> float:
    return epoch.train if epoch.validation is None else epoch.validation


def _means(groups: Any) -> list[list[float]]:
    """Return the mean curve of each group of curves; where some ended early, of the others."""
    means = []
    for group in groups:
        moments = ([one for one in moment if one is not None] for moment in zip_longest(*group))
        means.append([mean(moment) for moment in moments if moment])
    return [curve for curve in means if curve]


def _unknown(store: Store) -> dict[str, Any]:
    """Return the settings' error; an intact file names a kind that this version does not know."""
    store.settings()
    raise RunError(f"{store.path} is a kind of experiment that this version does not know.")


READERS: dict[str, Callable[[Store], dict[str, Any]]] = {
    "compare-costs": _compare_costs,
    "sweep": _sweep,
    "reproduce": _reproduction,
}
