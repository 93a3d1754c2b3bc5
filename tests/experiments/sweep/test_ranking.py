from dataclasses import replace

import pytest

from nntrain.experiments.sweep.ranking import rank
from nntrain.experiments.sweep.train import Point, Trained, key
from nntrain.settings.fit import FitSettings

BASE = FitSettings(epochs=2, hidden=(6,), batch_size=10)


def ranking(**accuracies):
    """Rank made-up points: a list of accuracies per point, None for diverged."""
    points = [Point({"activation": name}, replace(BASE, activation=name)) for name in accuracies]
    read = {
        key(point, seed): (Trained(seed, 1, value, 1.0, None if value else "diverged"), ())
        for point, values in zip(points, accuracies.values(), strict=True)
        for seed, value in enumerate(values)
    }
    return rank(points, range(len(next(iter(accuracies.values())))), read)


class TestRanking:
    def test_the_best_mean_first_by_hand(self):
        ranked = ranking(relu=[0.8, 0.9], tanh=[0.95, 0.95], sigmoid=[0.99, 0.1])
        assert [one.point.settings.activation for one in ranked] == ["tanh", "relu", "sigmoid"]
        assert ranked[1].accuracy.mean == pytest.approx(0.85)
        assert ranked[1].accuracy.sd == pytest.approx(0.0707107, rel=1e-5)
        assert ranked[1].accuracy.n == 2

    @pytest.mark.parametrize(
        ("accuracies", "order"),
        [
            ({"relu": [None, None], "sigmoid": [0.99, None], "tanh": [0.1, 0.1]}, "tsr"),
            ({"tanh": [0.5], "relu": [0.5], "sigmoid": [0.5]}, "trs"),
        ],
    )
    def test_diverged_points_come_last_and_ties_keep_the_grids_order(self, accuracies, order):
        names = [one.point.values["activation"] for one in ranking(**accuracies)]
        assert "".join(name[0] for name in names) == order


class TestBehindTheWinner:
    def test_paired_by_seed_with_holms_correction_by_hand(self):
        """Differences .01 .02 .03 and .1 .2 .4: t = 3.46 and 2.65, p = 0.0742 and 0.1181."""
        first, near, far = ranking(
            relu=[0.91, 0.92, 0.93], tanh=[0.90, 0.90, 0.90], sigmoid=[0.81, 0.72, 0.53]
        )
        assert first.behind is None
        assert (near.behind.mean, near.behind.n) == (pytest.approx(0.02), 3)
        assert near.behind.p_value == pytest.approx(0.0742, abs=1e-4)
        assert near.behind.p_adjusted == pytest.approx(2 * near.behind.p_value)
        assert far.behind.p_value == pytest.approx(0.1181, abs=1e-4)
        assert (near.level, far.level, first.level) == (True, True, False)

    def test_a_difference_that_every_seed_shows_is_distinguishable(self):
        _, other = ranking(relu=[0.90, 0.92, 0.91], tanh=[0.80, 0.82, 0.811])
        assert other.behind.distinguishable
        assert not other.level

    def test_diverged_seeds_are_ignored_and_one_seed_decides_nothing(self):
        _, second, last = ranking(relu=[0.9, 0.8], tanh=[0.7, None], sigmoid=[None, None])
        assert (second.behind.mean, second.behind.n) == (pytest.approx(0.2), 1)
        assert last.behind is None
        assert (second.level, last.level) == (False, False)
