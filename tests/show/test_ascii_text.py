"""Text for encodings without η, → and █."""

import io
import re
from pathlib import Path

import pytest

from nntrain.show import ascii_text
from nntrain.show.blocks import Cell, Digit, Section, Table, Text

SOURCES = Path(ascii_text.__file__).parents[1]


def written(text, encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    ascii_text.register(stream)
    stream.write(text)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


def test_every_symbol_of_the_program_has_a_readable_replacement():
    signs = {c for path in SOURCES.rglob("*.py") for c in path.read_text("utf-8") if ord(c) > 127}
    signs = {c for c in signs if not ("\u3040" <= c <= "\u309f" or "\u2800" <= c <= "\u28ff")}
    for sign in sorted(signs):
        assert re.fullmatch(r"[ -~]*", written(sign, "ascii")), sign
        assert not re.search(r"[\\?]", written(sign, "ascii")), sign


def test_what_the_encoding_has_stays():
    text = "98.31–98.78 % ± 2 × η → █"
    assert written(text, "utf-8") == text
    assert written(text, "cp1252") == "98.31–98.78 % ± 2 × eta -> #"
    assert written(text, "ascii") == "98.31-98.78 % +/- 2 x eta -> #"


def test_curves_become_stars_and_names_are_escaped():
    assert written("\u2800\u2812\u28ff", "ascii") == " **"
    assert written("日", "ascii") == "\\u65e5"


def test_blocks_are_translated_before_they_are_laid_out():
    image = object()
    section = Section("s", "η", [Table(("a → b",), [(Cell("±1", bar=0.5),)]), Text("λ")], "μ")
    made = ascii_text.in_words(section, "ascii")
    assert (made.title, made.note, made.blocks[1].text) == ("eta", "mu", "lambda")
    assert made.blocks[0].head == ["a -> b"]
    assert made.blocks[0].rows[0][0] == Cell("+/-1", bar=0.5)
    assert ascii_text.in_words(Digit(image, "↔"), "ascii").image is image
    assert ascii_text.in_words(section, "utf-8") is section


@pytest.mark.parametrize("encoding", ["utf-8", "utf8", "cp65001"])
def test_unicode_needs_nothing(encoding):
    assert ascii_text.in_words("η", encoding) == "η"
