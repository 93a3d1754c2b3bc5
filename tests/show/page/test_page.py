"""A page as text: every block in it, all escaped, nothing fetched, nothing run but its script."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from nntrain.show import blocks as b
from nntrain.show.page import beside
from nntrain.show.page.index import SCRIPTS as INDEX_SCRIPTS
from nntrain.show.page.page import LIVE_SCRIPTS, SCRIPTS, laid_out, page, shade
from tests.show.every_block import BARS, CURVES, EVERY, IMAGE, ROWS, X
from tests.show.page.conftest import EVIL


def made(*parts, **more):
    return page("Title", "the result", [b.Section("s", "A section", parts)], **more)


def text_of(*parts):
    """The markup of these blocks in a page, without the space between lines."""
    (inside,) = re.findall(r"<h2[^>]*>A section</h2>(.*?)</section>", made(*parts), re.S)
    return re.sub(r"\s*\n\s*", "", inside)


class Nesting(HTMLParser):
    """Checks that what is opened is closed, in order."""

    VOID = frozenset({"meta", "link", "img", "input", "br"})

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), tag
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert {"svg", "g"} & set(self.open), tag

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def check_markup(text):
    """Check that a page is valid HTML and that its policy allows just what is in it."""
    parser = Nesting()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", text, flags=re.S)
    assert not re.findall(r'(?:src|href)="(?!data:|#)', markup)
    assert " style=" not in markup
    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"', markup)
    assert set(links) <= set(ids)


def test_every_block_is_laid_out_in_valid_html_under_a_strict_policy():
    text = made(*EVERY)
    check_markup(text)
    assert text.count("<script") == 1


def test_whatever_a_text_holds_comes_out_as_text():
    evil = [
        *(b.Text(EVIL), b.Facts([(EVIL, b.Cell(EVIL, "right"))]), b.Tiles([(EVIL, EVIL)])),
        b.Table((EVIL, EVIL), [(EVIL, b.Cell(EVIL, bar=0.5))], caption=EVIL, summary=EVIL),
        b.Matrix((EVIL,), np.array([[1]])),
        b.Digits([b.Digit(IMAGE, EVIL, (1.0,), 0, 0)], (EVIL,), caption=EVIL),
        b.Digits([b.Digit(IMAGE, EVIL)]),
        b.Picture(np.eye(3), EVIL, EVIL),
        b.Curves("c", EVIL, EVIL, b.Axis(EVIL), b.Axis(EVIL), [b.Line(EVIL, (1, 2), (3, 4))] * 2),
        b.Bars("b", EVIL, EVIL, b.Axis(EVIL), b.Axis(EVIL), [0, 1], [5]),
        b.Rows("r", EVIL, EVIL, b.Axis(EVIL), [(EVIL, [b.Dot(EVIL, 1)])]),
    ]
    text = page(EVIL, EVIL, [b.Section("s", EVIL, evil, EVIL)], warning=EVIL)
    assert "<img src=x" not in text
    assert text.count("<script") == 1
    assert "<script>alert" not in text


def test_control_characters_are_written_out():
    text = page("a\u202eb", "c\u200fd", [b.Section("s", "e\x1bf", [b.Text("g\u061ch")])])
    for shown in (r"a\u202eb", r"c\u200fd", r"e\x1bf", r"g\u061ch"):
        assert shown in text
    assert not re.search("[\x1b\u061c\u200f\u202e]", text)


def test_blocks_for_the_terminal_only_are_left_out_with_sections_of_nothing_else():
    terminal = b.Text("a secret", only="terminal")
    sections = [
        b.Section("one", "One", [terminal, b.Beside([terminal, b.Text("shown")])]),
        b.Section("two", "Two", [terminal]),
    ]
    text = page("Title", "lead", sections)
    assert "secret" not in text
    assert "shown" in text
    assert re.findall(r'<section id="([^"]+)"', text) == ["one"]
    assert 'href="#two"' not in text


def test_charts_in_a_row_share_a_grid():
    kinds = [kind for kind, _ in laid_out([CURVES, BARS, b.Text("a"), b.Beside([CURVES, ROWS])])]
    assert kinds == ["charts", "text", "charts"]
    assert text_of(CURVES, BARS).count('class="charts"') == 1


def test_a_legend_has_a_button_per_series_and_text_for_a_guide():
    both = [b.Line("training", (1, 2), (3, 4)), b.Line("validation", (1, 2), (3, 5))]
    guide = b.Guide("best", x=2)
    text = text_of(b.Curves("c", "Cost", "It falls.", X, X, both, [guide]))
    assert re.findall(r'aria-pressed="true" data-series="(\d)"', text) == ["0", "1"]
    assert len(re.findall("<li>", text)) == 3
    assert "<button" not in text_of(CURVES)


def test_tables():
    rows = [("1", b.Cell("2", "wrong", bar=0.25)), ("3", "4")]
    text = text_of(b.Table(("a", "b"), rows, caption="words", rules=(1,)))
    assert "<caption>words</caption>" in text
    assert '<rect width="25.00"' in text
    assert '<span class="role-wrong">2</span>' in text
    assert '<tr class="rule"><th scope="row">3</th><td>4</td>' in text
    aligned = text_of(b.Table(("a", "b", "c"), [("1", "2", "3")], left=(1,)))
    row = '<th scope="row" class="right">1</th><td class="left">2</td><td>3</td>'
    assert row in aligned
    assert '<th scope="col" class="left">b</th>' in aligned
    folded = text_of(b.Table(("", ""), rows, summary="The bins"))
    assert folded.startswith("<details><summary>The bins</summary>")
    assert "<thead>" not in folded
    assert '<table class="words"' in text_of(b.Table(("a",), rows, words=True))


def test_a_confusion_matrix_is_shaded_by_the_share_of_the_row():
    text = text_of(b.Matrix(("x", "y"), np.array([[1200, 0], [1, 999]])))
    assert '<td class="r2">1,200</td><td class="zero">·</td>' in text
    assert '<td class="w1">1</td><td class="r2">999</td>' in text
    wrong = [shade(count, [1, 9, 990], False) for count in (1, 2, 4, 9, 990)]
    assert " ".join(wrong) == "w1 w2 w3 w4 w6"
    right = [shade(count, [1, 9, 990], True) for count in (0, 9, 990)]
    assert [*right, shade(95, [95, 5], True)] == ["zero", "r1", "r2", "r2"]


def test_digits_have_their_outputs_as_bars_and_what_was_true_and_predicted():
    digit = b.Digit(IMAGE, "#5\nmargin 0.1", (0.25, 0.75), true=0, predicted=1)
    text = text_of(b.Digits([digit], ("cat", "dog")))
    assert re.findall(r'<tr class="(\w+)"><th scope="row">(\w+)', text) == [
        *(("predicted", "dog"), ("true", "cat")),
    ]
    assert 'alt="#5, margin 0.1"' in text
    assert 'src="data:image/png;base64,' in text
    assert "0.750" in text
    right = b.Digit(IMAGE, "#6", (0.25, 0.75), true=1, predicted=1)
    assert 'class="predicted"><th' not in text_of(b.Digits([right], ("cat", "dog")))
    assert 'class="bars"' not in text_of(b.Digits([b.Digit(IMAGE, "#7")]))
    many = b.Digit(IMAGE, "#8", (0.1, 0.3, 0.02, 0.4, 0.18), true=2, predicted=3)
    shown = re.findall(r'<th scope="row">(\w)', text_of(b.Digits([many], "abcde")))
    assert shown == ["d", "b", "e", "c"]  # the three largest, and the true class


def test_a_linked_matrix_and_digit_are_buttons_and_zeros_are_not():
    counts = np.array([[9, 1], [0, 8]])
    text = text_of(b.Matrix(("x", "y"), counts, linked=True))
    picked = re.findall(r'<button[^>]* data-pick="([^"]+)"', text)
    assert picked == ["class-0", "cell-0-0", "cell-0-1", "class-1", "cell-1-1"]
    assert 'aria-label="1: x predicted as y"' in text
    digit = b.Digit(IMAGE, "#5", (0.25, 0.75), true=0, predicted=1, example=5)
    assert 'data-example="5"' in text_of(b.Digits([digit], "ab"))


@pytest.mark.parametrize(
    ("text", "role", "markup"),
    [
        ("on 10 examples", "muted", '<p class="note">On 10 examples.</p>'),
        ("a = exp(z); c grows.", "muted", '<p class="note">a = exp(z); c grows.</p>'),
        ("σ′(z) is small", "muted", '<p class="note">σ′(z) is small.</p>'),
        ("It is so.", "strong", '<p class="verdict">It is so.</p>'),
        ("closest calls: errors", "strong", "<h3>Closest calls: errors</h3>"),
        ("beware", "wrong", '<p class="role-wrong">beware</p>'),
        ("plain", "", "<p>plain</p>"),
    ],
)
def test_a_text_is_a_note_a_finding_a_heading_or_a_paragraph(text, role, markup):
    assert text_of(b.Text(text, role)) == markup


def test_a_warning_stands_above_and_the_style_and_scripts_are_all_there():
    assert 'role="note">beware</p>' in made(warning="beware")
    folder = Path(page.__code__.co_filename).parent / "script"
    there = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.js")}
    ours = {name for name in there if not name.startswith("lecture")}
    assert ours == {*SCRIPTS, *LIVE_SCRIPTS, *beside.LIVE_SCRIPTS, *INDEX_SCRIPTS}
