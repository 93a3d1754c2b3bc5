"""The compiled loop: the same training as NumPy's, within rounding, and nothing it can break."""

import itertools
import os
import shutil
import subprocess
import sys
import threading
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nntrain.errors import DivergenceError, NntrainError
from nntrain.nn import engine
from nntrain.nn.checkpoint import restore, state
from nntrain.nn.optimizer import SGD
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import Trainer
from tests import reference
from tests.nn.helpers import (
    ACTIVATION_NAMES,
    AVERAGED,
    FULL,
    OUTPUT_NAMES,
    PLAIN,
    blobs,
    jitter,
    make_examples,
    make_network,
    make_trainer,
)

pytest.importorskip("numba", reason="the extra 'fast' (Numba, SciPy) is not installed")
pytest.importorskip("scipy", reason="the extra 'fast' (Numba, SciPy) is not installed")

ROOT = Path(__file__).parents[2]
CALM = {"learning_rate": 0.05, "epochs": 2}  # rounding grows where training is unstable


def both(sgd, **options):
    """The same training by each engine, to its end, with the results of its epochs."""
    trainers = [make_trainer(sgd, engine=name, **options) for name in ("numpy", "numba")]
    assert [t.engine for t in trainers] == ["numpy", "numba"]
    return [(trainer, list(trainer)) for trainer in trainers]


def assert_alike(one, other, rtol):
    (mine, results), (theirs, others) = one, other
    for network in ("network", "model"):
        held = [getattr(trainer, network).parameters for trainer in (mine, theirs)]
        for a, b in zip(*held, strict=True):
            np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * np.abs(a).max())
    for a, b in zip(results, others, strict=True):
        assert a.train_cost == pytest.approx(b.train_cost, rel=rtol)
        assert a.validation_cost == pytest.approx(b.validation_cost, rel=rtol)
        assert a.gradient_norms == pytest.approx(b.gradient_norms, rel=10 * rtol)


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-11), (np.float32, 1e-4)])
@pytest.mark.parametrize("sgd", [PLAIN, FULL], ids=["plain", "momentum, decay and schedule"])
def test_the_same_training_as_by_numpy(output, activation, dtype, rtol, sgd):
    options = {"inverse_temperature": 1.5} if output.startswith("softmax") else {}
    sgd = replace(sgd, **CALM)
    assert_alike(*both(sgd, output=output, activation=activation, dtype=dtype, **options), rtol)


@pytest.mark.parametrize(
    ("sgd", "options"),
    [
        (replace(FULL, max_norm=0.6), {}),
        (replace(AVERAGED, batch_size=3), {}),
        (FULL, {"dropout": (0.2, 0.5)}),
        (PLAIN, {"dropout": (0.0, 0.5), "activation": "relu"}),
        (AVERAGED, {"dropout": (0.3, 0.0), "distort": jitter, "activation": "tanh"}),
        (FULL, {"distort": jitter, "label_smoothing": 0.1}),
        (replace(FULL, batch_size=1), {"output": "sigmoid+quadratic", "label_smoothing": 0.2}),
        (replace(FULL, batch_size=500), {}),
        (replace(FULL, schedule=Schedule("step", 4, 0.5, 1, 0.5)), {"count": 1}),
    ],
)
def test_every_option_as_by_numpy(sgd, options):
    assert_alike(*both(replace(sgd, **CALM), **options), 1e-10)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 20), min_size=2, max_size=5),
    st.sampled_from(OUTPUT_NAMES),
    st.sampled_from(ACTIVATION_NAMES),
    st.integers(1, 9),
    st.integers(0, 2**32),
)
def test_a_step_is_the_books_on_any_network(sizes, output, activation, batch, seed):
    network = make_network(sizes, activation, output, seed=seed)
    weights, biases = ([p.copy() for p in held] for held in (network.weights, network.biases))
    inputs, labels = make_examples(batch, sizes[0], sizes[-1], seed)
    layers = (weights, biases, activation, output)
    _, dw, db = reference.gradients(*layers, inputs, labels)
    sgd, rng = SGD(1, batch, 0.3), np.random.default_rng(0)
    list(Trainer(network, (inputs, labels), None, sgd, rng, engine="numba"))
    expected = [p - 0.3 * g for p, g in zip([*weights, *biases], [*dw, *db], strict=True)]
    for mine, book in zip(network.parameters, expected, strict=True):
        np.testing.assert_allclose(mine, book, rtol=1e-9, atol=1e-12)


