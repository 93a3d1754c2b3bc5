"""The most confused pairs, in one direction and both ways together, with their digits."""

from nntrain.analysis.confusion import ConfusedPair
from nntrain.show.blocks import Beside, Digit, Digits, Section, Table, Text
from nntrain.show.formatting import percent, plural
from nntrain.workflows.evaluate import EvaluatedRun

FIRST = 8
"""Rows of each table in a terminal."""
FIRST_DIGITS = 3
WITH_DIGITS = 12
"""Pairs whose digits the page shows."""


def section(run: EvaluatedRun) -> Section:
    """Return both rankings, and the most confident errors of the first pairs."""
    title = "Most confused pairs"
    found = run.evaluation.confused_pairs
    if not found:
        return Section("pairs", title, [Text("none: every answer is right")])
    surest = [_digit(run, pair, pair.examples[0]) for pair in found[:FIRST_DIGITS]]
    groups = [
        Digits([_digit(run, pair, index) for index in pair.examples], caption=_caption(run, pair))
        for pair in found[:WITH_DIGITS]
    ]
    blocks = [
        Beside(_rankings(run)),
        Text("the most confident error of the first pairs", "muted", only="terminal"),
        Digits(surest, only="terminal"),
        Text("the most confident errors of each pair", "muted", only="page"),
        Beside(groups, only="page"),
    ]
    note = "directed: true class first; then both ways together"
    return Section("pairs", title, blocks, note)


def _rankings(run: EvaluatedRun) -> list[Table]:
    names = run.evaluation.classes
    directed = [
        (f"{names[pair.true]} → {names[pair.predicted]}", str(pair.count), percent(pair.share))
        for pair in run.evaluation.confused_pairs
    ]
    symmetric = [
        (f"{names[pair.first]} ↔ {names[pair.second]}", str(pair.count), percent(pair.share))
        for pair in run.evaluation.symmetric_pairs
    ]
    return [
        Table(
            ("true → predicted", "count", "of the true"),
            directed,
            first=FIRST,
            summary="Ranked by direction",
        ),
        Table(
            ("either way", "count", "of both"),
            symmetric,
            first=FIRST,
            summary="Ranked both ways together",
        ),
    ]


def _digit(run: EvaluatedRun, pair: ConfusedPair, index: int) -> Digit:
    names = run.evaluation.classes
    caption = f"#{index}: {names[pair.true]} → {names[pair.predicted]}"
    return Digit(run.images[index], caption, true=pair.true, predicted=pair.predicted)


def _caption(run: EvaluatedRun, pair: ConfusedPair) -> str:
    names = run.evaluation.classes
    true, predicted = names[pair.true], names[pair.predicted]
    share = f"{percent(pair.share, 1)} of class {true}"
    return f"{true} → {predicted}: {plural(pair.count, 'time')}, {share}"
