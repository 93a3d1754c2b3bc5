"""The reliability of runs side by side: how often they are right when they are so sure."""

from collections.abc import Sequence

from nntrain.show.blocks import Axis, Curves, Guide, Line, Section
from nntrain.workflows.evaluate import EvaluatedRun


def section(runs: Sequence[EvaluatedRun]) -> Section:
    """Return the accuracy by confidence of each run."""
    text = "; ".join(f"{run.name}: ECE {run.evaluation.reliability_width.ece:.4f}" for run in runs)
    chart = Curves(
        "reliability-chart",
        "Reliability of the runs",
        f"{text}.",
        Axis("confidence", low=0, high=1),
        Axis("accuracy (share right)", low=0, high=1),
        list(map(_line, runs)),
        [Guide("as sure as right")],
    )
    note = (
        "Confidence is the largest output: a probability for softmax, for sigmoid outputs an "
        "activation only."
    )
    return Section("reliability", "Confidence and accuracy", [chart], note)


def _line(run: EvaluatedRun) -> Line:
    points = [
        (one.confidence, one.accuracy)
        for one in run.evaluation.reliability_width.bins
        if one.confidence is not None and one.accuracy is not None
    ]
    return Line(run.name, [x for x, _ in points], [y for _, y in points], dots=True)
