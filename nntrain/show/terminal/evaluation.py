"""The report on one network: sections of an ``Evaluation``, in the order a person asks."""

from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.analysis.evaluation import Evaluation
from nntrain.show.formatting import interval, number, percent
from nntrain.show.terminal.confidence import activation_sums, confidence, reliability
from nntrain.show.terminal.confusion import confused_pairs, confusion, hesitations
from nntrain.show.terminal.curves import curves
from nntrain.show.terminal.subject import Subject
from nntrain.show.terminal.tables import heading, pairs, table

Section = Callable[[Evaluation, Subject], RenderableType]


def report(
    evaluation: Evaluation, subject: Subject, sections: Sequence[str] = ()
) -> list[RenderableType]:
    """Return the chosen sections, or all, ready to be printed."""
    empty = {"sums": not evaluation.activation_sums, "curves": len(subject.history) < 2}
    chosen = sections or [name for name in SECTIONS if not empty.get(name)]
    return [SECTIONS[name](evaluation, subject) for name in SECTIONS if name in chosen]


def result(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """Accuracy with its interval, and the scores that judge confidence too."""
    scores = evaluation.scores
    of = " of the normalised activations" if scores.normalised else ""
    decay = f", λ/2n ΣW² = {number(subject.decay_cost)} of it" if subject.decay_cost else ""
    cost = f"{number(evaluation.cost)}  ({subject.output}{decay})"
    return Group(
        heading(f"Result on {subject.examples}"),
        pairs(
            [
                ("network", subject.network),
                ("run", subject.run),
                ("accuracy", Text(interval(evaluation.accuracy), style="bold")),
                ("cost", cost),
                ("log-likelihood", f"{number(scores.log_likelihood)}  mean{of}"),
                ("Brier score", f"{number(scores.brier)}{of}"),
            ]
        ),
    )


def per_class(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """Precision, recall and F1 of each class."""
    rows = table("class", "examples", "precision", "recall", "F1")
    for figures in evaluation.per_class:
        rows.add_row(
            Text(figures.name),
            f"{figures.support:,}",
            percent(figures.precision),
            percent(figures.recall),
            percent(figures.f1),
        )
    return Group(heading("Each class"), rows)


SECTIONS: dict[str, Section] = {
    "result": result,
    "curves": curves,
    "classes": per_class,
    "confusion": confusion,
    "confidence": confidence,
    "pairs": confused_pairs,
    "hesitations": hesitations,
    "reliability": reliability,
    "sums": activation_sums,
}
