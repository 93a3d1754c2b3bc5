"""The numbers of the lecture page, all computed by the product.

``constants`` stand in the texts; ``golden`` are vectors with which the page's scripts compare
themselves each time the page opens; ``answers`` are those of the exercises.
"""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from nntrain.lecture.neuron import EPOCHS, RATES, SAME_RATE, STARTS, Curve, train
from nntrain.lecture.softmax import explore
from nntrain.nn.arrays import Floats
from nntrain.nn.outputs import OUTPUTS, OutputLayer, make_output

SURE = 10.0
"""|z| of the ten neurons of a network that is sure and wrong."""
CASES = (
    ((2.5, -1.0, 3.2, 0.5), 3),
    ((0.0, math.log(2), math.log(3)), 1),
    ((0.0,) * 10, 7),
    ((SURE, *(-SURE,) * 9), 1),
    ((40.0, -40.0, 0.0), 0),
    ((40.0, -40.0, 0.0), 1),
)
"""Weighted inputs and the true class, from ordinary to extreme."""
LOG_LIKELIHOOD = "softmax+log-likelihood"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def constants() -> dict[str, float | int]:
    """Return the numbers that stand in the texts, by name."""
    layer = make_output(LOG_LIKELIHOOD)
    mild, bad = STARTS
    found: dict[str, float | int | None] = {
        "ln10": layer.constant_cost(10),
        "ln2": layer.constant_cost(2),
        "neuron_rate": SAME_RATE,
        "neuron_epochs": EPOCHS,
        "runner_0": _softmax((0.0, 2.0, 3.0), 1e-300)[1],
        "runner_1": _softmax((0.0, 2.0, 3.0), 0.2)[1],
        "two_rise": _softmax((1.0, 1.0, 0.0), 1.0)[0],
        "slip": _slip(),
        **_unequal(),
    }
    for key, cost in (("q", "quadratic"), ("ce", "cross-entropy")):
        for start, (w, b) in (("mild", mild), ("bad", bad)):
            found[f"epochs_{key}_{start}"] = train(cost, SAME_RATE, w, b).epochs_to_goal()
    z, y = CASES[3]
    for name, of in OUTPUTS.items():
        short = name.replace("+log-likelihood", "_log").replace("+cross-entropy", "_log")
        key = f"corner_{short.replace('+', '_')}"
        found[key] = float(np.abs(_evaluated(of(), z, y)["delta"]).max())
    return {name: value for name, value in found.items() if value is not None}


def _unequal() -> dict[str, float]:
    """Return how a_2, a_3 and a_4 change when a_1 alone is raised, from unequal activations."""
    logs = tuple(map(math.log, (0.25, 0.4, 0.25, 0.1)))
    raised = explore(logs).scaled[0].raised_activation
    assert raised is not None
    return {f"unequal_{j}": raised.change[j - 1] for j in (2, 3, 4)}


def _slip() -> float:
    """Return what the slide's wrong denominator in problem 2 makes of δ_1 of the counter-example.

    It is (1/a_y) e^{z_y} e^{z_1} / S'², with S' = e^{z_1} + Σ_{k≠y} e^{z_k} in the place of S.
    """
    z, y = CASES[1]
    powers = [math.exp(one) for one in z]
    wrong_sum = powers[0] + sum(powers) - powers[y]
    return powers[y] * powers[0] / wrong_sum**2 / _softmax(z, 1.0)[y]


def golden() -> dict[str, Any]:
    """Return what the scripts must compute, as JSON-able types."""
    explored = explore(CASES[0][0], (0.5, 1.0, 2.0))
    return {
        "layers": [
            {"name": name, "z": z, "y": y, **_evaluated(of(), z, y)}
            for name, of in OUTPUTS.items()
            for z, y in CASES
        ],
        "neurons": [
            _neuron(train(cost, rate, w, b), rate)
            for cost in RATES
            for rate in {SAME_RATE, RATES[cost]}
            for w, b in STARTS
        ],
        "scaled": [
            {
                "z": explored.z,
                "c": one.scale,
                "a": one.activations,
                "jacobian": one.jacobian,
                "constant": one.constant,
                "raised": None if one.raised_activation is None else one.raised_activation.after,
            }
            for one in explored.scaled
        ],
        "sigmoids": explored.sigmoids,
        "limit": {"z": (3.2, -1.0, 3.2, 0.5), "a": explore((3.2, -1, 3.2, 0.5)).limit.activations},
    }


