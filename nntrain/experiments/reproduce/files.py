"""A reproduction's files: its results read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nntrain.analysis.statistics import Spread
from nntrain.experiments.executors.run import Outcome
from nntrain.experiments.reproduce import reproduce
from nntrain.experiments.store import Store, all_outcomes, read_document
from nntrain.settings.fit import FitSettings, make
from nntrain.settings.presets import Expected, Preset
from nntrain.storage.strict_json import record


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A finished ``reproduce``: ``epochs`` has each sound training's curves, by preset."""

    judged: tuple[reproduce.Judged, ...]
    epochs: Mapping[str, tuple[tuple[reproduce.Measured, ...], ...]]


def read_reproduction(store: Store) -> Reproduction:
    """Return the reproduction in ``store``; RunError where it is not all there.

    The verdicts are those that were given then: a preset may have another figure by now.
    """
    judged = read_document(store, "reproduce.json", _judged)
    todo = {
        reproduce.key(one.preset.name, training.seed): one.preset.name
        for one in judged
        for training in one.trainings
    }

    def check(key: str, outcome: Outcome) -> None:
        reproduce.epochs(outcome.document)

    epochs: dict[str, tuple[tuple[reproduce.Measured, ...], ...]] = {}
    for key, outcome in all_outcomes(store, todo, check).items():
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
