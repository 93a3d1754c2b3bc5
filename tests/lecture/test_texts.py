"""The texts of the lecture page: the same things said in each language."""

import re

import pytest

from nntrain.cli.lecture import LANGUAGES as OFFERED
from nntrain.lecture.texts import LANGUAGES, laboratory_texts, texts
from nntrain.nn.outputs import OUTPUTS
from nntrain.show.page.lecture.markup import Marker

CZECH_LETTERS = re.compile("[ěščřžůťďňĚŠČŘŽ]")


def flat(value, path=""):
    """All texts by their path."""
    if isinstance(value, str):
        return {path: value}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {key: text for name, one in items for key, text in flat(one, f"{path}/{name}").items()}


ALL = {
    language: flat({**texts(language), "laboratory": laboratory_texts(language)})
    for language in LANGUAGES
}
ENGLISH = (
    *("the", "of", "is", "and", "with", "which", "its", "from", "are", "than", "not", "yet"),
    *("costs?", "weights?", "digits?", "layers?", "networks?", "updates?", "held", "learns?"),
)


def formulas(text):
    """The formulas of a text, without words and with one decimal separator; not lone letters."""
    found = re.findall(r"\$+(.+?)\$+", text, re.DOTALL)
    same = [re.sub(r'"[^"]*"', "", one).replace(";", ",") for one in found]
    plain = {re.sub(r"(\d),(\d)", r"\1.\2", one).replace(" ", "") for one in same}
    return {one for one in plain if len(one) > 3}


def test_the_command_offers_the_languages_there_are():
    assert OFFERED == LANGUAGES


def test_both_languages_say_the_same_things_with_the_same_formulas_and_numbers():
    english, czech = ALL["en"], ALL["cs"]
    assert list(english) == list(czech)
    for key, text in english.items():
        names = [sorted(re.findall(r"@\w+", one)) for one in (text, czech[key])]
        assert names[0] == names[1], key
        if "errata" not in key and not key.endswith(("/point", "/after")):
            assert formulas(text) == formulas(czech[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_written_as_html(language):
    for text in ALL[language].values():
        assert "$" not in Marker({}).paragraphs(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_output_layer_has_a_name(language):
    names = texts(language)["layers"]
    assert set(names) == set(OUTPUTS)
    assert len(set(names.values())) == len(names)


def test_a_czech_line_does_not_end_with_a_one_letter_word_nor_inside_je_li():
    for text in ALL["cs"].values():
        plain = re.sub(r"\$.+?\$", "$", text, flags=re.DOTALL)
        assert not re.search(r"\b[ksvzouai] \w|\w-li\b", plain, re.I), text


def test_no_word_is_in_the_wrong_language():
    for key, text in ALL["en"].items():
        assert not CZECH_LETTERS.search(text), key
    english = rf"\b({'|'.join(ENGLISH)})\b"
    for key, text in ALL["cs"].items():
        assert not re.search(english, re.sub(r"@\w+|{\w+}|soft argmax", "", text), re.I), key


def test_czech_numbers_have_a_decimal_comma():
    for key, text in ALL["cs"].items():
        assert not re.search(r"\d\.\d", text), key