def test_e_to_the_x_in_single_precision():
    """σ of one neuron with weight 1, within a relative error of 4e-7."""
    network = make_network((1, 1, 1), "sigmoid", "sigmoid+cross-entropy", dtype=np.float32)
    for array, value in zip(network.parameters, (1, 1, 0, 0), strict=True):
        array.fill(value)
    z = np.linspace(-80, 80, 20_001, dtype=np.float32)[:, np.newaxis]
    zero = np.zeros(len(z), np.intp)
    trainer = Trainer(network, (z, zero), None, PLAIN, np.random.default_rng(0), engine="numba")
    computed = np.array(trainer._compiled.weighted_inputs(network, z))
    exact = 1 / (1 + np.exp(-z.astype(np.float64)))
    np.testing.assert_allclose(computed, exact, rtol=4e-7)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("place", ["weights", "biases"])
def test_what_is_not_finite_spreads_as_in_numpy(value, activation, place):
    """z^L of the same network has NaN and infinity where NumPy's has, and training notices."""
    trainer = make_trainer(PLAIN, activation=activation, dtype=np.float32, engine="numba")
    network = trainer.network
    getattr(network, place)[0].flat[0] = value
    images = trainer.batches.inputs
    with np.errstate(invalid="ignore", over="ignore"):
        expected = network.weighted_inputs(images)
    computed = trainer._compiled.weighted_inputs(network, images)
    np.testing.assert_array_equal(np.isnan(computed), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(computed), np.isinf(expected))
    with pytest.raises(DivergenceError):
        list(trainer)


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("rate", [1e10, 1e38])
def test_silly_rates_end_in_divergence_or_in_finite_numbers(output, activation, rate):
    sgd = replace(PLAIN, learning_rate=rate, momentum=0.9)
    trainer = make_trainer(sgd, output, activation=activation, dtype=np.float32, engine="numba")
    try:
        list(trainer)
    except DivergenceError:
        return
    assert all(np.isfinite(p).all() for p in trainer.network.parameters)


@pytest.mark.parametrize("options", [{}, {"dropout": (0.2, 0.5), "distort": jitter}])
def test_same_seed_same_bits_whether_interrupted_or_not(options):
    """After each block in turn: a checkpoint, a new trainer from it, and the same end."""
    sgd = replace(AVERAGED, batch_size=5)

    def begin():
        return make_trainer(sgd, engine="numba", count=700, **options)

    def saved(trainer):
        return {name: np.array(array) for name, array in state(trainer).items()}

    def end(trainer):
        list(trainer)
        arrays = saved(trainer)
        return [arrays[name].tobytes() for name in arrays if name != "progress"]

    whole, interrupted, moments = end(begin()), begin(), []
    for _ in interrupted.run_epoch():
        moments.append(saved(interrupted))
    assert len(moments) >= 5
    for moment in moments:
        resumed = begin()
        restore(resumed, moment)
        assert end(resumed) == whole


def test_blocks_end_where_they_are_asked_to():
    trainer = make_trainer(replace(PLAIN, batch_size=5), engine="numba", count=2000)
    size = trainer.batches.block_size
    assert list(trainer.run_epoch([2 * size, 7 * size])) == [2 * size, 7 * size, 2000]


def test_buffers_that_hold_nan_before_a_step_change_nothing():
    def trained(poison):
        trainer = make_trainer(FULL, engine="numba", dtype=np.float32)
        if poison:
            trainer._compiled._work.fill(np.nan)
        list(trainer)
        return [p.tobytes() for p in trainer.network.parameters]

    assert trained(poison=True) == trained(poison=False)


