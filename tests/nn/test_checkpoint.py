from contextlib import closing
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nntrain.nn import checkpoint
from nntrain.nn.training import Trainer
from tests.nn.helpers import (
    AVERAGED,
    FULL,
    OUTPUT_NAMES,
    PLAIN,
    blobs,
    jitter,
    make_network,
    make_trainer,
)

KINDS = {
    "plain": (FULL, {}),
    "dropout": (AVERAGED, {"dropout": (0.2, 0.5)}),
    "everything": (AVERAGED, {"distort": jitter, "dropout": (0.0, 0.5)}),
}


def untimed(results):
    return [replace(r, seconds=0, evaluation_seconds=0, examples_per_second=0) for r in results]


def bits(trainer):
    return [p.tobytes() for p in (*trainer.network.parameters, *trainer.best.parameters)]


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize(("epochs", "blocks"), [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 1)])
@pytest.mark.parametrize("kind", KINDS)
def test_training_continues_with_the_same_bits_between_and_inside_epochs(
    output, epochs, blocks, kind
):
    """Two blocks are an epoch; after (0, 2) only its measurements are missing."""
    sgd, options = KINDS[kind]
    options = {**options, "dtype": np.float32}
    whole = make_trainer(sgd, output, **options)
    expected = untimed(whole)

    first = make_trainer(sgd, output, **options)
    results = list(islice(first, epochs))
    with closing(first.run_epoch()) as epoch:
        assert len(list(islice(epoch, blocks))) == blocks
        state = {name: array.copy() for name, array in checkpoint.state(first).items()}
        list(epoch)  # what happens after the state was taken has no effect on it

    second = make_trainer(sgd, output, seed=99, **options)
    checkpoint.restore(second, state)
    assert untimed(results + list(second)) == expected
    assert bits(second) == bits(whole)
    assert second.best.accuracy == whole.best.accuracy


def test_the_names_of_the_arrays_are_those_of_the_format():
    names = list(checkpoint.state(make_trainer(AVERAGED)))
    groups = ("parameter", "velocity", "best", "average")
    assert names == [*(f"{group}_{i}" for group in groups for i in range(4)), "progress"]
    assert not any("velocity" in n or "average" in n for n in checkpoint.state(make_trainer()))


def test_a_state_of_another_network_does_not_fit():
    other = Trainer(make_network((16, 9, 4)), blobs(50), None, PLAIN, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"parameter_0: expected .*8, 16.*got .*9, 16"):
        checkpoint.restore(make_trainer(), checkpoint.state(other))
