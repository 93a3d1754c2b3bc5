"""The process of one contestant: ``python -m benchmarks.peers.worker`` with its work as JSON.

It prepares, trains one round to warm up, and reports; then it answers each line on its standard
input with one round's seconds. A round takes up to ``examples`` examples. The number of threads
is set before NumPy is loaded, by the environment or by nntrain's rule.
"""

import json
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from benchmarks.peers import PEERS, Peer
from benchmarks.shapes import LEARNING_RATE, SHAPES, Shape
from benchmarks.threads import settle

if TYPE_CHECKING:
    from benchmarks.peers.contestant import Contestant, Problem


def problem_of(shape: Shape, examples: int, dataset: str, data_dir: str) -> "Problem":
    from pathlib import Path

    import numpy as np

    from benchmarks.peers.contestant import Problem
    from nntrain.data.loading import load
    from nntrain.nn.activations import ACTIVATIONS
    from nntrain.nn.initialisation import INITIALISATIONS
    from nntrain.nn.network import Network
    from nntrain.nn.outputs import make_output

    images, labels = load(dataset, Path(data_dir), offline=True).train
    examples = shape.cut(len(images), examples)
    network = Network.create(
        shape.sizes,
        ACTIVATIONS["sigmoid"],
        make_output("softmax+log-likelihood"),
        INITIALISATIONS["lecun"],
        np.random.default_rng(0),
    )
    return Problem(
        images[:examples].reshape(examples, -1),
        labels[:examples],
        list(zip(network.weights, network.biases, strict=True)),
        shape.batch_size,
        LEARNING_RATE,
    )


def prepared(peer: Peer, work: dict[str, Any]) -> "Contestant":
    shape = SHAPES[work["shape"]]
    count = settle(shape.hidden, shape.batch_size)
    module, _, name = peer.place.partition(":")
    contestant: type[Contestant] = getattr(import_module(module), name)
    problem = problem_of(shape, work["examples"], work["dataset"], work["data_dir"])
    return contestant(problem, count)


def main() -> None:
    # Output of libraries goes to standard error; only answers go through the pipe.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    work = json.loads(sys.argv[1])
    contestant = prepared(PEERS[work["peer"]], work)
    contestant.round()
    about = {"threads": contestant.threads, "examples": len(contestant.problem.images)}
    print(json.dumps(about), file=answers)
    for _ in sys.stdin:
        timing = contestant.round()
        print(json.dumps([timing.seconds, timing.evaluation_seconds]), file=answers)


if __name__ == "__main__":
    main()
