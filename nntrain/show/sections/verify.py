"""The lecture's claims as a table: what each says, how it was checked, and how far off it was."""

from collections.abc import Sequence

from nntrain.lecture.claims import Check, RunUnderTest, failures
from nntrain.show.blocks import Cell, Section, Table, Text
from nntrain.show.formatting import network_in_words, plural

SCALE = "Errors are absolute up to 1 and relative above; in C1, C11 and C12 relative."
Row = tuple[str | Cell, ...]


def verify(checks: Sequence[Check], run: RunUnderTest | None) -> Section:
    """Return a few rows a claim, and a line that sums up."""
    on = "random networks"
    if run is not None:
        network = f"{network_in_words(run.network)}, {run.network.output.name}"
        on = f"run {run.name}: {network}, on {run.examples}"
    table = Table(
        ("", "claim, and what was evaluated", "worst error", ""),
        [row for check in checks for row in _rows(check)],
        (0, 1, 3),
        words=True,
    )
    note = f"this program's own code in float64, on {on}"
    title = "The lecture's claims, checked"
    return Section("claims", title, [table, Text(f"{_summary(checks)}. {SCALE}")], note)


def _rows(check: Check) -> list[Row]:
    """Return the claim, below it what was evaluated and the largest error allowed, and a note."""
    error, limit = "–", ""
    if check.worst_error is not None and check.tolerance is not None:
        error, limit = _error(check.worst_error, 1), f"limit {_error(check.tolerance, 0)}"
    rows: list[Row] = [(Cell(check.claim, "strong"), check.says, error, _verdict(check))]
    if check.evaluated or limit:
        rows.append(("", Cell(check.evaluated, "muted"), Cell(limit, "muted"), ""))
    if check.note:
        rows.append(("", Cell(check.note, "wrong" if check.passed is False else "muted"), "", ""))
    return rows


def _error(value: float, digits: int) -> str:
    return "0" if value == 0 else f"{value:.{digits}e}".replace("e-0", "e-")


def _verdict(check: Check) -> Cell:
    if check.passed is None:
        return Cell("skipped", "warning")
    return Cell("pass", "right") if check.passed else Cell("FAIL", "wrong")


def _summary(checks: Sequence[Check]) -> str:
    failed = failures(checks)
    skipped = [check.claim for check in checks if check.passed is None]
    held = len(checks) - len(failed) - len(skipped)
    text = f"{held} of {plural(len(checks), 'claim')} hold"
    text += f"; failed: {', '.join(failed)}" if failed else ""
    return text + (f"; skipped: {', '.join(skipped)}" if skipped else "")
