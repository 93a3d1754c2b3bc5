import pytest

from nntrain.experiments.reproduce.train import Reproduced
from nntrain.settings import presets
from nntrain.show.blocks import Curves, Rows, Table
from nntrain.show.sections.reproduce import curves, lead, result, sources, training_line
from nntrain.show.sections.settings import settings
from tests.show.sections.experiments import blocks_of, facts, reproduced, table

PUBLISHED = presets.load("default").expected.accuracy


@pytest.mark.parametrize(
    ("test", "verdict", "role"),
    [(PUBLISHED / 100, "reproduced", "right"), (0.5, "worse", "wrong"), (1, "better", "right")],
)
def test_published_and_ours_with_the_verdict(test, verdict, role):
    experiment = reproduced("default", test=test)
    shown = result(experiment)
    (row,) = table(shown)
    ours, accepted = f"{100 * test:.2f} ± 0.00", f"{100 * test:.2f}–{100 * test:.2f}"
    assert row == ("default\ntest", f"{PUBLISHED:.2f}", ours, accepted, verdict)
    assert blocks_of(shown, Table)[0].rows[0][-1].role == role
    assert table(shown, 1)[0][-2:] == ("2", "1 min 01 s")
    (chart,) = blocks_of(shown, Rows)
    ours, published = chart.rows[0][1]
    assert (published.value, ours.value) == (PUBLISHED, pytest.approx(100 * test))
    assert ours.role == role
    assert ours.low <= ours.value <= ours.high
    assert "MNIST" in shown.note


def test_the_lead_counts_the_verdicts():
    words = lead(reproduced("default", "quick", test=0.5))
    assert words == "2 presets: 2 worse."
    words = lead(reproduced("best", "quick", test=0.9965))
    assert words == "2 presets: 1 matched with a different network, 1 better."
    assert "on a different dataset" in lead(reproduced("default", published=False))
    assert lead(reproduced("default", diverged=True)) == "default: diverged."


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (PUBLISHED / 100, "reproduced: compatible with 98.61 (would accept 98.61 to 98.61)."),
        (0.5, "worse: not compatible with 98.61 (would accept 50.00 to 50.00)."),
    ],
)
def test_the_lead_of_a_single_preset_names_what_ours_would_accept(test, words):
    assert lead(reproduced("default", test=test)).endswith(words)


@pytest.mark.parametrize(("name", "starred"), [("one-second", True), ("default", False)])
def test_the_star_is_explained_where_there_is_one(name, starred):
    shown = result(reproduced(name))
    assert table(shown)[0][0].endswith("*") == starred
    assert ("*" in facts(shown)) == starred
    assert "test" in facts(shown)


def test_where_all_diverged_there_is_no_chart():
    experiment = reproduced("default", diverged=True)
    shown = result(experiment)
    assert blocks_of(shown, Rows) == []
    assert table(shown)[0][2:] == ("–", "–", "diverged")
    assert table(shown, 1)[0][1] == "–"
    assert curves(experiment) is None


def test_the_curves_of_each_set_with_the_published_figure():
    (chart,) = blocks_of(curves(reproduced("default")), Curves)
    assert [line.name for line in chart.lines] == ["training", "validation", "test"]
    assert [guide.y for guide in chart.guides] == [PUBLISHED]
    assert f"Published: {PUBLISHED:.2f} %" in chart.description


def test_sources_and_settings_of_the_presets_stand_on_the_page_only():
    experiment = reproduced("default")
    published, of_presets = sources(experiment).blocks
    assert published.rows == [("default", presets.load("default").expected.source)]
    assert "epochs = " in of_presets.rows[0][1]
    assert {published.only, of_presets.only} == {"page"}
    assert settings(experiment).blocks[0].rows == [("seeds", "2")]


def test_the_line_of_a_finished_training():
    trained = Reproduced(0, None, 61.0, 3, 0.98, 0.99, 0.9, 0.98, 0.97)
    assert training_line("a", trained) == "a  test 98.00 %"
    assert training_line("a", Reproduced(0, "nan", 1.0, *[None] * 6)) == "a  diverged"
