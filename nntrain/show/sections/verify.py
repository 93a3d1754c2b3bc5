"""The lecture's claims as a table: what each says, how it was checked, and its worst error."""

from collections.abc import Sequence

from nntrain.lecture.claims import Check, RunUnderTest, failures
from nntrain.show.blocks import Cell, Section, Table, Text
from nntrain.show.formatting import network_in_words, plural

SCALE = "Errors are absolute up to 1 and relative above; in C1, C11 and C12 relative."
Row = tuple[str | Cell, ...]


def verify(checks: Sequence[Check], run: RunUnderTest | None, *, full: bool = True) -> Section:
    """Return how many claims hold, and each with its worst error.

    ``full`` adds what was evaluated, the largest error allowed and the notes; without it only a
    claim that fails or is skipped has its note.
    """
    on = "random networks"
    if run is not None:
        network = f"{network_in_words(run.network)}, {run.network.output.name}"
        on = f"run {run.name}: {network}, on {run.examples}"
    table = Table(
        ("", "claim, and what was evaluated" if full else "claim", "worst error", ""),
        [row for check in checks for row in _rows(check, full)],
        (0, 1, 3),
        words=True,
    )
    note = f"Checked in float64 on {on}."
    summary = Text(f"{in_a_sentence(checks)}.", "strong")
    blocks = [summary, table, *([Text(SCALE, "muted")] if full else [])]
    return Section("claims", "The lecture's claims, checked", blocks, note)


def _rows(check: Check, full: bool) -> list[Row]:
    """Return the claim, below it what was evaluated and the largest error allowed, and a note."""
    error, limit = "–", ""
    if check.worst_error is not None and check.tolerance is not None:
        error, limit = _error(check.worst_error, 1), f"limit {_error(check.tolerance, 0)}"
    rows: list[Row] = [(Cell(check.claim, "strong"), check.says, error, _verdict(check))]
    if full and (check.evaluated or limit):
        rows.append(("", Cell(check.evaluated, "muted"), Cell(limit, "muted"), ""))
    if check.note and (full or not check.passed):
        rows.append(("", Cell(check.note, "wrong" if check.passed is False else "muted"), "", ""))
    return rows


def _error(value: float, digits: int) -> str:
    return "0" if value == 0 else f"{value:.{digits}e}".replace("e-0", "e-")


def _verdict(check: Check) -> Cell:
    if check.passed is None:
        return Cell("skipped", "warning")
    return Cell("pass", "right") if check.passed else Cell("FAIL", "wrong")


def in_a_sentence(checks: Sequence[Check]) -> str:
    """Return how many of the claims hold, and which failed or were skipped."""
    failed = failures(checks)
    skipped = [check.claim for check in checks if check.passed is None]
    held = len(checks) - len(failed) - len(skipped)
    text = f"{held} of {plural(len(checks), 'claim')} hold"
    text += f"; failed: {', '.join(failed)}" if failed else ""
    return text + (f"; skipped: {', '.join(skipped)}" if skipped else "")
