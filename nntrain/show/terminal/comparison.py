"""A comparison of output layers in the terminal. Costs differ in kind and share no table."""

from collections.abc import Callable

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.analysis.confidence import Histogram
from nntrain.analysis.predictions import Ints
from nntrain.experiments.compare_costs.result import LEVELS, Comparison, OutputResult
from nntrain.show.formatting import difference, percent, reached, short_output, spread
from nntrain.show.terminal.tables import bar, heading, pairs, table


def comparison(
    result: Comparison, about: dict[str, str], started_saturated: bool
) -> list[RenderableType]:
    """Return the report: what was compared, the curves, the pairs, the slowdown, confidence."""
    parts: list[RenderableType] = [
        heading("Output layers compared"),
        pairs(about.items()),
        _accuracy(result),
        _levels(result),
    ]
    if started_saturated:
        parts.append(_escape(result))
    if result.pairs:
        parts.append(_pairs(result))
    parts += [_slowdown(result), _gradients(result), _confidence(result)]
    return [*parts, _verdicts(result)] if result.pairs else parts


def _accuracy(result: Comparison) -> RenderableType:
    seeds = len(result.seeds)
    note = "validation accuracy in %" + (f", mean ± sd of {seeds} seeds" if seeds > 1 else "")
    rows = table("epoch", *(one.output for one in result.outputs))
    for index in range(len(result.outputs[0].accuracy)):
        rows.add_row(str(index + 1), *(spread(one.accuracy[index]) for one in result.outputs))
    rows.add_section()
    rows.add_row("mean", *(spread(one.mean_accuracy) for one in result.outputs))
    return Group(heading("Accuracy by epoch", note), rows)


def _levels(result: Comparison) -> RenderableType:
    levels = [level for level in LEVELS if level >= 0.9]
    rows = table("output", "to", "updates", "epochs", "seconds", "seeds")
    for one in result.outputs:
        for number, level in enumerate(levels):
            name = one.output if number == 0 else ""
            words = reached(one.reached[level], len(result.seeds))
            rows.add_row(name, f"{100 * level:.0f} %", *words)
    test = table("output", "η", "mean ± sd", "95 % interval of the mean")
    for one in result.outputs:
        low, high = 100 * one.test.low, 100 * one.test.high
        test.add_row(
            one.output,
            f"{one.learning_rate:g}",
            spread(one.test_accuracy) + " %",
            f"{low:.2f}–{high:.2f} %",
        )
    return Group(
        heading(
            "Time to an accuracy",
            "until the validation accuracy was first seen there, mean over the seeds that got "
            "there; checked at updates that grow by a tenth; seconds of training alone",
        ),
        rows,
        heading(
            "Test accuracy",
            f"weights that were best on validation; mean ± sd over seeds; the interval is "
            f"Wilson's for {result.outputs[0].test.n:,} examples, which all seeds share",
        ),
        test,
    )


def _escape(result: Comparison) -> RenderableType:
    """Updates from the saturated start until half the answers are right, and their ratios."""
    rows = table("output", "updates to 50 %", "ratio to the fastest", "seeds")
    halves = [(one.output, one.reached[0.5]) for one in result.outputs]
    fastest = min((r.updates for _, r in halves if r is not None), default=None)
    for output, one in halves:
        if one is None or fastest is None:
            rows.add_row(output, "never", "–", f"0 of {len(result.seeds)}")
        else:
            ratio = f"{one.updates / fastest:.1f}"
            rows.add_row(output, f"{one.updates:,.0f}", ratio, f"{one.n} of {one.of}")
    note = (
        "means over the seeds that got there, and the ratio of these means; ratios seed by seed, "
        "with their intervals, stand below in words"
    )
    return Group(heading("Out of the saturated start", note), rows)


def _pairs(result: Comparison) -> RenderableType:
    rows = table("a − b", "while learning", "at the end", "alone a : b", "p")
    for pair in result.pairs:
        rows.add_row(
            f"{short_output(pair.a)}\n− {short_output(pair.b)}",
            difference(pair.speed, "\n"),
            difference(pair.final, "\n"),
            f"{pair.mcnemar.only_a:,} : {pair.mcnemar.only_b:,}",
            f"{pair.mcnemar.p_value:.2g}",
        )
    return Group(
        heading(
            "Pairs",
            "differences in points, paired by seed, with 95 % intervals; while learning: the "
            "validation accuracy averaged over the epochs; at the end: test; alone: test answers, "
            "of all seeds, that one output got right and the other wrong; p: McNemar's exact test "
            "of that, about these networks and images (shared by the seeds, so p is too small)",
        ),
        rows,
    )


