from dataclasses import replace
from math import inf

import pytest

from nntrain.experiments.compare_costs.train import Diverged
from nntrain.settings.compare import CompareSettings
from nntrain.show.blocks import Curves, Rows, Table, Text, Tiles
from nntrain.show.sections.compare_costs import accuracy, confidence, result
from nntrain.show.sections.compare_costs.escape import escape
from nntrain.show.sections.compare_costs.slowdown import slowdown
from nntrain.show.sections.compare_costs.summary import summary
from nntrain.show.sections.compare_costs.updates import updates
from tests.experiments.compare_costs.test_result import A, B, escapes, made, pair
from tests.show.sections.experiments import blocks_of, compared, facts, table

TERMINAL, PAGE = ("", "terminal"), ("", "page")


def alone(answers=(1,), accuracies=(0.9,), checks=((10, 0.4),)):
    """A comparison of a single output with one seed."""
    return compared([made(A, 0, list(accuracies), list(answers), list(checks))])


def test_the_verdict_comes_first_and_then_the_figures_it_rests_on():
    experiment = compared()
    shown = result.result(experiment)
    words = [text.text for text in blocks_of(shown, Text)]
    assert words[0] == result.lead(experiment)
    assert words[0].startswith(f"{A} is ahead of {B}")
    assert table(shown) == [
        (A, "0.5", "75.00 ± 0.00 %", "30.06–95.44 %", "75.00–75.00 %"),
        (B, "0.5", "50.00 ± 0.00 %", "15.00–85.00 %", "50.00–50.00 %"),
    ]
    assert "Wilson's, 4 examples shared by all seeds" in words[-1]
    assert table(result.result(alone()))[0][-1] == "–"
    assert facts(shown) == {"seeds": "0, 1, 2"}


def test_a_page_ends_with_the_test_accuracies_and_the_terminal_has_them_once():
    experiment = compared()
    last = result.tested(experiment)
    assert blocks_of(last, Tiles)[0].tiles == [("75.00 %", A), ("50.00 %", B)]
    assert table(last) == table(result.result(experiment))
    assert {block.only for block in last.blocks} == {"page"}
    assert [type(one) for one in result.result(experiment).blocks if one.only != "terminal"] == [
        Text
    ]


def test_a_single_output_has_a_lead_but_neither_verdict_nor_pairs():
    experiment = alone([1, 0, 1, 1])
    assert result.lead(experiment) == f"{A} with 1 seed: 75.00 % test accuracy."
    assert [text.role for text in blocks_of(result.result(experiment), Text)] == ["muted"]
    assert result.pairs(experiment) is None


def test_the_lead_is_of_the_pair_that_differs_most():
    third = "sigmoid+cross-entropy"
    near = [replace(one, output=third) for one in pair(gap=0.01) if one.output == B]
    experiment = compared([*pair(), *near])
    most = max(experiment.read.result.pairs, key=lambda p: abs(p.speed.mean))
    assert result.lead(experiment) == most.verdict


def test_the_differences_with_their_intervals_and_with_one_seed_mcnemars_counts():
    (row,) = table(result.pairs(compared()))
    assert row[0] == "softmax\n− quadratic"
    assert row[1].startswith("+5.05\n(+4.93 to +5.17)\np = ")
    assert row[2] == "+25.00"  # the same with every seed, so their deviation is not known
    assert len(row) == 3
    (row,) = table(result.pairs(compared(pair(seeds=1))))
    assert row[1:] == ("+5.00", "+25.00", "1\n: 0", "p = 1")  # one seed has no interval
    right, wrong = [True] * 99, [False] * 99
    (row,) = table(result.pairs(compared([made(A, 0, [0.9], right), made(B, 0, [0.9], wrong)])))
    assert row[-1] == "p < 1e-16"


def test_what_was_compared_in_words():
    settings = CompareSettings(hidden=(), start="saturated")
    about = result.compared(settings, "MNIST", 5000, None)
    assert about["dataset"] == "MNIST, 5,000 training examples"
    assert about["hidden layers"] == "none"
    assert about["start"].startswith("saturated: output biases +")
    about = result.compared(CompareSettings(), "MNIST", 5000, None)
    assert about["start"].endswith("as initialised (1 epoch); then random (10 epochs)")
    assert {f"η of {output}" for output in settings.outputs} < set(about)


@pytest.mark.parametrize("diverged", [False, True])
def test_the_line_of_a_finished_training(diverged):
    training = Diverged(A, 3, 0.5, "nan") if diverged else made(A, 3, [0.9, 0.96], [1])
    assert result.training_line(training).split() == [
        *(A, "seed", "3", "η", "0.5"),
        *(["diverged"] if diverged else ["validation", "96.00", "%"]),
    ]
    assert "saturated start" in result.training_line(replace(training, start="saturated"))


def test_accuracy_by_epoch_with_the_mean_below_a_rule():
    shown = accuracy.accuracy(compared())
    assert table(shown) == [
        ("1", "90.00 ± 0.00", "84.90 ± 0.10"),
        ("2", "96.00 ± 0.00", "91.00 ± 0.00"),
        ("mean", "93.00 ± 0.00", "87.95 ± 0.05"),
    ]
    assert shown.blocks[-1].rules == (2,)
    epochs, updates = blocks_of(shown, Curves)
    assert [list(line.x) for line in epochs.lines] == [[1, 2]] * 2
    assert [list(line.x) for line in updates.lines] == [[9, 10, 99, 100], [29, 30, 199, 200]]
    assert updates.x.scale == "log"
    assert f"{B} after 30 updates" in updates.description
    assert epochs.lines[1].low[0] < epochs.lines[1].y[0] < epochs.lines[1].high[0]


