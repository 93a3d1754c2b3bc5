"""The ranking of a sweep: intervals where there are several seeds, and no word of them else."""

from types import SimpleNamespace

import pytest

pytest.importorskip("matplotlib")

from nntrain.analysis.statistics import spread
from nntrain.experiments.sweep.grid import Point
from nntrain.experiments.sweep.rank import Ranked
from nntrain.settings.fit import FitSettings
from nntrain.show.page.sections.ranking import ranking


def section(*accuracies):
    ranked = [
        Ranked(Point({"epochs": number}, FitSettings()), (), spread(one))
        for number, one in enumerate(accuracies)
    ]
    return ranking(SimpleNamespace(read=SimpleNamespace(ranked=ranked)))


def drawn(of):
    return str(of.content["charts"][0][1])


def test_a_point_of_which_one_seed_is_left_takes_nobodys_interval():
    one_left, none = section([0.9, 0.92], [0.8]), section([0.91], [0.8])
    assert "Bars: 95 % intervals" in one_left.note
    assert drawn(one_left) != drawn(none)


def test_with_one_seed_no_intervals_are_spoken_of():
    assert "Bars" not in section([0.9], [0.8]).note


def test_an_arrow_is_explained_where_one_is_drawn():
    assert "arrow" not in section([0.9], [0.8]).note
    assert "arrow" in section([0.9], [0.89], [0.1]).note
