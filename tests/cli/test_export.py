"""nntrain export, as typed."""

import json
import sys

import numpy as np
import onnxruntime
import pytest
from safetensors.numpy import load_file

from nntrain.exchange.formats import FORMATS
from nntrain.runs.run import find
from tests.cli.helpers import run, run_json
from tests.conftest import make_idx_folder
from tests.exchange.helpers import BookNetwork

SIGMOID = ["--activation", "sigmoid", "--output", "sigmoid+cross-entropy"]
SMALL = ["--hidden", "12", "--epochs", "1"]


def test_the_newest_run_is_written_here_under_its_own_name(fitted):
    shown = run("export", "--format", "npz")
    assert (fitted / "base.npz").read_bytes() == (fitted / "runs/base/model.npz").read_bytes()
    assert "Wrote base.npz: [784, 12, 10], relu hidden layer" in shown.stderr
    assert "numpy.load('base.npz')" in shown.stderr
    assert shown.stdout == ""


def test_each_format_is_read_by_its_own_reader(fitted, tiny):
    run("fit", "--dataset", tiny, *SMALL, *SIGMOID, "--name", "book", "-q")
    for name in FORMATS:
        run("export", "book", "--format", name, "-q")
    model = find(fitted / "runs", "book").model()
    inputs = np.random.default_rng(0).random((5, 784)).astype(np.float32)
    expected = model.outputs(inputs)
    session = onnxruntime.InferenceSession("book.onnx")
    np.testing.assert_allclose(session.run(None, {"pixels": inputs})[0], expected, atol=1e-5)
    book = BookNetwork(fitted / "book.json")
    np.testing.assert_allclose(book.feedforward(inputs[0][:, None])[:, 0], expected[0], atol=1e-5)
    assert load_file("book.safetensors")["2.bias"].tobytes() == model.biases[1].tobytes()
    assert (fitted / "book.npz").read_bytes() == (fitted / "runs/book/model.npz").read_bytes()


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("onnx", "any ONNX runtime; Netron draws it"),
        ("safetensors", "PyTorch or JAX; Netron lists it"),
        ("npz", "NumPy, or nntrain import"),
    ],
)
def test_it_says_what_opens_the_file(fitted, name, opens):
    said = run("export", "--format", name, "--output", f"opens.{name}").stderr
    assert f"Opens in {opens}. Read it in Python with:" in said


def test_the_ending_of_output_names_the_format(fitted):
    run("export", "base", "--output", "there.onnx")
    assert onnxruntime.InferenceSession("there.onnx").get_inputs()[0].shape == ["batch", 784]
    run("export", "base", "--output", "there.data", "--format", "npz")
    assert (fitted / "there.data").read_bytes().startswith(b"PK")


def test_json(fitted):
    document = run_json("export", "base", "--format", "safetensors")
    assert document["schema"] == "nntrain/export/1"
    assert document["file"] == "base.safetensors"
    assert document["size_bytes"] == (fitted / "base.safetensors").stat().st_size
    assert document["sizes"] == [784, 12, 10]
    assert document["output"] == "softmax+log-likelihood"
    assert document["classes"] == list("0123456789")
    assert "nn.Linear(784, 12)" in document["recipe"]


def test_quiet_says_nothing(fitted):
    assert run("export", "--format", "npz", "-q").output == ""


def test_nothing_is_overwritten_unasked(fitted):
    (fitted / "base.npz").write_text("mine")
    shown = run("export", "--format", "npz", expect=1)
    assert "is not overwritten" in shown.stderr
    assert (fitted / "base.npz").read_text() == "mine"
    run("export", "--format", "npz", "--overwrite")
    assert (fitted / "base.npz").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "Cannot tell the format: expected --format, or an"),
        (["--output", "x.txt"], 2, "Cannot tell the format of x.txt: expected"),
        (["--output", "x.npy"], 2, "ends in .onnx, .safetensors, .npz, .json. Did you mean 'npz'"),
        (["--output", "x.npz", "--format", "onnx"], 2, "disagree"),
        (["--format", "onx"], 2, "Did you mean 'onnx'?"),
        (["--format", "json"], 1, "only sigmoid neurons"),
        (["bse", "--format", "npz"], 1, "Did you mean 'base'?"),
        (["--format", "npz", "--output", "no/such/x.npz"], 2, "the folder no/such does not exist"),
        (["--format", "npz", "--output", "runs"], 2, "is a directory"),
    ],
)
def test_an_impossible_request_is_one_line(fitted, words, code, said):
    shown = run("export", *words, expect=code)
    assert said in shown.stderr
    assert shown.stderr.splitlines()[-1].startswith("Error: ")


def test_a_missing_extra_is_one_line_and_leaves_nothing(fitted, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert run("export", "--format", "onnx", expect=1).stderr == (
        "Error: ONNX needs an extra that is not installed: pip install 'nntrain[onnx]'\n"
    )
    assert not (fitted / "base.onnx").exists()


def test_the_other_formats_need_no_extra(fitted, tiny, monkeypatch):
    for library in ("onnx", "safetensors", "torch"):
        monkeypatch.setitem(sys.modules, library, None)
    run("fit", "--dataset", tiny, *SMALL, *SIGMOID, "--name", "book", "-q")
    for name in set(FORMATS) - {"onnx"}:
        run("export", "book", "--format", name)


def test_a_dataset_of_other_size_and_classes(home):
    folder = make_idx_folder(home / "images", classes=3, side=8)
    run("fit", "--dataset", folder, "--hidden", "0", "--epochs", "1", "--name", "r", "-q")
    run("export", "r", "--format", "onnx", "-q")
    session = onnxruntime.InferenceSession("r.onnx")
    assert session.get_inputs()[0].shape == ["batch", 64]
    properties = session.get_modelmeta().custom_metadata_map
    assert json.loads(properties["classes"]) == ["0", "1", "2"]
