"""The lecture's claims, C1 to C12, checked numerically on the program's own code.

Each check compares numbers from the objects of ``nntrain.nn`` with closed forms or differences
that share no code with them. Everything is in float64 and deterministic for a given seed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from nntrain.lecture.claims.broken import BREAKS, Break, broken
from nntrain.lecture.claims.check import Check, Errors, Evaluated
from nntrain.lecture.claims.gradient_claims import (
    four_equations,
    last_layer,
    log_likelihood,
    vanishing_factor,
)
from nntrain.lecture.claims.output_claims import (
    dependence,
    derivatives,
    distribution,
    errors_are_hesitations,
    inverse,
    proportional_loss,
    scaled_softmax,
    sigmoid_sums,
)
from nntrain.lecture.claims.test_cases import RunUnderTest, TestCases, make_test_cases

__all__ = [
    "BREAKS",
    "CLAIMS",
    "SCHEMA",
    "Break",
    "Check",
    "RunUnderTest",
    "check",
    "failures",
    "to_json",
    "verify",
]

SCHEMA = "nntrain/verify/1"


@dataclass(frozen=True)
class Claim:
    """A claim's place in the lecture, what the lecture says, and the function that checks it.

    ``finding``: the claim is about data, counted and not calculated.
    """

    lecture: str
    says: str
    evaluate: Callable[[TestCases, Errors], Evaluated]
    finding: bool = False


CLAIMS = {
    "C1": Claim("Why", "quadratic cost: σ'(z) slows a saturated, wrong neuron", vanishing_factor),
    "C2": Claim("Softmax", "0 < a_j < 1 and Σ a_j = 1, a distribution", distribution),
    "C3": Claim("Softmax", "raising one a_j lowers the others in proportion", proportional_loss),
    "C4": Claim(
        "Use", "errors are often a hesitation between two digits", errors_are_hesitations, True
    ),
    "C5": Claim("Exercise 1", "sigmoid: Σ a_j can be below 1 and above 1", sigmoid_sums),
    "C6": Claim(
        "Exercise 2", "∂a_j/∂z_k = a_j (1[j=k] − a_k): > 0 if j = k, else < 0", derivatives
    ),
    "C7": Claim("Exercise 3", "σ(z_j) depends on z_j alone, softmax on every z_k", dependence),
    "C8": Claim("Problem 1", "the inverse: z_j = ln a_j + C, one C for all j", inverse),
    "C9": Claim(
        "Problem 3", "softmax of c z: a distribution; c → ∞: 1/n on n maxima", scaled_softmax
    ),
    "C10": Claim("Cost", "C = −ln a_y: to 0 as a_y → 1, to ∞ as a_y → 0", log_likelihood),
    "C11": Claim(
        "Problems 2 and 4", "softmax: δ_j = ∂C/∂b_j = a_j − ỹ_j, ∂C/∂w_jk = a_k δ_j", last_layer
    ),
    "C12": Claim("Backpropagation", "BP1 to BP4, with sigmoid outputs", four_equations),
}


def verify(
    seed: int = 0, run: RunUnderTest | None = None, break_name: str | None = None
) -> tuple[Check, ...]:
    """Return a check of every claim, on random networks or on a run's network and digits.

    ``break_name`` is a key of ``BREAKS``: the product is broken in this way during the checks.
    Raises ``NntrainError`` for a run with fewer than two classes.
    """
    cases = make_test_cases(seed, run)
    with broken(break_name):
        return tuple(check(name, cases) for name in CLAIMS)


def check(name: str, cases: TestCases) -> Check:
    """Return the check of one claim; it fails if the code under test raises or overflows."""
    claim, errors = CLAIMS[name], Errors()
    result = partial(Check, claim=name, says=claim.says, lecture=claim.lecture)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            evaluated = claim.evaluate(cases, errors)
    except MemoryError:
        raise
    except Exception as error:
        note = f"the program raised {type(error).__name__}: {error}"
        return result(evaluated="", worst_error=None, tolerance=None, passed=False, note=note)
    result = partial(result, evaluated=evaluated.on)
    if claim.finding:
        return result(
            worst_error=None, tolerance=None, passed=evaluated.holds, note=evaluated.note
        )
    holds, (worst, limit) = not errors.failing(), errors.nearest()
    note = evaluated.note if holds else errors.in_words()
    return result(worst_error=worst, tolerance=limit, passed=holds, note=note)


def failures(checks: Sequence[Check]) -> list[str]:
    """Return the names of the claims that do not hold. A finding on data is none of them."""
    findings = {name for name, claim in CLAIMS.items() if claim.finding}
    return [c.claim for c in checks if c.passed is False and c.claim not in findings]


def to_json(
    checks: Sequence[Check],
    seed: int,
    run: RunUnderTest | None = None,
    break_name: str | None = None,
) -> dict[str, Any]:
    """Return the checks as JSON-able types; an error that is not finite is None."""
    rows = [asdict(check) for check in checks]
    for row in rows:
        if row["worst_error"] is not None and not math.isfinite(row["worst_error"]):
            row["worst_error"] = None
    return {
        "seed": seed,
        "run": run.name if run else None,
        "examples": run.examples if run else None,
        "broken": break_name,
        "passed": not failures(checks),
        "checks": rows,
    }
