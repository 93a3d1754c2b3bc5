import pytest

from nntrain.show.sections.settings import in_words, settings_and_provenance


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


def test_both_are_folded_and_stand_on_the_page_only():
    settings, provenance = settings_and_provenance({"batch_size": 10}, {"command": ["a"]}).blocks
    assert settings.rows == [("batch size", "10")]
    assert provenance.rows == [("command", "a")]
    assert (settings.summary, provenance.summary) == ("Settings", "Provenance")
    assert {settings.only, provenance.only} == {"page"}


def test_what_is_damaged_is_left_out():
    assert settings_and_provenance({}, {}).blocks == []
