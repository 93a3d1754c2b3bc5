"""Confusion: each class's figures, the matrix, and the most confused pairs with their digits."""

from nntrain.analysis.confusion import ConfusedPair
from nntrain.show.blocks import Beside, Block, Digit, Digits, Live, Matrix, Section, Table, Text
from nntrain.show.formatting import percent, plural
from nntrain.workflows.evaluate import EvaluatedRun

FIRST = 8
"""Rows of each table of pairs in a terminal."""
FIRST_DIGITS = 3
WITH_DIGITS = 12
"""Pairs whose digits the page shows."""


def classes(run: EvaluatedRun) -> Section:
    """Return precision, recall and F1, one row a class."""
    rows = [
        (
            one.name,
            f"{one.support:,}",
            *(percent(share) for share in (one.precision, one.recall, one.f1)),
        )
        for one in run.evaluation.per_class
    ]
    head = ("class", "examples", "precision", "recall", "F1")
    return Section("classes", "Each class", [Table(head, rows)])


def confusion(run: EvaluatedRun) -> Section:
    """Return the counts of each true and each predicted class."""
    of = run.evaluation
    note = "rows: true class; columns: predicted class"
    matrix = Matrix(of.classes, of.confusion, linked=run.dataset.distortable)
    return Section("confusion", "Confusion matrix", [matrix], note)


def pairs(run: EvaluatedRun) -> Section:
    """Return the pairs, directed and in both directions, and their most confident errors.

    The terminal draws one error of each of the first pairs. Examples that are no images are not
    shown.
    """
    title = "Most confused pairs"
    found = run.evaluation.confused_pairs
    if not found:
        return Section("pairs", title, [Text("none: every answer is correct")])
    note = "directed (true class first), then in both directions; equal counts share a rank"
    if not run.pictured:
        return Section("pairs", title, [Beside(rankings(run, FIRST))], note)
    errors = [most_confident_error(run, pair) for pair in found[:FIRST_DIGITS]]
    groups = [
        Digits([_digit(run, pair, index) for index in pair.examples], caption=_caption(run, pair))
        for pair in found[:WITH_DIGITS]
    ]
    pictures: list[Block] = [
        Text("the most confident errors of each pair", "muted", only="page"),
        Beside(groups, only="page"),
    ]
    if run.dataset.distortable:
        pictures = [Live("pairs", {"pairs": _first_pairs(run)}, pictures)]
    blocks = [
        *pictures,
        Beside(rankings(run, FIRST)),
        Text("the most confident error of each of the first pairs", "muted", only="terminal"),
        Digits(errors, first=FIRST_DIGITS, only="terminal"),
    ]
    return Section("pairs", title, blocks, note)


def _first_pairs(run: EvaluatedRun) -> list[dict[str, object]]:
    """Return the first pairs: their names, count, and the cell of the matrix."""
    names = run.evaluation.classes
    return [
        {
            "true": names[pair.true],
            "predicted": names[pair.predicted],
            "count": pair.count,
            "cell": f"cell-{pair.true}-{pair.predicted}",
        }
        for pair in run.evaluation.confused_pairs[:WITH_DIGITS]
    ]


def rankings(run: EvaluatedRun, first: int) -> list[Table]:
    """Return the pairs, directed and in both directions; a terminal prints ``first`` of each."""
    of, names = run.evaluation, run.evaluation.classes
    directed = [
        (str(p.rank), _arrow(run, p), f"{p.count:,}", percent(p.share)) for p in of.confused_pairs
    ]
    symmetric = [
        (str(p.rank), f"{names[p.first]} ↔ {names[p.second]}", f"{p.count:,}", percent(p.share))
        for p in of.symmetric_pairs
    ]
    one_way, either_way = (
        ("", "true → predicted", "count", "of class"),
        ("", "either way", "count", "of both"),
    )
    return [
        Table(one_way, directed, left=(1,), first=first, summary="Ranked by direction"),
        Table(either_way, symmetric, left=(1,), first=first, summary="Ranked in both directions"),
    ]


def _arrow(run: EvaluatedRun, pair: ConfusedPair) -> str:
    names = run.evaluation.classes
    return f"{names[pair.true]} → {names[pair.predicted]}"


def most_confident_error(run: EvaluatedRun, pair: ConfusedPair) -> Digit:
    """Return the most confident error of a pair."""
    return _digit(run, pair, pair.examples[0])


def _digit(run: EvaluatedRun, pair: ConfusedPair, index: int) -> Digit:
    caption = f"#{index}: {_arrow(run, pair)}"
    return Digit(run.images[index], caption, true=pair.true, predicted=pair.predicted)


def _caption(run: EvaluatedRun, pair: ConfusedPair) -> str:
    share = f"{percent(pair.share, 1)} of class {run.evaluation.classes[pair.true]}"
    return f"{_arrow(run, pair)}: {plural(pair.count, 'time')}, {share}"
