"""Sections about confidence: histograms, reliability, the sums of sigmoid activations."""

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.analysis.evaluation import Evaluation
from nntrain.show.formatting import number, percent, plural
from nntrain.show.terminal.subject import Subject
from nntrain.show.terminal.tables import bar, heading, pairs, table

BAR = 15


def confidence(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """Confidence histograms of right and wrong answers over the same bins."""
    histogram = evaluation.histogram
    right, wrong = histogram.right, histogram.wrong
    total_right, total_wrong = int(right.sum()), int(wrong.sum())
    rows = table(
        "confidence",
        f"{total_right:,} right",
        "",
        f"{total_wrong:,} wrong",
        "",
        left=(0, 2, 4),
    )
    first = int(np.argmax((right + wrong) > 0))
    for index in range(first, len(right)):
        closing = "]" if index == len(right) - 1 else ")"
        rows.add_row(
            f"[{histogram.edges[index]:.2f}, {histogram.edges[index + 1]:.2f}{closing}",
            f"{right[index]:,}",
            bar(right[index] / max(1, right.max()), BAR, "green"),
            f"{wrong[index]:,}",
            bar(wrong[index] / max(1, wrong.max()), BAR, "red"),
        )
    note = f"confidence: the {evaluation.confidence_is}; each side's bars have their own scale"
    if first:
        note += f"; none below {histogram.edges[first]:.2f}"
    return Group(heading("Confidence, right and wrong", note), rows)


def reliability(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """Confidence against accuracy by bin, with ECE and MCE."""
    width, mass = evaluation.reliability_width, evaluation.reliability_mass
    rows = table("confidence", "answers", "mean confidence", "accuracy", "gap")
    for one in width.bins:
        if one.confidence is None or one.accuracy is None:
            continue
        rows.add_row(
            f"{one.low:.3f}–{one.high:.3f}",
            f"{one.count:,}",
            number(one.confidence, 3),
            number(one.accuracy, 3),
            f"{one.confidence - one.accuracy:+.3f}",
        )
    return Group(
        heading(
            "Reliability",
            f"{len(width.bins)} bins of equal width, empty ones left out; "
            f"a positive gap is over-confidence",
        ),
        rows,
        pairs(
            [
                ("equal width", f"ECE {number(width.ece)}   MCE {number(width.mce)}"),
                (
                    "equal mass",
                    f"ECE {number(mass.ece)}   MCE {number(mass.mce)}"
                    f"   ({plural(len(mass.bins), 'bin')})",
                ),
            ]
        ),
    )


def activation_sums(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """C5 of the lecture: sigmoid activations do not sum to 1."""
    sums = evaluation.activation_sums
    if sums is None:
        return Text("softmax activations sum to 1; only sigmoid outputs have a section of sums")
    rows = table("sum", "examples", "", left=(0, 2))
    used = np.flatnonzero(sums.counts)
    for index in range(used[0], used[-1] + 1):
        closing = "]" if index == len(sums.counts) - 1 else ")"
        rows.add_row(
            f"[{sums.edges[index]:.1f}, {sums.edges[index + 1]:.1f}{closing}",
            f"{sums.counts[index]:,}",
            bar(sums.counts[index] / sums.counts.max(), 30, "cyan"),
        )
    return Group(
        heading(
            "Sum of the sigmoid activations",
            f"no distribution: below 1 in {percent(sums.below_share, 1)} of the examples, "
            f"above in {percent(sums.above_share, 1)}; mean {sums.mean:.3f}",
        ),
        rows,
    )
