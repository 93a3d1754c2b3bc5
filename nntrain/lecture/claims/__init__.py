"""The lecture's claims, C1 to C12, checked numerically on the product's own code.

Each check asks the objects of ``nntrain.nn`` for their numbers and compares them with closed
forms or differences that share no code with them. In float64; deterministic for a seed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from nntrain.lecture.claims import backprop_claims, cost_claims, data_claims, softmax_claims
from nntrain.lecture.claims.check import Check
from nntrain.lecture.claims.test_cases import Material, RunUnderTest, gather

__all__ = ["CLAIMS", "SCHEMA", "Check", "RunUnderTest", "failures", "to_json", "verify"]

SCHEMA = "nntrain/verify/1"

CLAIMS: dict[str, Callable[[Material], Check]] = {
    "C1": cost_claims.vanishing_factor,
    "C2": softmax_claims.distribution,
    "C3": softmax_claims.taking_from_the_others,
    "C4": data_claims.errors_are_hesitations,
    "C5": softmax_claims.sigmoid_sums,
    "C6": softmax_claims.derivatives,
    "C7": softmax_claims.dependence,
    "C8": softmax_claims.inverse,
    "C9": softmax_claims.inverse_temperature,
    "C10": cost_claims.log_likelihood,
    "C11": backprop_claims.softmax_gradients,
    "C12": backprop_claims.four_equations,
}


def verify(seed: int = 0, run: RunUnderTest | None = None) -> tuple[Check, ...]:
    """Return a check of every claim, on random networks or on a run's network and digits.

    Raises ``NntrainError`` for a run that tells fewer than two classes apart.
    """
    material = gather(seed, run)
    return tuple(_guarded(name, claim, material) for name, claim in CLAIMS.items())


def _guarded(name: str, claim: Callable[[Material], Check], material: Material) -> Check:
    """Return the claim's check; code under test that raises, or overflows, fails it."""
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return claim(material)
    except MemoryError:
        raise
    except Exception as error:
        says = (claim.__doc__ or "").partition(": ")[2].strip().split("\n")[0].rstrip(".")
        note = f"the program raised {type(error).__name__}: {error}"
        return Check(name, says, "", None, None, False, note)


def failures(checks: Sequence[Check]) -> list[str]:
    """Return the claims that were found not to hold."""
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
