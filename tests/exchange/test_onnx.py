"""The exported graph, run by an independent runtime, gives the program's own outputs."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest

from nntrain.data.loading import load
from nntrain.errors import NntrainError
from nntrain.exchange import onnx as exchange_onnx
from nntrain.exchange.model_card import ModelCard
from nntrain.exchange.onnx import recipe, save
from nntrain.runs.run import Run
from tests.cli.helpers import run
from tests.exchange.helpers import CARD, SOFTMAX, pixels
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, make_network

NAMES = {True: "probabilities", False: "activations"}


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options)


def runtime_outputs(path, network, inputs):
    name = NAMES[network.output.distribution]
    return session(path).run([name], {"pixels": inputs.astype(network.dtype)})[0]


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-13)])
@pytest.mark.parametrize("sizes", [(6, 5, 7, 4), (6, 4)])
def test_the_runtime_gives_the_same_outputs(tmp_path, output, activation, dtype, tolerance, sizes):
    network = make_network(sizes, activation, output, dtype=dtype)
    save(tmp_path / "n.onnx", network, CARD)
    for count in (1, 33):
        images, inputs = pixels(count)
        got = runtime_outputs(tmp_path / "n.onnx", network, inputs)
        assert got.dtype == dtype
        assert got.shape == (count, 4)
        np.testing.assert_allclose(got, network.outputs(images), rtol=0, atol=tolerance)


@pytest.mark.parametrize("c", [0.3, 2.5, 300.0])
def test_the_inverse_temperature_is_in_the_graph(tmp_path, c):
    network = make_network(output=SOFTMAX, inverse_temperature=c, dtype=np.float32)
    network.biases[-1] += 1000  # shifts every z alike: the softmax stays, digits of c z are lost
    images, inputs = pixels(50)
    save(tmp_path / "n.onnx", network, CARD)
    got = runtime_outputs(tmp_path / "n.onnx", network, inputs)
    z = network.weighted_inputs(images).astype(np.float64)
    powers = np.exp(c * (z - z.max(axis=1, keepdims=True)))
    np.testing.assert_allclose(got, powers / powers.sum(axis=1, keepdims=True), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "output",
    [
        ("--output", "softmax+log-likelihood", "--inverse-temperature", 1.5),
        ("--output", "sigmoid+cross-entropy"),
    ],
)
def test_within_1e_5_on_the_whole_mnist_test_set(tmp_path, monkeypatch, real_mnist, output):
    monkeypatch.chdir(tmp_path)
    run(
        *("fit", "--dataset", real_mnist, "--train-size", 2000, "--epochs", 1, "--hidden", "64"),
        *(*output, "--learning-rate", 0.3, "--name", "m", "-q"),
    )
    run("export", "m", "--output", "m.onnx", "-q")
    network = Run(tmp_path / "runs" / "m").model()
    images = load(str(real_mnist), tmp_path).test.images
    assert len(images) == 10_000
    inputs = images.reshape(10_000, 784).astype(np.float32) / 255
    got = runtime_outputs(tmp_path / "m.onnx", network, inputs)
    worst = float(np.abs(got - network.outputs(images)).max())
    assert worst <= 1e-5


def test_the_file_is_sound_and_says_what_goes_in_and_out(tmp_path):
    path = tmp_path / "n.onnx"
    network = make_network(output=SOFTMAX, inverse_temperature=2.5, dtype=np.float32)
    save(path, network, CARD)
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(path)
    (given,) = model.graph.input
    (made,) = model.graph.output
    assert (given.name, made.name) == ("pixels", "probabilities")
    for value, size in ((given, 6), (made, 4)):
        assert value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
        batch, width = value.type.tensor_type.shape.dim
        assert batch.dim_param == "batch"
        assert width.dim_value == size
    for said in (
        "divided by 255",
        "row by row",
        "mnist",
        "sum to 1",
        "nought",
        "softmax of 2.5 z",
    ):
        assert said in model.doc_string
    properties = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(properties["classes"]) == list(CARD.classes)
    assert json.loads(properties["sizes"]) == [6, 5, 4]
    assert properties["activation"] == "sigmoid"
    assert properties["output"] == SOFTMAX
    assert properties["inverse_temperature"] == "2.5"
    assert properties["run"] == "first"


def test_sigmoid_outputs_are_never_called_probabilities(tmp_path):
    save(tmp_path / "n.onnx", make_network(output="sigmoid+quadratic"), CARD)
    model = onnx.load(tmp_path / "n.onnx")
    assert [output.name for output in model.graph.output] == ["activations"]
    assert "need not sum to 1" in model.doc_string


def test_a_graph_that_fails_the_checker_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(exchange_onnx.OPERATORS, "sigmoid", "NoSuchOperator")
    with pytest.raises(onnx.checker.ValidationError):
        save(tmp_path / "n.onnx", make_network(), CARD)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("output", OUTPUT_NAMES)
def test_the_lines_that_are_shown_run_it(tmp_path, output):
    network = make_network(output=output, dtype=np.float32)
    path = tmp_path / "it's mine.onnx"
    save(path, network, CARD)
    images, inputs = pixels(7)
    names = {"pixels": inputs.astype(np.float32)}
    exec(recipe(network, path, "pixels"), names)
    got = names[NAMES[network.output.distribution]]
    np.testing.assert_allclose(got, network.outputs(images), rtol=0, atol=1e-6)


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        save(tmp_path / name, make_network(), CARD)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_classes_of_any_script_survive(tmp_path):
    save(tmp_path / "n.onnx", make_network(), ModelCard("r", "kmnist", tuple("おきすつ")))
    assert "おきすつ"[2] in onnx.load(tmp_path / "n.onnx").doc_string


def test_more_than_a_protocol_buffer_holds_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(exchange_onnx, "LIMIT_BYTES", 100)
    with pytest.raises(NntrainError, match="at most 100 bytes"):
        save(tmp_path / "n.onnx", make_network(), CARD)
    assert not list(tmp_path.iterdir())
