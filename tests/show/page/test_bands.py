import pytest

from nntrain.analysis.statistics import Spread, spread
from nntrain.show.page.bands import band, banded, over_seeds


def test_a_band_is_the_interval_of_the_mean_within_0_and_100():
    low, high = band([Spread(0.9, 0.01, 4), Spread(0.999, 0.01, 4)])
    assert low[0] == pytest.approx(90 - 3.1824 * 1 / 2, abs=1e-3)  # Student's t, 3 degrees
    assert high == [pytest.approx(90 + 3.1824 * 1 / 2, abs=1e-3), 100]


def test_one_seed_has_no_band():
    assert band([Spread(0.9, None, 1)]) is None
    series, bands = banded({"a": ([1], [Spread(0.9, None, 1)])})
    assert series == [("a", [1], [90.0])]
    assert bands == {}


def test_curves_end_where_the_first_seed_stops():
    assert over_seeds([[0.1, 0.2, 0.3], [0.3, 0.4]]) == [spread([0.1, 0.3]), spread([0.2, 0.4])]
    assert over_seeds([[0.1, None], [0.3, None]]) == [spread([0.1, 0.3])]
