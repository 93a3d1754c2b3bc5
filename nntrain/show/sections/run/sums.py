"""The sums of sigmoid activations, which need not be 1 (C5 of the lecture)."""

import numpy as np

from nntrain.analysis.confidence import ActivationSums
from nntrain.show.blocks import Axis, Bars, Cell, Guide, Section, Table
from nntrain.show.formatting import bins, percent
from nntrain.workflows.evaluate import EvaluatedRun

NOTHING = "softmax activations sum to 1; this section is for sigmoid outputs"


def sums(run: EvaluatedRun) -> Section | None:
    """Return the distribution of the sums; None for a softmax."""
    of = run.evaluation.activation_sums
    if of is None:
        return None
    note = (
        f"below 1 in {percent(of.below_share, 1)} of the examples, above 1 in "
        f"{percent(of.above_share, 1)}; mean {of.mean:.3f}"
    )
    used = np.flatnonzero(of.counts)
    largest = int(of.counts.max())
    rows = [
        (name, Cell(f"{count:,}", "accent", bar=count / largest))
        for name, count in zip(bins(of.edges, ".1f"), of.counts.tolist(), strict=True)
    ][used[0] : used[-1] + 1]
    table = Table(("sum", "examples"), rows, summary="The bins")
    return Section("sums", "Sum of the sigmoid activations", [_chart(of, note), table], note)


def _chart(of: ActivationSums, description: str) -> Bars:
    *edges, _ = of.edges.tolist()  # the last bin reaches to the number of classes
    return Bars(
        "sums-chart",
        "Sums of the output activations",
        f"Sums of the activations, {description}.",
        Axis("sum of the activations (the last bar: 2 and above)", low=0),
        Axis("answers (count)", low=0),
        [*edges, edges[-1] + 0.1],
        of.counts.tolist(),
        guides=[Guide(x=1)],
        only="page",
    )
