"""Results as a notebook shows them: static, in light and dark, and without their style."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from nntrain.show.blocks import (
    Axis,
    Bars,
    Cell,
    Curves,
    Digit,
    Digits,
    Facts,
    Line,
    Section,
    Table,
)
from nntrain.show.page.notebook import fragment, framed
from tests.show.every_block import EVERY

HOSTS = {"light": ("#ffffff", "#212121"), "dark": ("#111111", "#e0e0e0")}
SHARES = [
    Digits([Digit(np.zeros((4, 4), np.uint8), "#1", [0.1] * 10, 1, 2)], tuple("0123456789")),
    Table(("a", "b"), [("1", Cell("2", "wrong", bar=0.5))]),
    Curves("two", "t", "It falls and rises.", Axis("x"), Axis("y"),
        [Line(name, [1, 2], [1, n], [0, 0], [2, 9]) for n, name in enumerate("abcdef")]),
]  # fmt: skip
LAB = ".lab table { table-layout: fixed; } .lab ul:not(.x) { padding-left: 2em; }"
"""What JupyterLab's own style does to an output."""
TOO_WIDE = """
const some = (selector, test) => [...document.querySelectorAll(selector)].some(test);
return some(".card", (card) => card.scrollWidth > card.clientWidth)
  || some(".legend", (list) => getComputedStyle(list).paddingLeft !== "0px");
"""
CONTRASTS = """
const luminance = (colour) => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  context.fillStyle = arguments[0]; context.fillRect(0, 0, 1, 1);
  context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].slice(0, 3).map((c) => {
    c /= 255; return c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; });
  return .2126 * r + .7152 * g + .0722 * b; };
const contrast = (a, b) => {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => p - q);
  return (y + .05) / (x + .05); };
const least = (selector, property) => Math.min(...[...document.querySelectorAll(selector)].map(
  (one) => contrast(getComputedStyle(one)[property], arguments[0])));
return {text: least(".nntrain :is(p, td, th, h3, figcaption, span)", "color"),
        labels: least(".nntrain .chart text", "fill"),
        lines: least(".nntrain .chart .line", "stroke"),
        marks: least(".nntrain .chart .mark", "fill")};
"""


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def of_one_line(high):
    line = Line("training", [1, 2], [1, high], [0, 0], [2, 2 * high])
    return [Section("s", "S", [Curves("c", "t", "d", Axis("x"), Axis("y"), [line])])]


@pytest.fixture(scope="module")
def every():
    return fragment("Title", "The lead.", [Section("all", "All", [*EVERY, *SHARES])])


def test_it_is_static(every):
    elements = Elements(every).found
    assert not {tag for tag, _ in elements} & {"script", "button", "canvas", "input", "iframe"}
    for _, attributes in elements:
        assert not any(name.startswith(("on", "data-")) for name in attributes)
    assert "http" not in every


def test_the_same_result_is_the_same_text_and_another_shares_no_id():
    one, same, other = (fragment("T", "l", of_one_line(high)) for high in (3, 3, 900))
    assert one == same
    ids = [{a["id"] for _, a in Elements(html).found if "id" in a} for html in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for html, own in zip((one, other), ids, strict=True):
        used = re.findall(r"url\(#(.*?)\)", html)
        used += [
            name for words in re.findall(r'labelledby="(.*?)"', html) for name in words.split()
        ]
        assert used
        assert set(used) <= own


@pytest.mark.parametrize("host", HOSTS)
def test_it_stands_out_from_a_light_and_from_a_dark_page(opened, every, host, tmp_path):
    paper, ink = HOSTS[host]
    page = tmp_path / f"{host}.html"
    style = f'style="background: {paper}; color: {ink}; font: 14px sans-serif"'
    head = f'<!doctype html><meta charset="utf-8"><style>{LAB}</style><body class="lab" {style}>'
    page.write_text(head + every, "utf-8")
    with opened(page) as browser:
        found = browser.execute_script(CONTRASTS, paper)
        assert found["text"] >= 4.3, found  # the most that one colour has with both
        assert found["labels"] >= 4.5, found
        assert found["lines"] >= 4, found
        assert found["marks"] >= 4, found
        wide = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        assert not browser.execute_script(TOO_WIDE)


def test_charts_keep_their_look_without_the_style_sheet(opened, every, tmp_path):
    bare = re.sub(r"<style>.*?</style>", "", every, flags=re.S)
    page = tmp_path / "bare.html"
    page.write_text(f'<!doctype html><meta charset="utf-8">{bare}', "utf-8")
    with opened(page) as browser:
        for path in browser.find_elements("css selector", ".chart .line"):
            assert path.value_of_css_property("fill") == "none"
            assert path.value_of_css_property("stroke-width") == "2px"
        for chart in browser.find_elements("css selector", "svg.chart"):
            assert 300 < chart.size["width"] < 500
        for share in browser.find_elements("css selector", "svg.share"):
            assert share.size["width"] < 100


def test_figures_remain_without_any_style_or_picture():
    table = Table(("class", "count"), [("a", Cell("17", "right", bar=0.3))], summary="The counts")
    bars = Bars("b", "t", "d", Axis("x"), Axis("y"), [0, 1], [17])
    html = fragment("T", "The lead.", [Section("s", "S", [bars, table, Facts([("cost", "0.1")])])])
    bare = re.sub(r"<(style|svg)\b.*?</\1>", "", html, flags=re.S)
    words = " ".join(re.sub(r"<[^>]*>", " ", bare).split())
    for text in "The lead.", "The counts", "class count", "a 17", "cost 0.1":
        assert text in words


def test_all_text_is_escaped():
    evil = "<script>alert(1)</script>"
    html = fragment(evil, evil, [Section(evil, evil, [Facts([(evil, evil)])], evil)], evil)
    assert "<script" not in html


def test_a_page_in_a_frame_reaches_nothing_outside(opened, tmp_path):
    inner = (
        "<title>in</title><p id='x'>\"&amp;'</p><script>"
        "try { parent.document.title = 'reached'; } catch { document.title = 'kept out'; }"
        "</script>"
    )
    page = tmp_path / "framed.html"
    page.write_text(f"<!doctype html><title>outside</title>{framed(inner)}", "utf-8")
    with opened(page) as browser:
        browser.switch_to.frame(0)
        assert browser.find_element("id", "x").text == "\"&'"
        assert browser.execute_script("return document.title") == "kept out"
        browser.switch_to.default_content()
        assert browser.title == "outside"
