import numpy as np
import pytest

from nntrain.analysis.calibration import Fit, recalibrated
from nntrain.analysis.evaluation import evaluate
from nntrain.show.sections.calibration import calibration
from nntrain.show.terminal.blocks import rendered
from nntrain.workflows.evaluate import Calibration
from tests.show.sections.runs import random_run
from tests.show.terminal.helpers import shown


def section(split="test", at_the_limit=False):
    run = random_run()
    made = run.predictions
    after = evaluate(recalibrated(made, 3.0), None)
    fit = Fit(3.0, -0.5, -0.4, at_the_limit)
    return calibration(Calibration(6.0, fit, 50, run.evaluation, after), split), run, after


def test_figures_before_and_after():
    (figures, histograms), run, after = section()[0].blocks, *section()[1:]
    rows = {row[0]: row[1:] for row in figures.rows}
    before = run.evaluation
    assert rows["Brier score"] == (f"{before.scores.brier:.4f}", f"{after.scores.brier:.4f}")
    assert rows["accuracy"][0] == rows["accuracy"][1]
    assert figures.head[2] == "after, c = 3.000"
    sums = np.array(
        [[int(cell.text.replace(",", "")) for cell in row[1:]] for row in histograms.rows]
    )
    right = before.accuracy.successes
    assert sums.sum(axis=0).tolist() == [right, right, before.n - right, before.n - right]


@pytest.mark.parametrize("split", ["test", "validation"])
@pytest.mark.parametrize("at_the_limit", [False, True])
def test_it_says_what_c_was_fitted_on(split, at_the_limit):
    text = shown(rendered(section(split, at_the_limit)[0]))
    words = " ".join(text.split())
    assert "the 50 validation examples; the softmax's whole c is now 6.000" in words
    assert "its temperature 0.167" in words
    assert ("the examples it was fitted on" in words) == (split == "validation")
    assert ("no best c" in words) == at_the_limit
    assert max(map(len, text.splitlines())) <= 80
