import pytest

from nntrain.show.blocks import Curves
from nntrain.show.sections.compare_costs.slowdown import section
from tests.experiments.compare_costs.test_result import A, made
from tests.show.sections.experiments import blocks_of, compared, table

TERMINAL, PAGE = ("", "terminal"), ("", "page")


def test_the_figures_before_training_and_after_each_epoch():
    shown = section(compared())
    for place in (TERMINAL, PAGE):
        figures = table(shown, only=place)
        assert figures[0] == ("0", "softmax", "0.2", "1", "0.2", "0.1", "20.0")
        assert figures[4] == ("2", "softmax", "2.2", "3", "0.733", "0.1", "22.0")
        gradients = table(shown, 1, only=place)
        assert [row[2:] for row in gradients if row[1] == A] == [
            ("2", "2"),
            ("3", "2"),
            ("4", "2"),
        ]


def test_the_charts_have_every_output_and_moment():
    charts = {chart.name: chart for chart in blocks_of(section(compared()), Curves)}
    wanted = {"share": 2.2 / 3, "delta": 2.2, "error": 3, "saturated": 22}
    assert list(charts) == [f"slowdown-{name}" for name in wanted]
    for name, last in wanted.items():
        line = charts[f"slowdown-{name}"].lines[0]
        assert (line.name, list(line.x), line.y[-1]) == (A, [0, 1, 2], pytest.approx(last))


def test_the_terminal_has_room_for_a_few_epochs_and_the_page_for_all():
    shown = section(compared([made(A, 0, [0.9] * 40, [1], [(10, 0.5)])]))
    assert [row[0] for row in table(shown, only=TERMINAL)] == ["0", "1", "2", "20", "40"]
    assert len(table(shown, only=PAGE)) == 41
