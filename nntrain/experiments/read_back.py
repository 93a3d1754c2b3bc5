"""An experiment read back from its directory, to be shown again without training anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nntrain.analysis.metrics import Interval
from nntrain.analysis.statistics import Spread
from nntrain.errors import RunError, in_a_line
from nntrain.experiments.compare_costs import train
from nntrain.experiments.compare_costs.result import Comparison, compare
from nntrain.experiments.compare_costs.tuning import Tuned, choose, tuning_tasks
from nntrain.experiments.executors.run import Outcome
from nntrain.experiments.reproduce import reproduce
from nntrain.experiments.sound import check_compared
from nntrain.experiments.store import Store
from nntrain.experiments.sweep import sweep
from nntrain.nn.training import EpochResult
from nntrain.settings.fit import CompareSettings, FitSettings, make
from nntrain.settings.presets import Expected, Preset
from nntrain.storage.strict_json import parse_object, record


@dataclass(frozen=True, eq=False)
class CompareCosts:
    """A finished ``compare-costs``; ``tuned`` is there where it chose the learning rates."""

    settings: CompareSettings
    tuned: Mapping[str, Tuned] | None
    result: Comparison


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished ``sweep``: ``epochs`` has each sound training's history, by point and seed.

    ``tested`` is None where every training diverged.
    """

    points: tuple[sweep.Point, ...]
    seeds: tuple[int, ...]
    ranked: tuple[sweep.Ranked, ...]
    tested: sweep.Tested | None
    epochs: Mapping[str, tuple[tuple[EpochResult, ...], ...]]


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A finished ``reproduce``: ``epochs`` has each sound training's curves, by preset."""

    judged: tuple[reproduce.Judged, ...]
    epochs: Mapping[str, tuple[tuple[reproduce.Measured, ...], ...]]


def read_compare_costs(store: Store) -> CompareCosts:
    """Return the comparison in ``store``; RunError where it is not all there."""
    settings = make(CompareSettings, _settings(store))
    rates, tuned = settings.rates(), None
    if settings.tune:
        tuned = choose(settings, _compared(store, tuning_tasks(settings)))
        rates = {output: one.rate for output, one in tuned.items()}
    trainings = _compared(store, train.tasks(settings, rates))
    result = compare(trainings, saturated=settings.start == "saturated")
    return CompareCosts(settings, tuned, result)


def _compared(
    store: Store, todo: Mapping[str, train.Task]
) -> list[train.Trained | train.Diverged]:
    def check(key: str, outcome: Outcome) -> None:
        check_compared(len(outcome.arrays.get("test_right", ())), todo[key], outcome)

    return [train.from_outcome(one) for one in _outcomes(store, todo, check).values()]


def read_sweep(store: Store) -> Sweep:
    """Return the sweep in ``store``; RunError where it is not all there."""
    settings = _settings(store)
    vary, count = settings.pop("vary", []), settings.pop("seeds", 0)
    base = make(FitSettings, settings)
    points = sweep.grid(base, sweep.parse_vary(vary))
    seeds = tuple(range(base.seed, base.seed + count))
    todo = sweep.tasks(points, seeds)

    def check(key: str, outcome: Outcome) -> None:
        if sweep.trained(outcome.document).seed != todo[key].seed:
            raise ValueError("it holds another seed")
        sweep.epochs(outcome.document)

    outcomes = _outcomes(store, todo, check)
    trainings = {key: sweep.trained(one.document) for key, one in outcomes.items()}
    epochs = {
        point.label: tuple(
            history
            for seed in seeds
            if (history := sweep.epochs(outcomes[sweep.key(point, seed)].document))
        )
        for point in points
    }
    ranked = tuple(sweep.rank(points, seeds, trainings))
    tested = _read(store, "sweep.json", _tested)
    return Sweep(tuple(points), seeds, ranked, tested, epochs)


def _tested(document: Mapping[str, Any]) -> sweep.Tested | None:
    if document["winner"] is None:
        return None
    test = document["winner"]["test"]
    accuracies = tuple(float(one) for one in test["accuracies"])
    return sweep.Tested(
        accuracies, record(Spread, test["accuracy"]), record(Interval, test["interval"])
    )


def read_reproduction(store: Store) -> Reproduction:
    """Return the reproduction in ``store``; RunError where it is not all there.

    The verdicts are those that were given then: a preset may have another figure by now.
    """
    judged = _read(store, "reproduce.json", _judged)
    todo = {
        reproduce.key(one.preset.name, training.seed): one.preset.name
        for one in judged
        for training in one.trainings
    }

    def check(key: str, outcome: Outcome) -> None:
        reproduce.epochs(outcome.document)

    epochs: dict[str, tuple[tuple[reproduce.Measured, ...], ...]] = {}
    for key, outcome in _outcomes(store, todo, check).items():
        if outcome.document["diverged"] is None:
            own = epochs.get(todo[key], ())
            epochs[todo[key]] = (*own, reproduce.epochs(outcome.document))
    return Reproduction(judged, epochs)


def _judged(document: Mapping[str, Any]) -> tuple[reproduce.Judged, ...]:
    return tuple(
        reproduce.Judged(
            preset=Preset(
                str(one["name"]),
                make(FitSettings, one["settings"]),
                record(Expected, one["expected"]),
            ),
            trainings=tuple(record(reproduce.Reproduced, t) for t in one["trainings"]),
            ours=None if one["ours"] is None else record(Spread, one["ours"]),
            low=None if one["low"] is None else float(one["low"]),
            high=None if one["high"] is None else float(one["high"]),
            test=None if one["test"] is None else record(Spread, one["test"]),
            verdict=str(one["verdict"]),
        )
        for one in document["presets"]
    )


def _settings(store: Store) -> dict[str, Any]:
    return {name: value for name, value in store.settings().items() if name != "kind"}


def _read(store: Store, name: str, understood: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Return what ``understood`` makes of a JSON file of the experiment."""
    try:
        return understood(parse_object((store.path / name).read_bytes()))
    except Exception as error:  # there are more ways to be damaged than can be listed
        reason = in_a_line(str(error)) or type(error).__name__
        raise RunError(
            f"{store.path / name} is missing or damaged ({reason}). {_again(store)}"
        ) from error


def _outcomes(
    store: Store, todo: Mapping[str, Any], check: Callable[[str, Outcome], None]
) -> dict[str, Outcome]:
    """Return the outcomes of ``todo`` in its order."""
    store.check = check
    found = {key: outcome for key in todo if (outcome := store.load(key)) is not None}
    if len(found) < len(todo):
        raise RunError(
            f"{store.path} has {len(found)} of its {len(todo)} trainings. {_again(store)}"
        )
    return found


def _again(store: Store) -> str:
    return (
        f"The same {store.kind or 'command'} with --name {store.path.name} --resume does the rest."
    )
