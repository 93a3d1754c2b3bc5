import math

from nntrain.lecture.claims import BREAKS, Check
from nntrain.show.sections.verify import verify
from nntrain.show.terminal.blocks import rendered
from tests.show.terminal.helpers import printed, shown

CHECKS = [
    Check("C1", "one thing", "three cases", 1.5e-12, 1e-9, True, "as it should be", "Why"),
    Check(
        "C4", "a claim about data", "", None, None, None, "needs a run: nntrain verify RUN", "Use"
    ),
    Check("C7", "exactly so", "ten [bold]cases[/bold]", 0.0, 1e-14, True, lecture="Exercise 3"),
    Check("C12", "another " * 20, "many cases " * 20, math.inf, 1e-7, False, "does not hold: BP2"),
]


def test_each_claim_shows_its_result():
    summary, table, _ = verify(CHECKS, None).blocks
    rows = [[getattr(cell, "text", cell) for cell in row] for row in table.rows]
    assert rows[:5] == [
        ["C1", "Why", "one thing", "1.5e-12", "pass"],
        ["", "", "three cases", "limit 1e-9", ""],
        ["", "", "as it should be", "", ""],
        ["C4", "Use", "a claim about data", "–", "skipped"],
        ["", "", "needs a run: nntrain verify RUN", "", ""],
    ]
    assert ["C7", "Exercise 3", "exactly so", "0", "pass"] in rows
    assert ["", "", "ten [bold]cases[/bold]", "limit 1e-14", ""] in rows
    assert rows[-3][3:] == ["inf", "FAIL"]
    assert table.rows[-1][2].role == "wrong"
    assert summary.text == "2 of 4 claims hold; failed: C12; skipped: C4."


def test_what_is_broken_on_purpose_is_said_first():
    first, *_ = verify(CHECKS, None, broken=BREAKS["bp3-doubled"]).blocks
    assert (first.text, first.role) == ("Broken on purpose: BP3 twice as large.", "warning")


def test_a_brief_table_has_notes_only_where_a_claim_is_not_seen_to_hold():
    _, table = verify(CHECKS, None, full=False).blocks
    assert [row[0] and row[0].text for row in table.rows] == ["C1", "C4", "", "C7", "C12", ""]


def test_it_fits_and_needs_no_colour():
    assert "FAIL" in shown(rendered(verify(CHECKS, None)), colour=True)
    text = printed(verify(CHECKS, None))
    assert text.count("many") == 20
    assert "[bold]cases[/bold]" in text
    assert "on random networks" in text
