"""Confidence: how sure the network was of its right and of its wrong answers."""

import numpy as np
from numpy.typing import NDArray

from nntrain.show.blocks import Axis, Bars, Beside, Cell, Role, Section, Table
from nntrain.show.formatting import percent
from nntrain.workflows.evaluate import EvaluatedRun


def section(run: EvaluatedRun) -> Section:
    """Return the histograms of right and of wrong answers over the same bins."""
    of = run.evaluation.histogram
    filled = np.flatnonzero(of.right + of.wrong)
    note = f"confidence: the {run.evaluation.confidence_is}; each side has its own scale"
    if filled[0]:
        note += f"; none below {of.edges[filled[0]]:.2f}"
    charts = [_chart(run, "right", of.right), _chart(run, "wrong", of.wrong)]
    blocks = [Beside(charts, only="page"), _table(run, int(filled[0]))]
    return Section("confidence", "Confidence, right and wrong", blocks, note)


def _table(run: EvaluatedRun, first: int) -> Table:
    of = run.evaluation.histogram
    last = len(of.right) - 1
    rows = [
        (
            f"[{of.edges[b]:.2f}, {of.edges[b + 1]:.2f}{']' if b == last else ')'}",
            _cell(of.right, b, "right"),
            _cell(of.wrong, b, "wrong"),
        )
        for b in range(first, last + 1)
    ]
    head = ("confidence", f"{of.right.sum():,} right", f"{of.wrong.sum():,} wrong")
    return Table(head, rows, summary="The bins")


def _cell(counts: NDArray[np.int64], at: int, role: Role) -> Cell:
    return Cell(f"{counts[at]:,}", role, bar=float(counts[at] / max(1, counts.max())))


def _chart(run: EvaluatedRun, role: Role, counts: NDArray[np.int64]) -> Bars:
    edges = run.evaluation.histogram.edges
    total, above = int(counts.sum()), int(counts[edges[:-1] >= 0.9].sum())
    share = percent(above / total, 1) if total else "none"
    return Bars(
        f"confidence-{role}",
        f"Confidence of {role} answers",
        f"{total:,} {role} answers in {len(counts)} bins; {above:,} ({share}) at 0.9 and above.",
        Axis("confidence", low=0, high=1),
        Axis(f"{role} answers (count)", low=0, scale="counts"),
        edges.tolist(),
        counts.tolist(),
        role,
    )
