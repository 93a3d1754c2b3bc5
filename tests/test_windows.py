"""Every command on a system without what Windows lacks; ``tests/windows.py`` has the limits."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from nntrain.runs.run import Run
from tests.conftest import REPOSITORY, make_idx_folder
from tests.kills import lonely

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")

SMALL = ["--hidden", "5", "--epochs", "1"]
ODD = r"C:\new\t$1"
"""A path of Windows with a drive; here it is a plain name."""


def commands(folder, *all_words):
    """Run commands one after another; return exit code, stdout and stderr of each."""
    kept = {name: value for name, value in os.environ.items() if name != "NNTRAIN_NO_REPORT"}
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-m", "tests.windows"],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(REPOSITORY)},
        input=json.dumps(all_words),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert (done.stderr, done.returncode) == ("", 0), done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a dataset under two names, and a picture."""
    folder = tmp_path_factory.mktemp("windows")
    make_idx_folder(folder / "digits", 600, 200, side=28)
    shutil.copytree(folder / "digits", folder / ODD)
    Image.fromarray(np.eye(28, dtype=np.uint8) * 255).save(folder / "line.png")
    return folder


def test_every_command_works(folder):
    fit = ["fit", *SMALL, "--name"]
    experiment = ["--dataset", "digits", *SMALL, "--seeds", "1", "--name"]
    all_words = [
        [*fit, "a", "--dataset", "digits"],
        ["fit", "--resume", "a", "--epochs", "2"],
        [*fit, "a", "--dataset", "digits", "--overwrite"],
        [*fit, "b", "--dataset", ODD, "--data-dir", ODD],
        ["evaluate", "latest", "--predictions", "b.csv", "--svg", "b.svg"],
        ["runs"],
        *(["export", "a", "--format", name] for name in ("npz", "onnx", "safetensors")),
        ["import", "a.npz", "--name", "c", "--dataset", "digits"],
        ["predict", "line.png", "--run", "a", "--csv", "line.csv"],
        ["report", "a", "b"],
        ["sweep", *experiment, "grid", "--vary", "learning_rate=0.1,0.2", "--jobs", "2"],
        ["compare-costs", *experiment, "costs"],
        ["report", "grid"],
        ["data", "list"],
        ["data", "show", "digits"],
        ["softmax", "1", "2", "3"],
        ["reproduce", "--list"],
        ["--help"],
    ]
    for words, (code, out, err) in zip(all_words, commands(folder, *all_words), strict=True):
        assert code == 0, (words, code, err)
        assert "\r\n" in out + err, words
        assert "Traceback" not in err, words
    runs = folder / "runs"
    assert not (runs / "latest").is_symlink()
    assert len(Run(runs / "a").history()) == 1
    assert Run(runs / "b").settings().data_dir == ODD
    assert Run(runs / "b").settings().dataset == str(folder / ODD)
    for page in ("a/report.html", "side-by-side.html", "grid/report.html", "costs/report.html"):
        assert "</html>" in (runs / page).read_text("utf-8"), page
    for written in ("b.csv", "b.svg", "line.csv", "a.npz", "a.onnx", "a.safetensors"):
        assert (folder / written).stat().st_size, written
    assert not list(folder.rglob(".*"))


DOWNLOADED = """
from dataclasses import replace
from pathlib import Path
from tests import windows  # from here on it is
from nntrain.data.cache import cached_arrays
from tests.data.made import BOTH, SOUND, names, tiny
from tests.faultserver import FaultServer

made, folder = tiny(), Path("data", "tiny")
with FaultServer(made.files) as server:
    entry = replace(made.entry, mirrors=(server.base("good"),))
    for damage in ("", "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte.gz"):
        if damage:
            (folder / damage).write_bytes(b"damaged")
            (folder / damage.removesuffix(".gz")).unlink()
        arrays = cached_arrays(entry, Path("data"))
        assert all(map(lambda a, b: (a == b).all(), arrays, SOUND))
        del arrays  # what is mapped cannot be replaced
        assert [name for name in names(folder) if not name.endswith(".bad")] == BOTH
print("done")
"""


def test_a_dataset_is_downloaded_unpacked_and_repaired(tmp_path):
    assert lonely(DOWNLOADED, tmp_path) == "done\n"


def test_an_impossible_request_is_one_line(folder):
    fit = ["fit", "--dataset", "digits", *SMALL, "--name"]
    offline = ["fit", "--dataset", "kmnist", "--offline", "--data-dir", "my data"]
    (folder / "my data").mkdir()
    results = commands(folder, [*fit, "a:b"], [*fit, "nul"], offline)
    told = (
        "Cannot write runs/a:b: The filename",
        "Cannot write runs/nul: The filename",
        'run `nntrain data download kmnist --data-dir "my data"`',
    )
    for words, (code, _, err) in zip(told, results, strict=True):
        assert (code, err.count("\r\n")) == (1, 1), err
        assert words in err
