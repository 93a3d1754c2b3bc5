"""What two runs on the same examples answer differently: in sums, cell by cell, digit by digit."""

from collections.abc import Sequence

from nntrain.analysis.statistics import p_in_words
from nntrain.show.blocks import Block, Digit, Digits, Matrix, Section, Text
from nntrain.show.formatting import percent, plural
from nntrain.show.sections.run.result import noun
from nntrain.workflows.diff import Difference, difference
from nntrain.workflows.evaluate import EvaluatedRun

SHOWN = 24
"""Examples shown of those that only one run classifies correctly."""


def compared(runs: Sequence[EvaluatedRun]) -> Difference | None:
    """Return the difference of two runs on the same examples, the less accurate first.

    None for more runs, and if their examples or classes differ.
    """
    if len(runs) != 2:
        return None
    first, second = sorted(runs, key=lambda run: run.evaluation.accuracy.estimate)
    found = difference(first, second)
    same = first.evaluation.classes == second.evaluation.classes
    return found if same and found.answers is not None else None


def in_words(of: Difference) -> str:
    """Return how many examples only one run classifies correctly, and whether that is chance."""
    if (answers := of.answers) is None:
        return ""
    return (
        f"Of {of.a.examples}, only {of.b.name} classifies {len(answers.only_b):,} correctly, only "
        f"{of.a.name} {len(answers.only_a):,}, neither {answers.neither:,}. If the networks were "
        f"equally good, a difference at least this large would have probability "
        f"{p_in_words(answers.test.p_value)} (McNemar's exact test)."
    )


def changes(runs: Sequence[EvaluatedRun]) -> Section | None:
    """Return the confusion matrix of one run minus that of the other."""
    if (of := compared(runs)) is None:
        return None
    counts = of.b.evaluation.confusion - of.a.evaluation.confusion
    note = (
        f"The counts of {of.b.name} minus those of {of.a.name}, by true class (rows) and "
        f"predicted class (columns). On the diagonal more is better; elsewhere fewer errors are."
    )
    block = Matrix(of.b.evaluation.classes, counts, change=True)
    return Section("changes", "What changed in the confusion matrix", [block], note)


def answers(runs: Sequence[EvaluatedRun]) -> Section | None:
    """Return examples that only one of two runs classifies correctly; None without any."""
    if (of := compared(runs)) is None or (found := of.answers) is None:
        return None
    blocks: list[Block] = []
    for right, wrong, indices in ((of.b, of.a, found.only_b), (of.a, of.b, found.only_a)):
        if len(indices):
            blocks += _only(right, wrong, indices.tolist())
    note = (
        "Below each: its class, and what the other run predicted with which output. The most "
        "confident errors come first."
    )
    return Section("answers", "Correct in one run only", blocks, note) if blocks else None


def _only(right: EvaluatedRun, wrong: EvaluatedRun, indices: Sequence[int]) -> list[Block]:
    names, of = wrong.evaluation.classes, wrong.predictions
    digits = [
        Digit(
            right.images[index],
            f"{names[of.labels[index]]}\n{names[of.predicted[index]]} {of.confidence[index]:.2f}",
            true=int(of.labels[index]),
            predicted=int(of.predicted[index]),
            example=index if right.dataset.distortable else None,
        )
        for index in indices[:SHOWN]
    ]
    left_out = len(indices) - len(digits)
    text = f"only {right.name} is correct: {plural(len(indices), noun(right))}"
    more = [Text(f"{left_out:,} more are not shown.", "muted", only="page")] if left_out else []
    return [Text(text, "strong", only="page"), Digits(digits, names, only="page"), *more]


def headline(runs: Sequence[EvaluatedRun]) -> tuple[str, str]:
    """Return the page's heading: the best accuracy, and of which run."""
    *others, best = sorted(runs, key=lambda run: run.evaluation.accuracy.estimate)
    figure = _whole(best)
    if len(others) == 1:
        (other,) = others
        return figure, f"with {best.name}, {_whole(other)} with {other.name}"
    return figure, f"with {best.name}, the most accurate of {len(runs)} runs"


def _whole(run: EvaluatedRun) -> str:
    """Return the accuracy as a text that no line ends within."""
    return percent(run.evaluation.accuracy.estimate).replace(" ", "\xa0")
