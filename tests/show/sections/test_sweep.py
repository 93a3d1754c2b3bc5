from nntrain.experiments.sweep.train import Trained
from nntrain.show.blocks import Curves, Rows, Tiles
from nntrain.show.sections.sweep import curves, lead, ranking, result, training_line
from tests.show.sections.experiments import blocks_of, facts, swept, table


def test_the_winner_with_its_test_figure_and_what_was_swept():
    experiment = swept([0.9, 0.92], [0.8, 0.82])
    assert lead(experiment) == (
        "epochs=0 is best on validation with 91.00 ± 1.41 %, and classifies 91.00 % of the test "
        "examples correctly (2 networks, one per seed). It is distinguishable from 1 of 1 other "
        "setting."
    )
    shown = result(experiment)
    assert facts(shown)["winner"] == "epochs=0"
    assert facts(shown)["test accuracy"] == "91.00 ± 1.41 %  (2 networks, one per seed)"
    assert "9 of 10" in facts(shown)["over examples"]
    assert facts(shown)["over seeds"] == "95 % interval 78.29–100.00 %"
    assert facts(shown)["varied"] == "epochs"
    assert "diverged" not in facts(shown)
    assert blocks_of(shown, Tiles)[0].tiles[-1] == ("4", "training runs")


def test_a_sweep_in_which_all_diverged_says_so():
    experiment = swept([None, None], [None, None])
    assert lead(experiment) == "Every training run diverged."
    assert facts(result(experiment)) == {"varied": "epochs", "diverged": "4 of 4 training runs"}
    assert blocks_of(ranking(experiment), Rows) == []
    assert [row[-4:] for row in table(ranking(experiment))] == [("0", "2", "–", "–")] * 2
    assert curves(experiment) is None


def test_the_ranking():
    shown = ranking(swept([0.9, 0.92], [0.8, 0.82]))
    assert table(shown) == [
        ("1", "0", "91.00 ± 1.41", "2", "2", "1.50 s"),
        ("2", "1", "81.00 ± 1.41", "2", "2", "1.50 s"),
    ]


def test_points_not_distinguishable_from_the_winner_are_marked():
    experiment = swept([0.90, 0.92, 0.91], [0.91, 0.91, 0.90], [0.80, 0.82, 0.811])
    shown = ranking(experiment)
    assert [row[0] for row in table(shown)] == ["1", "= 2", "3"]
    assert "=: not distinguishable from the winner" in shown.note
    assert lead(experiment).endswith(" It is distinguishable from 1 of 2 other settings.")
    one_seed = swept([0.9], [0.8])
    assert [row[0] for row in table(ranking(one_seed))] == ["1", "2"]
    assert lead(one_seed).endswith(
        "One seed cannot distinguish it from the others: use --seeds 3 or more."
    )


def dots(experiment):
    (chart,) = blocks_of(ranking(experiment), Rows)
    return chart, [dot for _, (dot,) in chart.rows]


def test_a_point_of_which_one_seed_is_left_has_no_interval():
    _, (first, second) = dots(swept([0.9, 0.92], [0.8, None]))
    assert 0 <= first.low < first.value < first.high <= 100
    assert (second.low, second.high, second.value) == (None, None, 80)
    assert first.series != second.series


def test_settings_far_behind_lie_beyond_the_axis_so_that_the_others_differ():
    chart, (first, second, third) = dots(swept([0.9], [0.89], [0.1]))
    assert third.value < chart.x.low < second.value < first.value < chart.x.high
    chart, (_, second) = dots(swept([0.9], [0.9]))
    assert chart.x.low < second.value < chart.x.high


def test_a_name_too_long_for_the_chart_is_its_rank():
    values = [{"hidden": (10,)}, {"hidden": (1000,) * 6}]
    experiment = swept([0.9], [0.8], values=values)
    chart, _ = dots(experiment)
    assert [name for name, _ in chart.rows] == ["1.  10", "2."]
    lines = blocks_of(curves(experiment), Curves)[0].lines
    assert [line.name for line in lines] == ["1. hidden=10", "rank 2"]


def test_the_curves_six_a_chart_and_thirty_at_most():
    shown = curves(swept(*[[0.9 - 0.001 * n] for n in range(40)], epochs=1))
    charts = blocks_of(shown, Curves)
    assert [len(chart.lines) for chart in charts] == [6] * 10
    assert charts[-2].title == "Validation accuracy, ranks 25 to 30"
    assert "first 30 of 40" in shown.note
    assert charts[0].lines[0].x == range(1, 2)


def test_nothing_varied():
    experiment = swept([0.9], values=[{}])
    assert lead(experiment).startswith("the settings below is best")
    assert table(ranking(experiment))[0][1] == "90.00"


def test_the_line_of_a_finished_training():
    assert training_line("a", Trained(0, 1, 0.9, 1.0, None)) == "a  validation 90.00 %"
    assert training_line("a", Trained(0, None, None, None, "nan")) == "a  diverged"
