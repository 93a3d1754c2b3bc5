"""The data of the scripts of a run's page, as JSON-able types.

Numbers are little-endian and in base64; what is long is deflated.
"""

from typing import Any

import numpy as np

from nntrain.analysis.confidence import FINE_EDGES, confidence_histogram
from nntrain.analysis.predictions import Ints, Predictions
from nntrain.show.page.encoding import as_base64, deflated, floats
from nntrain.show.page.run.digits import Chosen, chosen
from nntrain.show.page.run.rounded import rounded
from nntrain.show.sections.run.pad import fits
from nntrain.show.sections.run.result import noun
from nntrain.show.sections.run.temperature import MOST_EXAMPLES
from nntrain.workflows.evaluate import LARGEST_Z, EvaluatedRun

CHECKED = 100
"""Examples on which the page compares its forward pass with nntrain's."""
LARGEST_GAP = 2000.0
"""e to the power of minus this is 0, even times the slider's smallest c, e^-3 of the trained."""
STEPS = 65_535
"""The largest number of 16 bits."""


def run_data(run: EvaluatedRun) -> dict[str, Any]:
    """Return what the scripts need; ``network`` is None if it is too large for a page."""
    of, held = run.predictions, chosen(run)
    fine = confidence_histogram(of.confidence, of.right, FINE_EDGES)
    even = run.evaluation.reliability_width.bins
    answered = [round(one.count * (one.accuracy or 0)) for one in even]
    return {
        "classes": list(of.classes),
        "noun": noun(run),
        "output": run.network.output.name,
        "c": run.network.output.inverse_temperature,
        "shape": list(run.images.shape[1:]),
        "counts": run.evaluation.confusion.tolist(),
        "bins": {
            "fine": _bins(fine.edges.tolist(), fine.right.tolist(), fine.wrong.tolist()),
            "even": _bins(
                [*(one.low for one in even), even[-1].high],
                answered,
                [one.count - right for one, right in zip(even, answered, strict=True)],
            ),
        },
        "digits": _digits(of, held),
        "network": network_data(run, held.index) if run.form_known and fits(run.network) else None,
        "temperature": _temperature(run) if of.distribution else None,
    }


def _bins(edges: list[float], right: list[int], wrong: list[int]) -> dict[str, Any]:
    return {"edges": edges, "right": right, "wrong": wrong}


def _digits(of: Predictions, held: Chosen) -> dict[str, Any]:
    return {
        "index": held.index.tolist(),
        "labels": of.labels[held.index].tolist(),
        "predicted": of.predicted[held.index].tolist(),
        "logs": floats(of.log_outputs[held.index]),
        "images": held.images,
        "fine": held.fine.tolist(),
        "even": held.even.tolist(),
    }


def network_data(run: EvaluatedRun, held: Ints) -> dict[str, Any]:
    """Return the network with rounded weights, and its outputs for the first ``held`` examples.

    ``differ`` counts the examples that it answers otherwise than the network itself, among all
    that were evaluated and among those that are held.
    """
    made, layer = rounded(run.network), run.network.output
    with np.errstate(over="ignore", invalid="ignore"):  # rounded, huge weights may overflow
        z = made.network.weighted_inputs(run.dataset.split(run.split).images).astype(np.float64)
    z = np.nan_to_num(z, posinf=LARGEST_Z, neginf=-LARGEST_Z)
    otherwise = z.argmax(axis=1) != run.predictions.predicted
    checked = z[held[:CHECKED]]
    return {
        "activation": run.network.hidden.name,
        "boxed": run.boxed,
        "sizes": list(run.network.sizes),
        "weights": deflated(np.concatenate([W.ravel() for W in made.whole])),
        "scales": floats(np.concatenate(made.scales)),
        "biases": floats(np.concatenate(made.network.biases)),
        "outputs": floats(np.exp(layer.log_activate(checked))),
        "checked": len(checked),
        "differ": [int(otherwise.sum()), int(otherwise[held].sum())],
        "among": [len(otherwise), len(held)],
    }


def _temperature(run: EvaluatedRun) -> dict[str, Any]:
    """Return how far the largest ln a lies above each of the others, and which are right.

    Confidence at any c is a function of these gaps alone. A gap is ``largest`` (q / STEPS)²; the
    high bytes of all q come first, then the low bytes, as they deflate better.
    """
    logs = run.predictions.log_outputs[:MOST_EXAMPLES]
    gaps = np.sort(logs.max(axis=1, keepdims=True) - logs, axis=1)[:, 1:].T
    largest = float(min(gaps.max(), LARGEST_GAP)) or 1.0
    q = np.rint(np.sqrt(np.minimum(gaps / largest, 1)) * STEPS).astype(np.uint16)
    planes = np.stack([q >> 8, q & 255]).astype(np.uint8)
    return {
        "gaps": deflated(planes),
        "largest": largest,
        "right": as_base64(np.packbits(run.predictions.right[: len(logs)])),
        "n": len(logs),
        "histogramBins": len(run.evaluation.histogram.right),
        "eceBins": len(run.evaluation.reliability_width.bins),
        "fitted": run.fitted_c,
    }
