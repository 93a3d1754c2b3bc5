"""The report on one network: sections of an ``Evaluation``, in the order a person asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nntrain.analysis.confusion import Answer, Margins
from nntrain.analysis.evaluation import Evaluation
from nntrain.show.terminal.digits import Digits
from nntrain.show.terminal.tables import bar, heading, pairs, table
from nntrain.show.terminal.words import interval, number, percent, plural

PAIRS_SHOWN = 8
DIGITS_SHOWN = 3
BAR = 15
SHORT_NAME = 5


@dataclass(frozen=True)
class Subject:
    """What an evaluation is about, in words, and the images (n, rows, columns) it was made on."""

    network: str
    run: str
    output: str
    examples: str
    images: NDArray[np.uint8]


Section = Callable[[Evaluation, Subject], RenderableType]


def report(
    evaluation: Evaluation, subject: Subject, sections: Sequence[str] = ()
) -> list[RenderableType]:
    """Return the chosen sections, or all, ready to be printed."""
    chosen = sections or [
        name for name in SECTIONS if name != "sums" or evaluation.activation_sums
    ]
    return [SECTIONS[name](evaluation, subject) for name in SECTIONS if name in chosen]


def result(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """Accuracy with its interval, and the scores that judge confidence too."""
    scores = evaluation.scores
    of = " of the normalised activations" if scores.normalised else ""
    cost = f"{number(evaluation.cost)}  ({subject.output})"
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


def confusion(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """The confusion matrix: counts, then each row's shares."""
    return Group(
        heading("Confusion matrix", "rows: true class; columns: what the network said"),
        Text("counts", style="dim"),
        _matrix(evaluation, _count_cell),
        Text("shares of each row, in %", style="dim"),
        _matrix(evaluation, _share_cell),
    )


def _matrix(evaluation: Evaluation, cell: Callable[[Evaluation, int, int], str]) -> RenderableType:
    names = [name[:SHORT_NAME] for name in evaluation.classes]
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim")
    for _ in names:
        grid.add_column(justify="right", min_width=5)
    grid.add_row("", *(Text(name, style="dim") for name in names))
    for true, name in enumerate(names):
        cells = []
        for said in range(len(names)):
            empty = evaluation.confusion[true, said] == 0
            style = "green" if true == said else "dim" if empty else "red"
            cells.append(Text(cell(evaluation, true, said), style=style))
        grid.add_row(Text(name), *cells)
    return grid


def _count_cell(evaluation: Evaluation, true: int, said: int) -> str:
    count = int(evaluation.confusion[true, said])
    return str(count) if count else "·"


def _share_cell(evaluation: Evaluation, true: int, said: int) -> str:
    shares = evaluation.row_shares[true]
    if shares is None:
        return "–"
    return f"{100 * shares[said]:.1f}" if shares[said] else "·"


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


def confused_pairs(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """The most confused pairs, directed and symmetric, and digits of the first few."""
    if not evaluation.confused_pairs:
        return Group(heading("Most confused pairs"), Text("none: every answer is right"))
    names = evaluation.classes
    directed = table("true → said", "count", "of the true")
    for pair in evaluation.confused_pairs[:PAIRS_SHOWN]:
        directed.add_row(
            f"{names[pair.true]} → {names[pair.said]}", str(pair.count), percent(pair.share)
        )
    symmetric = table("either way", "count", "of both")
    for both in evaluation.symmetric_pairs[:PAIRS_SHOWN]:
        symmetric.add_row(
            f"{names[both.first]} ↔ {names[both.second]}", str(both.count), percent(both.share)
        )
    tables = Table.grid(padding=(0, 4))
    if max(map(len, names)) <= SHORT_NAME:
        tables.add_row(directed, symmetric)
    else:
        tables.add_row(directed)
        tables.add_row(symmetric)
    examples = [
        (pair.examples[0], f"#{pair.examples[0]}: {names[pair.true]} → {names[pair.said]}")
        for pair in evaluation.confused_pairs[:DIGITS_SHOWN]
    ]
    return Group(
        heading("Most confused pairs", "directed: the true class first; then both ways together"),
        tables,
        Text("the most confident error of the first pairs\n", style="dim"),
        _digits(subject, examples),
    )


def hesitations(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """C4 of the lecture: was the true class the runner-up, and by how little was it missed?"""
    found = evaluation.hesitations
    title = heading("Hesitations", "margin: the largest output minus the second largest")
    if found.runner_up is None:
        return Group(title, Text("no errors, so nothing to hesitate about"))
    runner_up = found.runner_up
    facts = pairs(
        [
            ("errors", f"{found.errors:,}"),
            (
                "true class second",
                f"{percent(runner_up.estimate, 1)} of the errors ({runner_up.successes:,}); "
                f"blind choice would give {percent(found.by_chance, 1)}",
            ),
            ("margin, errors", _margin(found.wrong)),
            ("margin, right", _margin(found.right)),
        ]
    )
    return Group(
        title,
        facts,
        Text("\nmost torn: the errors with the smallest margin\n", style="dim"),
        _answers(evaluation, subject, found.torn),
        Text("surely wrong: the errors with the largest confidence\n", style="dim"),
        _answers(evaluation, subject, found.sure),
    )


def _margin(margins: Margins) -> str:
    if margins.median is None:
        return "–"
    below = next((share for share in margins.shares if share.below == 0.1), None)
    text = f"median {number(margins.median, 3)}"
    if below is not None:
        text += f"; below 0.1 in {percent(below.share, 1)}"
    return text


def _answers(
    evaluation: Evaluation, subject: Subject, answers: Sequence[Answer]
) -> RenderableType:
    names = evaluation.classes
    examples = []
    for answer in answers[:DIGITS_SHOWN]:
        second = answer.outputs[answer.runner_up]
        examples.append(
            (
                answer.index,
                f"#{answer.index}: {names[answer.true]}\n"
                f"said {names[answer.said]} ({answer.confidence:.2f}), "
                f"{names[answer.runner_up]} ({second:.2f})",
            )
        )
    return _digits(subject, examples)


def _digits(subject: Subject, examples: Sequence[tuple[int, str]]) -> Digits:
    return Digits([subject.images[i] for i, _ in examples], [caption for _, caption in examples])


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


SECTIONS: dict[str, Section] = {
    "result": result,
    "classes": per_class,
    "confusion": confusion,
    "confidence": confidence,
    "pairs": confused_pairs,
    "hesitations": hesitations,
    "reliability": reliability,
    "sums": activation_sums,
}
