"""A file becomes a run, or an error says why not; whatever the file is."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from nntrain.errors import ModelFileError, SettingsError
from nntrain.exchange import network2
from nntrain.runs.model_file import save_model
from nntrain.runs.run import find
from nntrain.workflows import import_model
from nntrain.workflows.import_model import make_run, read
from tests.exchange.helpers import CARD, SOFTMAX, pixels
from tests.nn.helpers import make_network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", [(6, 5, 3, 4), (6, 4)])
@pytest.mark.parametrize("format_name", ["json", "npz"])
def test_the_run_has_the_network_to_the_bit(tmp_path, dtype, sizes, format_name):
    path = tmp_path / "file"
    if format_name == "json":
        network = make_network(sizes, output="sigmoid+quadratic", dtype=dtype)
        network2.save(path, network, CARD)
    else:
        network = make_network(sizes, "relu", SOFTMAX, inverse_temperature=2.5, dtype=dtype)
        save_model(path, network)
    make_run(read(path), "mnist", tmp_path / "runs", "back", False)
    run = find(tmp_path / "runs", "back")
    again, settings = run.model(), run.settings()
    images, _ = pixels(20)
    assert again.outputs(images).tobytes() == network.outputs(images).tobytes()
    assert settings.hidden == sizes[1:-1]
    assert (settings.activation, settings.output) == (network.hidden.name, network.output.name)
    assert settings.inverse_temperature == network.output.inverse_temperature
    assert settings.dtype == np.dtype(dtype).name
    assert settings.dataset == "mnist"


@pytest.fixture
def path(tmp_path):
    """A model file."""
    save_model(tmp_path / "file", make_network())
    return tmp_path / "file"


def test_its_origin_is_recorded(tmp_path, path):
    run = make_run(read(path), "mnist", tmp_path / "runs", None, False)
    assert run.name.endswith("-imported")
    provenance = run.read_json("provenance.json")
    assert provenance["imported_from"] == str(path)
    assert provenance["imported_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    row = run.summary()
    assert row["problem"] is None
    assert row["imported_from"] == str(path)
    assert (row["epochs"], row["of_epochs"]) == (0, 0)


def test_the_labels_of_a_callers_arrays_come_along(tmp_path):
    own = {"labels": list("abcd"), "inputs": "numbers", "range": [-1.5, 2.0], "pictured": None}
    save_model(tmp_path / "file", make_network((6, 5, 4)), own)
    run = make_run(read(tmp_path / "file"), None, tmp_path / "runs", "own", False)
    assert own.items() <= run.provenance().items()
    assert run.settings().dataset == "arrays"


def test_a_dataset_that_is_not_there_is_refused_before_a_run_is_made(tmp_path, path):
    with pytest.raises(SettingsError, match="Did you mean 'fashion-mnist'"):
        make_run(read(path), "fashion-mnst", tmp_path / "runs", "a", False)
    assert not (tmp_path / "runs").exists()


def test_a_folder_as_dataset_is_kept_as_a_path_that_lasts(tmp_path, path, monkeypatch):
    (tmp_path / "images").mkdir()
    monkeypatch.chdir(tmp_path)
    run = make_run(read(path), "images", tmp_path / "runs", "a", False)
    assert run.settings().dataset == str(tmp_path / "images")


def test_an_unreadable_file_is_one_line(tmp_path):
    with pytest.raises(ModelFileError, match=r"Cannot read .*: No such file"):
        read(tmp_path / "nothing")
    for endless in (tmp_path, Path("/dev/zero")):
        if endless.exists():
            with pytest.raises(ModelFileError, match=r"Cannot read .*: not an ordinary file"):
                read(endless)


def test_a_huge_file_is_refused_without_being_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(import_model, "MAX_BYTES", 1000)
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(2**40)  # a hole: no disk is used, and reading it whole would never end
    with pytest.raises(ModelFileError, match="at most 1,000 bytes"):
        read(path)
