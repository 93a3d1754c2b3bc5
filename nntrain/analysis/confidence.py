"""Confidence: how sure the network is of an answer, compared with how often it is right.

The confidence of an answer is the largest output activation, in [0, 1]. For softmax outputs
that is a probability; sigmoid outputs need not sum to 1, and it is only an activation.

All bins are ``[low, high)`` and the last of a row is closed, ``[low, high]``: a confidence of
exactly 1 (or 0) falls in a bin, and every example is counted once.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nntrain.analysis.noise_floor import NoiseFloor, noise_floor
from nntrain.analysis.predictions import Bools, Floats, Ints

LEAST_ANSWERS = 50
"""MCE ignores bins with fewer answers, whose gaps are mostly noise."""
SEED = 0
"""Seed of the simulation: the same answers always have the same noise floor."""

QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1.0)

FINE_EDGES = np.array([0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1])
"""Bins for a table: finer above 0.9, where most answers of a trained network lie."""

Kind = Literal["equal-width", "equal-mass"]


@dataclass(frozen=True, eq=False)
class Histogram:
    """Right and wrong answers by confidence, over the same bins.

    ``edges (bins + 1,)`` float64; ``right`` and ``wrong (bins,)`` int64 counts.
    """

    edges: Floats
    right: Ints
    wrong: Ints


@dataclass(frozen=True)
class ReliabilityBin:
    """The answers whose confidence lies in [low, high): confidence against accuracy.

    ``confidence`` is their mean confidence, ``accuracy`` their share of right answers; both
    None if ``count`` is 0.
    """

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy by bin, with the expected and maximum calibration error.

    ``ece`` and ``mce`` lie in [0, 1]; 0 means that in every bin the network is right as often
    as it claims. ``mce`` is over the bins with at least 50 answers, None if there are none.
    ``noise_floor`` is the ECE that a perfectly calibrated network would show.
    """

    kind: Kind
    bins: tuple[ReliabilityBin, ...]
    ece: float
    mce: float | None
    noise_floor: NoiseFloor

    @property
    def distinguishable(self) -> bool:
        """Whether the ECE exceeds what 95 % of perfectly calibrated networks would show."""
        return self.ece > self.noise_floor.p95


@dataclass(frozen=True, eq=False)
class ActivationSums:
    """How Σ_j a_j is distributed over the examples if outputs are not a distribution (C5).

    ``below`` and ``above`` count sums less than and greater than 1, with their shares of n;
    ``quantiles`` are (q, value) pairs, interpolated linearly. ``edges (bins + 1,)`` run in
    steps of 0.1 from 0 to 2, then one bin [2, k]; ``counts (bins,)`` int64.
    """

    n: int
    mean: float
    quantiles: tuple[tuple[float, float], ...]
    below: int
    below_share: float
    above: int
    above_share: float
    edges: Floats
    counts: Ints


def equal_edges(bins: int) -> Floats:
    """Return the ``bins + 1`` edges i/bins of equal bins over [0, 1].

    Divided, not accumulated: the edge named 0.3 is the double 0.3, so 0.3 falls in [0.3, 0.4).
    """
    edges: Floats = np.arange(bins + 1) / bins
    return edges


def bin_index(values: Floats, edges: Floats) -> Ints:
    """Return the bin of each value, int64 ``(n,)``: [edge, next edge), the last bin closed.

    Every value must lie between the first and the last edge.
    """
    return np.searchsorted(edges[1:-1], values, side="right").astype(np.int64)


def confidence_histogram(
    confidence: Floats, right: Bools, edges: Floats | None = None
) -> Histogram:
    """Count right and wrong answers by confidence, between ``edges`` or in 20 equal bins.

    ``confidence (n,)`` float64 in [0, 1], ``right (n,)`` bool; ``edges (bins + 1,)`` from 0 to 1.
    """
    edges = equal_edges(20) if edges is None else edges
    where, bins = bin_index(confidence, edges), len(edges) - 1
    return Histogram(
        edges=edges,
        right=np.bincount(where[right], minlength=bins).astype(np.int64),
        wrong=np.bincount(where[~right], minlength=bins).astype(np.int64),
    )


def reliability(
    confidence: Floats, right: Bools, *, bins: int = 15, kind: Kind = "equal-width"
) -> Reliability:
    """Compare mean confidence with accuracy by bin.

    ECE = Σ_b n_b/n |accuracy_b - confidence_b|; MCE = max_b |accuracy_b - confidence_b|, here over
    the bins with at least 50 answers: M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well
    calibrated probabilities using Bayesian binning", AAAI 2015; C. Guo, G. Pleiss, Y. Sun,
    K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017 (15 equal bins, closed
    above; ours are closed below).

    "equal-width" gives exactly ``bins`` bins over [0, 1]. "equal-mass" cuts the sorted
    confidences into ``bins`` runs of nearly equal length. Equal confidences are never separated,
    so the order of the examples does not matter; ties or n < bins give fewer bins.
    ``confidence (n,)`` float64 in [0, 1], ``right (n,)`` bool.
    """
    edges = equal_edges(bins) if kind == "equal-width" else _equal_mass_edges(confidence, bins)
    where, size = bin_index(confidence, edges), len(edges) - 1
    counts = np.bincount(where, minlength=size)
    claimed = np.bincount(where, weights=confidence, minlength=size)
    hits = np.bincount(where[right], minlength=size)
    # n_b/n |accuracy_b - confidence_b| = |hits_b - Σ confidence| / n, with no 0/0 to avoid.
    gap = np.abs(hits - claimed)
    enough = counts >= LEAST_ANSWERS
    columns = [row.tolist() for row in (edges[:-1], edges[1:], counts, claimed, hits)]
    return Reliability(
        kind=kind,
        bins=tuple(
            ReliabilityBin(low, high, n, claims / n if n else None, correct / n if n else None)
            for low, high, n, claims, correct in zip(*columns, strict=True)
        ),
        ece=float(gap.sum() / len(confidence)),
        mce=float((gap[enough] / counts[enough]).max()) if enough.any() else None,
        noise_floor=noise_floor(confidence, where, np.random.default_rng(SEED)),
    )


def activation_sums(outputs: Floats) -> ActivationSums:
    """Describe the sums of the output activations (n, k), one sum per example, each in [0, k]."""
    n, k = outputs.shape
    sums = outputs.sum(axis=1)
    edges = np.arange(21) / 10
    if k > 2:
        edges = np.append(edges, float(k))
    below, above = int(np.count_nonzero(sums < 1)), int(np.count_nonzero(sums > 1))
    return ActivationSums(
        n=n,
        mean=float(sums.mean()),
        quantiles=tuple(zip(QUANTILES, np.quantile(sums, QUANTILES).tolist(), strict=True)),
        below=below,
        below_share=below / n,
        above=above,
        above_share=above / n,
        edges=edges,
        counts=np.bincount(bin_index(sums, edges), minlength=len(edges) - 1).astype(np.int64),
    )


def _equal_mass_edges(confidence: Floats, bins: int) -> Floats:
    """Return edges, from the least to the largest confidence, of up to ``bins`` non-empty bins."""
    ordered = np.sort(confidence)
    n = len(ordered)
    # The b-th run starts at position b·n/bins, so the runs differ by at most one example.
    starts = np.unique(ordered[[b * n // bins for b in range(1, bins)]])
    inner = starts[starts > ordered[0]]
    edges: Floats = np.concatenate([ordered[:1], inner, ordered[-1:]])
    return edges
