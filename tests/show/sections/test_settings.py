from dataclasses import replace

import pytest

from nntrain.show.sections.settings import in_words, settings
from tests.show.sections.experiments import swept


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        ("", "–"),
        ((), "–"),
        ([784, 30], "784 30"),
        ({"a": [1, 2], "b": None}, "a: 1 2, b: –"),
        (0.5, "0.5"),
    ],
)
def test_values_in_words(value, words):
    assert in_words(value) == words


def test_both_stand_on_the_page_only_and_are_folded():
    known = replace(swept([0.9]), settings={"batch_size": 10}, provenance={"command": ["a"]})
    of_settings, provenance = settings(known).blocks
    assert of_settings.rows == [("batch size", "10")]
    assert provenance.rows == [("command", "a")]
    assert (of_settings.summary, provenance.summary) == ("Settings", "Provenance")
    assert {of_settings.only, provenance.only} == {"page"}
    assert settings(replace(known, settings={}, provenance={})).blocks == []  # damaged
