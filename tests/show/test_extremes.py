"""Every section with empty, single, extreme and huge inputs, in both renderers.

What is finite is shown as a number, on lines of at most 80 columns, and nothing warns.
"""

import re
from functools import partial
from importlib import import_module
from pkgutil import walk_packages

import pytest
from rich.cells import cell_len

from nntrain.show import blocks, sections
from nntrain.show.terminal.terminal import Terminal
from tests.show.extremes import CHARTS, OTHERS, SUBJECTS

NOT_A_NUMBER = re.compile(r"(?<![a-z])(nan|inf|infinity)(?![a-z])", re.IGNORECASE)
NOT_READ = re.compile(r"<(script|style)\b[^>]*>.*?</\1>|base64,[^\"]*", re.DOTALL)
SHARED = {"lines"}
"""What sections are made with; it has none itself."""
SLOW = {("run", "classes"), ("compare_costs", "epochs")}
CASES = [
    pytest.param(
        (kind, make), id=f"{kind}: {name}", marks=[pytest.mark.slow] * ((kind, name) in SLOW)
    )
    for kind, several in {**SUBJECTS, **OTHERS, "blocks": CHARTS}.items()
    for name, make in several.items()
]


@pytest.fixture(scope="module", params=CASES)
def document(request):
    """What the page is made of, by kind, and the sections or blocks."""
    kind, make = request.param
    made = make()
    return kind, made, sections.sections(kind, made) if kind in SUBJECTS else made


def check(text):
    found = NOT_A_NUMBER.search(text)
    assert not found, text[max(0, found.start() - 200) : found.end() + 100]


def test_a_terminal_shows_it_in_80_columns(document, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    Terminal(picture=True).result(*document[2])
    text = capsys.readouterr().out
    check(text)
    assert [line for line in text.splitlines() if cell_len(line) > 80] == []
    assert "…" not in text


def test_a_page_shows_it(document):
    pages = pytest.importorskip("nntrain.show.page.pages")
    kind, made, parts = document
    named = [
        one if isinstance(one, blocks.Section) else blocks.Section(f"s{n}", "", [one])
        for n, one in enumerate(parts)
    ]
    page = {
        "run": pages.run_page,
        "side_by_side": pages.side_by_side,
        **{one: partial(pages.experiment_page, one) for one in pages.TITLES},
    }.get(kind, lambda _: pages.page("Title", "lead", named))(made)
    check(NOT_READ.sub("", page))


def test_no_section_is_left_out():
    modules = {
        one.name.removeprefix(f"{sections.__name__}.")
        for one in walk_packages(sections.__path__, f"{sections.__name__}.")
        if not one.ispkg
    }
    homes = (import_module(f"{sections.__name__}.{kind}") for kind in SUBJECTS)
    assert modules == {one for home in homes for one in home.ORDER.values()} | {*OTHERS} | SHARED
