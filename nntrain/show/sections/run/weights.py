"""The first layer's weights as pictures: what each neuron looks for in an image."""

import numpy as np

from nntrain.nn.arrays import Floats
from nntrain.show.blocks import Picture, Section
from nntrain.workflows.evaluate import EvaluatedRun

MOST = 100
ACROSS = 10


def weights(run: EvaluatedRun) -> Section | None:
    """Return at most 100 neurons, those with the largest outgoing weights, as one picture.

    None if the inputs are no images.
    """
    if not run.pictured:
        return None
    rows, columns = run.images.shape[1:]
    first = run.network.weights[0].astype(np.float64)
    chosen, which = np.arange(len(first)), f"all {len(first)} neurons"
    if len(first) > MOST:
        after = run.network.weights[1] if len(run.network.weights) > 1 else first.T
        after = after / (np.abs(after).max() or 1.0)  # their squares may exceed the largest float
        largest = np.argsort(-np.linalg.norm(after, axis=0), kind="stable")[:MOST]
        chosen = np.sort(largest)
        kind = "outgoing weights" if len(run.network.weights) > 1 else "weights"
        which = f"the {MOST} of {len(first)} neurons with the largest {kind}"
    picture = Picture(
        _sheet(first[chosen].reshape(-1, rows, columns)),
        f"First-layer weights of {which}, {rows}×{columns} pixels each",
        f"{which[0].upper()}{which[1:]}. Blue: positive weights, where ink excites the neuron; "
        f"orange: negative, where it inhibits; white: 0. Each is scaled by its largest weight.",
    )
    return Section("weights", "First-layer weights", [picture])


def _sheet(images: Floats) -> Floats:
    """Return ``images`` (n, rows, columns) beside each other, scaled to [-1, 1], NaN between."""
    n, rows, columns = images.shape
    down = -(-n // ACROSS)
    sheet = np.full((down * (rows + 2), ACROSS * (columns + 2)), np.nan)
    for place, image in enumerate(images):
        top, left = place // ACROSS * (rows + 2) + 1, place % ACROSS * (columns + 2) + 1
        largest = float(np.abs(image).max()) or 1.0
        sheet[top : top + rows, left : left + columns] = image / largest
    return sheet
