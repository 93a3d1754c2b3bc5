"""The first layer's weights as pictures: what each neuron looks for in an image."""

import numpy as np

from nntrain.show.page.images import signed_png
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject

MOST = 100
ACROSS = 10


def weights(subject: RunSubject) -> Section:
    """Return the neurons with the largest weights after them, at most 100, as one picture."""
    network = subject.network
    rows, columns = subject.images.shape[1:]
    first = network.weights[0].astype(np.float64)
    chosen = np.arange(len(first))
    if len(first) > MOST:
        following = np.linalg.norm(network.weights[1], axis=0)
        chosen = np.sort(np.argsort(-following, kind="stable")[:MOST])
    down = -(-len(chosen) // ACROSS)
    sheet = np.full((down * (rows + 2), ACROSS * (columns + 2)), np.nan)
    for place, neuron in enumerate(chosen):
        top, left = place // ACROSS * (rows + 2) + 1, place % ACROSS * (columns + 2) + 1
        values = first[neuron].reshape(rows, columns)
        largest = float(np.abs(values).max()) or 1.0
        sheet[top : top + rows, left : left + columns] = values / largest
    which = f"all {len(first)} neurons"
    if len(first) > MOST:
        which = f"the {MOST} of {len(first)} neurons with the largest weights after them"
    content = {
        "image": signed_png(sheet),
        "alt": f"First-layer weights of {which}, {rows}×{columns} pixels each",
        "width": sheet.shape[1] * 3,
        "height": sheet.shape[0] * 3,
        "caption": f"{which[0].upper()}{which[1:]}. Blue: ink here excites the neuron; orange: "
        f"it inhibits it; white: no weight. Each is scaled by its own largest weight.",
    }
    return Section("weights", "What the first layer looks for", "weights", content=content)