def test_one_seed_has_neither_bands_nor_a_word_on_them():
    shown = accuracy.accuracy(alone())
    assert "one seed" in shown.note
    assert len(shown.blocks) == 3
    assert "never" in shown.blocks[1].description


def test_every_level_has_its_updates_and_its_seeds():
    shown = accuracy.levels(compared())
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


def test_the_escape_is_shown_for_the_saturated_start_only():
    assert escape(compared()) is None
    shown = escape(compared(start="saturated"))
    assert table(shown) == [(A, "0.2", "10", "1", "3 of 3"), (B, "0.2", "30", "3", "3 of 3")]
    stuck = [made(one, 0, [0.1], [0, 0], [(10, 0.1)]) for one in (A, B)]
    shown = escape(compared(stuck, start="saturated"))
    assert [row[2:] for row in table(shown)] == [("> 10", "–", "0 of 1")] * 2
    one_stuck = [made(A, 0, [0.9], [1, 0], [(4, 0.5), (10, 0.9)]), stuck[1]]
    shown = escape(compared(one_stuck, start="saturated"))
    assert [row[2:] for row in table(shown)] == [
        ("4", "1", "1 of 1"),
        ("> 10", "≥ 2.75", "0 of 1"),
    ]


def both_starts():
    return compared(start="both", escape=escapes([(10, 200), (10, 220), (10, 180)]))


def test_with_both_starts_the_moral_leads_and_the_saturated_start_comes_first():
    experiment = both_starts()
    moral = experiment.read.moral
    assert result.lead(experiment) == moral
    for section in (summary(experiment), result.result(experiment)):
        words = [text.text for text in blocks_of(section, Text)]
        assert words[0] == moral
        assert words[1].startswith(f"From the saturated start, {B} needs 19.9×")
        assert words[2].startswith(f"{A} is ahead of {B}")
    first, then = blocks_of(summary(experiment), Table)
    assert first.caption == "From the saturated start"
    assert [row[2] for row in first.rows] == ["10", "200"]
    assert then.caption.startswith("From the random start")
    assert [row[1] for row in then.rows] == ["10", "30"]
    (live,) = updates(experiment).blocks
    (chart,) = live.still
    assert [list(line.x) for line in chart.lines] == [[9, 10, 1999], [1999]]  # all seeds
    assert "both starts; means over 3 seeds" in blocks_of(summary(experiment), Text)[-1].text


def test_the_headline_is_the_ratio_that_is_certain_and_the_lead_is_about_the_same_pair():
    assert result.headline(compared()) is None
    assert result.headline(both_starts()) == ("19.9×", "as many updates")
    stuck = [made(one, 0, [0.1], [0, 0], [(10, 0.1)]) for one in (A, B)]
    assert result.headline(compared(stuck, start="saturated")) is None
    one_stuck = [made(A, 0, [0.9], [1, 0], [(4, 0.5), (10, 0.9)]), stuck[1]]
    experiment = compared(one_stuck, start="saturated")
    assert result.headline(experiment) == ("At least 2.75×", "as many updates")
    assert f"{B} needs at least 2.75× as many as {A}" in result.lead(experiment)


def test_the_slowdown_before_training_and_after_each_epoch():
    shown = slowdown(compared())
    for place in (TERMINAL, PAGE):
        figures = table(shown, only=place)
        assert figures[0] == ("0", "softmax", "0.2", "1", "0.2", "0.1", "20.0")
        assert figures[4] == ("2", "softmax", "2.2", "3", "0.733", "0.1", "22.0")
        gradients = [row[2:] for row in table(shown, 1, only=place) if row[1] == A]
        assert gradients == [("2", "2"), ("3", "2"), ("4", "2")]
    charts = {chart.name: chart for chart in blocks_of(shown, Curves)}
    wanted = {"share": 2.2 / 3, "delta": 2.2, "error": 3, "saturated": 22}
    assert list(charts) == [f"slowdown-{name}" for name in wanted]
    for name, last in wanted.items():
        line = charts[f"slowdown-{name}"].lines[0]
        assert (line.name, list(line.x), line.y[-1]) == (A, [0, 1, 2], pytest.approx(last))


def test_the_terminal_has_room_for_a_few_epochs_and_the_page_for_all():
    shown = slowdown(alone(accuracies=[0.9] * 40))
    assert [row[0] for row in table(shown, only=TERMINAL)] == ["0", "1", "2", "20", "40"]
    assert len(table(shown, only=PAGE)) == 41


def test_shares_of_answers_over_the_bins_that_hold_some():
    shown = confidence.confidence(compared())
    right, wrong = blocks_of(shown, Table)
    assert right.head == ("right", "softmax", "quadratic\nraw", "quadratic\nnormalised")
    assert table(shown) == [
        ("[0.8, 0.9)", "0.0", "0.0", "100.0"),
        ("[0.9, 1.0]", "100.0", "100.0", "0.0"),
    ]
    assert [cell.bar for cell in right.rows[1][1:]] == [1, 1, 0]
    assert {cell.role for cell in wrong.rows[0][1:]} == {"wrong"}
    right, wrong = blocks_of(shown, Curves)  # of the normalised outputs, which can be compared
    assert right.lines[0].steps
    assert len(right.lines[0].x) == len(right.lines[0].y) == 11
    assert right.lines[1].y[8:] == [100, 0, 0]
    assert f"{A}: 9 answers" in right.description
    assert "3 answers" in wrong.description
