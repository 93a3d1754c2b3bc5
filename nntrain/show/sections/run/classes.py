"""Precision, recall and F1 of each class."""

from nntrain.show.blocks import Section, Table
from nntrain.show.formatting import percent
from nntrain.workflows.evaluate import EvaluatedRun


def section(run: EvaluatedRun) -> Section:
    """Return one row a class."""
    rows = [
        (
            one.name,
            f"{one.support:,}",
            percent(one.precision),
            percent(one.recall),
            percent(one.f1),
        )
        for one in run.evaluation.per_class
    ]
    head = ("class", "examples", "precision", "recall", "F1")
    return Section("classes", "Each class", [Table(head, rows)])
