import csv
import io
import json

import numpy as np
import pytest

from nntrain.analysis.confidence import Histogram, equal_edges
from nntrain.errors import DivergenceError, RunError
from nntrain.experiments.compare_costs.files import (
    CompareCosts,
    document,
    epochs_csv,
    read_compare_costs,
)
from nntrain.experiments.compare_costs.result import compare
from nntrain.experiments.compare_costs.slowdown import Slowdown
from nntrain.experiments.compare_costs.train import Check, Diverged, Trained
from nntrain.experiments.compare_costs.verdict import speed_verdict
from nntrain.experiments.store import Store
from nntrain.nn.training import EpochResult
from nntrain.settings.compare import CompareSettings
from tests.cli.helpers import run, run_json

SMALL = ("--hidden", "8", "--epochs", "2", "--jobs", "1")
A, B, C = "softmax+log-likelihood", "sigmoid+quadratic", "sigmoid+cross-entropy"


def made(output, seed, accuracies, right, checks=()):
    """A training run whose figures differ by seed and from one moment to the next."""
    epochs = tuple(
        EpochResult(i, 0.1, 1.0, 0.5, 1.0, a, 1.0, 0.1, 100.0, (1.0, 2.0), False)
        for i, a in enumerate(accuracies, start=1)
    )
    right = np.array(right, bool)
    sure, torn = np.zeros(10, np.int64), np.zeros(10, np.int64)
    sure[9], torn[4] = right.sum(), (~right).sum()
    raw = Histogram(equal_edges(10), sure, torn)
    normalised = Histogram(equal_edges(10), np.roll(sure, -1), np.roll(torn, -1))
    moments = range(len(epochs) + 1)
    slowdown = tuple(
        Slowdown(0.1 * (seed + 1) + m, 1.0 + m, 0.05 * (seed + 1), 0.2 + 0.01 * m) for m in moments
    )
    norms = tuple((1.0 + seed + m, 2.0) for m in moments)
    checks = tuple(Check(u, u / 100, u / 1000, a) for u, a in checks)
    return Trained(output, seed, 0.5, epochs, slowdown, norms, checks, right, raw, normalised)


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
    assert (a.test.successes, a.test.n) == (3, 4)  # four images, however many seeds
    assert a.test_accuracy.mean == 0.75
    assert (a.reached[0.95].updates, a.reached[0.95].n, a.reached[0.97]) == (100, 3, None)
    assert [s.delta_norm for s in a.slowdown] == pytest.approx([0.2, 1.2, 2.2])
    assert [s.error_norm for s in a.slowdown] == pytest.approx([1, 2, 3])
    assert [s.slope for s in a.slowdown] == pytest.approx([0.1] * 3)
    assert [s.saturated_wrong for s in a.slowdown] == pytest.approx([0.2, 0.21, 0.22])
    assert a.gradient_norms == ((2.0, 2.0), (3.0, 2.0), (4.0, 2.0))
    assert (a.raw.right[9], a.raw.wrong[4]) == (9, 3)
    assert (a.normalised.right[8], a.normalised.wrong[3]) == (9, 3)


def test_seeds_that_did_not_reach_the_level_are_not_counted():
    trainings = [
        made(A, n, [0.9], [1, 0], [check]) for n, check in enumerate([(10, 0.5), (30, 0.4)])
    ]
    (one,) = compare(trainings).outputs
    assert (one.reached[0.5].updates, one.reached[0.5].n, one.reached[0.5].of) == (10, 1, 2)


def test_a_diverged_training_is_an_error_that_names_it():
    with pytest.raises(DivergenceError, match="softmax, seed 3"):
        compare([*pair(), Diverged(A, 3, 0.5, "softmax, seed 3: diverged")])


def test_the_pair_is_judged_over_seeds_and_over_examples():
    (result,) = compare(pair()).pairs
    assert result.speed.mean == pytest.approx(0.0505)
    assert result.speed.low > 0
    assert result.final.mean == 0.25
    assert result.mcnemar is None  # three seeds answer the same images
    assert result.level == 0.95
    assert result.updates_ratio == pytest.approx(2.0)


