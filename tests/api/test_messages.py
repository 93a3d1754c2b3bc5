"""Messages name Python's arguments; warnings point at the caller's line."""

import re
import subprocess
import sys
import warnings

import numpy as np
import pytest

import nntrain
from nntrain.errors import speaks_of_options
from tests.api.conftest import rows
from tests.cli.helpers import run as command


@pytest.fixture(scope="module")
def sigmoid(table):
    return nntrain.fit(table, output="sigmoid+q", hidden=[], epochs=1)


CALLS = {
    "calibrate=True fits": lambda run, table: nntrain.evaluate(run, calibrate=True),
    "Choose another name to save it, or replace it with overwrite=True": lambda run, table: [
        nntrain.fit(table, hidden=[], epochs=1, save="first") for _ in range(2)
    ],
    "Choose another path, or replace it with overwrite=True": lambda run, table: [
        run.network.save("m.npz") for _ in range(2)
    ],
    "because overwrite=True does not replace": lambda run, table: [
        make(table, save="both", epochs=1, hidden=[]) for make in (compared, nntrain.fit)
    ],
    "offline=True forbids": lambda run, table: nntrain.load_dataset("kmnist", offline=True),
    "mirrors=[URL], or copy": lambda run, table: nntrain.load_dataset(
        "kmnist", mirrors="http://127.0.0.1:1/"
    ),
    "choose another folder with runs_dir": lambda run, table: nntrain.fit(
        table, hidden=[], epochs=1, save="a", runs_dir="/proc/nowhere"
    ),
    "expected one of train, validation, test": lambda run, table: nntrain.evaluate(
        run, split=None
    ),
}


def compared(table, **options):
    return nntrain.compare_costs(table, seeds=1, start="random", output="sigmoid+q", **options)


@pytest.mark.parametrize("words", CALLS)
def test_a_message_from_python_names_arguments_and_no_option(
    words, sigmoid, table, inside, monkeypatch
):
    monkeypatch.setattr("nntrain.data.download.fetch.MAX_ATTEMPTS", 1, raising=False)
    with pytest.raises(nntrain.NntrainError) as caught:
        CALLS[words](sigmoid, table)
    assert words in str(caught.value)
    assert not re.search(r"(?<!\S)--[a-z]", re.sub("`.*?`", "", str(caught.value)))


def test_the_same_message_in_a_command_names_the_option(images, inside):
    words = ["--dataset", images.folder, "--hidden", 5, "--epochs", 1, "--name", "first"]
    command("fit", *words, "--output", "sigmoid+q")
    assert (
        "another --name, or replace it with --overwrite" in command("fit", *words, expect=1).stderr
    )
    assert "--calibrate fits" in command("evaluate", "first", "--calibrate", expect=1).stderr
    assert not speaks_of_options()  # after a command


def test_one_mirror_is_an_address_and_not_a_list_of_letters(inside, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "nntrain.api.datasets.load", lambda *_, mirrors, **__: asked.append(tuple(mirrors))
    )
    for mirrors in "http://a/", ["http://a/"]:
        with pytest.raises(AttributeError):  # it has no dataset
            nntrain.load_dataset("mnist", mirrors=mirrors)
    assert asked == [("http://a/",)] * 2


def seen_in_training(table):
    return nntrain.fit(table, hidden=[], epochs=1, train_on="all")


PIXELS = np.random.default_rng(0).integers(256, size=(60, 4)).astype(float)
WARNS = {
    "from_arrays": lambda table: nntrain.Dataset.from_arrays(PIXELS, rows(60)[1]),
    "predict": lambda table: nntrain.fit(table, hidden=[], epochs=1).network.predict(PIXELS),
    "predict_proba": lambda table: seen_in_training(table).network.predict_proba(PIXELS),
    "evaluate": lambda table: nntrain.evaluate(seen_in_training(table), split="validation"),
    "calibrate": lambda table: nntrain.evaluate(seen_in_training(table), calibrate=True),
}


@pytest.mark.parametrize("call", WARNS)
def test_a_warning_points_at_the_callers_line(call, table):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        WARNS[call](table)
    (warning,) = caught
    assert warning.category is UserWarning
    assert warning.filename == __file__
    assert warning.lineno == WARNS[call].__code__.co_firstlineno


def sixteenths(kind):
    """Arrays from 0 to 16, as those of scikit-learn's digits."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(17, size=(90, 4)), np.arange(90) % 3
    return x.astype(kind), y, nntrain.Dataset.from_arrays(x.astype(kind), y)


@pytest.mark.parametrize(("kind", "other"), [(np.uint8, float), (float, np.uint8)])
@pytest.mark.parametrize("loaded", [False, True])
def test_pixels_are_not_taken_for_numbers_in_silence_nor_the_reverse(kind, other, loaded, inside):
    x, _, dataset = sixteenths(kind)
    run = nntrain.fit(dataset, hidden=[], epochs=1, save="mine")
    run.network.save("m.npz")
    run = nntrain.load_run("mine") if loaded else run
    network = nntrain.load_network("m.npz") if loaded else run.network
    _, _, others = sixteenths(other)
    for name, wrong in {
        "x": lambda: network.predict(x.astype(other)),
        "the test part of 'arrays'": lambda: nntrain.evaluate(run, others),
    }.items():
        with pytest.warns(UserWarning, match=f"^{name} is .*The network was trained on") as told:
            wrong()
        assert len(told) == 1
        assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network.predict(x)
        nntrain.evaluate(run, dataset)
        if kind is np.uint8:
            np.testing.assert_array_equal(network.predict(x / 255), network.predict(x))


def test_a_run_on_files_of_pixels_warns_of_numbers_once(images):
    network = nntrain.fit(images, hidden=[], epochs=1).network
    x = images.test.images[:9]
    for numbers, told in ((x / 255 * 16, "trained on uint8"), (x * 1.0, "like pixels")):
        with pytest.warns(UserWarning, match=told) as caught:
            network.predict(numbers)
        assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network.predict(x / 255)
        network.predict(np.zeros((1, 784)))


UNGUARDED = """
import numpy as np, pathlib
import nntrain
with open("started", "a") as file:
    file.write(".")
rng = np.random.default_rng(0)
y = rng.integers(2, size=200)
data = nntrain.Dataset.from_arrays(rng.normal(size=(200, 3)) + y[:, None], y)
nntrain.fit(data, hidden=[3], epochs=1, save="first")
nntrain.compare_costs(data, seeds=2, epochs=1, start="random", jobs=2, save="costs")
"""


def test_processes_of_a_script_without_a_main_guard_are_one_clear_error(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("nntrain.errors.WorkerError: ")
    assert 'if __name__ == "__main__":' in last
    assert done.stderr.count('script.py", line') == 1  # the workers print nothing
    assert len((tmp_path / "started").read_text("utf-8")) <= 1 + 2
