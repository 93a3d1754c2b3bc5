"""Accuracy, the time to levels, and the way out of the saturated start."""

from math import inf

from nntrain.show.blocks import Curves, Rows
from nntrain.show.sections.compare_costs import accuracy, escape, levels
from tests.experiments.compare_costs.test_result import A, B, made
from tests.show.sections.experiments import blocks_of, compared, table


def test_accuracy_by_epoch_with_the_mean_below_a_rule():
    shown = accuracy.section(compared())
    assert table(shown) == [
        ("1", "90.00 ± 0.00", "84.90 ± 0.10"),
        ("2", "96.00 ± 0.00", "91.00 ± 0.00"),
        ("mean", "93.00 ± 0.00", "87.95 ± 0.05"),
    ]
    assert shown.blocks[-1].rules == (2,)
    epochs, updates = blocks_of(shown, Curves)
    assert [list(line.x) for line in epochs.lines] == [[1, 2]] * 2
    assert [list(line.x) for line in updates.lines] == [[10, 100], [30, 200]]
    assert updates.x.scale == "log"
    assert f"{B} after 30 updates" in updates.description
    assert epochs.lines[1].low[0] < epochs.lines[1].y[0] < epochs.lines[1].high[0]


def test_one_seed_has_neither_bands_nor_a_word_on_them():
    shown = accuracy.section(compared([made(A, 0, [0.9], [1], [(10, 0.4)])]))
    assert "one seed" in shown.note
    assert len(shown.blocks) == 3
    assert "never" in shown.blocks[1].description


def test_every_level_has_its_updates_and_its_seeds():
    shown = levels.section(compared())
    rows = table(shown)
    assert rows[1] == (A, "90 %", "100", "1.00", "0.10 s", "3 of 3")
    assert rows[3] == (A, "97 %", "never", "–", "–", "0 of 3")
    chart = blocks_of(shown, Rows)[0]
    dots = {name: [(dot.series, dot.value) for dot in dots] for name, dots in chart.rows}
    assert dots == {
        "97 %": [(A, inf), (B, inf)],  # never: not drawn, but the colours stay
        "95 %": [(A, 100), (B, 200)],
        "90 %": [(A, 100), (B, 200)],
        "50 %": [(A, 10), (B, 30)],
    }
    assert f"{B}: 50 % after 30" in chart.description


def test_the_way_out_of_the_saturated_start_only_from_there():
    assert escape.section(compared()) is None
    shown = escape.section(compared(start="saturated"))
    assert table(shown) == [(A, "10", "1.0", "3 of 3"), (B, "30", "3.0", "3 of 3")]


def test_outputs_that_stay_saturated():
    stuck = [made(one, 0, [0.1], [0, 0], [(10, 0.1)]) for one in (A, B)]
    shown = escape.section(compared(stuck, start="saturated"))
    assert table(shown) == [(A, "never", "–", "0 of 1"), (B, "never", "–", "0 of 1")]
