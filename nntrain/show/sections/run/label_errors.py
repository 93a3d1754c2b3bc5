"""Suspected label errors of the training set, if they were asked for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.show.blocks import Block, Digit, Digits, Section, Table, Text
from nntrain.show.formatting import plural
from nntrain.workflows.evaluate import EvaluatedRun
from nntrain.workflows.label_errors import FOLDS, LabelErrors

NOTHING = "Suspected label errors: nntrain evaluate --label-errors looks for them."
FIRST, PICTURED = 20, 30
"""Suspects that a terminal lists, and images that a page shows."""
MEANING = (
    "A suspect is not yet an error. Look at each: the label may be wrong, the example may be read "
    "both ways, or it may be unlike those that the network learned from."
)


def label_errors(run: EvaluatedRun) -> Section | None:
    """Return the suspects, the most suspicious first; None if they were not asked for."""
    found = run.label_errors
    if found is None:
        return None
    note = (
        f"{len(found.suspects):,} of {plural(found.answers.n, 'training example')} have another "
        f"label than the answer of a network that was trained on the other {FOLDS - 1} of {FOLDS} "
        f"folds; suspicion is ln a(predicted) − ln a(label)"
    )
    if not len(found.suspects):
        return Section("label_errors", "Suspected label errors", [Text("none")], note)
    blocks: list[Block] = [Text(MEANING)]
    if run.pictured:
        blocks.append(Digits(_digits(found), run.evaluation.classes, only="page"))
    blocks.append(_table(found))
    return Section("label_errors", "Suspected label errors", blocks, note)


def _table(found: LabelErrors) -> Table:
    of, outputs = found.answers, found.answers.outputs
    rows = [
        (
            f"{index}",
            of.classes[of.labels[index]],
            of.classes[of.predicted[index]],
            f"{outputs[index, of.labels[index]]:.6f}",
            f"{outputs[index, of.predicted[index]]:.6f}",
            f"{suspicion:.1f}",
        )
        for index, suspicion in zip(found.suspects.tolist(), found.suspicion.tolist(), strict=True)
    ][:200]
    head = ("example", "label", "predicted", "a(label)", "a(predicted)", "suspicion")
    return Table(head, rows, left=(0, 1, 2), first=FIRST, summary=f"The first {len(rows)}")


def _digits(found: LabelErrors) -> list[Digit]:
    of = found.answers
    return [
        Digit(
            _bytes(found.images[index]),
            f"#{index}: labelled {of.classes[of.labels[index]]}, predicted "
            f"{of.classes[of.predicted[index]]}\n\nsuspicion {suspicion:.1f}",
            of.outputs[index].tolist(),
            int(of.labels[index]),
            int(of.predicted[index]),
        )
        for index, suspicion in zip(
            found.suspects[:PICTURED].tolist(), found.suspicion[:PICTURED].tolist(), strict=True
        )
    ]


def _bytes(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Return an image as bytes, to look at."""
    if image.dtype == np.uint8:
        return image
    low, high = float(image.min()), float(image.max())
    return np.asarray((image - low) * (255 / ((high - low) or 1)), np.uint8)
