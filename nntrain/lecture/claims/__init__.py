"""The lecture's claims, C1 to C12, checked numerically on the program's own code.

Each check compares numbers from the objects of ``nntrain.nn`` with closed forms or differences
that share no code with them. Everything is in float64 and deterministic for a given seed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

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

__all__ = ["CLAIMS", "SCHEMA", "Check", "RunUnderTest", "check", "failures", "to_json", "verify"]

SCHEMA = "nntrain/verify/1"


@dataclass(frozen=True)
class Claim:
    """What the lecture says, the function that checks it, and the largest error allowed.

    ``tolerance`` is None for a claim that is counted on data, not calculated.
    """

    says: str
    evaluate: Callable[[TestCases, Errors], Evaluated]
    tolerance: float | None


CLAIMS = {
    "C1": Claim("quadratic cost: σ'(z) slows a saturated, wrong neuron", vanishing_factor, 1e-9),
    "C2": Claim("softmax: 0 < a_j < 1 and Σ a_j = 1, a distribution", distribution, 1e-12),
    "C3": Claim("raising one a_j lowers the others in proportion", proportional_loss, 1e-12),
    "C4": Claim("errors are often a hesitation between two digits", errors_are_hesitations, None),
    "C5": Claim("sigmoid: Σ a_j can be below 1 and above 1", sigmoid_sums, 1e-12),
    "C6": Claim("∂a_j/∂z_k = a_j (1[j=k] − a_k): > 0 if j = k, else < 0", derivatives, 1e-10),
    "C7": Claim("σ(z_j) depends on z_j alone, softmax on every z_k", dependence, 1e-15),
    "C8": Claim("the inverse: z_j = ln a_j + C, one C for all j", inverse, 1e-12),
    "C9": Claim("softmax of c z: a distribution; c → ∞: 1/n on n maxima", scaled_softmax, 1e-9),
    "C10": Claim("C = −ln a_y: to 0 as a_y → 1, to ∞ as a_y → 0", log_likelihood, 1e-12),
    "C11": Claim("softmax: δ_j = ∂C/∂b_j = a_j − ỹ_j, ∂C/∂w_jk = a_k δ_j", last_layer, 1e-7),
    "C12": Claim("backpropagation, BP1 to BP4, with sigmoid outputs", four_equations, 1e-7),
}


def verify(seed: int = 0, run: RunUnderTest | None = None) -> tuple[Check, ...]:
    """Return a check of every claim, on random networks or on a run's network and digits.

    Raises ``NntrainError`` for a run with fewer than two classes.
    """
    cases = make_test_cases(seed, run)
    return tuple(check(name, cases) for name in CLAIMS)


def check(name: str, cases: TestCases) -> Check:
    """Return the check of one claim; it fails if the code under test raises or overflows."""
    claim = CLAIMS[name]
    errors = Errors(claim.tolerance or 0.0)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            evaluated = claim.evaluate(cases, errors)
    except MemoryError:
        raise
    except Exception as error:
        note = f"the program raised {type(error).__name__}: {error}"
        return Check(name, claim.says, "", None, None, False, note)
    on, note, passed = evaluated.on, evaluated.note, evaluated.holds
    if claim.tolerance is None:
        return Check(name, claim.says, on, None, None, passed, note)
    failing, worst = errors.failing(), max(errors.worst.values())
    if failing:
        note = "does not hold: " + "; ".join(failing)
    return Check(name, claim.says, on, worst, claim.tolerance, not failing, note)


def failures(checks: Sequence[Check]) -> list[str]:
    """Return the names of the claims that do not hold."""
    return [check.claim for check in checks if check.passed is False]


def to_json(checks: Sequence[Check], seed: int, run: RunUnderTest | None = None) -> dict[str, Any]:
    """Return the checks as JSON-able types; an error that is not finite is None."""
    rows = [asdict(check) for check in checks]
    for row in rows:
        if row["worst_error"] is not None and not math.isfinite(row["worst_error"]):
            row["worst_error"] = None
    return {
        "seed": seed,
        "run": run.name if run else None,
        "examples": run.examples if run else None,
        "passed": not failures(checks),
        "checks": rows,
    }
