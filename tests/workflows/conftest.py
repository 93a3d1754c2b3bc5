"""Networks that have learnt a little, and runs made of them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nntrain.data.loading import load
from nntrain.data.synthetic.generate import generate
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.outputs import make_output
from nntrain.settings.fit import FitSettings
from nntrain.workflows import train
from tests.conftest import created

SOFTMAX, SIGMOID = "softmax+log-likelihood", "sigmoid+quadratic"
LEARNS = {"hidden": (30,), "epochs": 5, "batch_size": 10, "learning_rate": 0.1, "momentum": 0.0}


@pytest.fixture(scope="session")
def dataset(tiny):
    return load(str(tiny), Path("unused"), offline=True)


@pytest.fixture(scope="session")
def trained(dataset):
    """A function that returns a new copy of a network with this output, trained once."""
    kept = {}

    def copy(output):
        if output not in kept:
            settings = FitSettings(**LEARNS, output=output)
            kept[output] = train.start(settings, dataset)
            list(kept[output])
        return kept[output].network.copy()

    return copy


def run_of(network, folder, **provenance):
    """A run with this network, and a history of two epochs of which the first is the best."""
    run = created(folder, "r", "slug")
    run.write_settings(FitSettings(hidden=(30,), epochs=2, output=network.output.name))
    run.write_json("provenance.json", provenance)
    run.save_model(network)
    epoch = {
        "learning_rate": 0.1, "train_cost": 1.0, "train_accuracy": 0.5, "validation_cost": 1.0,
        "validation_accuracy": 0.5, "seconds": 1.0, "evaluation_seconds": 0.1,
        "examples_per_second": 100.0, "gradient_norms": (1.0, 1.0),
    }  # fmt: skip
    for number in (1, 2):
        run.append_history(train.EpochResult(epoch=number, best=number == 1, **epoch))
    return run


def network(sizes=(784, 5, 10), output="softmax+log-likelihood"):
    rng = np.random.default_rng(0)
    return Network.create(
        sizes, ACTIVATIONS["relu"], make_output(output), INITIALISATIONS["he"], rng
    )


@pytest.fixture
def folder(tmp_path):
    """A folder of seven pictures and some files that are not pictures."""
    digit = Image.fromarray(generate(1, 0)[0][0])
    for name in ("b.png", "a.jpg", "7/x.PNG", "7/deep/y.png", "coat/z.png", "T-shirt_top/t.bmp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        digit.save(tmp_path / name)
    for name in (".hidden.png", ".cache/x.png", "notes.txt", "7/Thumbs.db"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path
