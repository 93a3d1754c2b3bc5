import csv
import io
import json
from dataclasses import replace

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
from nntrain.experiments.compare_costs.moral import moral
from nntrain.experiments.compare_costs.result import compare
from nntrain.experiments.compare_costs.slowdown import Slowdown
from nntrain.experiments.compare_costs.train import Check, Diverged, Trained
from nntrain.experiments.compare_costs.verdict import Bounds, speed_verdict
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
        a = [(9, 0.4), (10, 0.5), (99, 0.8), (100, 0.95)]
        b = [(29, 0.4), (30, 0.6), (199, 0.8), (200, 0.95)]
        trainings.append(made(A, seed, [0.90, 0.96], [1, 1, 1, 0], a))
        trainings.append(made(B, seed, [0.90 - gap - wobble, 0.96 - gap], [1, 1, 0, 0], b))
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

    @pytest.mark.parametrize(
        ("bounds", "told"),
        [
            (Bounds(1, 1), ""),
            (Bounds(1.02, 1.02), ""),
            (Bounds(1.0, 1.3), ""),
            (Bounds(1.06, 1.06), "needs 1.1× as many updates to reach 95 %."),
            (Bounds(0.9, 1.3), ""),
            (Bounds(1.2, 1.2), "needs 1.2× as many updates to reach 95 %."),
            (Bounds(1.1, 1.3), "needs 1.2× as many updates to reach 95 % (1.1 to 1.3 within"),
        ],
    )
    def test_a_ratio_that_the_checks_do_not_tell_from_1_is_not_mentioned(self, bounds, told):
        speed = compare(pair()).pairs[0].speed
        ratio = bounds.high if bounds.high < 1.1 else 1.2
        text = speed_verdict(A, B, speed, 2, 0.95, ratio, bounds)
        assert told in text
        assert ("as many updates" in text) is bool(told)

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
        assert "not distinguishable on the test examples: 1 are classified" in text
        right, wrong = [True] * 80, [False] * 80
        text = self.verdict([made(A, 0, [0.9], right), made(B, 0, [0.9], wrong)])
        assert "networks are distinguishable on the test examples: 80 are" in text
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

    def escape(self, updates, grid=1):
        """From the saturated start; ``grid``: updates from the check before to that of 50 %."""
        (result,) = compare(escapes(updates, grid), saturated=True).pairs
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
        assert text.endswith("after the same number of updates (with 2 seeds).")
        text = self.escape([(10, 20), (20, 10)]).verdict  # equal on average only
        assert "not distinguishable" in text

    def test_what_lies_within_one_check_is_equally_fast_however_often_it_happens(self):
        """Counts of 100 and 110, always: checked at every 12th update, they may be the same."""
        always = [(100, 110), (100, 110), (100, 110)]
        assert "needs 1.1× as many" in self.escape(always).verdict
        result = self.escape(always, grid=12)
        assert "equally fast: they reach 50 % within one check" in result.verdict
        assert (result.escape_bounds.low, result.escape_bounds.high) == (
            pytest.approx(99 / 100),
            pytest.approx(110 / 89),
        )

    def test_two_seeds_that_differ_are_not_equally_fast_because_their_mean_is(self):
        """Ratios 10 and 1/10, within checks of 9: neither seed's counts may be the same."""
        text = self.escape([(20, 200), (200, 20)], grid=9).verdict
        assert "not distinguishable" in text
        assert "equally fast" not in text

    def test_a_mean_that_the_checks_do_not_tell_from_1_is_not_distinguishable(self):
        """The ratios 1.08, 1.1 and 1.13 are significant; checks of 12 leave 0.993 open."""
        result = self.escape([(100, 108), (100, 110), (100, 113)], grid=12)
        assert result.escape_signs == (0, 0, 1)
        assert (result.escape.distinguishable, result.escape_bounds.sign) == (True, 0)
        assert "not distinguishable" in result.verdict

    def test_a_ratio_of_gridded_counts_has_its_resolution(self):
        text = self.escape([(100, 900), (100, 1000), (100, 1100)], grid=100).verdict
        assert "95 % interval 7.77 to 12.8" in text
        assert text.endswith("; 8.97 to 997 within one check).")
        turned = self.escape([(900, 100), (1000, 100), (1100, 100)], grid=100).verdict
        assert turned == text.replace(A, "@").replace(B, A).replace("@", B)

    def test_an_output_that_never_escapes_is_named_with_a_bound(self):
        """One of two seeds: at least √(2000 · 400) / 10 times; none: at least 2000 / 10."""
        text = self.escape([(10, None), (10, 400)]).verdict
        assert f"{A} reached 50 % with 2 of 2 seeds, {B} with 1 of 2 seeds" in text
        assert text.endswith(f"within 1,999 updates: {B} needs at least 89.4× as many as {A}.")
        text = self.escape([(None, 10), (None, 10)]).verdict
        assert text.endswith(f"within 1,999 updates: {A} needs at least 200× as many as {B}.")
        assert self.escape([(None, None)]).verdict.endswith("within 1,999 updates.")

    def test_a_seed_that_points_the_other_way_forbids_a_bound(self):
        text = self.escape([(10, None), (400, 10)]).verdict
        assert text.endswith("within 1,999 updates.")


