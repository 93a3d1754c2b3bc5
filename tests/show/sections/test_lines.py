import pytest

from nntrain.analysis.statistics import Spread, spread
from nntrain.show.blocks import Line
from nntrain.show.sections.lines import banded, ends_of, explained, over_seeds


def test_a_band_is_the_interval_of_the_mean_within_0_and_100():
    line = banded("a", [1, 2], [Spread(0.9, 0.01, 4), Spread(0.999, 0.01, 4)])
    assert line.y == pytest.approx([90, 99.9])
    assert line.low[0] == pytest.approx(90 - 3.1824 * 1 / 2, abs=1e-3)  # Student's t, 3 degrees
    assert line.high == [pytest.approx(90 + 3.1824 * 1 / 2, abs=1e-3), 100]
    assert [text.only for text in explained([Line("b", [], []), line])] == ["page"]


@pytest.mark.parametrize("spreads", [[Spread(0.9, None, 1)], [spread([0.8, 0.9]), spread([0.9])]])
def test_one_seed_has_no_band(spreads):
    line = banded("a", range(len(spreads)), spreads)
    assert (line.low, line.high) == (None, None)
    assert explained([line]) == []


def test_curves_end_where_the_first_seed_stops():
    line = over_seeds("a", [[0.1, 0.2, 0.3], [0.3, 0.4]])
    assert (list(line.x), line.y) == ([1, 2], pytest.approx([20, 30]))
    assert list(over_seeds("a", [[0.1, None], [0.3, None]]).x) == [1]
    assert ends_of([Line("a", [1, 2], [1, 97.531]), Line("b", [], [])]) == "a ends at 97.53 %"
