"""The difference of two runs, against sets of indices."""

from dataclasses import replace

import numpy as np

from nntrain.settings.fit import FitSettings
from nntrain.workflows.diff import difference, document
from tests.show.sections.runs import SIGMOID, evaluated, random_run


def two_of(n=200):
    """Runs on the same images, one more often right than the other."""
    return [
        random_run(n, sharpness, output=SIGMOID, seed=seed, name=name)
        for name, sharpness, seed in (("a", 3.0, 1), ("b", 1.0, 2))
    ]


def test_every_example_is_in_the_one_group_it_belongs_to():
    a, b = two_of()
    found = difference(a, b).answers
    right_a, right_b = (set(np.flatnonzero(run.predictions.right)) for run in (a, b))
    assert set(found.only_a) == right_a - right_b
    assert set(found.only_b) == right_b - right_a
    assert found.both == len(right_a & right_b)
    assert found.neither == 200 - len(right_a | right_b)
    assert len(found.only_a) > len(found.only_b) > 0
    assert (found.test.only_a, found.test.only_b) == (len(found.only_a), len(found.only_b))
    confidence = b.predictions.confidence[found.only_a]
    assert (np.diff(confidence) <= 0).all()


def test_the_other_way_round_it_is_the_same():
    a, b = two_of()
    one, two = difference(a, b).answers, difference(b, a).answers
    assert list(one.only_a) == list(two.only_b)
    assert list(one.only_b) == list(two.only_a)


def test_answers_on_different_images_are_not_compared():
    a, b = two_of()
    other = evaluated(b.predictions.labels[::-1], b.predictions.outputs, output=SIGMOID)
    assert difference(a, other).answers is None
    images = a.images.copy()
    images[3, 3, 3] ^= 1
    test = b.dataset.test._replace(images=images)
    assert difference(a, replace(b, dataset=replace(b.dataset, test=test))).answers is None
    assert difference(a, random_run(50)).answers is None


def test_the_document_has_only_the_settings_that_differ():
    a, b = two_of()
    b = replace(b, settings=FitSettings(hidden=(5,), patience=2))
    shown = document(difference(a, b))
    assert shown["settings"] == {"hidden": [(400,), (5,)], "patience": [None, 2]}
    assert [one["name"] for one in shown["runs"]] == ["a", "b"]
    assert (
        sum(map(len, shown["answers"]["only_correct"]))
        + shown["answers"]["both_correct"]
        + shown["answers"]["neither_correct"]
        == 200
    )
