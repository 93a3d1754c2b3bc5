"""The training runs of a sweep: each point of the grid with each seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from nntrain.errors import DivergenceError
from nntrain.experiments.executors import Outcome
from nntrain.experiments.sweep.grid import Point
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings
from nntrain.storage.strict_json import record
from nntrain.workflows.train import dataset_of, start


@dataclass(frozen=True)
class Trained:
    """One training run of a point; where it diverged there is only the message."""

    seed: int
    best_epoch: int | None
    validation_accuracy: float | None
    seconds: float | None
    diverged: str | None


def tasks(points: Iterable[Point], seeds: Sequence[int]) -> dict[str, FitSettings]:
    """Return the settings of every training run by key: each point with each seed."""
    return {
        key(point, seed): replace(point.settings, seed=seed) for point in points for seed in seeds
    }


def key(point: Point, seed: int) -> str:
    """Return the key of a training run."""
    return f"{point.label} seed={seed}".strip()


def train(settings: FitSettings) -> Outcome:
    """Train to the end: the document has figures, the arrays the best network's parameters.

    ``dataset`` and ``data_dir`` must mean the same in every process, and the dataset be there.
    A divergence is an outcome too.
    """
    dataset = dataset_of(settings.dataset, settings.data_dir)
    training = start(settings, dataset)
    try:
        epochs = [asdict(result) for result in training]
    except DivergenceError as error:
        return Outcome({"seed": settings.seed, "diverged": str(error)})
    document = {
        "seed": settings.seed,
        "diverged": None,
        "best_epoch": training.best.epoch,
        "validation_accuracy": training.best.accuracy,
        "seconds": sum(epoch["seconds"] for epoch in epochs),
        "epochs": epochs,
    }
    parameters = enumerate(training.best.network().parameters)
    return Outcome(document, {f"parameter_{index}": array for index, array in parameters})


def trained(document: Mapping[str, Any]) -> Trained:
    """Return the training run that ``train`` put into a document; raise where it is not one."""
    return record(Trained, {item.name: document.get(item.name) for item in fields(Trained)})


def epochs(document: Mapping[str, Any]) -> tuple[EpochResult, ...]:
    """Return the history that ``train`` put into a document; none of one that diverged."""
    return tuple(record(EpochResult, epoch) for epoch in document.get("epochs", ()))