def test_an_epoch_allocates_nothing_that_grows_with_the_network():
    network = make_network((784, 300, 10), dtype=np.float32)
    sgd, rng = SGD(9, 64, 0.1), np.random.default_rng(0)
    trainer = Trainer(network, blobs(2000, 0, 784, 10), None, sgd, rng, engine="numba")
    list(trainer.run_epoch())
    trainer.done = 0
    tracemalloc.start()
    list(trainer.run_epoch())
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 150_000  # the order and labels of 2,000 examples; the weights are 950 kB


def test_another_thread_runs_during_a_block():
    network = make_network((784, 500, 10), dtype=np.float32)
    images, labels = blobs(3000, 0, 784, 10)
    sgd, rng = SGD(1, 100, 0.1), np.random.default_rng(0)
    trainer = Trainer(network, (images, labels), None, sgd, rng, engine="numba")
    ticks, ended = [], threading.Event()

    def tick():
        while not ended.is_set():
            ticks.append(time.perf_counter())
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    begun = time.perf_counter()
    rows = np.tile(np.arange(len(images), dtype=np.uint32), 5)
    data = trainer.batches.inputs, rows, labels[rows], np.full(150, 0.1)
    trainer._compiled.train(*data)
    finished = time.perf_counter()
    ended.set()
    thread.join()
    assert sum(begun < tick < finished for tick in ticks) > 3


def test_large_mini_batches_in_single_precision():
    """The sum over 5,000 examples reaches a bias that is large beside each of them."""
    trained = []
    for name in ("numpy", "numba"):
        network = make_network((20, 8, 4), dtype=np.float32)
        network.biases[0][...] = 3
        sgd, rng = SGD(1, 5000, 0.1), np.random.default_rng(0)
        list(Trainer(network, blobs(5000, 0, 20, 4), None, sgd, rng, engine=name))
        trained.append(network.biases[0] - 3)
    np.testing.assert_allclose(*trained, rtol=2e-3, atol=1e-8)


def test_images_that_are_not_contiguous():
    images, labels = make_examples(60, 12)
    trained = []
    for layout in (images[:, ::2], np.ascontiguousarray(images[:, ::2])):
        network, rng = make_network((6, 5, 4)), np.random.default_rng(0)
        examples = layout, labels
        trainer = Trainer(network, examples, examples, PLAIN, rng, engine="numba")
        list(trainer)
        trained.append(network.layers.vector)
        assert len(trainer._compiled._loop.signatures) == 1
    np.testing.assert_array_equal(*trained)


def test_images_of_another_type():
    images, labels = make_examples(20)
    for dtype in (np.float16, ">f4"):
        examples = images.astype(dtype), labels
        long, rng = replace(PLAIN, epochs=10**7), np.random.default_rng(0)
        assert Trainer(make_network(), examples, None, long, rng).engine == "numpy"
        with pytest.raises(NntrainError, match="takes images of uint8, float32 or float64"):
            Trainer(make_network(), examples, None, PLAIN, rng, engine="numba")


@pytest.mark.parametrize("batch_size", [1, 10, 100])
@pytest.mark.parametrize("hidden", [(), (30,), (800,)])
def test_an_interruption_waits_for_a_short_block_only(batch_size, hidden):
    """A signal is handled between blocks; they are timed by the processor's clock."""
    network = make_network((784, *hidden, 10), dtype=np.float32)
    sgd, rng = SGD(1, batch_size, 0.1), np.random.default_rng(0)
    trainer = Trainer(network, blobs(20_000, 0, 784, 10), None, sgd, rng, engine="numba")
    blocks, begun = trainer.run_epoch(), time.thread_time()
    for _ in itertools.islice(blocks, 5):
        now = time.thread_time()
        assert now - begun < 0.1
        begun = now


class TestWhichEngine:
    def test_auto_takes_numba_for_long_trainings_only(self):
        long, short = replace(PLAIN, epochs=10_000), PLAIN
        assert make_trainer(long).engine == "numba"
        assert make_trainer(short).engine == "numpy"

    def test_without_the_extra_auto_is_numpy_and_numba_an_error(self, monkeypatch):
        monkeypatch.setattr(engine, "find_spec", lambda name: None)
        assert make_trainer(replace(PLAIN, epochs=10_000)).engine == "numpy"
        with pytest.raises(NntrainError, match=r"nntrain\[fast\].*engine='numpy'"):
            make_trainer(engine="numba")

    def test_a_broken_numba_is_one_line(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "nntrain.nn.compiled", None)
        lines = []
        trainer = make_trainer(replace(PLAIN, epochs=10_000), tell=lines.append)
        assert trainer.engine == "numpy"
        assert [line.count("\n") for line in lines] == [0]
        with pytest.raises(NntrainError, match="does not work"):
            make_trainer(engine="numba")


