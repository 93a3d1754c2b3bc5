"""Confidence: histograms of right and wrong answers, reliability, and sums of sigmoids."""

from typing import Any

import numpy as np

from nntrain.show.formatting import percent
from nntrain.show.page.charts import picture
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject
from nntrain.show.page.svg import COLOURS


def confidence(subject: RunSubject) -> Section:
    """Return the histograms of confidence, right and wrong apart, on a logarithmic scale."""
    histogram = subject.evaluation.histogram
    what = subject.evaluation.confidence_is
    charts = [
        (
            f"{name.capitalize()} answers",
            _histogram(f"confidence-{name}", f"{name} answers", histogram.edges, counts, name),
        )
        for name, counts in (("right", histogram.right), ("wrong", histogram.wrong))
    ]
    bins = len(histogram.right)
    rows = [
        (
            f"[{histogram.edges[b]:.2f}, {histogram.edges[b + 1]:.2f}" + "])"[b < bins - 1],
            f"{histogram.right[b]:,}",
            f"{histogram.wrong[b]:,}",
        )
        for b in range(bins)
        if histogram.right[b] or histogram.wrong[b]
    ]
    table = {"summary": "The bins", "head": (what, "right", "wrong"), "rows": rows}
    note = f"Confidence is the {what}. The counts are on a logarithmic scale."
    content = {"charts": charts, "tables": [table]}
    return Section("confidence", "How sure it was", "charts", note, content)


def _histogram(name: str, what: str, edges: Any, counts: Any, role: str) -> Any:
    def paint(axes: Any) -> None:
        axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=COLOURS[role])
        axes.set_yscale("symlog", linthresh=1)
        axes.set_ylim(0, max(10, 1.5 * int(counts.max())))
        axes.set_yticks(ticks := [10**p for p in range(8) if 10**p <= 1.5 * max(10, counts.max())])
        axes.set_yticklabels([f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlim(0, 1)
        axes.set_xlabel("confidence")
        axes.set_ylabel(f"{what} (count)")

    total = int(counts.sum())
    above = int(counts[edges[:-1] >= 0.9].sum())
    share = percent(above / total, 1) if total else "none"
    description = f"{total:,} {what} in {len(counts)} bins; {above:,} ({share}) at 0.9 and above."
    return picture(name, f"Confidence of {what}", description, paint)


def reliability(subject: RunSubject) -> Section:
    """Return the reliability diagram, with ECE and MCE."""
    of = subject.evaluation.reliability_width
    filled = [b for b in of.bins if b.confidence is not None and b.accuracy is not None]

    def paint(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=COLOURS["muted"], linestyle=":", label="as sure as right")
        axes.bar(
            [b.low for b in filled],
            [b.accuracy for b in filled],
            [b.high - b.low for b in filled],
            align="edge",
            color=COLOURS["right"],
            alpha=0.3,
        )
        axes.plot(
            [b.confidence for b in filled],
            [b.accuracy for b in filled],
            color=COLOURS["right"],
            marker="o",
            label="this network",
        )
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence (mean of the bin)")
        axes.set_ylabel("accuracy (share right)")
        axes.legend(loc="upper left")

    description = (
        f"Accuracy against confidence in {len(filled)} bins that hold answers; ECE "
        f"{of.ece:.4f}, MCE {of.mce:.4f}."
    )
    chart = picture("reliability-chart", "Reliability diagram", description, paint, (420, 320))
    rows = [
        (f"{b.low:.2f}–{b.high:.2f}", f"{b.count:,}", f"{b.confidence:.3f}", f"{b.accuracy:.3f}")
        for b in filled
    ]
    head = ("bin", "answers", "mean confidence", "accuracy")
    text = [
        f"The expected calibration error (ECE) is {100 * of.ece:.2f} points, the largest gap of a "
        f"bin (MCE) {100 * of.mce:.2f} points. Bins with few answers say little."
    ]
    content = {
        "charts": [("Reliability", chart)],
        "text": text,
        "tables": [{"summary": "The bins", "head": head, "rows": rows}],
    }
    note = "Below the dotted line the network is surer than it is right, above it less sure."
    return Section("reliability", "Does it deserve its confidence?", "charts", note, content)


def activation_sums(subject: RunSubject) -> Section | None:
    """Return how sigmoid activations sum; None for a softmax, where they sum to 1."""
    sums = subject.evaluation.activation_sums
    if sums is None:
        return None

    def paint(axes: Any) -> None:
        axes.bar(sums.edges[:-1], sums.counts, 0.1, align="edge", color=COLOURS["series-1"])
        axes.axvline(1, color=COLOURS["muted"], linestyle=":")
        axes.set_xlabel("sum of the activations (the last bar: 2 and above)")
        axes.set_ylabel("answers (count)")

    text = (
        f"Sigmoid outputs are no distribution: the sum of the activations is below 1 for "
        f"{percent(sums.below_share, 1)} of the answers and above 1 for "
        f"{percent(sums.above_share, 1)}; its mean is {sums.mean:.3f}."
    )
    chart = picture("sums-chart", "Sums of the output activations", text, paint)
    content = {"charts": [("Sums", chart)], "text": [text]}
    return Section("sums", "Sums of the activations", "charts", content=content)
