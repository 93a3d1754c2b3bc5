"""The lecture's claims as a table: what each says, how it was checked, and how far off it was."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.lecture.claims import Check, RunUnderTest, failures
from nntrain.show.formatting import network_in_words, plural
from nntrain.show.terminal.tables import heading, table


def claims_table(checks: Sequence[Check], run: RunUnderTest | None) -> RenderableType:
    """Return one row a claim, and a line that sums up."""
    rows = table("", "claim, and what was evaluated", "worst\nerror", "", left=(0, 1, 3))
    for check in checks:
        rows.add_row(
            Text(check.claim, style="bold"), _words(check), _error(check), _verdict(check)
        )
    on = "random networks"
    if run is not None:
        network = f"{network_in_words(run.network)}, {run.network.output.name}"
        on = f"run {run.name}: {network}, on {run.examples}"
    return Group(
        heading("The lecture's claims, checked", f"this program's own code in float64, on {on}"),
        rows,
        _summary(checks),
    )


def _words(check: Check) -> Text:
    text = Text(check.says)
    if check.evaluated:
        text.append(f"\n{check.evaluated}", style="dim")
    if check.note:
        text.append(f"\n{check.note}", style="red" if check.passed is False else "dim italic")
    return text


def _error(check: Check) -> Text:
    """Return the worst error, and below it the tolerance."""
    if check.worst_error is None or check.tolerance is None:
        return Text("–")
    text = Text("0" if check.worst_error == 0 else f"{check.worst_error:.1e}")
    allowed = "0" if check.tolerance == 0 else f"{check.tolerance:.0e}"
    text.append(f"\nof {allowed}", style="dim")
    return text


def _verdict(check: Check) -> Text:
    if check.passed is None:
        return Text("open", style="yellow")
    return Text("pass", style="green") if check.passed else Text("FAIL", style="bold red")


def _summary(checks: Sequence[Check]) -> Text:
    failed = failures(checks)
    still_open = [check.claim for check in checks if check.passed is None]
    held = len(checks) - len(failed) - len(still_open)
    text = f"{held} of {plural(len(checks), 'claim')} hold"
    text += f"; {', '.join(failed)} not" if failed else ""
    text += f"; {', '.join(still_open)} left open" if still_open else ""
    scale = "Errors are absolute up to 1 and relative above; in C1, C11 and C12 relative."
    return Text(f"{text}. {scale}")
