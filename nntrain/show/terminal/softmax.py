"""The softmax of a few numbers: bars for each c beside the sigmoids, changes, inverse, limit."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.lecture.softmax import Change, Exploration, Scaled
from nntrain.show.terminal.tables import bar, heading, table

BAR = 10
SCALES_PER_TABLE = 2
SCALES_SHOWN = 3
STEPS_SHOWN = 5
COLUMNS_SHOWN = 7


def softmax_report(exploration: Exploration) -> list[RenderableType]:
    """Return the sections, ready to be printed."""
    sections = [_activations(exploration)]
    for scaled in exploration.scaled:
        sections += [_changes(exploration, scaled), _derivatives(scaled)]
    return [*sections, _inverse(exploration), _limit(exploration)]


def _activations(exploration: Exploration) -> RenderableType:
    """Bars of the activations, two values of c to a table, the sigmoids in each."""
    parts: list[RenderableType] = [
        heading("Activations", "softmax for each c, which sums to 1, and sigmoids, which do not")
    ]
    for start in range(0, len(exploration.scaled), SCALES_PER_TABLE):
        chosen = exploration.scaled[start : start + SCALES_PER_TABLE]
        names = [name for one in chosen for name in ("", f"c = {one.scale:.4g}")]
        rows = table("z", *names, "", "sigmoid", left=range(2, len(names) + 3, 2))
        for j, z in enumerate(exploration.z):
            cells = [cell for one in chosen for cell in _with_bar(one.activations[j], "green")]
            rows.add_row(f"{z:.4g}", *cells, *_with_bar(exploration.sigmoids[j], "cyan"))
        rows.add_section()
        sums = [cell for one in chosen for cell in (_share(one.sum), "")]
        rows.add_row("sum", *sums, _share(exploration.sigmoid_sum))
        parts.append(rows)
    return Group(*parts)


def _with_bar(activation: float, style: str) -> list[RenderableType]:
    return [_share(activation), bar(activation, BAR, style)]


def _share(activation: float) -> str:
    """Return four decimals, or a power of ten where four decimals would show a false 0."""
    if activation == 0:
        return "0"
    return f"{activation:.0e}" if activation < 5e-5 else f"{activation:.4f}"


def _signed(change: float) -> str:
    """Return a change with its sign, written as ``_share`` writes activations."""
    if change == 0:
        return "0"
    return f"{change:+.0e}" if abs(change) < 5e-5 else f"{change:+.4f}"


def _changes(exploration: Exploration, scaled: Scaled) -> RenderableType:
    """What raising z_1, and raising a_1, does to every activation (C3)."""
    title = heading(
        f"A change of the first neuron, c = {scaled.scale:.4g}",
        "what it gains the others lose, in proportion to their own activations",
    )
    if scaled.raised_z is None:
        return Group(title, Text("one neuron alone has no others to take from: its a is always 1"))
    parts: list[RenderableType] = [
        title,
        _change(exploration.z, scaled.raised_z, f"z_1 raised by {scaled.raised_z.dz:g}"),
    ]
    if scaled.raised_activation is None:
        parts.append(Text("a_1 is 1 to six digits, and nothing is left to raise it by"))
    else:
        risen = scaled.raised_activation
        what = f"a_1 raised by {risen.change[0]:.4g}, which takes z_1 {risen.dz:+.4g}"
        parts.append(_change(exploration.z, risen, what))
    if scaled is exploration.scaled[0]:
        example = exploration.lecture
        words = f"the lecture's example: {_numbers(example.before)} → {_numbers(example.after)}"
        parts.append(Text(words, style="dim"))
    return Group(*parts)


def _numbers(values: Sequence[float]) -> str:
    return "(" + ", ".join(f"{value:.3g}" for value in values) + ")"


def _change(z: Sequence[float], change: Change, what: str) -> RenderableType:
    rows = table("z", "a before", "a after", "change", "in proportion", title=what, left=())
    columns = (change.before, change.after, change.change, change.in_proportion)
    for value, before, after, moved, expected in zip(z, *columns, strict=True):
        shares = (_share(before), _share(after), _signed(moved), _signed(expected))
        rows.add_row(f"{value:.4g}", *shares)
    return rows


def _derivatives(scaled: Scaled) -> RenderableType:
    """The matrix ∂a_j/∂z_k (C6), or where it is too wide its first column."""
    count = len(scaled.jacobian)
    shown = count if count <= COLUMNS_SHOWN else 1
    factor = "" if scaled.scale == 1 else "c "
    note = f"∂a_j/∂z_k = {factor}a_j (1[j=k] − a_k): row j, column k"
    if shown < count:
        note += f"\nthe first of {count} columns; --json has them all"
    rows = table("j", *(f"k = {k + 1}" for k in range(shown)), left=())
    for j, line in enumerate(scaled.jacobian):
        rows.add_row(str(j + 1), *map(_signed, line[:shown]))
    return Group(heading(f"Derivatives, c = {scaled.scale:.4g}", note), rows)


def _inverse(exploration: Exploration) -> RenderableType:
    """The way back, c z_j = ln a_j + C (C8)."""
    scaled = exploration.scaled[:SCALES_SHOWN]
    rows = table("z", *(f"ln a, c = {one.scale:.4g}" for one in scaled), left=())
    for j, z in enumerate(exploration.z):
        rows.add_row(f"{z:.4g}", *(f"{one.log_activations[j]:.6g}" for one in scaled))
    rows.add_section()
    rows.add_row("C", *(f"{one.constant:.6g}" for one in scaled))
    return Group(heading("Back from a to z", "c z_j = ln a_j + C, with one C for every j"), rows)


def _limit(exploration: Exploration) -> RenderableType:
    """The limit c → ∞, and how it is approached (C9)."""
    limit = exploration.limit
    share, note = "1", f"in the end the maximum, {limit.maximum:g}, has everything"
    if limit.tied > 1:
        share = f"1/{limit.tied}"
        note = (
            f"{limit.tied} neurons share the maximum, {limit.maximum:g}: in the end {share} each"
        )
    steps = limit.approach[-STEPS_SHOWN:]
    rows = table("z", *(f"c = {c:.4g}" for c, _ in steps), "c → ∞", left=())
    for j, z in enumerate(exploration.z):
        end = share if limit.activations[j] else "0"
        rows.add_row(f"{z:.4g}", *(_share(a[j]) for _, a in steps), end)
    return Group(heading("Large c", note), rows)
