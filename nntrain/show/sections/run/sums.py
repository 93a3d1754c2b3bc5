"""The sums of sigmoid activations, which are not 1 (C5 of the lecture)."""

import numpy as np

from nntrain.analysis.confidence import ActivationSums
from nntrain.show.blocks import Axis, Bars, Cell, Guide, Section, Table
from nntrain.show.formatting import percent
from nntrain.workflows.evaluate import EvaluatedRun

NOTHING = "softmax activations sum to 1; only sigmoid outputs have a section of sums"


def section(run: EvaluatedRun) -> Section | None:
    """Return how the sums are distributed; None for a softmax."""
    sums = run.evaluation.activation_sums
    if sums is None:
        return None
    note = (
        f"no distribution: below 1 in {percent(sums.below_share, 1)} of the examples, "
        f"above in {percent(sums.above_share, 1)}; mean {sums.mean:.3f}"
    )
    used = np.flatnonzero(sums.counts)
    rows = [_row(sums, index) for index in range(used[0], used[-1] + 1)]
    table = Table(("sum", "examples"), rows, summary="The bins")
    return Section("sums", "Sum of the sigmoid activations", [_chart(sums, note), table], note)


def _row(sums: ActivationSums, index: int) -> tuple[str, Cell]:
    closing = "]" if index == len(sums.counts) - 1 else ")"
    share = float(sums.counts[index] / sums.counts.max())
    return (
        f"[{sums.edges[index]:.1f}, {sums.edges[index + 1]:.1f}{closing}",
        Cell(f"{sums.counts[index]:,}", "accent", bar=share),
    )


def _chart(sums: ActivationSums, description: str) -> Bars:
    *edges, _ = sums.edges.tolist()  # the last bin reaches to the number of classes
    return Bars(
        "sums-chart",
        "Sums of the output activations",
        f"Sums of the activations, {description}.",
        Axis("sum of the activations (the last bar: 2 and above)", low=0),
        Axis("answers (count)", low=0),
        [*edges, edges[-1] + 0.1],
        sums.counts.tolist(),
        guides=[Guide(x=1)],
        only="page",
    )
