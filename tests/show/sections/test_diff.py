from dataclasses import replace

import numpy as np
import pytest

from nntrain.settings.fit import FitSettings
from nntrain.show.blocks import Digits
from nntrain.show.sections import names, sections
from nntrain.show.sections.diff import DRAWN, accuracies, answers, settings
from nntrain.workflows.diff import difference
from tests.show.sections.experiments import blocks_of, table
from tests.show.sections.runs import SIGMOID, random_run
from tests.show.terminal.helpers import printed


@pytest.fixture(scope="module")
def found():
    sure = random_run(name="sure", sharpness=3, seed=1)
    unsure = random_run(name="unsure", sharpness=1, seed=2)
    return difference(sure, replace(unsure, settings=FitSettings(batch_size=10)))


def test_the_sections_in_their_order(found):
    assert [of.name for of in sections("diff", found)] == list(names("diff"))


def test_both_accuracies_and_how_many_only_one_classifies_correctly(found):
    a, b = found.runs
    rows = table(accuracies(found))
    assert [row[0] for row in rows] == ["sure", "unsure"]
    assert rows[0][1] == f"{100 * a.evaluation.accuracy.estimate:.2f}"
    right_a, right_b = a.predictions.right, b.predictions.right
    counts = [int(np.sum(right_a & ~right_b)), int(np.sum(right_b & ~right_a))]
    assert [row[3] for row in rows] == [str(count) for count in counts]
    assert "McNemar" in printed(accuracies(found))
    assert "p = 1 " in printed(accuracies(difference(a, a)))


def test_the_digits_are_of_those_and_say_what_the_other_predicted(found):
    groups = blocks_of(answers(found), Digits)
    for group, right, wrong in zip(groups, found.runs, found.runs[::-1], strict=True):
        assert 0 < len(group.digits) <= DRAWN
        for digit in group.digits:
            index = int(digit.caption[1:].partition(":")[0])
            assert right.predictions.right[index]
            assert not wrong.predictions.right[index]
            assert digit.predicted == wrong.predictions.predicted[index]
            assert (digit.image == right.images[index]).all()
            assert f"{digit.true}, not {digit.predicted}\n" in digit.caption


def test_equal_runs_and_different_examples_are_reported(found):
    a, _ = found.runs
    same = difference(a, a)
    assert answers(same) is None
    assert "All settings are the same" in printed(settings(same))
    other = difference(a, random_run(50, output=SIGMOID))
    assert answers(other) is None
    assert "have different test examples, so their answers are not compared" in printed(
        accuracies(other)
    )


def test_default_names_stay_whole_in_80_columns(found):
    names = ("20301224-183000-synthetic-400", "20301224-183000-synthetic-30")
    a, b = (replace(run, name=name) for run, name in zip(found.runs, names, strict=True))
    for of in sections("diff", difference(a, b)):
        text = printed(of)
        assert max(map(len, text.splitlines())) <= 80
        assert a.name in text
        assert b.name in text
