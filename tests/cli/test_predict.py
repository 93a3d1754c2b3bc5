import csv
import json
import os
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

import nntrain
from benchmarks.photographs import photograph
from nntrain.data import idx
from nntrain.data.catalogue import CATALOGUE
from nntrain.data.synthetic.generate import generate
from nntrain.runs.run import Run
from tests.cli.conftest import SMALL
from tests.cli.helpers import process, run, run_json
from tests.conftest import make_idx_folder

READS = (
    *("--augment", "none", "--learning-rate", "0.1", "--hidden", "40"),
    *("--epochs", "6", "--batch-size", "20"),
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder of runs, with one that has learnt to read synthetic digits."""
    home = tmp_path_factory.mktemp("trained")
    images, labels = generate(3000, seed=5)
    for prefix, part in (("train", slice(200, None)), ("t10k", slice(200))):
        idx.write(home / f"{prefix}-images-idx3-ubyte", images[part])
        idx.write(home / f"{prefix}-labels-idx1-ubyte", labels[part])
    runs_dir = home / "runs"
    run("fit", "--dataset", home, *READS, "--runs-dir", runs_dir, "--name", "reads", "-q")
    return runs_dir


@pytest.fixture
def digits(home, trained, monkeypatch):
    """A working directory with ``digits/<class>/<n>.png``, three of each class."""
    monkeypatch.setenv("NNTRAIN_RUNS_DIR", str(trained))
    images, labels = generate(30, seed=9)
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = home / "digits" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{index}.png")
    return home


def lines(text):
    return text.strip().splitlines()


def test_one_picture_is_shown_and_answered(digits):
    (path, *_) = (digits / "digits" / "7").iterdir()
    shown = run("predict", path).stdout
    assert "7, probability " in shown
    assert "runner-up" in shown
    assert "█" in shown
    assert max(map(len, lines(shown))) <= max(80, len(str(path)))


def test_folders_named_by_class_give_the_accuracy(digits):
    document = run_json("predict", "digits")
    right = sum(entry["true"] == entry["predicted"] for entry in document["pictures"])
    assert document["schema"] == "nntrain/predict/1"
    assert document["accuracy"]["n"] == 30
    assert document["accuracy"]["successes"] == right >= 25
    assert document["accuracy"]["low"] < document["accuracy"]["estimate"]
    shown = run("predict", "digits").stdout
    assert f"{right} of 30" in shown
    assert "95 % interval" in shown


def test_json_and_csv_say_the_same(digits):
    document = run_json("predict", "digits", "--csv", "answers.csv")
    rows = list(csv.DictReader((digits / "answers.csv").read_text().splitlines()))
    assert document["run"].endswith("reads")
    assert list(document) == [
        "schema", "run", "sizes", "output", "distribution", "classes", "normalised", "pictures",
        "failed", "accuracy",
    ]  # fmt: skip
    shown = ["file", "true", "predicted", "runner_up"]
    assert list(document["pictures"][0]) == [*shown, "confidence", "outputs", "digit", "note"]
    assert list(rows[0]) == [
        *shown,
        *(f"output_{k}" for k in range(10)),
        "problem",
        "digit",
        "note",
    ]
    for entry, row in zip(document["pictures"], rows, strict=True):
        assert (entry["file"], entry["true"]) == (row["file"], row["true"])
        outputs = [float(row[f"output_{name}"]) for name in document["classes"]]
        assert outputs == pytest.approx(entry["outputs"])
        assert sum(outputs) == pytest.approx(1)
        order = sorted(range(10), key=lambda j: -entry["outputs"][j])
        assert entry["predicted"] == row["predicted"] == document["classes"][order[0]]
        assert entry["runner_up"] == row["runner_up"] == document["classes"][order[1]]
        assert entry["confidence"] == max(entry["outputs"])
        assert row["problem"] == ""


def test_unusable_pictures_are_one_line_each_and_the_rest_is_classified(digits):
    good = next((digits / "digits" / "3").iterdir())
    content = good.read_bytes()
    (digits / "cut.png").write_bytes(content[: len(content) // 2])
    (digits / "text.png").write_text("three")
    Image.new("L", (60, 60), 255).save("blank.png")
    bad = ["cut.png", "text.png", "blank.png", "none.png"]
    words = [bad[0], bad[1], good, bad[2], bad[3]]
    done = run("predict", *words, "--csv", "answers.csv", expect=1)
    assert [line.split(": ")[:2] for line in lines(done.stderr)] == [["Error", b] for b in bad]
    assert "3, probability" in done.stdout
    document = json.loads(run("predict", *words, "--json", "-q", expect=1).stdout)
    assert [entry["file"] for entry in document["failed"]] == bad
    assert [entry["predicted"] for entry in document["pictures"]] == ["3"]
    assert document["accuracy"] is None
    rows = list(csv.DictReader((digits / "answers.csv").read_text().splitlines()))
    assert [(row["file"], row["problem"] != "") for row in rows[1:]] == [(b, True) for b in bad]


def test_nothing_but_failures(digits):
    done = run("predict", "none.png", "--csv", "answers.csv", expect=1)
    assert done.stdout == ""
    assert len(lines(done.stderr)) == 1
    assert not (digits / "answers.csv").exists()


def test_names_cannot_control_the_terminal(digits):
    (digits / "evil\x1b]0;x\x07.png").write_bytes(b"")
    done = process("predict", "evil\x1b]0;x\x07.png", cwd=digits)
    assert done.returncode == 1
    assert "\x1b" not in done.stderr + done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_a_picture_whose_name_is_not_text_is_still_classified(digits):
    (path, *_) = (digits / "digits" / "7").iterdir()
    shutil.copy(path, digits / os.fsdecode(b"n\xff.png"))
    done = process("predict", digits / os.fsdecode(b"n\xff.png"), "--csv", "a.csv", cwd=digits)
    assert (done.returncode, done.stderr) == (0, "")
    assert "n\\udcff.png,,7," in (digits / "a.csv").read_text()


def test_sigmoid_outputs_are_called_activations(home, tiny, digits):
    words = ["--output", "sigmoid+cross-entropy", "--runs-dir", "here", "-q"]
    run("fit", "--dataset", tiny, *SMALL, *words)
    shown = run("predict", "digits", "--runs-dir", "here").stdout
    shown += run("predict", "digits/1", "--runs-dir", "here").stdout
    assert "activation" in shown
    assert "probabilit" not in shown
    assert run_json("predict", "digits", "--runs-dir", "here")["distribution"] is False


def test_a_network_for_smaller_images(digits):
    small = make_idx_folder(digits / "small", 60, 20, side=8)
    run("fit", "--dataset", small, *SMALL, "--runs-dir", "here", "--name", "small", "-q")
    document = run_json("predict", "digits/1", "--runs-dir", "here", "--run", "small")
    assert document["sizes"][0] == 64
    assert len(document["pictures"]) == 3


def test_the_dataset_need_not_be_there(home, tiny):
    gone = home / "gone"
    gone.symlink_to(tiny)
    run("fit", "--dataset", "gone", *SMALL, "-q")
    gone.unlink()
    Image.fromarray(generate(1, 0)[0][0]).save("x.png")
    run("predict", "x.png")


@pytest.mark.parametrize(("lines", "least"), [("", 8), ("ruled", 7), ("squared", 7)])
def test_photographs(digits, lines, least):
    rng = np.random.default_rng(2)
    images, labels = generate(10, seed=11)
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = digits / "photographs" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        photo = Image.fromarray(photograph(image, rng, lines=lines))
        photo.save(folder / f"{index}.jpg", quality=90)
    assert run_json("predict", "photographs")["accuracy"]["successes"] >= least


def test_a_picture_of_the_answer(digits):
    run("predict", "digits/0", "--svg", "answer.svg")
    assert "probability" in (digits / "answer.svg").read_text().replace("&#160;", " ")


def test_a_picture_has_to_be_named(home):
    assert "IMAGE" in run("predict", expect=2).stderr


def test_without_pillow_one_line_names_the_extra(digits):
    (digits / "PIL").mkdir()
    (digits / "PIL" / "__init__.py").write_text("raise ImportError('not here')")
    done = process("predict", "x.png", cwd=digits, env={"PYTHONPATH": str(digits)})
    assert done.returncode == 1
    assert "pip install 'nntrain[report]'" in done.stderr
    assert len(lines(done.stderr)) == 1


def test_a_row_of_digits(digits):
    images, labels = generate(8, seed=21)
    Image.fromarray(np.concatenate(list(255 - images), axis=1)).save("row.png")
    entries = run_json("predict", "--line", "row.png", "--csv", "row.csv")["pictures"]
    assert [entry["digit"] for entry in entries] == list(range(1, 9))
    right = [
        entry["predicted"] == str(label) for entry, label in zip(entries, labels, strict=True)
    ]
    assert sum(right) >= 7
    rows = list(csv.DictReader((digits / "row.csv").read_text().splitlines()))
    assert [row["digit"] for row in rows] == [str(place) for place in range(1, 9)]
    read = " ".join(entry["predicted"] for entry in entries)
    assert read in run("predict", "--line", "row.png").stdout
    assert run_json("predict", "row.png")["pictures"][0]["note"].startswith("may be more than one")
    assert "exclude" in run("predict", "--line", "--as-is", "row.png", expect=2).stderr


def test_heic_files_are_counted(digits):
    for name in ("a.heic", "b.heic"):
        (digits / "digits" / name).write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    *each, count = lines(run("predict", "digits", expect=1).stderr)
    assert [line.split(": ")[1] for line in each] == ["digits/a.heic", "digits/b.heic"]
    assert "2 HEIC files" in count


def as_pngs(folder, images, labels):
    for index, (image, label) in enumerate(zip(images, labels, strict=True)):
        (folder / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.asarray(image)).save(folder / str(label) / f"{index:05}.png")


def test_real_digits_as_png_are_answered_as_from_idx(digits, real_mnist, trained):
    images = idx.read(real_mnist / "t10k-images-idx3-ubyte.gz")[:300]
    labels = idx.read(real_mnist / "t10k-labels-idx1-ubyte.gz")[:300]
    as_pngs(digits / "real", images, labels)
    expected = Run(trained / "reads").model().weighted_inputs(images).argmax(axis=1)
    entries = run_json("predict", "real")["pictures"]
    predicted = {int(entry["file"][-9:-4]): int(entry["predicted"]) for entry in entries}
    assert [predicted[index] for index in range(300)] == expected.tolist()


@pytest.mark.slow
def test_all_real_test_digits_as_png_with_the_default_network(home, real_mnist):
    (home / "data" / "mnist").mkdir(parents=True)
    for file in CATALOGUE["mnist"].files:
        raw = idx.read(real_mnist / file.name)
        idx.write(home / "data" / "mnist" / file.raw_name, raw)
    run("fit", "-q", "--offline")
    images = idx.read(real_mnist / "t10k-images-idx3-ubyte.gz")
    as_pngs(home / "real", images, idx.read(real_mnist / "t10k-labels-idx1-ubyte.gz"))
    (found, *_) = (path for path in (home / "runs").iterdir() if not path.is_symlink())
    expected = Run(found).model().weighted_inputs(images).argmax(axis=1)
    entries = run_json("predict", "real")["pictures"]
    same = [int(e["predicted"]) == expected[int(e["file"][-9:-4])] for e in entries]
    assert len(same) == 10_000
    assert np.mean(same) >= 0.999


def test_runs_on_arrays_answer_with_their_labels_and_tables_refuse_pictures(home):
    images, labels = generate(300, seed=5)
    words = np.array(["none", "one", "two", "three", "four", *"56789"])[labels]
    options = {"hidden": [40], "epochs": 8, "learning_rate": 0.1, "batch_size": 20}
    for name, x in (("bytes", images), ("floats", images / 255), ("table", images[:, 14])):
        data = nntrain.Dataset.from_arrays(x, words)
        nntrain.fit(data, save=name, augment="none", **options)
    Image.fromarray(images[0]).save(home / "first.png")
    for name in ("bytes", "floats"):
        answers = run_json("predict", "--run", name, "first.png")
        assert answers["classes"] == sorted(set(words))
        assert answers["pictures"][0]["predicted"] == words[0]
        assert words[0] in run("predict", "--run", name, "first.png").stdout
    done = run("predict", "--run", "table", "first.png", expect=1)
    assert "table of 28 features" in done.stderr
    assert len(lines(done.stderr)) == 1
