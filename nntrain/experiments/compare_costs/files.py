"""A comparison's files: reading and checking outcomes, and the result as JSON and CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from nntrain.analysis.confidence import Histogram
from nntrain.data.dataset import Dataset
from nntrain.experiments.compare_costs.moral import moral
from nntrain.experiments.compare_costs.result import Comparison, OutputResult, compare
from nntrain.experiments.compare_costs.train import Diverged, Task, Trained, from_outcome, tasks
from nntrain.experiments.compare_costs.tuning import Tuned, choose, tuning_tasks
from nntrain.experiments.executors import Outcome
from nntrain.experiments.experiment import TrainingRuns, as_csv, expect, expect_shares
from nntrain.experiments.store import Store
from nntrain.settings.compare import BOTH, SATURATED, CompareSettings
from nntrain.settings.fit import make

SCHEMA = "nntrain/compare-costs/3"
LARGEST_NORM = 1e6
"""A file with larger norms is damaged: the error of an output neuron is below 1 in size."""


@dataclass(frozen=True, eq=False)
class CompareCosts:
    """A finished ``compare-costs``; ``tuned`` is not None if it chose the learning rates.

    ``result`` is from the random start, unless the settings name the saturated one; ``escape`` is
    from the saturated start, None if there is none.
    """

    settings: CompareSettings
    tuned: Mapping[str, Tuned] | None
    result: Comparison
    escape: Comparison | None = None

    @property
    def both(self) -> bool:
        """Whether training began at both starts."""
        return self.settings.start == BOTH

    @property
    def moral(self) -> str | None:
        """What both starts show together; None with one start or one output."""
        return moral(self.escape, self.result) if self.both and self.escape else None


def compare_costs(
    settings: CompareSettings,
    trained: Callable[[Mapping[str, Task]], Sequence[Trained | Diverged]],
) -> tuple[CompareCosts, list[Trained]]:
    """Return the comparison and its training runs.

    ``trained`` runs the given tasks, or reads their outcomes: with ``tune``, first those that
    tune the learning rates. Raises ``DivergenceError`` if a training run diverged.
    """
    rates, tuned = settings.rates(), None
    if settings.tune:
        tuned = choose(settings, trained(tuning_tasks(settings)))
        rates = {output: one.rate for output, one in tuned.items()}
    trainings = trained(tasks(settings, rates))
    compared = {
        start: compare([t for t in trainings if t.start == start], saturated=start == SATURATED)
        for start in settings.starts
    }
    result, escape = compared[settings.starts[-1]], compared.get(SATURATED)
    sound = [training for training in trainings if isinstance(training, Trained)]
    return CompareCosts(settings, tuned, result, escape), sound


def read_compare_costs(store: Store) -> CompareCosts:
    """Return the comparison in ``store``; RunError if it is incomplete."""
    named = {name: value for name, value in store.settings().items() if name != "kind"}

    def trained(todo: Mapping[str, Task]) -> list[Trained | Diverged]:
        return list(TrainingRuns(store, todo, read_outcome).complete().values())

    return compare_costs(make(CompareSettings, named), trained)[0]


def training_runs(
    store: Store, dataset: Dataset, todo: Mapping[str, Task]
) -> TrainingRuns[Task, Trained | Diverged]:
    """Return the training runs of ``todo`` on ``dataset``, saved ones and those to go."""
    return TrainingRuns(store, todo, partial(read_outcome, examples=len(dataset.test.labels)))


def write(
    store: Store, compared: CompareCosts, trainings: Sequence[Trained], dataset: Dataset
) -> tuple[dict[str, Any], str]:
    """Write comparison.json and comparison.csv; return the document and the table as CSV."""
    whole = {
        "schema": SCHEMA,
        "dataset": dataset.name,
        "dataset_title": dataset.title,
        "substituted_because": dataset.substituted_because,
        **document(compared, trainings),
    }
    table = epochs_csv(trainings)
    store.write_json("comparison.json", whole)
    store.write_text("comparison.csv", table)
    return whole, table


def document(compared: CompareCosts, trainings: Sequence[Trained]) -> dict[str, Any]:
    """Return the comparison in JSON types: settings, rates, outputs, pairs, training runs.

    With both starts they are of the random one; ``saturated`` has those of the other.
    """
    settings, result = compared.settings, compared.result
    start = settings.starts[-1]
    return {
        "settings": asdict(settings),
        "learning_rates": {
            one.output: {"value": one.learning_rate, "origin": settings.rate_origin(one.output)}
            for one in result.outputs
        },
        "tuning": {output: asdict(one) for output, one in (compared.tuned or {}).items()},
        "seeds": list(result.seeds),
        **_results(result, [t for t in trainings if t.start == start]),
        "moral": compared.moral,
        "saturated": _results(compared.escape, [t for t in trainings if t.start == SATURATED])
        if compared.both and compared.escape
        else None,
    }


def _results(result: Comparison, trainings: Sequence[Trained]) -> dict[str, Any]:
    return {
        "outputs": [_output(one) for one in result.outputs],
        "pairs": [asdict(pair) for pair in result.pairs],
        "trainings": [_training(training) for training in trainings],
    }


def _output(one: OutputResult) -> dict[str, Any]:
    whole = asdict(one)
    del whole["early"]
    whole["test_over_seeds"] = one.test_accuracy.interval()
    whole["reached"] = {f"{level:.2f}": how_long for level, how_long in whole["reached"].items()}
    whole["confidence"] = {
        name: {part: values.tolist() for part, values in whole.pop(name).items()}
        for name in ("raw", "normalised")
    }
    return whole


def _training(training: Trained) -> dict[str, Any]:
    return {
        "output": training.output,
        "seed": training.seed,
        "learning_rate": training.learning_rate,
        "test_accuracy": training.test_accuracy,
        "epochs": [asdict(epoch) for epoch in training.epochs],
        "slowdown": [asdict(moment) for moment in training.slowdown],
        "gradient_norms": [list(norms) for norms in training.gradient_norms],
        "checks": [asdict(check) for check in training.checks],
    }


def epochs_csv(trainings: Sequence[Trained]) -> str:
    """Return one row per output, seed and epoch; epoch 0, before training, has no cost yet."""
    learnt = ("train_cost", "train_accuracy", "validation_cost", "validation_accuracy", "seconds")
    measured = ("delta_norm", "error_norm", "slope", "saturated_wrong")
    norms = [f"gradient_norm_{n + 1}" for n in range(len(trainings[0].gradient_norms[0]))]
    rows = [
        [t.output, t.seed, t.learning_rate, number,
         *(getattr(epoch, name, None) for name in learnt),
         *(getattr(t.slowdown[number], name) for name in measured),
         *t.gradient_norms[number], t.start]
        for t in trainings
        for number, epoch in enumerate([None, *t.epochs])
    ]  # fmt: skip
    return as_csv(
        ["output", "seed", "learning_rate", "epoch", *learnt, *measured, *norms, "start"], rows
    )


def read_outcome(task: Task, outcome: Outcome, examples: int | None = None) -> Trained | Diverged:
    """Return the training run in ``outcome``; raise if it does not belong to ``task``.

    Stored files may be old, or come from elsewhere. ``examples`` is the size of the test set, if
    known.
    """
    training = replace(from_outcome(outcome), start=task.start)
    about = (training.output, training.seed, training.learning_rate)
    expect(about == (task.fit.output, task.fit.seed, task.fit.learning_rate), "another training")
    if isinstance(training, Diverged):
        return training
    epochs, layers = task.fit.epochs, len(task.fit.hidden) + 1
    expect([e.epoch for e in training.epochs] == list(range(1, epochs + 1)), "other epochs")
    expect(len(training.slowdown) == len(training.gradient_norms) == epochs + 1, "other moments")
    expect(all(len(norms) == layers for norms in training.gradient_norms), "other layers")
    for of in training.slowdown:
        norms, shares = (of.delta_norm, of.error_norm), (of.slope, of.saturated_wrong)
        in_range = min(*norms, *shares) >= 0 and max(norms) <= LARGEST_NORM and max(shares) <= 1
        expect(in_range, "figures out of range")
    expect(bool(training.checks), "no checks")
    expect(all(check.updates > 0 for check in training.checks), "a check without updates")
    expect_shares([check.accuracy for check in training.checks])
    expect_shares(training.curve)
    right = training.test_right
    expected = right.shape if examples is None else (examples,)
    expect(right.dtype == np.bool_ and right.shape == expected, "other test examples")
    for histogram in (training.raw, training.normalised):
        _check_histogram(histogram, len(right))
    return training


def _check_histogram(histogram: Histogram, examples: int) -> None:
    counts = np.stack([histogram.right, histogram.wrong])
    expect(counts.shape == (2, len(histogram.edges) - 1), "another histogram")
    expect(bool((counts >= 0).all()) and counts.sum() == examples, "other counts")
