"""The softmax of a few numbers: bars for each c beside the sigmoids, changes, inverse, limit."""

from collections.abc import Sequence

from nntrain.lecture.softmax import Change, Exploration, Scaled
from nntrain.show.blocks import Block, Cell, Role, Section, Table, Text

SCALES_PER_TABLE = 2
SCALES_SHOWN = 3
STEPS_SHOWN = 5
COLUMNS_SHOWN = 7
ERROR = "a_j − ỹ_j"


def softmax(exploration: Exploration) -> list[Section]:
    """Return all sections on these numbers."""
    made = [_activations(exploration), *_true_class(exploration)]
    for scaled in exploration.scaled:
        made += [_changes(exploration, scaled), _derivatives(scaled)]
    return [*made, _inverse(exploration), _limit(exploration)]


def _activations(of: Exploration) -> Section:
    """The activations with bars, two values of c to a table, the sigmoids in each."""
    tables = []
    for start in range(0, len(of.scaled), SCALES_PER_TABLE):
        chosen = of.scaled[start : start + SCALES_PER_TABLE]
        rows: list[list[str | Cell]] = [
            [
                f"{z:.4g}",
                *(_with_bar(one.activations[j], "right") for one in chosen),
                _with_bar(of.sigmoids[j], "accent"),
            ]
            for j, z in enumerate(of.z)
        ]
        rows.append(["sum", *(_share(one.sum) for one in chosen), _share(of.sigmoid_sum)])
        head = ("z", *(f"c = {one.scale:.4g}" for one in chosen), "sigmoid")
        tables.append(Table(head, rows, (), rules=(len(of.z),)))
    note = "softmax for each c, which sums to 1, and sigmoids, which need not"
    return Section("activations", "Activations", tables, note)


def _with_bar(activation: float, role: Role) -> Cell:
    return Cell(_share(activation), role, bar=activation)


def _share(activation: float, sign: str = "") -> str:
    """Return four decimals, or a power of ten if four decimals would round to 0."""
    if activation == 0:
        return "0"
    return f"{activation:{sign}{'.0e' if abs(activation) < 5e-5 else '.4f'}}"


def _signed(change: float) -> str:
    return _share(change, "+")


def _true_class(of: Exploration) -> list[Section]:
    """The cost −ln a_y and δ, factor by factor, for each c; and the δ of other output layers."""
    if of.label is None:
        return []
    made = [_log_likelihood(of, scaled) for scaled in of.scaled]
    head = ("class", "z", *(other.output.replace("+", "\n+ ") for other in of.other_layers))
    rows: list[tuple[str | Cell, ...]] = [
        (_class(of, j), f"{z:.4g}", *(_signed(other.delta[j]) for other in of.other_layers))
        for j, z in enumerate(of.z)
    ]
    rows.append(("C", "", *(_share(other.cost) for other in of.other_layers)))
    table = Table(head, rows, (), rules=(len(of.z),))
    note = (
        "A quadratic cost multiplies by the slopes of the activation, which vanish in saturation."
    )
    return [
        *made,
        Section("other-layers", "δ of other output layers at this z, c = 1", [table], note),
    ]


def _log_likelihood(of: Exploration, scaled: Scaled) -> Section:
    """C = −ln a_y and ∂C/∂z_j as the product of its two factors (C10, C11)."""
    found = scaled.log_likelihood
    assert found is not None  # there is a label
    inverse = "too large for float64" if found.one_over_a is None else f"{found.one_over_a:.4g}"
    rows = [
        (_class(of, j), f"{z:.4g}", _share(a), _signed(derivative), _signed(delta))
        for j, (z, a, derivative, delta) in enumerate(
            zip(of.z, scaled.activations, found.derivatives, found.delta, strict=True)
        )
    ]
    product = ERROR if scaled.scale == 1 else f"c ({ERROR})"
    table = Table(("class", "z", "a", "∂a_y/∂z_j", product), rows, ())
    text = Text(f"C = −ln a_y = {found.cost:.6g}, and 1/a_y = {inverse}", "strong")
    note = (
        f"δ_j = ∂C/∂z_j = −(1/a_y) · ∂a_y/∂z_j = {product}: where a_y is small, so is its "
        f"derivative, and 1/a_y makes up for it.\n"
        "Classes count from 0, as digits do: class 0 has z_1."
    )
    title = f"The cost if class {of.label} is right, c = {scaled.scale:.4g}"
    return Section(f"cost-{scaled.scale:g}", title, [text, table], note)


