import math

from nntrain.lecture.claims import Check
from nntrain.show.terminal.verify import claims_table
from tests.show.terminal.helpers import shown

CHECKS = [
    Check("C1", "one thing", "three cases", 1.5e-12, 1e-9, True, "as it should be"),
    Check("C4", "a claim about data", "", None, None, None, "needs a run: nntrain verify RUN"),
    Check("C7", "exactly so", "ten [bold]cases[/bold]", 0.0, 0.0, True),
    Check("C12", "another " * 20, "many cases " * 20, math.inf, 1e-7, False, "does not hold: BP2"),
]


def test_each_row_says_what_came_out():
    text = shown(claims_table(CHECKS, None))
    lines = text.splitlines()
    row = next(line for line in lines if " C1 " in line)
    assert row.split()[-2:] == ["1.5e-12", "pass"]
    assert "of 1e-09" in text
    assert next(line for line in lines if " C4 " in line).split()[-2:] == ["–", "open"]
    assert next(line for line in lines if " C7 " in line).split()[-2:] == ["0", "pass"]
    assert next(line for line in lines if " C12 " in line).split()[-2:] == ["inf", "FAIL"]
    assert "[bold]cases[/bold]" in text
    assert "2 of 4 claims hold; C12 not; C4 left open" in text


def test_it_fits_and_needs_no_colour():
    for colour in (False, True):
        text = shown(claims_table(CHECKS, None), colour=colour)
        assert "FAIL" in text
    assert max(len(line) for line in shown(claims_table(CHECKS, None)).splitlines()) <= 80
