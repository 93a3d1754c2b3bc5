import math
from itertools import pairwise

import pytest

from nntrain.lecture.neuron import (
    EPOCHS,
    RATES,
    STARTS,
    demonstrate,
    demonstrate_same_rate,
    train,
)
from nntrain.nn.outputs import SigmoidQuadratic
from nntrain.show.sections.compare_costs.neuron import moral


def curves():
    return {(c.cost_name, c.weight): c for c in demonstrate()}


def test_four_curves_with_the_books_numbers():
    assert {(c.weight, c.bias) for c in demonstrate()} == set(STARTS) == {(0.6, 0.9), (2.0, 2.0)}
    assert RATES == {"quadratic": 0.15, "cross-entropy": 0.005}
    assert all(len(c.costs) == len(c.outputs) == EPOCHS + 1 == 301 for c in demonstrate())


def test_the_first_outputs_are_the_books():
    """Nielsen: the output is 0.82 from the first start and 0.98 from the second."""
    assert curves()["quadratic", 0.6].outputs[0] == pytest.approx(0.82, abs=0.005)
    assert curves()["quadratic", 2.0].outputs[0] == pytest.approx(0.98, abs=0.005)
    assert curves()["quadratic", 0.6].outputs[-1] == pytest.approx(0.09, abs=0.005)
    assert curves()["quadratic", 2.0].outputs[-1] == pytest.approx(0.20, abs=0.005)


def test_the_quadratic_cost_is_flat_for_about_150_epochs_from_the_saturated_start():
    assert 80 < curves()["quadratic", 2.0].flat_epochs() < 200
    assert curves()["quadratic", 0.6].flat_epochs() < 20


def test_cross_entropy_learns_from_the_start_wherever_it_starts():
    assert curves()["cross-entropy", 2.0].flat_epochs() < 60
    falls = [a - b for a, b in pairwise(curves()["cross-entropy", 2.0].costs)]
    assert falls[0] == pytest.approx(max(falls), rel=0.05)


def test_at_the_same_rate_the_cost_alone_decides():
    """Epochs until the output is 0.2, from the good and from the bad start."""
    curves = demonstrate_same_rate()
    assert {c.learning_rate for c in curves} == {0.15}
    needed = {(c.cost_name, c.weight): c.epochs_to_goal() for c in curves}
    assert needed == {
        ("quadratic", 0.6): 107,
        ("quadratic", 2.0): None,
        ("cross-entropy", 0.6): 22,
        ("cross-entropy", 2.0): 31,
    }
    assert "22 and 31 epochs" in moral(curves)
    assert "107 and more than 300" in moral(curves)


def test_the_gradient_is_the_output_layers(monkeypatch):
    """The neuron has no formulas of its own: a broken δ of the product stops it."""
    monkeypatch.setattr(SigmoidQuadratic, "delta", lambda self, a, z, y, out: out.fill(0))
    assert len(set(train("quadratic", 0.15, 0.6, 0.9).outputs)) == 1


@pytest.mark.parametrize("cost_name", RATES)
def test_steps_are_those_of_the_numerical_gradient(cost_name):
    def cost(w, b):
        a = 1 / (1 + math.exp(-(w + b)))
        return 0.5 * a * a if cost_name == "quadratic" else -math.log(1 - a)

    w, b, h, rate = 0.6, 0.9, 1e-6, 0.1
    gradient = (cost(w + h, b) - cost(w - h, b)) / (2 * h)
    stepped = train(cost_name, rate, w, b, 1)
    assert stepped.costs[0] == pytest.approx(cost(w, b))
    assert stepped.costs[1] == pytest.approx(cost(w - rate * gradient, b - rate * gradient))
