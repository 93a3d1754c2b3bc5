"""Why the pad's answer, in a real browser: shares are those of NumPy, and they add up."""

import numpy as np
import pytest

from nntrain.nn.activations import ACTIVATIONS
from nntrain.runs.run import Run
from nntrain.show.page.run.rounded import rounded
from tests.cli.helpers import run
from tests.show.page.run.helpers import started

SHARES = """
const done = arguments[arguments.length - 1];
const { network, held } = PARTS;
const one = (k) => Float64Array.from({ length: DATA.classes.length }, (_, j) => Number(j === k));
sharesOf(network, inputsOf(held.pixels(arguments[0])), [one(3), one(5)]).then((both) =>
  done(both.map(({ inputs, rest, total }) => [Array.from(inputs), rest, total])));
"""


def z_of(network, x):
    """The last z for each row of ``x``, and a function that returns its gradient in the inputs."""
    f = {
        "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
        "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
        "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    }[network.hidden.name]
    a, jacobian = x, None
    for layer, (W, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        W = W.astype(float)
        z = a @ W.T + b
        step = np.broadcast_to(W, (len(x), *W.shape))
        jacobian = step if jacobian is None else step @ jacobian
        if layer < len(network.weights) - 1:
            a, jacobian = f[0](z), f[1](z)[:, :, None] * jacobian
    return z, jacobian


@pytest.fixture(scope="module", params=ACTIVATIONS)
def trained(request, boxed, tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    words = ["fit", "--dataset", boxed, "--hidden", "8,6", "--epochs", 3, "--runs-dir", runs]
    words += ["--activation", request.param, "--name", "a", "-q"]
    run(*words, env={"NNTRAIN_NO_REPORT": ""})
    return runs / "a"


def test_the_shares_are_gradients_times_inputs_and_add_up_to_z(opened, trained):
    network = rounded(Run(trained).model()).network
    with opened(trained / "report.html") as page:
        started(page)
        for digit in (0, 7):
            pixels = page.execute_script(f"return Array.from(PARTS.held.pixels({digit}))")
            x = np.array(pixels)[None] / 255
            z, jacobian = z_of(network, x)
            steps = np.linspace(0, 1, 401)[:, None]
            along = z_of(network, steps * x)[1]  # of a ReLU network the gradient at x itself
            mean = (along[1:] + along[:-1]).mean(axis=0) / 2
            gradient = jacobian[0] if network.hidden.name == "relu" else mean
            both = page.execute_async_script(SHARES, digit)
            for k, (inputs, rest, total) in zip((3, 5), both, strict=True):
                assert total == pytest.approx(z[0, k], abs=1e-5)
                assert sum(inputs) + rest == pytest.approx(total, abs=1e-5)
                np.testing.assert_allclose(inputs, x[0] * gradient[k], atol=1e-4)


def test_the_page_shows_sums_that_add_up_and_the_most_active_neurons(opened, trained):
    network = rounded(Run(trained).model()).network
    with opened(trained / "report.html") as page:
        started(page)
        page.execute_async_script("setTimeout(arguments[0], 500)")
        sums = page.find_elements("css selector", "#why [data-sum]")
        assert len(sums) == 3
        for one in sums:
            there, total = (float(one.get_attribute(f"data-{name}")) for name in ("sum", "total"))
            assert there == pytest.approx(total, abs=1e-4)
            assert f"= {'+' if total >= 0 else '−'}{abs(total):.2f}" in one.text
        pixels = page.execute_script("return Array.from(PARTS.held.pixels(PARTS.linked.digit))")
        z = np.array(pixels) / 255 @ network.weights[0].astype(float).T + network.biases[0]
        a = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}.get(
            network.hidden.name, lambda z: 1 / (1 + np.exp(-z))
        )(z)
        texts = [
            one.text.split("\n")[0]
            for one in page.find_elements("css selector", "#why-neurons figcaption")
        ]
        largest = a[np.argsort(-np.abs(a), kind="stable")]
        assert texts == [f"a = {value:.2f}" for value in largest[: len(texts)]]