def _class(of: Exploration, j: int) -> Cell:
    """Return the class, from 0 as labels are, with a mark if it is the true one."""
    return Cell(f"y = {j}", "right") if j == of.label else Cell(str(j))


def _changes(of: Exploration, scaled: Scaled) -> Section:
    """The effect of raising z_1, and of raising a_1, on every activation (C3)."""
    blocks: list[Block] = []
    if scaled.raised_z is None:
        blocks.append(Text("with one neuron, a is always 1"))
    else:
        what = f"z_1 raised by {scaled.raised_z.dz:g}"
        blocks.append(_change(of.z, scaled.raised_z, what))
        risen = scaled.raised_activation
        if risen is None:
            blocks.append(Text("a_1 is 1 to six digits and cannot be raised further"))
        else:
            what = f"a_1 raised by {risen.change[0]:.4g} (z_1 changes by {risen.dz:+.4g})"
            blocks.append(_change(of.z, risen, what))
        if scaled is of.scaled[0]:
            before, after = _numbers(of.lecture.before), _numbers(of.lecture.after)
            blocks.append(Text(f"the lecture's example: {before} → {after}", "muted"))
    note = "The others lose what it gains, in proportion to their own activations."
    title = f"Changing the first neuron, c = {scaled.scale:.4g}"
    return Section(f"change-{scaled.scale:g}", title, blocks, note)


def _numbers(values: Sequence[float]) -> str:
    return "(" + ", ".join(f"{value:.3g}" for value in values) + ")"


def _change(z: Sequence[float], change: Change, what: str) -> Table:
    columns = (change.before, change.after, change.change)
    rows = [
        (f"{value:.4g}", _share(before), _share(after), _signed(moved))
        for value, before, after, moved in zip(z, *columns, strict=True)
    ]
    return Table(("z", "a before", "a after", "change"), rows, (), what)


def _derivatives(scaled: Scaled) -> Section:
    """The matrix ∂a_j/∂z_k (C6), or its first column if it is too wide."""
    count = len(scaled.jacobian)
    shown = count if count <= COLUMNS_SHOWN else 1
    factor = "" if scaled.scale == 1 else "c "
    note = f"∂a_j/∂z_k = {factor}a_j (1[j=k] − a_k): row j, column k"
    if shown < count:
        note += f"\nthe first of {count} columns; --json has them all"
    rows = [(str(j + 1), *map(_signed, row[:shown])) for j, row in enumerate(scaled.jacobian)]
    table = Table(("j", *(f"k = {k + 1}" for k in range(shown))), rows, ())
    title = f"Derivatives, c = {scaled.scale:.4g}"
    return Section(f"derivatives-{scaled.scale:g}", title, [table], note)


def _inverse(of: Exploration) -> Section:
    """The inverse, c z_j = ln a_j + C (C8)."""
    scaled = of.scaled[:SCALES_SHOWN]
    rows = [
        (f"{z:.4g}", *(f"{one.log_activations[j]:.6g}" for one in scaled))
        for j, z in enumerate(of.z)
    ]
    rows.append(("C = ln Σ", *(f"{one.constant:.6g}" for one in scaled)))
    head = ("z", *(f"ln a, c = {one.scale:.4g}" for one in scaled))
    table = Table(head, rows, (), rules=(len(of.z),))
    note = "c z_j = ln a_j + C, with the same C = ln Σ_k exp(c z_k) for every j"
    return Section("inverse", "Recovering z from a", [table], note)


def _limit(of: Exploration) -> Section:
    """The limit c → ∞, and how it is approached (C9)."""
    limit, shown = of.limit, {one.scale for one in of.scaled}
    share, note = "1", f"as c → ∞, all probability goes to the largest z, {limit.maximum:g}"
    if limit.tied > 1:
        share = f"1/{limit.tied}"
        note = (
            f"as c → ∞, the {limit.tied} neurons with the largest z, {limit.maximum:g}, get "
            f"{share} each"
        )
    steps = [step for step in limit.approach if step[0] not in shown][-STEPS_SHOWN:]
    rows = [
        (
            f"{z:.4g}",
            *(_share(a[j]) for _, a in steps),
            share if limit.activations[j] else "0",
        )
        for j, z in enumerate(of.z)
    ]
    table = Table(("z", *(f"c = {c:.4g}" for c, _ in steps), "c → ∞"), rows, ())
    return Section("limit", "Large c", [table], note)
