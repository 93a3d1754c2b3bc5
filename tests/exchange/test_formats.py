"""The promises of every format: a whole file or none, nothing overwritten, every network."""

import json

import numpy as np
import pytest

from nntrain.errors import NntrainError
from nntrain.exchange.formats import FORMATS, export
from nntrain.exchange.model_card import ModelCard, card_of, metadata
from nntrain.runs.model_file import load_model
from nntrain.settings.fit import FitSettings
from tests.conftest import created
from tests.exchange.helpers import CARD, SOFTMAX, pixels
from tests.nn.helpers import ACTIVATION_NAMES, OUTPUT_NAMES, make_network


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_not_overwritten_unasked(tmp_path, name):
    path = tmp_path / "n"
    path.write_text("mine")
    with pytest.raises(NntrainError, match=r"is not overwritten.*overwrite=True"):
        export(path, make_network(output="sigmoid+quadratic"), CARD, name, False)
    assert path.read_text() == "mine"
    export(path, make_network(output="sigmoid+quadratic"), CARD, name, True)
    assert path.stat().st_size > 100
    assert [p.name for p in tmp_path.iterdir()] == ["n"]


@pytest.mark.parametrize("name", FORMATS)
def test_anything_but_a_file_is_never_replaced(tmp_path, name):
    with pytest.raises(NntrainError, match=r"exists already.*Choose another path\.$"):
        export(tmp_path, make_network(output="sigmoid+quadratic"), CARD, name, True)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_cannot_be_written_whole_is_not_there(tmp_path, monkeypatch, name):
    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(NntrainError, match=r"Cannot write .*n: No space left"):
        export(tmp_path / "n", make_network(output="sigmoid+quadratic"), CARD, name, False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("output", OUTPUT_NAMES)
@pytest.mark.parametrize("activation", ACTIVATION_NAMES)
@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json"}))
def test_every_format_but_the_books_takes_every_network(tmp_path, name, activation, output):
    network = make_network(activation=activation, output=output)
    export(tmp_path / "n", network, CARD, name, False)
    assert str(tmp_path / "n") in FORMATS[name].recipe(network, tmp_path / "n", "pixels")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_npz_is_the_runs_own_model_file(tmp_path, dtype):
    network = make_network((6, 4), "tanh", SOFTMAX, inverse_temperature=2.5, dtype=dtype)
    path = tmp_path / "n.npz"
    export(path, network, CARD, "npz", False)
    images, inputs = pixels(20)
    assert load_model(path).outputs(images).tobytes() == network.outputs(images).tobytes()
    names = {"pixels": inputs.astype(dtype)}
    exec(FORMATS["npz"].recipe(network, path, "pixels"), names)
    np.testing.assert_allclose(names["z"], network.weighted_inputs(images), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("dataset", "classes", "expected"),
    [
        ("fashion-mnist", 10, ("T-shirt/top", "Ankle boot")),
        ("mnist", 10, ("0", "9")),
        ("mnist", 4, ("0", "3")),
        ("synthetic", 10, ("0", "9")),
        ("somewhere/my-images", 12, ("0", "11")),
    ],
)
def test_classes_have_the_names_of_the_runs_dataset(tmp_path, dataset, classes, expected):
    run = created(tmp_path, "first", "")
    run.write_settings(FitSettings(dataset=dataset))
    card = card_of(run, make_network((6, classes)))
    assert (card.run, card.dataset, len(card.classes)) == ("first", dataset, classes)
    assert (card.classes[0], card.classes[-1]) == expected


def test_the_metadata_are_texts_and_lists_in_them_json():
    network = make_network(output=SOFTMAX, inverse_temperature=0.1)
    texts = metadata(network, ModelCard("r", "kmnist", tuple("おきすつ")))
    assert all(isinstance(value, str) for value in texts.values())
    assert json.loads(texts["classes"]) == list("おきすつ")
    assert float(texts["inverse_temperature"]) == 0.1