def _slowdown(result: Comparison) -> RenderableType:
    rows = table("epoch", "output", "‖δ‖", "‖a − ỹ‖", "‖δ‖/‖a − ỹ‖", "a(1−a)", "stuck", left=(1,))
    epochs = len(result.outputs[0].slowdown)
    for epoch in _shown(epochs):
        for number, one in enumerate(result.outputs):
            figures = one.slowdown[epoch]
            rows.add_row(
                str(epoch) if number == 0 else "",
                short_output(one.output),
                f"{figures.delta_norm:.3g}",
                f"{figures.error_norm:.3g}",
                f"{figures.delta_norm / max(figures.error_norm, 1e-300):.3g}",
                f"{figures.slope:.3g}",
                percent(figures.saturated_wrong, 1),
            )
        rows.add_section()
    return Group(
        heading(
            "The slowdown measured",
            "at the output layer, over 1,000 training examples, epoch 0 before training; "
            "a(1−a): σ'(z) of a sigmoid; stuck: neurons that are saturated and wrong, "
            "|a − ỹ| ≥ 0.9",
        ),
        rows,
    )


def _shown(epochs: int) -> list[int]:
    """Return the epochs that a table has room for: the first ones, the middle and the last."""
    return sorted({0, 1, 2, epochs // 2, epochs - 1} & set(range(epochs)))


def _gradients(result: Comparison) -> RenderableType:
    layers = len(result.outputs[0].gradient_norms[0])
    rows = table("epoch", "output", *(f"layer {n}" for n in range(1, layers + 1)), left=(1,))
    epochs = len(result.outputs[0].gradient_norms)
    for epoch in _shown(epochs):
        for number, one in enumerate(result.outputs):
            norms = (f"{norm:.4g}" for norm in one.gradient_norms[epoch])
            rows.add_row(str(epoch) if number == 0 else "", one.output, *norms)
    return Group(
        heading(
            "Gradient norms", "of costs of different kinds, so compare layers; epoch 0: before"
        ),
        rows,
    )


def _confidence(result: Comparison) -> RenderableType:
    return Group(
        heading(
            "Confidence on the test set",
            "shares of the right answers, then of the wrong ones, over the same bins, all seeds "
            "pooled; softmax: largest probability; sigmoid: largest activation, raw, and "
            "divided by their sum",
        ),
        _histograms(result, "right", lambda h: h.right, "green"),
        _histograms(result, "wrong", lambda h: h.wrong, "red"),
    )


def _histograms(
    result: Comparison, name: str, counts: Callable[[Histogram], Ints], style: str
) -> RenderableType:
    columns = [column for one in result.outputs for column in _columns(one)]
    rows = table(name, *(label for label, _ in columns), left=range(len(columns) + 1))
    edges = columns[0][1].edges
    for index in range(len(edges) - 1):
        cells = []
        for _, histogram in columns:
            total = max(1, int(sum(counts(histogram))))
            share = int(counts(histogram)[index]) / total
            cell = bar(share, 4, style)
            cell.append(f"{100 * share:6.1f}", style="default")
            cells.append(cell)
        if any(int(counts(h)[index]) for _, h in columns):
            closing = "]" if index == len(edges) - 2 else ")"
            rows.add_row(f"[{edges[index]:.1f}, {edges[index + 1]:.1f}{closing}", *cells)
    return rows


def _columns(one: OutputResult) -> list[tuple[str, Histogram]]:
    name = short_output(one.output).replace("-", "-\n")
    if name == "softmax":
        return [(name, one.raw)]
    return [(f"{name}\nraw", one.raw), (f"{name}\nnormalised", one.normalised)]


def _verdicts(result: Comparison) -> RenderableType:
    lines = [Text(pair.verdict + "\n", style="bold") for pair in result.pairs]
    return Group(heading("In words"), *lines)
