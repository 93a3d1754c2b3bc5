import numpy as np
import pytest

from nntrain.show.blocks import Digits, Live, Matrix, Text
from nntrain.show.sections.pads import MOST, pads
from nntrain.show.sections.side_by_side import lead
from nntrain.show.sections.two_runs import SHOWN, answers, changes, headline
from tests.show.sections.experiments import blocks_of
from tests.show.sections.runs import SIGMOID, random_run


@pytest.fixture(scope="module")
def runs():
    """A good run and a bad one on the same examples."""
    return [
        random_run(name="good", sharpness=3, seed=1),
        random_run(name="bad", sharpness=1, seed=2),
    ]


def counted(run):
    """The confusion matrix, example by example."""
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (run.predictions.labels, run.predictions.predicted), 1)
    return counts


def test_the_changes_are_from_the_worse_run_to_the_better_whatever_their_order(runs):
    good, bad = runs
    for given in (runs, runs[::-1]):
        section = changes(given)
        (block,) = blocks_of(section, Matrix)
        assert block.change
        np.testing.assert_array_equal(block.counts, counted(good) - counted(bad))
        assert section.note.startswith("The counts of good minus those of bad")


def test_all_examples_that_only_one_run_gets_right_are_counted_and_the_first_are_shown(runs):
    good, bad = (run.predictions.right for run in runs)
    section = answers(runs)
    titles = [text.text for text in blocks_of(section, Text) if text.role == "strong"]
    expected = [np.sum(good & ~bad), np.sum(bad & ~good)]
    assert titles == [
        f"only good is correct: {expected[0]} digits",
        f"only bad is correct: {expected[1]} digits",
    ]
    for group, right, wrong in zip(blocks_of(section, Digits), runs, runs[::-1], strict=True):
        assert 0 < len(group.digits) <= SHOWN
        for digit in group.digits:
            assert right.predictions.right[digit.example]
            assert wrong.predictions.predicted[digit.example] == digit.predicted != digit.true
            assert (digit.image == right.images[digit.example]).all()
        sure = [wrong.predictions.confidence[digit.example] for digit in group.digits]
        assert sure == sorted(sure, reverse=True)


def test_the_point_comes_first(runs):
    good, bad = runs
    figure, rest = headline(runs)
    assert figure == f"{100 * good.evaluation.accuracy.estimate:.2f}\xa0%"
    assert rest == f"with good, {100 * bad.evaluation.accuracy.estimate:.2f}\xa0% with bad"
    assert "only good classifies" in lead(runs)
    assert "McNemar" in lead(runs)
    assert "the most accurate of 3 runs" in headline([*runs, bad])[1]


def test_other_examples_and_more_runs_are_not_compared_one_by_one(runs):
    for given in ([*runs, runs[0]], [runs[0], random_run(50)]):
        assert changes(given) is None
        assert answers(given) is None
        assert "the most accurate is" in lead(given)
    assert answers([runs[0], runs[0]]) is None


def test_one_pad_asks_the_networks_that_have_the_same_examples(runs):
    (block,) = pads(runs).blocks
    assert isinstance(block, Live)
    assert block.content["runs"] == ["good", "bad"]
    other = random_run(50, output=SIGMOID, name="other")
    assert pads([runs[0], other]) is None
    section = pads([*runs, other])
    assert section.blocks[0].content["runs"] == ["good", "bad"]
    assert section.note == "1 of the 3 runs cannot be asked here."
    assert len(pads([runs[0]] * 9).blocks[0].content["runs"]) == MOST
