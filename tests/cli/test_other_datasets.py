"""Fashion-MNIST and KMNIST with the presets: the catalogue's own entries, a real server.

The images are made up, in the published format, so their checksums stand in for the real ones.
"""

import gzip
import hashlib
from dataclasses import replace

import pytest

from nntrain.data.catalogue import CATALOGUE
from nntrain.settings.presets import names
from tests.cli.helpers import run_json, serving
from tests.conftest import make_idx_folder

OTHERS = ["fashion-mnist", "kmnist"]
OURS = [name for name in names() if not name.startswith("book-")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Serve one folder for each dataset; return its address and the catalogue's entries."""
    root = tmp_path_factory.mktemp("served")
    entries = {}
    for seed, name in enumerate(OTHERS):
        folder = make_idx_folder(root / name, train=1200, test=200, seed=seed)
        files = []
        for file in CATALOGUE[name].files:
            raw = (folder / file.raw_name).read_bytes()
            packed = gzip.compress(raw, mtime=0)
            (folder / file.name).write_bytes(packed)
            sizes = {"size_bytes": len(packed), "raw_size_bytes": len(raw)}
            sha256 = hashlib.sha256(packed).hexdigest()
            files.append(replace(file, **sizes, sha256=sha256, raw_sha256=None))
        entries[name] = replace(CATALOGUE[name], files=tuple(files), mirrors=())
    with serving(root) as (address, _):
        yield f"{address}{{dataset}}/", entries


@pytest.fixture
def mirror(server, home, monkeypatch):
    address, entries = server
    for name, entry in entries.items():
        monkeypatch.setitem(CATALOGUE, name, entry)
    return address


@pytest.mark.parametrize("dataset", OTHERS)
def test_every_preset_of_ours_trains_on_it(mirror, dataset):
    for preset in OURS:
        size = ["--hidden", "20", "--epochs", "1", "--batch-size", "50"]
        size += ["--average-epochs", "0"]
        document = run_json("fit", preset, "--dataset", dataset, "--mirror", mirror, *size)
        assert document["settings"]["dataset"] == dataset
        evaluation = document["evaluation"]
        assert evaluation["dataset"] == dataset
        assert not evaluation["synthetic"]
        assert evaluation["classes"] == list(CATALOGUE[dataset].classes)
        assert evaluation["n"] == 200


@pytest.mark.parametrize("dataset", OTHERS)
def test_reproduce_gives_no_verdict_on_it(mirror, dataset):
    words = ["reproduce", "one-second", "--seeds", "1", "--jobs", "1", "--dataset", dataset]
    document = run_json(*words, "--mirror", mirror)
    assert document["dataset"] == dataset
    (preset,) = document["presets"]
    assert preset["verdict"] == "another dataset"
