"""A network's answers to image files: its outputs as bars, or a list, and the accuracy."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nntrain.show.blocks import (
    Beside,
    Block,
    Cell,
    Digit,
    Digits,
    Facts,
    Role,
    Section,
    Table,
    Text,
)
from nntrain.show.formatting import interval, plural
from nntrain.workflows.predict import Answer, Answers

DRAWN = 10
"""Up to this many images are drawn with all their outputs; more are listed, one per line."""
WRONG_DRAWN = 6
LONGEST_NAME = 24


def answers(of: Answers) -> list[Section | Block]:
    """Return the answers, and the accuracy if classes are known."""
    made: list[Section | Block] = []
    rows = [answer for answer in of.answers if answer.digit is not None]
    if rows:
        made += [_rows(rows, of.classes), _listed(of)]
    elif len(of.answers) > DRAWN:
        made.append(_listed(of))
    elif of.answers:
        bars = "sigmoid activations, which need not sum to 1"
        if of.distribution:
            bars = "the softmax's probabilities, which sum to 1"
        drawn = (_drawn(number, answer, of) for number, answer in enumerate(of.answers))
        made += [*drawn, Text(f"bars: {bars}", "muted")]
    return [*made, _accuracy(of)] if of.accuracy is not None else made


def _rows(answers: Sequence[Answer], names: Sequence[str]) -> Facts:
    """The digits of each row of digits, side by side."""
    rows: dict[str, list[Answer]] = {}
    for answer in answers:
        rows.setdefault(answer.picture.name, []).append(answer)
    facts = []
    for name, digits in rows.items():
        doubt = " (see the notes)" if any(answer.note for answer in digits) else ""
        read = " ".join(names[answer.predicted] for answer in digits)
        facts.append((name, Cell(read + doubt, "warning" if doubt else "strong")))
    return Facts(facts)


def _word(of: Answers) -> str:
    """Return the term for an output: sigmoid activations are not probabilities."""
    return "probability" if of.distribution else "activation"


def _drawn(number: int, answer: Answer, of: Answers) -> Section:
    """One image as the network sees it, beside a bar for each class."""
    names, true = of.classes, answer.picture.true
    rows = [
        (Cell(name, "muted"), Cell(_decimals(output), "accent", bar=output))
        for name, output in zip(names, answer.outputs, strict=True)
    ]
    name, output = rows[answer.predicted]
    rows[answer.predicted] = replace(name, role="strong"), replace(output, role="right")
    words = (
        f"{names[answer.predicted]}, {_word(of)} {_decimals(answer.confidence)}; runner-up "
        f"{names[answer.runner_up]}, {_decimals(answer.outputs[answer.runner_up])}"
    )
    image = Digits([Digit(answer.image, "", (), true, answer.predicted)])
    title = answer.name + ("" if true is None else f" (true: {names[true]})")
    note = [Text(f"Note: {answer.note}.", "warning")] if answer.note else []
    blocks = [Text(words), *note, Beside([image, Table(("", ""), rows, left=())])]
    return Section(f"picture-{number}", title, blocks)


def _listed(of: Answers) -> Table:
    """One line per image."""
    names, with_truth = of.classes, of.accuracy is not None
    with_notes = any(answer.note for answer in of.answers)
    rows: list[list[str | Cell]] = []
    for answer in of.answers:
        true = answer.picture.true
        role: Role = "right" if true in (None, answer.predicted) else "wrong"
        second = _decimals(answer.outputs[answer.runner_up])
        rows.append(
            [
                answer.name,
                *(["" if true is None else names[true]] if with_truth else []),
                Cell(names[answer.predicted], role),
                Cell(_decimals(answer.confidence), role, bar=answer.confidence),
                f"{names[answer.runner_up]} {second:>7}",
                *([Cell(answer.note, "warning")] if with_notes else []),
            ]
        )
    columns = ["image", *(["true"] if with_truth else []), "predicted"]
    left = (*range(len(columns)), len(columns) + 1, len(columns) + 2)
    last = ["runner-up", "note"] if with_notes else ["runner-up"]
    return Table([*columns, _word(of), *last], rows, left)


def _accuracy(of: Answers) -> Section:
    """Accuracy with its interval, and the most confident of the wrong answers."""
    assert of.accuracy is not None
    blocks: list[Block] = [Facts([("accuracy", Cell(interval(of.accuracy), "strong"))])]
    wrong = [a for a in of.answers if a.picture.true not in (None, a.predicted)]
    wrong.sort(key=lambda answer: -answer.confidence)
    if wrong and len(of.answers) > DRAWN:
        blocks.append(Text("confidently wrong: the errors with the largest output", "strong"))
        blocks.append(Digits([_wrong(answer, of.classes) for answer in wrong[:WRONG_DRAWN]]))
    note = f"of {plural(of.accuracy.n, 'image')} in folders named after their class"
    return Section("accuracy", "Accuracy", blocks, note)


def _wrong(answer: Answer, names: Sequence[str]) -> Digit:
    true, predicted = answer.picture.true or 0, answer.predicted
    caption = (
        f"{Path(answer.picture.name).name[-LONGEST_NAME:]}\n"
        f"{names[true]} → {names[predicted]} ({_decimals(answer.confidence)})"
    )
    return Digit(answer.image, caption, true=true, predicted=predicted)


def _decimals(output: float) -> str:
    """Return four decimals; a positive output that rounds to 0 is "<0.0001"."""
    return "<0.0001" if 0 < output < 5e-5 else f"{output:.4f}"