def escapes(updates, grid=1, outputs=(A, B)):
    """One-epoch training runs of 1,999 updates that reach 50 % at these; None: do not."""
    last = 1999
    return [
        made(
            *(output, seed, [0.9], [1, 0]),
            [(n - grid, 0.1), (n, 0.5), (last, 0.9)] if n else [(last, 0.1)],
        )
        for seed, each in enumerate(updates)
        for output, n in zip(outputs, each, strict=True)
    ]


class TestMoral:
    def moral(self, *updates, outputs=(A, B), seeds=3):
        called = dict(zip((A, B), outputs, strict=True))
        random = [replace(one, output=called[one.output]) for one in pair(seeds=seeds)]
        return moral(compare(escapes(updates, 1, outputs), saturated=True), compare(random))

    def test_it_names_the_slow_one_by_how_much_from_each_start_and_why(self):
        text = self.moral((10, 200), (10, 220), (10, 180))
        assert text.startswith(f"From the saturated start, {B} needs 19.9× as many updates as {A}")
        assert "to reach 50 % (with 3 seeds); from" in text
        assert "from the random start, it needs 2× as many to reach 95 %" in text
        assert "σ′(z) is almost 0" in text
        assert text.endswith("δ = a − ỹ.")

    def test_a_new_activation_alone_is_no_cure(self):
        text = self.moral((10, None), (10, None), outputs=(A, "softmax+quadratic"), seeds=2)
        assert "softmax+quadratic needs at least 200× as many updates" in text
        assert "Jacobian J is almost 0" in text
        assert "a new activation alone is no cure" in text

    def test_it_gives_no_reason_for_what_the_lecture_does_not_say(self):
        text = self.moral((10, 200), (10, 220), (10, 180), outputs=(B, C))
        assert text.startswith(f"From the saturated start, {C} needs 19.9×")
        assert "not the lecture's finding" in text
        assert "δ" not in text

    def test_nothing_is_claimed_that_the_seeds_do_not_show(self):
        assert "do not show" in self.moral((10, 10), (10, 10), (10, 10))
        assert "do not show" in self.moral((10, 100), (10, 9), (10, 11))
        assert "do not show" in self.moral((10, None), (400, 10), seeds=2)
        assert "(with one seed)" in self.moral((10, 200), seeds=1)

    def test_it_is_about_the_two_that_differ_most_whichever_comes_first(self):
        three = [
            replace(one, output=name)
            for name, updates in ((A, 10), (C, 30), (B, 900))
            for one in escapes([(updates + seed, 1) for seed in range(3)])
            if one.output == A
        ]
        random = [
            replace(one, output=name)
            for name, like in ((A, A), (C, A), (B, B))
            for one in pair()
            if one.output == like
        ]
        for turn in (1, -1):
            shown = moral(compare(three[::turn], saturated=True), compare(random[::turn]))
            assert shown.startswith(f"From the saturated start, {B} needs 82")
        turned = self.moral((200, 10), (220, 10), (180, 10), outputs=(B, A))
        assert turned.startswith(
            f"From the saturated start, {B} needs 19.9× as many updates as {A}"
        )

    def test_the_random_start_within_a_check_or_five_percent_is_about_equal(self):
        def shown(a, b, grid):
            checks = [[(n - grid, 0.1), (n, 0.95)] for n in (a, b)]
            random = [
                made(output, seed, [0.9], [1, 0], own)
                for seed in range(3)
                for output, own in zip((A, B), checks, strict=True)
            ]
            return moral(compare(escapes([(10, 200)] * 3), saturated=True), compare(random))

        assert "equally many to reach 95 % (within one check)" in shown(100, 105, 10)
        assert "needs about as many to reach 95 %" in shown(100, 104, 1)
        assert "needs 1.1× as many to reach 95 %" in shown(100, 106, 1)

    def test_a_ratio_of_thousands_is_a_whole_number(self):
        assert "needs at least 2,000× as many" in self.moral((1, None), (1, None), seeds=2)

    def test_one_output_has_none(self):
        one = compare([t for t in pair() if t.output == A])
        assert moral(one, one) is None


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
    assert {row["start"] for row in rows} == {"random"}


@pytest.mark.parametrize("words", [(), ("--tune", "--output", "softmax+log-likelihood")])
def test_a_written_result_is_read_back(where, tmp_path, words):
    made = run_json("compare-costs", *where, *SMALL, "--seeds", "2", *words)
    read = read_compare_costs(Store(tmp_path / "a"))
    assert made["moral"] == read.moral
    saturated = made["saturated"]
    assert len(saturated["trainings"]) == len(made["trainings"])
    for output, one in zip(saturated["outputs"], read.escape.outputs, strict=True):
        assert [vars(s) for s in one.accuracy] == output["accuracy"]
    assert [p.verdict for p in read.escape.pairs] == [p["verdict"] for p in saturated["pairs"]]
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
    with pytest.raises(RunError, match="has 3 of its 6 training runs"):  # an epoch from saturation
        read_compare_costs(Store(tmp_path / "a"))
