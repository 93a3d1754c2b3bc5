"""Skeletons: the stroke data as arrays, to draw many digits at once.

Curves are Catmull-Rom splines, so every point of a curve is a weighted sum of four control
points. The weights depend only on the family, so moving the control points moves the curve.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nntrain.data.synthetic.strokes import FAMILIES, Family

SAMPLES = 96
"""Points along each skeleton, over all its strokes, where the pen draws a disc."""

_FINE_STEPS = 40  # per control point, where the length of a curve is measured

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Skeletons:
    """F families with at most K shapes and C control points each, padded with zeros.

    ``digit``, ``share``, ``looseness`` are (F,). ``shapes (F, K)`` is 1 where a shape exists
    and ``controls (F, K, C, 2)`` has its points as (x, y). ``tie (F, C)`` is the first control
    point at the same place in every shape: tied points move together.
    ``index`` and ``weight (F, SAMPLES, 4)`` make each sample a sum of four control points.
    """

    digit: Indices
    share: Floats
    looseness: Floats
    shapes: Floats
    controls: Floats
    tie: Indices
    index: Indices
    weight: Floats


def parse(shape: str) -> list[Floats]:
    """Return a shape's strokes, each (points, 2) of (x, y)."""
    return [
        np.array([[float(number) for number in point.split(",")] for point in stroke.split()])
        for stroke in shape.split("|")
    ]


def catmull_rom(points: int, t: Floats) -> tuple[Indices, Floats]:
    """Return the four control points of the spline at ``t`` and their weights, both (n, 4).

    ``t (n,)`` lies in [0, points - 1]; at t = i the curve passes through point i. Beyond both
    ends it continues in a straight line, p[-1] = 2 p[0] - p[1], so two points give a straight
    stroke. Catmull and Rom (1974), "A class of local interpolating splines".
    """
    first = np.minimum(t.astype(np.int64), points - 2)
    u = t - first
    u2, u3 = u * u, u * u * u
    weight = np.stack(
        [-u + 2 * u2 - u3, 2 - 5 * u2 + 3 * u3, u + 4 * u2 - 3 * u3, u3 - u2], axis=1
    )
    weight /= 2
    for outside, end, inside, at_end in ((0, 1, 2, first == 0), (3, 2, 1, first == points - 2)):
        weight[at_end, end] += 2 * weight[at_end, outside]
        weight[at_end, inside] -= weight[at_end, outside]
        weight[at_end, outside] = 0
    return np.clip(first[:, None] + np.arange(-1, 3), 0, points - 1), weight


def compile_families(families: Mapping[int, Sequence[Family]]) -> Skeletons:
    """Return the families of all digits as arrays."""
    flat = [(digit, family) for digit, group in families.items() for family in group]
    parsed = [[parse(shape) for shape in family.shapes] for _, family in flat]
    n_families = len(flat)
    n_shapes = max(len(shapes) for shapes in parsed)
    n_controls = max(sum(map(len, shapes[0])) for shapes in parsed)
    out = Skeletons(
        digit=np.array([digit for digit, _ in flat]),
        share=np.array([family.share for _, family in flat]),
        looseness=np.array([family.looseness for _, family in flat]),
        shapes=np.zeros((n_families, n_shapes)),
        controls=np.zeros((n_families, n_shapes, n_controls, 2)),
        tie=np.tile(np.arange(n_controls), (n_families, 1)),
        index=np.zeros((n_families, SAMPLES, 4), np.int64),
        weight=np.zeros((n_families, SAMPLES, 4)),
    )
    for f, shapes in enumerate(parsed):
        controls = np.array([np.concatenate(strokes) for strokes in shapes])
        count = controls.shape[1]
        out.shapes[f, : len(shapes)] = 1
        out.controls[f, : len(shapes), :count] = controls
        same_place = (controls[:, :, None] == controls[:, None, :]).all(axis=(0, 3))
        out.tie[f, :count] = same_place.argmax(axis=1)
        mean_shape = [np.mean(strokes, axis=0) for strokes in zip(*shapes, strict=True)]
        out.index[f], out.weight[f] = _spread_samples(mean_shape)
    return out


@cache
def skeletons() -> Skeletons:
    """Return the built-in families, compiled once."""
    return compile_families(FAMILIES)


def _spread_samples(strokes: Sequence[Floats]) -> tuple[Indices, Floats]:
    """Return index and weight (SAMPLES, 4) of samples that divide the strokes' length evenly."""
    measured = [_measure(stroke) for stroke in strokes]
    lengths = np.array([travelled[-1] for _, travelled in measured])
    ends = np.rint(lengths.cumsum() / lengths.sum() * SAMPLES).astype(int)
    counts = np.diff(ends, prepend=0)
    offset = 0
    indices, weights = [], []
    for stroke, (t, travelled), count in zip(strokes, measured, counts, strict=True):
        even = np.interp(np.linspace(0, travelled[-1], count), travelled, t)
        index, weight = catmull_rom(len(stroke), even)
        indices.append(index + offset)
        weights.append(weight)
        offset += len(stroke)
    return np.concatenate(indices), np.concatenate(weights)


def _measure(stroke: Floats) -> tuple[Floats, Floats]:
    """Return spline parameters from end to end, and the length travelled up to each."""
    t = np.linspace(0, len(stroke) - 1, _FINE_STEPS * len(stroke))
    index, weight = catmull_rom(len(stroke), t)
    curve = (weight[:, :, None] * stroke[index]).sum(axis=1)
    steps = np.hypot(*np.diff(curve, axis=0).T)
    return t, np.concatenate([[0.0], steps.cumsum()])
