"""The book's JSON: its program reads our files, we read its files, and refuse anything else."""

import copy
import json
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.errors import ModelFileError, NntrainError
from nntrain.exchange import network2
from nntrain.exchange.network2 import COSTS, decode, recipe, save
from nntrain.nn.arrays import LARGEST_PARAMETER
from tests.exchange.helpers import CARD, SOFTMAX, BookNetwork, pixels
from tests.nn.helpers import OUTPUT_NAMES, make_network

SIGMOIDS = sorted(name for name in OUTPUT_NAMES if name.startswith("sigmoid"))


@pytest.mark.parametrize("output", SIGMOIDS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
def test_the_book_computes_the_same_from_the_file(tmp_path, output, dtype, tolerance):
    network = make_network((6, 5, 3, 4), output=output, dtype=dtype)
    save(tmp_path / "n.json", network, CARD)
    book = BookNetwork(tmp_path / "n.json")
    images, inputs = pixels(20)
    for mine, image in zip(network.outputs(images), inputs, strict=True):
        np.testing.assert_allclose(
            book.feedforward(image[:, None])[:, 0], mine, rtol=0, atol=tolerance
        )


def test_the_file_is_the_books_to_the_letter(tmp_path):
    network = make_network((2, 1, 2), output="sigmoid+quadratic")
    network.weights[0][...] = [[0.1, -2.0]]
    network.weights[1][...] = [[3.0], [1e-300]]
    network.biases[0][...] = [0.5]
    network.biases[1][...] = [0.25, -1.0]
    save(tmp_path / "n.json", network, CARD)
    assert (tmp_path / "n.json").read_text() == (
        '{"sizes": [2, 1, 2], "weights": [[[0.1, -2.0]], [[3.0], [1e-300]]], '
        '"biases": [[[0.5]], [[0.25], [-1.0]]], "cost": "QuadraticCost"}'
    )


def test_costs_have_the_books_names():
    assert COSTS == {
        "CrossEntropyCost": "sigmoid+cross-entropy",
        "QuadraticCost": "sigmoid+quadratic",
    }


@pytest.mark.parametrize("output", SIGMOIDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", [(6, 5, 3, 4), (6, 4), (6, 1, 4)])
def test_there_and_back_to_the_bit(tmp_path, output, dtype, sizes):
    network = make_network(sizes, output=output, dtype=dtype)
    save(tmp_path / "n.json", network, CARD)
    again = decode((tmp_path / "n.json").read_bytes(), "n.json")
    assert again.dtype == dtype
    assert again.output.name == output
    assert again.hidden.name == "sigmoid"
    images, _ = pixels(50)
    assert again.outputs(images).tobytes() == network.outputs(images).tobytes()


@given(st.lists(st.floats(-LARGEST_PARAMETER, LARGEST_PARAMETER), min_size=3, max_size=3))
def test_no_number_changes(numbers):
    first, second, bias = numbers
    text = json.dumps(
        {"sizes": [2, 1], "weights": [[[first, second]]], "biases": [[[bias]]],
         "cost": "QuadraticCost"}
    )  # fmt: skip
    network = decode(text.encode(), "n.json")
    got = [*network.weights[0][0].tolist(), float(network.biases[0][0])]
    assert list(map(repr, got)) == list(map(repr, numbers))  # repr tells -0.0 from 0.0


@pytest.mark.parametrize(
    ("activation", "output", "what"),
    [
        ("sigmoid", SOFTMAX, "a softmax"),
        ("sigmoid", "softmax+quadratic", "a softmax.quadratic output"),
        ("relu", "sigmoid+quadratic", "relu"),
        ("tanh", "sigmoid+cross-entropy", "tanh"),
    ],
)
def test_networks_that_the_book_does_not_have_are_refused(tmp_path, activation, output, what):
    network = make_network(activation=activation, output=output)
    with pytest.raises(NntrainError, match=f"only sigmoid neurons.*{what}.*onnx"):
        save(tmp_path / "n.json", network, CARD)
    assert not list(tmp_path.iterdir())


def test_without_hidden_neurons_their_activation_does_not_matter(tmp_path):
    save(tmp_path / "n.json", make_network((6, 4), "relu", "sigmoid+quadratic"), CARD)
    assert BookNetwork(tmp_path / "n.json").sizes == [6, 4]


def test_the_lines_that_are_shown_are_the_books(tmp_path):
    assert recipe(make_network(), tmp_path / "n.json", "pixels").endswith(
        f"net = network2.load({str(tmp_path / 'n.json')!r})"
    )


GOOD = {
    "sizes": [3, 2, 2],
    "weights": [[[0.1, 0.2, 0.3], [1, 2, 3]], [[0.5, -0.5], [4, 5]]],
    "biases": [[[0.1], [0.2]], [[-1], [1e-3]]],
    "cost": "CrossEntropyCost",
}


def changed(*path, to):
    """GOOD as JSON, with the value at ``path`` replaced, or taken away where ``to`` is ...."""
    document = copy.deepcopy(GOOD)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return json.dumps(document).encode()


HOSTILE = {
    "empty": (b"", "neither JSON"),
    "text": (b"hello", "neither JSON"),
    "bytes": (bytes(range(128, 256)), "neither JSON"),
    "cut": (json.dumps(GOOD).encode()[:-20], "neither JSON"),
    "a zip": (b"PK\x05\x06rubbish", "neither JSON"),
    "deep list": (b"[" * 200_000, "neither JSON"),
    "deep object": (b'{"a":' * 200_000, "neither JSON"),
    "deep weights": (b'{"weights":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "neither JSON"),
    "a list": (b"[1, 2]", "no sizes, weights, biases, cost"),
    "a number": (b"7", "no sizes"),
    "null": (b"null", "no sizes"),
    "no weights": (changed("weights", to=...), "no weights"),
    "no cost": (changed("cost", to=...), "no cost"),
    "unknown cost": (changed("cost", to="HingeCost"), "CrossEntropyCost or QuadraticCost.*Hinge"),
    "cost of a list": (changed("cost", to=["QuadraticCost"]), "cost: expected"),
    "cost with a newline": (changed("cost", to="a\nb" * 1000), "cost: expected"),
    "cost that is no text": (changed("cost", to="\ud800"), "cost: expected"),
    "no sizes in sizes": (changed("sizes", to=[]), "sizes: expected"),
    "one size": (changed("sizes", to=[3]), "sizes: expected"),
    "size zero": (changed("sizes", 1, to=0), "got 0.0"),
    "size negative": (changed("sizes", 1, to=-2), "got -2.0"),
    "size half": (changed("sizes", 1, to=1.5), "got 1.5"),
    "size true": (changed("sizes", 1, to=True), "got True"),
    "size text": (changed("sizes", 1, to="2"), "got '2'"),
    "size huge": (changed("sizes", 1, to=10**30), r"got 1e\+30"),
    "size endless": (changed("sizes", 1, to=float("inf")), "got inf"),
    "size nan": (changed("sizes", 1, to=float("nan")), "got nan"),
    "sizes an object": (changed("sizes", to={"0": 3}), "got 1 keys"),
    "sizes that do not fit": (changed("sizes", 0, to=4), "weights of layer 1, row 1: expected 4"),
    "a layer short": (changed("weights", to=GOOD["weights"][:1]), "weights: expected 2 layers"),
    "weights null": (changed("weights", to=None), "weights: expected 2 layers, got None"),
    "weights an object": (changed("weights", to={"a": 1, "b": 2}), "weights: expected 2 layers"),
    "a row short": (changed("weights", 0, to=[[1, 2, 3]]), "weights of layer 1: expected 2 rows"),
    "ragged": (changed("weights", 1, 1, to=[1]), "weights of layer 2, row 2: expected 2 numbers"),
    "transposed": (changed("weights", 0, to=[[1, 2]] * 3), "expected 2 rows, got 3"),
    "a row too many": (changed("biases", 0, to=[[1]] * 3), "biases of layer 1: expected 2 rows"),
    "biases a row": (changed("biases", 0, to=[[0.1, 0.2]]), "biases of layer 1: expected 2 rows"),
    "biases flat": (changed("biases", 0, to=[0.1, 0.2]), "biases of layer 1, row 1"),
    "NaN": (changed("weights", 0, 1, 2, to=float("nan")), "row 2: expected finite.*got nan"),
    "infinity": (changed("biases", 1, 0, 0, to=float("-inf")), "expected finite.*got -inf"),
    "too large": (json.dumps(GOOD).replace("0.3", "1e999").encode(), "expected finite.*got inf"),
    "no float32": (changed("weights", 0, 1, 2, to=-1e39), "expected finite.*got -1e.39"),
    "many digits": (json.dumps(GOOD).replace("0.3", "9" * 5000).encode(), "expected finite"),
    "number as text": (changed("weights", 0, 0, 0, to="0.1"), "expected finite.*got '0.1'"),
    "null for a number": (changed("weights", 0, 0, 0, to=None), "expected finite.*got None"),
    "true for a number": (changed("weights", 0, 0, 0, to=True), "expected finite.*got True"),
    "list for a number": (changed("weights", 0, 0, 0, to=[[1]]), "expected finite.*got 1 values"),
}  # fmt: skip


def test_the_valid_document_is_accepted():
    network = decode(json.dumps(GOOD).encode(), "n.json")
    assert network.sizes == (3, 2, 2)
    assert network.weights[0][1].tolist() == [1, 2, 3]
    assert network.biases[1].tolist() == [-1, 1e-3]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_other_document_is_one_line_that_says_why(name):
    content, reason = HOSTILE[name]
    with pytest.raises(ModelFileError, match=reason) as caught:
        decode(content, "n.json")
    message = str(caught.value)
    assert message.startswith("n.json")
    assert message.isprintable()
    assert len(message) < 300


def test_numbers_that_do_not_fit_in_memory_are_refused_before_allocation(monkeypatch):
    monkeypatch.setattr(network2, "MAX_NUMBERS", 10)
    with pytest.raises(ModelFileError, match="at most 10 numbers"):
        decode(json.dumps(GOOD).encode(), "n.json")


def sound_or_refused(content):
    """Decode; what comes back is a whole network of finite numbers, or a ModelFileError."""
    try:
        network = decode(content, "n.json")
    except ModelFileError:
        return False
    assert all(np.isfinite(parameter).all() for parameter in network.parameters)
    assert network.outputs(np.zeros((2, network.sizes[0]))).shape == (2, network.sizes[-1])
    return True


def test_any_damaged_byte_is_refused_or_a_network():
    whole = json.dumps(GOOD).encode()
    rng = random.Random(0)
    outcomes = []
    for position in range(len(whole)):
        for byte in [0, 34, 44, 91, 93, 123, *(rng.randrange(256) for _ in range(10))]:
            damaged = whole[:position] + bytes([byte]) + whole[position + 1 :]
            outcomes.append(sound_or_refused(damaged))
    assert len(outcomes) > 2000
    assert {True, False} == set(outcomes)


def test_truncation_anywhere_is_refused():
    whole = json.dumps(GOOD).encode()
    assert not any(sound_or_refused(whole[:length]) for length in range(len(whole)))


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.sampled_from([path for path in places(GOOD) if path]), ANY_JSON)
def test_any_other_value_anywhere_is_refused_or_a_network(path, value):
    sound_or_refused(changed(*path, to=value))


@given(ANY_JSON)
def test_any_other_document_is_refused(document):
    assert not sound_or_refused(json.dumps(document).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content):
    assert not sound_or_refused(content)
