"""The lecture's claims as a table: what each says, how it was checked, and its worst error."""

from collections.abc import Sequence

from nntrain.lecture.claims import Break, Check, RunUnderTest, failures
from nntrain.show.blocks import Cell, Section, Table, Text
from nntrain.show.formatting import network_in_words, plural

SCALE = (
    "Errors are absolute up to 1 and relative above; those of sums and differences are relative "
    "to the size of their terms. The error and the limit shown are those nearest to each other."
)
Row = tuple[str | Cell, ...]


def verify(
    checks: Sequence[Check],
    run: RunUnderTest | None,
    *,
    full: bool = True,
    broken: Break | None = None,
) -> Section:
    """Return how many claims hold, and each with its worst error.

    ``full`` adds what was evaluated, the largest error allowed and the notes; without it only a
    claim that fails or is undecided has its note. ``broken`` is what was broken on purpose.
    """
    on = "random networks"
    if run is not None:
        network = f"{network_in_words(run.network)}, {run.network.output.name}"
        on = f"run {run.name}: {network}, on {run.examples}"
    claim = "claim, and what was evaluated" if full else "claim"
    table = Table(
        ("", "lecture", claim, "worst error", ""),
        [row for check in checks for row in _rows(check, run, full)],
        (0, 1, 2, 4),
        words=True,
    )
    note = f"Checked in float64 and float32 on {on}."
    summary = Text(f"{in_a_sentence(checks, run)}.", "strong")
    warning = [] if broken is None else [Text(f"Broken on purpose: {broken.says}.", "warning")]
    blocks = [*warning, summary, table, *([Text(SCALE, "muted")] if full else [])]
    return Section("claims", "The lecture's claims, checked", blocks, note)


def _rows(check: Check, run: RunUnderTest | None, full: bool) -> list[Row]:
    """Return the claim, below it what was evaluated and the largest error allowed, and a note."""
    error, limit = "–", ""
    if check.worst_error is not None and check.tolerance is not None:
        error, limit = _error(check.worst_error, 2), f"limit {_error(check.tolerance, 1)}"
    rows: list[Row] = [
        (Cell(check.claim, "strong"), check.lecture, check.says, error, _verdict(check, run))
    ]
    if full and (check.evaluated or limit):
        rows.append(("", "", Cell(check.evaluated, "muted"), Cell(limit, "muted"), ""))
    if check.note and (full or not check.passed):
        wrong = check.claim in failures([check])
        rows.append(("", "", Cell(check.note, "wrong" if wrong else "muted"), "", ""))
    return rows


def _error(value: float, digits: int) -> str:
    return f"{value:.{digits}g}".replace("e-0", "e-").replace("e+0", "e")


def _verdict(check: Check, run: RunUnderTest | None) -> Cell:
    if check.passed is None:
        return Cell("skipped" if run is None else "undecided", "warning")
    if check.passed:
        return Cell("pass", "right")
    return Cell("FAIL", "wrong") if failures([check]) else Cell("not confirmed", "warning")


def in_a_sentence(checks: Sequence[Check], run: RunUnderTest | None = None) -> str:
    """Return how many of the claims hold, and which failed or were not confirmed on the data."""
    failed = failures(checks)
    open_ = [check.claim for check in checks if check.passed is None]
    unconfirmed = [c.claim for c in checks if c.passed is False and c.claim not in failed]
    held = len(checks) - len(failed) - len(open_) - len(unconfirmed)
    text = f"{held} of {plural(len(checks), 'claim')} hold"
    for what, names in (
        ("failed", failed),
        ("not confirmed on this data", unconfirmed),
        ("skipped" if run is None else "undecided", open_),
    ):
        text += f"; {what}: {', '.join(names)}" if names else ""
    return text
