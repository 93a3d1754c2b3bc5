"""A comparison as JSON and as CSV."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from nntrain.analysis.confidence import Histogram
from nntrain.experiments.compare_costs import train
from nntrain.experiments.compare_costs.result import Comparison, OutputResult, compare
from nntrain.experiments.compare_costs.train import Trained
from nntrain.experiments.compare_costs.tuning import Tuned, choose, tuning_tasks
from nntrain.experiments.executors.run import Outcome
from nntrain.experiments.sound import check_compared
from nntrain.experiments.store import Store, all_outcomes, settings_of
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fit import make


def document(
    result: Comparison,
    trainings: list[Trained],
    settings: CompareSettings,
    tuned: dict[str, Tuned] | None,
) -> dict[str, Any]:
    """Return the comparison as JSON-able types: settings, rates, outputs, pairs, trainings."""
    return {
        "settings": asdict(settings),
        "learning_rates": {
            one.output: {"value": one.learning_rate, "origin": settings.rate_origin(one.output)}
            for one in result.outputs
        },
        "tuning": {output: asdict(one) for output, one in (tuned or {}).items()},
        "seeds": list(result.seeds),
        "outputs": [_output(one) for one in result.outputs],
        "pairs": [asdict(pair) for pair in result.pairs],
        "trainings": [_training(training) for training in trainings],
    }


def _output(one: OutputResult) -> dict[str, Any]:
    return {
        "output": one.output,
        "learning_rate": one.learning_rate,
        "accuracy": [asdict(spread) for spread in one.accuracy],
        "mean_accuracy": asdict(one.mean_accuracy),
        "reached": {
            f"{level:.2f}": None if reached is None else asdict(reached)
            for level, reached in one.reached.items()
        },
        "test_accuracy": asdict(one.test_accuracy),
        "test": asdict(one.test),
        "slowdown": [asdict(moment) for moment in one.slowdown],
        "gradient_norms": [list(norms) for norms in one.gradient_norms],
        "confidence": {"raw": _histogram(one.raw), "normalised": _histogram(one.normalised)},
    }


def _histogram(of: Histogram) -> dict[str, list[float]]:
    return {"edges": of.edges.tolist(), "right": of.right.tolist(), "wrong": of.wrong.tolist()}


def _training(training: Trained) -> dict[str, Any]:
    return {
        "output": training.output,
        "seed": training.seed,
        "learning_rate": training.learning_rate,
        "test_accuracy": float(training.test_right.mean()),
        "epochs": [asdict(epoch) for epoch in training.epochs],
        "slowdown": [asdict(moment) for moment in training.slowdown],
        "gradient_norms": [list(norms) for norms in training.gradient_norms],
        "checks": [asdict(check) for check in training.checks],
    }


def epochs_csv(trainings: list[Trained]) -> str:
    """Return one row per output, seed and epoch; epoch 0, before training, has no cost yet."""
    layers = len(trainings[0].gradient_norms[0])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["output", "seed", "learning_rate", "epoch", "train_cost", "train_accuracy",
         "validation_cost", "validation_accuracy", "seconds", "delta_norm", "error_norm",
         "slope", "saturated_wrong", *(f"gradient_norm_{n}" for n in range(1, layers + 1))]
    )  # fmt: skip
    for t in trainings:
        for number, (figures, norms) in enumerate(zip(t.slowdown, t.gradient_norms, strict=True)):
            epoch = t.epochs[number - 1] if number else None
            learnt = [None] * 5 if epoch is None else [
                epoch.train_cost, epoch.train_accuracy, epoch.validation_cost,
                epoch.validation_accuracy, epoch.seconds,
            ]  # fmt: skip
            writer.writerow(
                [t.output, t.seed, t.learning_rate, number, *learnt, figures.delta_norm,
                 figures.error_norm, figures.slope, figures.saturated_wrong, *norms]
            )  # fmt: skip
    return text.getvalue()


@dataclass(frozen=True, eq=False)
class CompareCosts:
    """A finished ``compare-costs``; ``tuned`` is there where it chose the learning rates."""

    settings: CompareSettings
    tuned: Mapping[str, Tuned] | None
    result: Comparison


def read_compare_costs(store: Store) -> CompareCosts:
    """Return the comparison in ``store``; RunError where it is not all there."""
    settings = make(CompareSettings, settings_of(store))
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

    return [train.from_outcome(one) for one in all_outcomes(store, todo, check).values()]
