import io
import pickle
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from nntrain.errors import ModelFileError
from nntrain.runs.model_file import load_model, save_model
from nntrain.storage.array_file import read_arrays, write_arrays
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, make_examples, make_network


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_comes_back_to_the_bit(tmp_path, output, activation, dtype):
    c = 3.5 if output == "softmax+log-likelihood" else 1.0
    network = make_network((6, 5, 4), activation, output, inverse_temperature=c, dtype=dtype)
    save_model(tmp_path / "m.npz", network)
    again = load_model(tmp_path / "m.npz")
    inputs, _ = make_examples(5, dtype=dtype)
    assert again.outputs(inputs).tobytes() == network.outputs(inputs).tobytes()
    assert (again.hidden.name, again.output.name) == (activation, output)
    assert again.output.inverse_temperature == c


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        save_model(tmp_path / name, make_network())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def changed(path, **arrays):
    """Write the model again with some arrays replaced; None takes one away."""
    old = read_arrays(path)
    write_arrays(path, {k: v for k, v in {**old, **arrays}.items() if v is not None})


@pytest.mark.parametrize(
    "arrays",
    [
        {"description": None},
        {"description": np.zeros(3, np.uint8)},
        {"description": np.frombuffer(b'{"format": "nntrain/model/9"}', np.uint8)},
        {"weights_1": np.zeros((4, 6))},
        {"weights_0": np.full((5, 6), np.nan)},
        {"weights_0": np.zeros((5, 6), np.float32)},
        {"weights_0": np.zeros((5, 6), np.int64)},
        {"weights_0": np.zeros(5)},
        {"biases_1": None},
        {"biases_1": np.zeros((4, 1))},
        {"biases_1": np.float64(1.0)},
        {"weights_0": None, "weights_1": None},
        {"weights_0": None},
    ],
)
def test_an_invalid_model_file_is_refused(tmp_path, arrays):
    path = tmp_path / "m.npz"
    save_model(path, make_network())
    changed(path, **arrays)
    with pytest.raises(ModelFileError, match=r"m\.npz"):
        load_model(path)


@pytest.mark.parametrize(
    ("output", "c"),
    [
        ("softmax+log-likelihood", value)
        for value in ('"2"', "true", "0", "-1.0", "1e999", "1e308", "null")
    ]
    + [("sigmoid+quadratic", "2.0")],
)
def test_an_impossible_inverse_temperature_is_refused(tmp_path, output, c):
    path = tmp_path / "m.npz"
    save_model(path, make_network())
    text = (
        f'{{"format": "nntrain/model/1", "activation": "sigmoid", "output": "{output}", '
        f'"inverse_temperature": {c}}}'
    )
    changed(path, description=np.frombuffer(text.encode(), np.uint8))
    with pytest.raises(ModelFileError):
        load_model(path)


def test_any_flipped_byte_is_refused_or_harmless(tmp_path):
    path = tmp_path / "m.npz"
    save_model(path, make_network((3, 2)))
    whole = bytearray(path.read_bytes())
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        with suppress(ModelFileError):
            load_model(path)


def test_truncation_anywhere_is_refused(tmp_path):
    path = tmp_path / "m.npz"
    save_model(path, make_network((2, 2)))
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelFileError):
            load_model(path)


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("a pickle in a model file was run",))


def test_nothing_is_ever_unpickled(tmp_path):
    path = tmp_path / "m.npz"
    save_model(path, make_network())
    content = io.BytesIO()
    np.lib.format.write_array(content, np.array([Bomb()], object), allow_pickle=True)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("biases_7.npy", content.getvalue())
    with pytest.raises(ModelFileError):
        load_model(path)
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ModelFileError):
        load_model(path)


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(ModelFileError, match="is missing"):
        load_model(tmp_path / "m.npz")


@pytest.mark.parametrize("large", [1e39, -1e300])
def test_a_parameter_that_does_not_fit_float32_is_refused(tmp_path, large):
    network = make_network(dtype=np.float64)
    network.biases[0][1] = large
    save_model(tmp_path / "m.npz", network)
    with pytest.raises(ModelFileError, match=r"layer 1 .* up to 3\.4e\+38"):
        load_model(tmp_path / "m.npz")
