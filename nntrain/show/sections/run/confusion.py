"""The confusion matrix."""

from nntrain.show.blocks import Matrix, Section
from nntrain.workflows.evaluate import EvaluatedRun


def section(run: EvaluatedRun) -> Section:
    """Return the counts of each true and each predicted class."""
    of = run.evaluation
    note = "rows: true class; columns: predicted class"
    return Section("confusion", "Confusion matrix", [Matrix(of.classes, of.confusion)], note)
