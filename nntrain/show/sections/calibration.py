"""Calibration: the same answers before and after, with another confidence."""

import numpy as np
from numpy.typing import NDArray

from nntrain.show.blocks import Block, Cell, Role, Section, Table, Text
from nntrain.show.formatting import number, percent
from nntrain.workflows.evaluate import Calibration


def calibration(of: Calibration, split: str) -> Section:
    """Return the figures and the confidence histogram on ``split`` before and after."""
    note = (
        f"c fitted by log-likelihood on the {of.fitted_on:,} validation examples; the softmax's "
        f"whole c is now {of.inverse_temperature:.3f}, its temperature "
        f"{1 / of.inverse_temperature:.3f}; the answers are the same"
        + ("; here evaluated on the examples it was fitted on" if split == "validation" else "")
    )
    blocks: list[Block] = [_figures(of, split), _histograms(of)]
    if of.fit.at_the_limit:
        blocks.append(Text("no best c in 0.001 to 1000: here more confidence, or less, is better"))
    return Section("calibration", "Calibration", blocks, note)


def _figures(of: Calibration, split: str) -> Table:
    x, y = of.before, of.after
    rows = [
        (name, number(before), number(after))
        for name, before, after in (
            ("ECE, equal width", x.reliability_width.ece, y.reliability_width.ece),
            ("ECE, equal mass", x.reliability_mass.ece, y.reliability_mass.ece),
            ("Brier score", x.scores.brier, y.scores.brier),
            ("log-likelihood", x.scores.log_likelihood, y.scores.log_likelihood),
        )
    ]
    rows.append(("accuracy", percent(x.accuracy.estimate), percent(y.accuracy.estimate)))
    return Table((split, "before", f"after, c = {of.fit.c:.3f}"), rows)


def _histograms(of: Calibration) -> Table:
    before, after = of.before.histogram, of.after.histogram
    columns: list[tuple[NDArray[np.int64], Role]] = [
        (before.right, "right"),
        (after.right, "right"),
        (before.wrong, "wrong"),
        (after.wrong, "wrong"),
    ]
    last = len(before.edges) - 2
    rows: list[tuple[str | Cell, ...]] = [
        (
            f"[{before.edges[b]:.2f}, {before.edges[b + 1]:.2f}{']' if b == last else ')'}",
            *(Cell(f"{n[b]:,}", role, bar=float(n[b] / max(1, n.max()))) for n, role in columns),
        )
        for b in range(last + 1)
        if any(counts[b] for counts, _ in columns)
    ]
    heads = ("right\nbefore", "right\nafter", "wrong\nbefore", "wrong\nafter")
    return Table(("confidence", *heads), rows)
