"""Reliability: confidence against accuracy by bin, with ECE and MCE."""

from nntrain.analysis.confidence import Reliability
from nntrain.show.blocks import Axis, Curves, Facts, Guide, Line, Section, Table
from nntrain.show.formatting import number, plural
from nntrain.workflows.evaluate import EvaluatedRun


def section(run: EvaluatedRun) -> Section:
    """Return the diagram, the bins that hold answers, and the calibration errors."""
    width, mass = run.evaluation.reliability_width, run.evaluation.reliability_mass
    bins = [
        (b.low, b.high, b.count, b.confidence, b.accuracy)
        for b in width.bins
        if b.confidence is not None and b.accuracy is not None
    ]
    rows = [
        (
            f"{low:.3f}–{high:.3f}",
            f"{count:,}",
            f"{confidence:.3f}",
            f"{accuracy:.3f}",
            f"{confidence - accuracy:+.3f}",
        )
        for low, high, count, confidence, accuracy in bins
    ]
    head = ("confidence", "answers", "mean confidence", "accuracy", "gap")
    errors = [
        ("equal width", _errors(width)),
        ("equal mass", f"{_errors(mass)}   ({plural(len(mass.bins), 'bin')})"),
    ]
    note = (
        f"{len(width.bins)} bins of equal width, empty ones left out; a positive gap, below the "
        f"dotted line, is over-confidence; bins with few answers say little"
    )
    chart = _chart([(b[3], b[4]) for b in bins], width)
    blocks = [chart, Table(head, rows, summary="The bins"), Facts(errors)]
    return Section("reliability", "Reliability", blocks, note)


def _errors(of: Reliability) -> str:
    return f"ECE {number(of.ece)}   MCE {number(of.mce)}"


def _chart(points: list[tuple[float, float]], of: Reliability) -> Curves:
    xs, ys = zip(*points, strict=True)
    return Curves(
        "reliability-chart",
        "Reliability diagram",
        f"Accuracy against confidence in {len(points)} bins that hold answers; "
        f"ECE {of.ece:.4f}, MCE {of.mce:.4f}.",
        Axis("confidence (mean of the bin)", low=0, high=1),
        Axis("accuracy (share right)", low=0, high=1),
        [Line("this network", xs, ys, role="right", filled=True, dots=True)],
        [Guide("as sure as right")],
        only="page",
    )