class TestInWords:
    def verdict(self, trainings):
        (result,) = compare(trainings).pairs
        return result.verdict

    def test_which_is_ahead_and_by_how_much(self):
        text = self.verdict(pair())
        assert text.startswith(f"{A} is ahead of {B} on average over the first 2 epochs")
        assert "5.05 points higher" in text
        assert text.endswith(f" {B} needs 2× as many updates to reach 95 %.")

    def test_the_order_of_the_outputs_does_not_matter(self):
        text = self.verdict(pair(gap=-0.05))
        assert text.startswith(f"{B} is ahead of {A} on average")
        assert "as many updates" not in text  # it needed more of them, but learnt better

    @pytest.mark.parametrize(("ratio", "told"), [(1.04, False), (1.06, True)])
    def test_a_ratio_of_1_is_not_mentioned(self, ratio, told):
        speed = compare(pair()).pairs[0].speed
        text = speed_verdict(A, B, speed, 2, 0.95, ratio)
        assert ("as many updates" in text) is told

    def test_not_distinguishable_is_stated(self):
        trainings = [
            made(o, s, [0.9 + 0.01 * (-1) ** (s + (o == B))], [1, 0])
            for s in range(4)
            for o in (A, B)
        ]
        assert "not distinguishable with 4 seeds" in self.verdict(trainings)

    def test_one_seed_cannot_tell_but_mcnemar_compares_its_two_networks(self):
        text = self.verdict(pair(seeds=1))
        assert text.startswith(f"One seed cannot tell which of {A} and {B} is ahead.")
        assert "not distinguishable on the test images: 1 are classified" in text
        right, wrong = [True] * 80, [False] * 80
        text = self.verdict([made(A, 0, [0.9], right), made(B, 0, [0.9], wrong)])
        assert "networks are distinguishable on the test images: 80 are" in text
        assert text.endswith("Holm's p < 1e-16).")

    def test_a_difference_significant_alone_is_not_among_three_comparisons(self):
        """Differences 1, 2, 2 and 4: t = 3.58 with 3 degrees of freedom, p = 0.037."""
        a = [made(A, n, [0.9 + 0.001 * more], [1, 0]) for n, more in enumerate([1, 2, 2, 4])]
        b = [made(B, n, [0.9], [1, 0]) for n in range(4)]
        c = [made(C, n, [0.9 + 0.01 * (-1) ** n], [1, 0]) for n in range(4)]
        (alone,) = compare([*a, *b]).pairs
        assert "Holm's p = 0.037" in alone.verdict
        assert f"{A} is ahead of {B}" in alone.verdict
        first, *_ = compare([*a, *b, *c]).pairs
        assert first.speed.low > 0
        assert first.speed.p_adjusted == pytest.approx(3 * alone.speed.p_value)
        assert "not distinguishable" in first.verdict
        assert "Holm's p = 0.11" in first.verdict

    def escape(self, updates):
        trainings = []
        for seed, (a, b) in enumerate(updates):
            trainings.append(made(A, seed, [0.9], [1, 0], [(a, 0.5)] if a else [(99, 0.1)]))
            trainings.append(made(B, seed, [0.9], [1, 0], [(b, 0.5)] if b else [(99, 0.1)]))
        (result,) = compare(trainings, saturated=True).pairs
        return result

    def test_from_the_saturated_start_the_escape_is_judged(self):
        """Ratios 10 and 40: their geometric mean is 20; ln 4 apart, too few seeds to be sure."""
        result = self.escape([(10, 100), (10, 400)])
        assert result.escape.value == pytest.approx(20)
        assert result.verdict.startswith(
            f"From the saturated start, {A} and {B} are not distinguishable: {B} needs 20×"
        )
        result = self.escape([(10, 200), (10, 220), (10, 180)])
        assert result.escape.low > 10
        assert result.verdict.startswith(
            f"From the saturated start, {B} needs 19.9× as many updates as {A}"
        )
        turned = self.escape([(200, 10), (220, 10), (180, 10)])
        assert turned.verdict == result.verdict.replace(A, "@").replace(B, A).replace("@", B)

    def test_equal_updates_with_every_seed_are_equally_fast(self):
        text = self.escape([(10, 10), (20, 20)]).verdict
        assert text.startswith(f"{A} and {B} leave saturation equally fast")
        assert "each of 2 seeds" in text

    def test_an_output_that_never_escapes_is_named(self):
        text = self.escape([(10, None), (10, 400)]).verdict
        assert f"{A} reached 50 % with 2 of 2 seeds, {B} with 1 of 2 seeds" in text


def test_files():
    trainings = pair()
    compared = CompareCosts(CompareSettings(), None, compare(trainings))
    text = json.dumps(document(compared, trainings), allow_nan=False)
    assert json.loads(text)["pairs"][0]["a"] == A
    rows = list(csv.DictReader(io.StringIO(epochs_csv(trainings))))
    assert len(rows) == 3 * 2 * (1 + 2)
    assert [row["epoch"] for row in rows[:3]] == ["0", "1", "2"]
    assert [row["delta_norm"] for row in rows[:3]] == ["0.1", "1.1", "2.1"]
    assert [row["gradient_norm_1"] for row in rows[:3]] == ["1.0", "2.0", "3.0"]
    assert [row["validation_accuracy"] for row in rows[:3]] == ["", "0.9", "0.96"]
    keys = [(row["output"], row["seed"], row["epoch"]) for row in rows]
    assert len(set(keys)) == len(rows)


@pytest.mark.parametrize("words", [(), ("--tune", "--output", "softmax+log-likelihood")])
def test_a_written_result_is_read_back(where, tmp_path, words):
    made = run_json("compare-costs", *where, *SMALL, "--seeds", "2", *words)
    read = read_compare_costs(Store(tmp_path / "a"))
    for output, one in zip(made["outputs"], read.result.outputs, strict=True):
        assert [vars(s) for s in one.accuracy] == output["accuracy"]
        assert one.learning_rate == output["learning_rate"]
    assert [pair.verdict for pair in read.result.pairs] == [p["verdict"] for p in made["pairs"]]
    tuned = {name: one["candidates"] for name, one in made["tuning"].items()}
    assert {n: [list(c) for c in t.candidates] for n, t in (read.tuned or {}).items()} == tuned


def test_the_outcome_of_another_training_run_is_not_used(where, tmp_path):
    run("compare-costs", *where, *SMALL, "--seeds", "1")
    path = tmp_path / "a" / "experiment.toml"
    path.write_text(path.read_text().replace("epochs = 2\n", "epochs = 3\n"))
    with pytest.raises(RunError, match="has 0 of its 3 training runs"):
        read_compare_costs(Store(tmp_path / "a"))
