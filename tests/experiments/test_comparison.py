import csv
import io
import json

import numpy as np
import pytest

from nntrain.analysis.confidence import Histogram, equal_edges
from nntrain.experiments.compare_costs import Check, Trained
from nntrain.experiments.comparison import compare
from nntrain.experiments.comparison_files import document, epochs_csv
from nntrain.experiments.slowdown import Slowdown
from nntrain.nn.training import EpochResult
from nntrain.settings import CompareSettings

A, B = "softmax+log-likelihood", "sigmoid+quadratic"


def made(output, seed, accuracies, right, checks=()):
    epochs = tuple(
        EpochResult(i, 0.1, 1.0, 0.5, 1.0, a, 1.0, 0.1, 100.0, (1.0, 2.0), False)
        for i, a in enumerate(accuracies, start=1)
    )
    right = np.array(right, bool)
    counts = np.zeros(10, np.int64)
    counts[9] = right.sum()
    histogram = Histogram(equal_edges(10), counts, np.zeros(10, np.int64))
    slow = Slowdown(0.1 * (seed + 1), 1.0, 0.05, 0.2)
    checks = tuple(Check(u, u / 100, u / 1000, a) for u, a in checks)
    slowdown = (slow,) * (len(epochs) + 1)
    return Trained(output, seed, 0.5, epochs, slowdown, checks, right, histogram, histogram)


def pair(*, gap=0.05, seeds=3):
    """b learns worse by about ``gap`` with every seed, and takes twice the updates."""
    trainings = []
    for seed in range(seeds):
        wobble = 0.001 * seed
        trainings.append(made(A, seed, [0.90, 0.96], [1, 1, 1, 0], [(10, 0.5), (100, 0.95)]))
        trainings.append(
            made(
                B, seed, [0.90 - gap - wobble, 0.96 - gap], [1, 1, 0, 0], [(30, 0.6), (200, 0.95)]
            )
        )
    return trainings


def test_figures_by_hand():
    result = compare(pair())
    a, b = result.outputs
    assert result.seeds == (0, 1, 2)
    assert a.accuracy[1].mean == pytest.approx(0.96)
    assert a.mean_accuracy.mean == pytest.approx(0.93)
    assert b.mean_accuracy.mean == pytest.approx(0.8795)
    assert (a.test.successes, a.test.n) == (9, 12)
    assert a.test_accuracy.mean == 0.75
    assert (a.reached[0.95].updates, a.reached[0.95].n, a.reached[0.97]) == (100, 3, None)
    assert a.slowdown[0].delta_norm == pytest.approx(0.2)
    assert a.gradient_norms == ((1.0, 2.0), (1.0, 2.0))
    assert a.raw.right[9] == 9


def test_the_pair_is_judged_over_seeds_and_over_examples():
    (result,) = compare(pair()).pairs
    assert result.speed.mean == pytest.approx(0.0505)
    assert result.speed.low > 0
    assert result.final.mean == 0.25
    assert (result.mcnemar.only_a, result.mcnemar.only_b) == (3, 0)
    assert result.level == 0.95
    assert result.updates_ratio == pytest.approx(2.0)


class TestInWords:
    def verdict(self, trainings):
        (result,) = compare(trainings).pairs
        return result.verdict

    def test_which_learns_faster_and_by_how_much(self):
        text = self.verdict(pair())
        assert text.startswith(f"{A} learns faster than {B}: over 2 epochs")
        assert "5.05 points higher" in text
        assert "to 95 % the other took 2 times its updates" in text

    def test_the_order_of_the_outputs_does_not_matter(self):
        text = self.verdict(pair(gap=-0.05))
        assert text.startswith(f"{B} learns faster than {A}")
        assert "took 0.5 times its updates" in text

    def test_not_distinguishable_is_said_aloud(self):
        trainings = [
            made(o, s, [0.9 + 0.01 * (-1) ** (s + (o == B))], [1, 0])
            for s in range(4)
            for o in (A, B)
        ]
        assert "not distinguishable with 4 seeds" in self.verdict(trainings)

    def test_one_seed_cannot_tell(self):
        assert "one seed cannot tell" in self.verdict(pair(seeds=1))


def test_files():
    trainings = pair()
    text = json.dumps(
        document(compare(trainings), trainings, CompareSettings(), None), allow_nan=False
    )
    assert json.loads(text)["pairs"][0]["a"] == A
    rows = list(csv.DictReader(io.StringIO(epochs_csv(trainings))))
    assert len(rows) == 3 * 2 * 2
    assert rows[0]["output"] == A
    assert rows[0]["gradient_norm_2"] == "2.0"
    keys = [(row["output"], row["seed"], row["epoch"]) for row in rows]
    assert len(set(keys)) == len(rows)
