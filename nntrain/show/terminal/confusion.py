"""Sections about errors: the confusion matrix, the confused pairs, the hesitations."""

from collections.abc import Callable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from nntrain.analysis.confusion import Answer, Margins
from nntrain.analysis.evaluation import Evaluation
from nntrain.show.formatting import number, percent
from nntrain.show.terminal.digits import Digits
from nntrain.show.terminal.subject import Subject
from nntrain.show.terminal.tables import heading, pairs, table

PAIRS_SHOWN = 8
DIGITS_SHOWN = 3
SHORT_NAME = 5


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


def confused_pairs(evaluation: Evaluation, subject: Subject) -> RenderableType:
    """The most confused pairs, directed and symmetric, and digits of the first few."""
    if not evaluation.confused_pairs:
        return Group(heading("Most confused pairs"), Text("none: every answer is right"))
    names = evaluation.classes
    directed = table("true → said", "count", "of the true")
    for pair in evaluation.confused_pairs[:PAIRS_SHOWN]:
        directed.add_row(
            f"{names[pair.true]} → {names[pair.predicted]}", str(pair.count), percent(pair.share)
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
        (pair.examples[0], f"#{pair.examples[0]}: {names[pair.true]} → {names[pair.predicted]}")
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
        _answers(evaluation, subject, found.closest_calls),
        Text("surely wrong: the errors with the largest confidence\n", style="dim"),
        _answers(evaluation, subject, found.confidently_wrong),
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
                f"said {names[answer.predicted]} ({answer.confidence:.2f}), "
                f"{names[answer.runner_up]} ({second:.2f})",
            )
        )
    return _digits(subject, examples)


def _digits(subject: Subject, examples: Sequence[tuple[int, str]]) -> Digits:
    return Digits([subject.images[i] for i, _ in examples], [caption for _, caption in examples])
