"""The safetensors file, read by the format's own library and by PyTorch."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from nntrain.exchange.model_card import ModelCard
from nntrain.exchange.safetensors import recipe, save
from tests.exchange.helpers import CARD, SOFTMAX, pixels
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, make_network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_library_reads_every_parameter_under_pytorchs_name(tmp_path, dtype):
    network = make_network((6, 5, 3, 4), dtype=dtype)
    save(tmp_path / "n", network, CARD)
    read = load_file(tmp_path / "n")
    assert sorted(read) == sorted(f"{n}.{kind}" for n in (0, 2, 4) for kind in ("weight", "bias"))
    for layer in range(3):
        for kind, mine in (("weight", network.weights), ("bias", network.biases)):
            got = read[f"{2 * layer}.{kind}"]
            assert got.dtype == dtype
            assert got.shape == mine[layer].shape
            assert got.tobytes() == mine[layer].tobytes()


def test_the_softmaxs_c_is_in_the_last_layer_and_only_there(tmp_path):
    network = make_network(output=SOFTMAX, inverse_temperature=2.5)
    save(tmp_path / "n", network, CARD)
    read = load_file(tmp_path / "n")
    assert read["0.weight"].tobytes() == network.weights[0].tobytes()
    np.testing.assert_allclose(read["2.weight"], 2.5 * network.weights[1])
    np.testing.assert_allclose(read["2.bias"], 2.5 * network.biases[1])


def test_the_metadata_describe_the_network(tmp_path):
    card = ModelCard("first", "kmnist", tuple("おきすつ"))
    network = make_network(output=SOFTMAX, inverse_temperature=2.5)
    save(tmp_path / "n", network, card)
    with safe_open(tmp_path / "n", "numpy") as file:
        metadata = file.metadata()
    assert metadata["format"] == "pt"
    assert metadata["activation"] == "sigmoid"
    assert metadata["output"] == SOFTMAX
    assert metadata["inverse_temperature_in_last_layer"] == "2.5"
    assert "inverse_temperature" not in metadata
    assert json.loads(metadata["classes"]) == list("おきすつ")
    assert "divided by 255" in metadata["pixels"]


def test_the_arrays_are_aligned_for_a_memory_map(tmp_path):
    for length in range(9):
        save(tmp_path / "n", make_network(), ModelCard("x" * length, "mnist", CARD.classes))
        header = int.from_bytes((tmp_path / "n").read_bytes()[:8], "little")
        assert header % 8 == 0
        assert load_file(tmp_path / "n")


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-13)])
@pytest.mark.parametrize("sizes", [(6, 5, 3, 4), (6, 4)])
def test_the_lines_that_are_shown_load_it_into_pytorch(
    tmp_path, output, activation, dtype, tolerance, sizes
):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    pytest.importorskip("safetensors.torch")
    c = {"inverse_temperature": 2.5} if output == SOFTMAX else {}
    network = make_network(sizes, activation, output, dtype=dtype, **c)
    save(tmp_path / "n.safetensors", network, CARD)
    images, inputs = pixels(33)
    names = {}
    exec(recipe(network, tmp_path / "n.safetensors", "pixels"), names)
    with torch.no_grad():
        got = names["model"](torch.from_numpy(inputs.astype(dtype))).numpy()
    np.testing.assert_allclose(got, network.outputs(images), rtol=0, atol=tolerance)