def answers() -> dict[str, float]:
    """Return the right number for each exercise, by its id."""
    a = (0.7, 0.2, 0.1)
    z = tuple(map(math.log, a))
    layer = make_output(LOG_LIKELIHOOD)
    half = (0.5, 0.3, 0.2)
    # Problem of exercise 3: a_2 = 0.44 where z_2 has grown by the difference of the log-odds
    raised = [math.log(one) for one in half]
    raised[1] += math.log(0.44 / 0.56) - math.log(0.3 / 0.7)
    thirds = np.log([[1 / 6, 1 / 3, 1 / 2]])
    logs = layer.log_activate(thirds)[0]
    return {
        "exercise1": explore((math.log(3),) * 3).sigmoid_sum,
        "exercise2": explore(z).scaled[0].jacobian[0][1],
        "exercise3": _softmax(tuple(raised), 1.0)[0],
        "problem1": float(logs[2] - logs[0]),
        "problem2_item": 0.5 * _evaluated(layer, z, 1)["delta"][1],
        "problem3": explore((1.0, 3.0, 3.0, 0.0)).limit.activations[1],
        "problem4": _evaluated(layer, z, 2)["delta"][2],
    }


def written(value: float | int | str, language: str) -> str:
    """Return a number as text: integers whole, others to 3 digits, small ones as m·10⁻ᵉ."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return _grouped(value, language)
    if value and abs(value) < 1e-3:
        mantissa, _, power = f"{value:.2e}".partition("e")
        text = f"{mantissa}·10{str(int(power)).translate(SUPERSCRIPTS)}"
    else:
        digits = "#.3g" if abs(value) >= 1 else ".5g" if abs(value) > 0.999 else ".3g"
        text = format(value, digits)
    text = text.replace("-", "−")
    return text.replace(".", ",") if language == "cs" else text


def as_texts(numbers: Mapping[str, float | int | str], language: str) -> dict[str, str]:
    """Return numbers by name as texts in ``language``."""
    return {name: written(value, language) for name, value in numbers.items()}


def _grouped(value: int, language: str) -> str:
    """Return an integer with its thousands apart: by commas, in Czech by spaces."""
    return f"{value:,}".replace(",", "\xa0") if language == "cs" else f"{value:,}"


def percent(share: float, language: str, decimals: int = 2) -> str:
    """Return a share of 0 to 1 as a percentage, without the sign."""
    text = f"{100 * share:.{decimals}f}"
    return text.replace(".", ",") if language == "cs" else text


def _softmax(z: tuple[float, ...], c: float) -> tuple[float, ...]:
    return explore(z, (c,)).scaled[0].activations


def _evaluated(layer: OutputLayer, z: tuple[float, ...], y: int) -> dict[str, Any]:
    """Return activations, cost and δ of one example."""
    row, label = np.array([z]), np.array([y])
    a, delta = np.empty_like(row), np.empty_like(row)
    layer.activate(row, a)
    layer.delta(a, row, label, delta)
    return {"a": _list(a), "cost": float(layer.cost(row, label)[0]), "delta": _list(delta)}


def _list(row: Floats) -> list[float]:
    numbers: list[float] = row[0].tolist()
    return numbers


def _neuron(curve: Curve, rate: float) -> dict[str, Any]:
    return {
        "cost": curve.cost_name,
        "rate": rate,
        "weight": curve.weight,
        "bias": curve.bias,
        "outputs": curve.outputs[:: EPOCHS // 10],
        "costs": curve.costs[:: EPOCHS // 10],
    }
