"""Confidence of the answers, its agreement with their accuracy, and calibration."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nntrain.analysis.confidence import (
    FINE_EDGES,
    LEAST_ANSWERS,
    Histogram,
    Reliability,
    confidence_histogram,
)
from nntrain.analysis.metrics import wilson
from nntrain.analysis.predictions import Floats, Ints
from nntrain.analysis.statistics import SIGNIFICANT, p_in_words
from nntrain.show.blocks import (
    Axis,
    Bars,
    Beside,
    Block,
    Cell,
    Curves,
    Facts,
    Guide,
    Line,
    Live,
    Role,
    Section,
    Table,
    Text,
)
from nntrain.show.formatting import bins, number, percent
from nntrain.workflows.evaluate import Calibration, EvaluatedRun

BIN_ACCURACY = Axis("accuracy", low=0, high=1)
PERFECT = Guide("perfect calibration")


def confidence(run: EvaluatedRun) -> Section:
    """Return the histograms of right and of wrong answers over the same bins."""
    of = run.evaluation.histogram
    note = f"Confidence is the {run.evaluation.confidence_is}. The bars' scale is logarithmic."
    charts = [_histogram(of, "right", of.right), _histogram(of, "wrong", of.wrong)]
    blocks: list[Block] = [Beside(charts, only="page"), bin_table(run)]
    if run.dataset.distortable:
        table = bin_table(run)
        left_out = len(FINE_EDGES) - 1 - len(table.rows)
        rows = [(f"fine-{place}", *row) for place, row in enumerate(table.rows, left_out)]
        blocks = [Live("bins", {"rows": rows}, blocks), replace(table, only="terminal")]
    return Section("confidence", "Confidence of right and wrong answers", blocks, note)


def bin_table(run: EvaluatedRun, caption: str = "") -> Table:
    """Return right answers, wrong answers and accuracy by confidence, in bins finer above 0.9.

    The bars of both columns share one logarithmic scale, so that a full last bin does not hide
    the others. Empty bins at the low end are left out.
    """
    of = confidence_histogram(run.predictions.confidence, run.predictions.right, FINE_EDGES)
    first = int(np.flatnonzero(of.right + of.wrong)[0])
    longest = math.log1p(max(of.right.max(), of.wrong.max()))
    columns = zip(bins(of.edges, "g"), of.right.tolist(), of.wrong.tolist(), strict=True)
    rows = [
        (
            name,
            Cell(f"{right:,}", "right", math.log1p(right) / longest),
            Cell(f"{wrong:,}", "wrong", math.log1p(wrong) / longest),
            percent(right / (right + wrong) if right + wrong else None, 1),
        )
        for name, right, wrong in list(columns)[first:]
    ]
    head = ("confidence", f"{of.right.sum():,} right", f"{of.wrong.sum():,} wrong", "accuracy")
    return Table(head, rows, caption=caption, summary="The bins")


def _rows(edges: Floats, columns: Sequence[tuple[Ints, Role]]) -> list[tuple[str | Cell, ...]]:
    """Return one row per bin: each column's count, with a bar relative to its largest count."""
    return [
        (
            name,
            *(Cell(f"{n[b]:,}", role, bar=float(n[b] / max(1, n.max()))) for n, role in columns),
        )
        for b, name in enumerate(bins(edges))
    ]


def _histogram(of: Histogram, role: Role, counts: Ints) -> Bars:
    total, above = int(counts.sum()), int(counts[of.edges[:-1] >= 0.9].sum())
    share = percent(above / total, 1) if total else "none"
    return Bars(
        f"confidence-{role}",
        f"Confidence of {role} answers",
        f"{total:,} {role} answers in {len(counts)} bins; {above:,} ({share}) at 0.9 and above.",
        Axis("confidence", low=0, high=1),
        Axis(f"{role} answers (count)", low=0, scale="counts"),
        of.edges.tolist(),
        counts.tolist(),
        role,
    )


def reliability(run: EvaluatedRun) -> Section:
    """Return confidence against accuracy by bin: the diagram, the bins, and ECE and MCE."""
    width, mass = run.evaluation.reliability_width, run.evaluation.reliability_mass
    rows = [
        (
            f"{one.low:.3f}–{one.high:.3f}",
            f"{one.count:,}",
            f"{one.confidence:.3f}",
            f"{one.accuracy:.3f}",
            f"{one.confidence - one.accuracy:+.3f}",
        )
        for one in width.bins
        if one.confidence is not None and one.accuracy is not None
    ]
    chart = Curves(
        "reliability-chart",
        "Reliability diagram",
        f"Accuracy against confidence in {len(rows)} non-empty bins; below the dotted line the "
        f"network is overconfident; ECE {width.ece:.4f}.",
        Axis("confidence (mean of the bin)", low=0, high=1),
        BIN_ACCURACY,
        [reliability_line("this network, with 95 % intervals", width, role="right", band=True)],
        [PERFECT],
        only="page",
    )
    head = ("confidence", "answers", "mean confidence", "accuracy", "gap")
    note = (
        f"{len(width.bins)} bins of equal width, empty ones left out; a positive gap is "
        f"overconfidence; the band is the 95 % interval of each bin's accuracy"
    )
    blocks = [chart, Table(head, rows, summary="The bins"), *_errors(width, mass)]
    return Section("reliability", "Reliability", blocks, note)