PROGRAM = """
from tests.nn.helpers import FULL, make_trainer
lines = []
trainer = make_trainer(FULL, engine="numba", tell=lines.append)
list(trainer)
print(len(lines), trainer.network.layers.vector.tobytes().hex())
"""
NO_PLACE = "from numba.core import caching; caching.CacheImpl._locator_classes = []"
FULL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"


def process(cache, before="", program=PROGRAM, package=ROOT, **variables):
    path = os.pathsep.join(map(str, dict.fromkeys([package, ROOT])))
    environment = {**os.environ, "PYTHONPATH": path, "NUMBA_CACHE_DIR": str(cache), **variables}
    words = [sys.executable, "-W", "error", "-c", f"{before}\n{program}"]
    return subprocess.Popen(words, env=environment, cwd=package, stdout=subprocess.PIPE, text=True)


def answer(started):
    """How many lines it told, and the bits of its parameters."""
    output, _ = started.communicate(timeout=300)
    assert started.returncode == 0
    told, bits = output.split()
    return int(told), bits


@pytest.mark.slow
class TestTheCache:
    """Results are right whatever the cache holds; a line says when the loop is compiled."""

    def test_the_first_process_compiles_and_the_next_does_not(self, tmp_path):
        told, bits = zip(*(answer(process(tmp_path)) for _ in range(2)), strict=True)
        assert told == (1, 0)
        assert len(set(bits)) == 1

    def test_damaged_files(self, tmp_path):
        _, bits = answer(process(tmp_path))
        for path in [p for p in tmp_path.rglob("*.nb?") if "loop" in p.name]:
            whole = path.read_bytes()
            for damaged in (b"", whole[:50], whole[: len(whole) // 2]):
                path.write_bytes(damaged)
                assert answer(process(tmp_path))[1] == bits
            path.write_bytes(whole)

    @pytest.mark.parametrize("before", [NO_PLACE, FULL_DISK])
    def test_it_cannot_be_written(self, tmp_path, before):
        assert answer(process(tmp_path, before)) == answer(process(tmp_path))

    def test_code_for_other_arguments(self, tmp_path):
        """What two processes can leave that write at the same time."""
        _, bits = answer(process(tmp_path))
        data = sorted(p for p in tmp_path.rglob("*.nbc") if ".loop-" in p.name)
        answer(process(tmp_path, program=PROGRAM.replace("(FULL,", "(FULL, dtype='float32',")))
        (new,) = {p for p in tmp_path.rglob("*.nbc") if ".loop-" in p.name} - set(data)
        new.replace(data[0])
        assert answer(process(tmp_path))[1] == bits

    def test_several_processes_at_once(self, tmp_path):
        answers = {answer(one) for one in [process(tmp_path) for _ in range(8)]}
        assert len({bits for _, bits in answers}) == 1
        assert answer(process(tmp_path))[1] in {bits for _, bits in answers}

    def test_another_processor_with_the_same_home(self, tmp_path):
        told, bits = answer(process(tmp_path))
        assert told == 1
        assert answer(process(tmp_path, NUMBA_CPU_NAME="nehalem", NUMBA_CPU_FEATURES=""))[0] == 1
        assert answer(process(tmp_path)) == (0, bits)

    def test_a_changed_source_file(self, tmp_path):
        package = tmp_path / "changed"
        shutil.copytree(ROOT / "nntrain", package / "nntrain")
        source = package / "nntrain" / "nn" / "compiled.py"
        _, bits = answer(process(tmp_path, package=package))
        text = source.read_text("utf-8")
        source.write_text(text.replace("V[i] -= rate * o.decay * p[i]", "V[i] -= rate * p[i]"))
        told, changed = answer(process(tmp_path, package=package))
        assert told == 1
        assert changed != bits
