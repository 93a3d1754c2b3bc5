"""The moral of a comparison from both starts, in words: what the cost decides, and why."""

from dataclasses import dataclass

from nntrain.experiments.compare_costs.pairs import PairResult
from nntrain.experiments.compare_costs.result import Comparison
from nntrain.experiments.compare_costs.verdict import DIFFERENT, Bounds, in_seeds, times

REASONS = {
    "sigmoid+quadratic": "Its δ = (a − ỹ) σ′(z), and σ′(z) is almost 0 there",
    "softmax+quadratic": "Its δ = J (a − ỹ), and the softmax's Jacobian J is almost 0 there, so "
    "a new activation alone is no cure",
}
"""Why an output is slow where its neurons are saturated and wrong."""

CURE = "; with a cost that matches the activation, δ = a − ỹ."


def moral(escape: Comparison, random: Comparison) -> str | None:
    """Return what the two starts show together; None for a single output.

    It is about the two outputs whose updates from the saturated start to 50 % certainly differ
    most: whatever lies between the checks and, with several seeds, after Holm's correction or, if
    a seed did not reach 50 %, with every seed.
    """
    if not escape.pairs:
        return None
    found = lag(escape)
    if found is None:
        return (
            "These training runs do not show that the cost decides how fast a network leaves "
            "saturation: no two outputs differ for certain."
        )
    slow, widest = found.slow, found.pair
    (likewise,) = (pair for pair in random.pairs if (pair.a, pair.b) == (widest.a, widest.b))
    return (
        f"From the saturated start, {slow} needs {found.times}× as many updates as {found.fast} "
        f"to reach 50 % (with {in_seeds(len(escape.seeds))}); {_from_random(likewise, slow)}. "
        f"{_why(slow)}"
    )


@dataclass(frozen=True)
class Lag:
    """How much longer the output ``slow`` stays saturated than ``fast``; ``pair`` are the two.

    ``times`` is the ratio of their updates to 50 % in words: "20.8", or "at least 145".
    """

    slow: str
    fast: str
    times: str
    pair: PairResult


def lag(escape: Comparison) -> Lag | None:
    """Return the pair that certainly differs most from the saturated start; None if none does."""
    differing = [pair for pair in escape.pairs if _differs(pair)]
    if not differing:
        return None
    widest = max(differing, key=lambda pair: _least(pair.escape_bounds))
    slow, fast = (widest.b, widest.a) if widest.escape_bounds.sign > 0 else (widest.a, widest.b)
    return Lag(slow, fast, _times(widest), widest)


def _why(slow: str) -> str:
    reason = REASONS.get(slow)
    return (
        f"{reason}{CURE}"
        if reason
        else "This is not the lecture's finding, which is about the quadratic cost."
    )


def _differs(pair: PairResult) -> bool:
    sign = pair.escape_bounds.sign
    if pair.escape is None or pair.escape.p_adjusted is None:
        return sign != 0 and {*pair.escape_signs} == {sign}
    return sign != 0 and pair.escape.distinguishable


def _least(bounds: Bounds) -> float:
    """Return by how many times the slower output's updates exceed the faster one's at least."""
    return bounds.low if bounds.sign > 0 else bounds.inverse().low


def _times(pair: PairResult) -> str:
    if pair.escape is None:
        return f"at least {times(_least(pair.escape_bounds))}"
    return times(max(pair.escape.value, 1 / pair.escape.value))


def _from_random(pair: PairResult, slow: str) -> str:
    """Return how the same two outputs compare from the random start."""
    within, level = pair.updates_bounds, pair.level
    if pair.updates_ratio is None or within is None or level is None:
        return "from the random start, not both reach 50 % with every seed"
    needed = pair.updates_ratio if slow == pair.b else 1 / pair.updates_ratio
    reach = f"to reach {100 * level:.0f} %"
    if not within.sign:
        return f"from the random start, it needs equally many {reach} (within one check)"
    if 1 / DIFFERENT < needed < DIFFERENT:
        return f"from the random start, it needs about as many {reach}"
    return f"from the random start, it needs {needed:.2g}× as many {reach}"
