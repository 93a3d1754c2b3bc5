import pytest

from nntrain.settings.fit import FitSettings
from nntrain.show.blocks import Curves
from nntrain.show.sections import names, sections
from nntrain.show.sections.side_by_side import curves, figures, lead, reliability, settings
from tests.show.sections.experiments import blocks_of, table
from tests.show.sections.runs import SIGMOID, history, random_run


@pytest.fixture(scope="module")
def runs():
    """A sure run and an unsure one, on outputs of different kinds."""
    return [
        random_run(name="sure", sharpness=9.0, epochs=history(3)),
        random_run(
            name="unsure",
            sharpness=1.0,
            output=SIGMOID,
            epochs=history(2, validation=False),
            settings=FitSettings(batch_size=10),
        ),
    ]


def test_the_sections_in_their_order(runs):
    assert [of.name for of in sections("side_by_side", runs)] == list(names("side_by_side"))


def test_the_figures_of_each_run_and_the_most_accurate(runs):
    shown = figures(runs)
    for run, row in zip(runs, table(shown), strict=True):
        accuracy = run.evaluation.accuracy
        assert row[0] == run.name
        assert run.network.output.name in row[1]
        assert row[2:4] == (
            f"{100 * accuracy.estimate:.2f}",
            f"{100 * accuracy.low:.2f}–{100 * accuracy.high:.2f}",
        )
        assert row[-1] == "300 of MNIST digits"
    assert "only sure classifies" in lead(runs)
    assert "the most accurate is sure with" in lead([*runs, runs[1]])
    assert lead(runs[::-1]) == lead(runs)


def test_the_curves_of_the_runs_that_have_them(runs):
    validation, training = blocks_of(curves(runs), Curves)
    assert [(line.name, len(line.x)) for line in validation.lines] == [("sure", 3), ("unsure", 0)]
    assert [list(line.x) for line in training.lines] == [[1, 2, 3], [1, 2]]
    assert training.lines[1].y == pytest.approx([90, 95])
    assert curves([random_run(), random_run()]) is None


def test_the_reliability_of_each_run_beside_the_diagonal(runs):
    (chart,) = blocks_of(reliability(runs), Curves)
    for run, line in zip(runs, chart.lines, strict=True):
        filled = [one for one in run.evaluation.reliability_width.bins if one.count]
        assert list(line.x) == [one.confidence for one in filled]
        assert list(line.y) == [one.accuracy for one in filled]
        assert f"{run.name}: ECE {run.evaluation.reliability_width.ece:.4f}" in chart.description
    assert [(guide.x, guide.y) for guide in chart.guides] == [(None, None)]


def test_only_the_settings_that_differ(runs):
    assert table(settings(runs)) == [("batch size", "128", "10")]
    assert settings([runs[0], runs[0]]) is None
