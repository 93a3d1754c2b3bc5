"""JAX: the whole round is one compiled ``lax.scan`` over mini-batches."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.contestant import Contestant, Layers, Problem

Parameters = list[tuple[jax.Array, jax.Array]]


class JaxScan(Contestant):
    """Gathers each mini-batch from uint8 pixels inside the scan, instead of a shuffled copy.

    Weights are (fan_out, fan_in). Of eight variants (uint8 or float32, gathered inside or before,
    either layout) this one was the fastest, or as fast, at shapes A and B; (fan_in, fan_out) took
    1.5 times as long, a shuffled float32 copy 1.9 times.
    """

    def __init__(self, problem: Problem, threads: int) -> None:
        super().__init__(problem, threads)
        self.images = jnp.array(problem.images)
        self.labels = jnp.array(problem.labels.astype(np.int32))
        self.parameters = [(jnp.array(w), jnp.array(b)) for w, b in problem.layers]
        self.rate = jnp.float32(problem.learning_rate)

    def train(self, order: NDArray[Any]) -> None:
        batches = jnp.array(order.astype(np.int32).reshape(-1, self.problem.batch_size))
        self.parameters = jax.block_until_ready(
            epoch(self.parameters, self.images, self.labels, batches, self.rate)
        )

    def layers(self) -> Layers:
        return [(np.array(w), np.array(b)) for w, b in self.parameters]


def cost(parameters: Parameters, pixels: jax.Array, labels: jax.Array) -> jax.Array:
    a = pixels.astype(jnp.float32) / 255
    for W, b in parameters[:-1]:
        a = jax.nn.sigmoid(a @ W.T + b)
    W, b = parameters[-1]
    log_likelihoods = jax.nn.log_softmax(a @ W.T + b)
    return -jnp.take_along_axis(log_likelihoods, labels[:, None], axis=1).mean()


@partial(jax.jit, donate_argnums=0)
def epoch(
    parameters: Parameters,
    images: jax.Array,
    labels: jax.Array,
    batches: jax.Array,
    rate: jax.Array,
) -> Parameters:
    def step(parameters: Parameters, indices: jax.Array) -> tuple[Parameters, None]:
        gradients = jax.grad(cost)(parameters, images[indices], labels[indices])
        return jax.tree.map(lambda p, g: p - rate * g, parameters, gradients), None

    return jax.lax.scan(step, parameters, batches)[0]