def reliability_line(name: str, of: Reliability, *, role: Role = "", band: bool = False) -> Line:
    """Return accuracy over confidence in the non-empty bins, with Wilson's intervals if asked."""
    filled = [
        (one.confidence, wilson(round(one.accuracy * one.count), one.count))
        for one in of.bins
        if one.confidence is not None and one.accuracy is not None
    ]
    xs = [x for x, _ in filled]
    ys = [interval.estimate for _, interval in filled]
    low = [interval.low for _, interval in filled] if band else None
    high = [interval.high for _, interval in filled] if band else None
    return Line(name, xs, ys, low, high, role, dots=True)


def _errors(width: Reliability, mass: Reliability) -> tuple[Facts, Text]:
    """Return ECE with its noise floor and MCE for both kinds of bins, and the conclusion."""
    kinds = (("equal width", width), ("equal mass", mass))
    rows = [
        (f"ECE, {name}", f"{number(of.ece)}   (perfect calibration: {_floor(of)})")
        for name, of in kinds
    ]
    largest = f"{number(width.mce)} equal width, {number(mass.mce)} equal mass"
    rows.append(("MCE", f"{largest}; over bins with {LEAST_ANSWERS} answers or more"))
    exceeded = [name for name, of in kinds if of.distinguishable]
    words = "Not distinguishable from perfect calibration."
    if exceeded:
        words = (
            f"Not perfectly calibrated ({' and '.join(exceeded)}): chance alone gives an ECE this "
            f"large in less than 5 % of cases."
        )
    return Facts(rows), Text(words, "strong")


def _floor(of: Reliability) -> str:
    """Return what a perfectly calibrated network with these confidences would show."""
    return f"mean {number(of.noise_floor.mean)}, 95 % below {number(of.noise_floor.p95)}"


def calibration(of: Calibration, split: str) -> Section:
    """Return the effect of calibration on ``split``, or why there is nothing to correct."""
    note = (
        f"c fitted by log-likelihood on the {of.fit.n:,} validation examples; the softmax's "
        f"total c is now {of.inverse_temperature:.3f}, its temperature "
        f"{1 / of.inverse_temperature:.3f}; predictions do not change"
        + ("; here evaluated on the examples it was fitted on" if split == "validation" else "")
    )
    words = _nothing_to_correct(of, split)
    blocks: list[Block] = [Text(words)] if words else list(_before_and_after(of, split))
    if of.fit.at_the_limit:
        blocks.append(
            Text("no optimal c between 0.001 and 1000: the likelihood is best at the limit")
        )
    return Section("calibration", "Calibration", blocks, note)


def _nothing_to_correct(of: Calibration, split: str) -> str:
    """Say why there is nothing to correct; an empty text if there is."""
    x, y = of.before, of.after
    width = x.reliability_width
    if of.fit.p_value >= SIGNIFICANT:
        return (
            f"Nothing to correct: c = {of.fit.c:.3f} is not distinguishable from c = 1 "
            f"(likelihood ratio, {p_in_words(of.fit.p_value)}). ECE on the {split} examples: "
            f"{number(width.ece)} (perfect calibration: {_floor(width)})."
        )
    if width.distinguishable or x.reliability_mass.distinguishable:
        return ""
    scores = f"{number(x.scores.log_likelihood)} to {number(y.scores.log_likelihood)}"
    return (
        f"Nothing to correct: with an ECE of {number(width.ece)} on the {split} examples the "
        f"network is not distinguishable from perfect calibration ({_floor(width)}). "
        f"c = {of.fit.c:.3f} gives {number(y.reliability_width.ece)} and changes the mean "
        f"log-likelihood from {scores}."
    )


def _before_and_after(of: Calibration, split: str) -> tuple[Table, Table]:
    """Return the figures and the confidence histogram before and after."""
    x, y = of.before, of.after
    figures = [
        ("ECE, equal width", x.reliability_width.ece, y.reliability_width.ece),
        (
            "perfect calibration: 95 % below",
            x.reliability_width.noise_floor.p95,
            y.reliability_width.noise_floor.p95,
        ),
        ("ECE, equal mass", x.reliability_mass.ece, y.reliability_mass.ece),
        ("Brier score", x.scores.brier, y.scores.brier),
        ("log-likelihood", x.scores.log_likelihood, y.scores.log_likelihood),
    ]
    rows = [(name, number(before), number(after)) for name, before, after in figures]
    rows.append(("accuracy", percent(x.accuracy.estimate), percent(y.accuracy.estimate)))
    head = ("confidence", "right\nbefore", "right\nafter", "wrong\nbefore", "wrong\nafter")
    sides: list[tuple[Ints, Role]] = [
        (x.histogram.right, "right"),
        (y.histogram.right, "right"),
        (x.histogram.wrong, "wrong"),
        (y.histogram.wrong, "wrong"),
    ]
    used = np.sum([counts for counts, _ in sides], axis=0)
    filled = [row for row, n in zip(_rows(x.histogram.edges, sides), used, strict=True) if n]
    return Table((split, "before", f"after, c = {of.fit.c:.3f}"), rows), Table(head, filled)
