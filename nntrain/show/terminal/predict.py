"""What the network says of pictures: as it sees them, its outputs as bars, and how many right."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Group, RenderableType
from rich.progress import MofNCompleteColumn
from rich.table import Table
from rich.text import Text

from nntrain.analysis.metrics import Interval
from nntrain.show.formatting import interval, plural
from nntrain.show.terminal.digits import Digits
from nntrain.show.terminal.progress import MovingBar
from nntrain.show.terminal.tables import bar, heading, pairs, table
from nntrain.show.terminal.terminal import Terminal
from nntrain.workflows.predict import Answer, Answers

Entry = TypeVar("Entry")

DRAWN = 10
"""So many pictures are drawn with all their bars; more are listed, a line each."""
WRONG_DRAWN = 6
BAR = 24
SHORT_BAR = 8


def with_progress(terminal: Terminal, entries: Iterable[Entry], total: int) -> Iterator[Entry]:
    """Yield ``entries`` while a bar shows how many of ``total`` were taken."""
    with MovingBar(terminal, total, MofNCompleteColumn()) as moving:
        for taken, entry in enumerate(entries, start=1):
            moving.move(taken, "pictures")
            yield entry


def predictions_report(predictions: Answers) -> list[RenderableType]:
    """Return the answers, ready to be printed, and the accuracy where classes are known."""
    if not predictions.answers:
        return []
    parts: list[RenderableType] = []
    if len(predictions.answers) <= DRAWN:
        parts += [_drawn(answer, predictions) for answer in predictions.answers]
        parts.append(Text(_bars_are(predictions), style="dim"))
    else:
        parts.append(_listed(predictions))
    if predictions.accuracy is not None:
        parts.append(_accuracy(predictions.accuracy, predictions))
    return parts


def output_word(predictions: Answers) -> str:
    """Return what an output is called: sigmoid activations are no probabilities."""
    return "probability" if predictions.distribution else "activation"


def _bars_are(predictions: Answers) -> str:
    if predictions.distribution:
        return "bars: the softmax's probabilities, which sum to 1"
    return "bars: sigmoid activations, which need not sum to 1"


def _drawn(answer: Answer, predictions: Answers) -> RenderableType:
    """One picture as the network sees it, beside a bar for each class."""
    names = predictions.classes
    bars = Table.grid(padding=(0, 1))
    bars.add_column(justify="right")
    bars.add_column(justify="right")
    bars.add_column()
    for label, output in enumerate(answer.outputs):
        chosen = label == answer.predicted
        style = "green" if chosen else "cyan"
        name = Text(names[label], style="bold" if chosen else "dim")
        bars.add_row(name, _decimals(output), bar(output, BAR, style))
    beside = Table.grid(padding=(0, 2))
    beside.add_column(width=answer.image.shape[1])
    beside.add_column()
    beside.add_row(Digits([answer.image], [""]), bars)
    return Group(heading(_title(answer, predictions)), Text(_said(answer, predictions)), beside)


def _title(answer: Answer, predictions: Answers) -> str:
    true = answer.picture.true
    if true is None:
        return answer.picture.name
    return f"{answer.picture.name} (true: {predictions.classes[true]})"


def _said(answer: Answer, predictions: Answers) -> str:
    names = predictions.classes
    second = answer.outputs[answer.runner_up]
    return (
        f"{names[answer.predicted]}, {output_word(predictions)} {_decimals(answer.confidence)}; "
        f"runner-up {names[answer.runner_up]}, {_decimals(second)}\n"
    )


def _listed(predictions: Answers) -> RenderableType:
    """One line a picture."""
    names = predictions.classes
    with_truth = predictions.accuracy is not None
    columns = ["picture", *(["true"] if with_truth else []), "says"]
    left = (*range(len(columns)), len(columns) + 1)
    rows = table(*columns, output_word(predictions), "", "runner-up", left=left)
    for answer in predictions.answers:
        true = answer.picture.true
        right = true is None or true == answer.predicted
        cells: list[RenderableType] = [Text(answer.picture.name, overflow="fold")]
        if with_truth:
            cells.append(Text("" if true is None else names[true]))
        rows.add_row(
            *cells,
            Text(names[answer.predicted], style="green" if right else "red"),
            _decimals(answer.confidence),
            bar(answer.confidence, SHORT_BAR, "green" if right else "red"),
            Text(f"{names[answer.runner_up]} {_decimals(answer.outputs[answer.runner_up]):>7}"),
        )
    return rows


def _accuracy(accuracy: Interval, predictions: Answers) -> RenderableType:
    """Accuracy with its interval, and the most confident of the wrong answers."""
    parts: list[RenderableType] = [
        heading("Accuracy", f"of {plural(accuracy.n, 'picture')} in folders named by their class"),
        pairs([("accuracy", Text(interval(accuracy), style="bold"))]),
    ]
    wrong = [a for a in predictions.answers if a.picture.true not in (None, a.predicted)]
    wrong.sort(key=lambda answer: -answer.confidence)
    if wrong and len(predictions.answers) > DRAWN:
        parts.append(Text("\nsurely wrong: the errors with the largest output\n", style="dim"))
        parts.append(_wrong_digits(wrong[:WRONG_DRAWN], predictions.classes))
    return Group(*parts)


def _wrong_digits(wrong: Sequence[Answer], names: Sequence[str]) -> Digits:
    captions = [
        f"{Path(answer.picture.name).name[-24:]}\n{names[answer.picture.true or 0]} → "
        f"{names[answer.predicted]} ({_decimals(answer.confidence)})"
        for answer in wrong
    ]
    return Digits([answer.image for answer in wrong], captions)


def _decimals(output: float) -> str:
    """Return four decimals; what they would show as a false 0 is told as less than the least."""
    return "<0.0001" if 0 < output < 5e-5 else f"{output:.4f}"
