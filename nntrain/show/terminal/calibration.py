"""Calibration in the terminal: the same answers before and after, with another confidence."""

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.show.formatting import number, percent
from nntrain.show.terminal.tables import bar, heading, table
from nntrain.workflows.evaluate import Calibration

BAR = 7


def calibration(of: Calibration, split: str) -> RenderableType:
    """Return the figures and the confidence histogram on ``split`` before and after."""
    before, after = of.before, of.after
    figures = table(split, "before", f"after, c = {of.fit.c:.3f}")
    for name, x, y in (
        ("ECE, equal width", before.reliability_width.ece, after.reliability_width.ece),
        ("ECE, equal mass", before.reliability_mass.ece, after.reliability_mass.ece),
        ("Brier score", before.scores.brier, after.scores.brier),
        ("log-likelihood", before.scores.log_likelihood, after.scores.log_likelihood),
    ):
        figures.add_row(name, number(x), number(y))
    figures.add_row(
        "accuracy", percent(before.accuracy.estimate), percent(after.accuracy.estimate)
    )
    note = (
        f"c fitted by log-likelihood on the {of.fitted_on:,} validation examples; the softmax's "
        f"whole c is now {of.inverse_temperature:.3f}, its temperature "
        f"{1 / of.inverse_temperature:.3f}; the answers are the same"
        + ("; here evaluated on the examples it was fitted on" if split == "validation" else "")
    )
    parts: list[RenderableType] = [heading("Calibration", note), figures, _histograms(of)]
    if of.fit.at_the_limit:
        parts.append(Text("no best c in 0.001 to 1000: here more confidence, or less, is better"))
    return Group(*parts)


def _histograms(of: Calibration) -> RenderableType:
    histograms = [of.before.histogram, of.after.histogram]
    rows = table(
        "confidence",
        *("right\nbefore", "right\nafter", "wrong\nbefore", "wrong\nafter"),
        left=range(5),
    )
    columns = [(h.right, "green") for h in histograms] + [(h.wrong, "red") for h in histograms]
    edges = histograms[0].edges
    for index in range(len(edges) - 1):
        if not any(counts[index] for counts, _ in columns):
            continue
        closing = "]" if index == len(edges) - 2 else ")"
        cells = []
        for counts, style in columns:
            cell = bar(counts[index] / max(1, counts.max()), BAR, style)
            cell.append(f"{counts[index]:6,}", style="default")
            cells.append(cell)
        rows.add_row(f"[{edges[index]:.2f}, {edges[index + 1]:.2f}{closing}", *cells)
    return rows
