"""Hostile files through the command line: an exit code, one line, no traceback."""

import json
import os
import re

import numpy as np
import pytest

from nntrain.runs import run as runs
from nntrain.storage.array_file import read_arrays, write_arrays
from tests.cli.conftest import SMALL
from tests.cli.helpers import process, run, run_json
from tests.conftest import make_idx_folder
from tests.hostile.archives import ATTACKS

SOME_ATTACKS = (
    "empty",
    "a bomb",
    "objects",
    "a terabyte announced",
    "up and away",
    "a name twice",
)
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
EVIL = "a\x1b[31m[red]b[bold]\x9b2J\x07\u061c\u200e\u200f\u202e\u2066c"


@pytest.fixture
def begun(fitted):
    """A working directory with a run to resume, whose path is returned."""
    return fitted / "runs" / "base"


def refused(result, *words):
    """Check that stderr is one line with the words in it."""
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("Error: ")
    assert not CONTROL.search(lines[0])
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize("attack", SOME_ATTACKS)
@pytest.mark.parametrize("command", ["evaluate", "verify base"])
def test_a_hostile_model_is_exit_1(begun, attack, command):
    path = begun / "model.npz"
    path.write_bytes(ATTACKS[attack][0](path.read_bytes()))
    refused(run(*command.split(), "-q", expect=1), "model.npz", "Train again")


@pytest.mark.parametrize("attack", SOME_ATTACKS)
def test_a_hostile_checkpoint_is_exit_1_and_nothing_is_changed(begun, attack):
    path = begun / "checkpoint.npz"
    path.write_bytes(ATTACKS[attack][0](path.read_bytes()))
    before = {file.name: file.read_bytes() for file in begun.iterdir()}
    refused(run("fit", "--resume", "base", "--epochs", "3", "-q", expect=1), "checkpoint.npz")
    assert {file.name: file.read_bytes() for file in begun.iterdir()} == before


@pytest.mark.parametrize("text", ["epochs = 0", "epochs = [[[[", "nonsense = 1", "seed = 1e400"])
@pytest.mark.parametrize("command", ["evaluate", "verify base", "fit --resume base"])
def test_hostile_settings_of_a_run_are_exit_2_and_name_the_file(begun, text, command):
    (begun / "settings.toml").write_text(text)
    refused(run(*command.split(), "-q", expect=2), "settings.toml")


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"a": NaN}', "\0", "[]", "\x1b[2J"])
@pytest.mark.parametrize("name", ["history.jsonl", "provenance.json"])
def test_hostile_json_is_exit_1_where_a_run_is_resumed(begun, name, text):
    (begun / name).write_text(text + "\n")
    result = run("fit", "--resume", "base", "--epochs", "3", "-q", expect=1)
    refused(result, name, "Restore it")


def say(begun, **facts):
    """Write other facts into the run's provenance.json."""
    path = begun / "provenance.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


@pytest.mark.parametrize("resumed", [5, "abc", {"a": 1}, None, True])
def test_resumptions_that_are_no_list_are_exit_1(begun, resumed):
    say(begun, resumed=resumed)
    refused(run("fit", "--resume", "base", "--epochs", "3", "-q", expect=1), "provenance.json")


@pytest.mark.parametrize("examples", [0, -5, True, "60", None, 1.5, [1], 10**18])
def test_any_number_of_training_examples_gives_a_report_without_nan(begun, examples):
    say(begun, training_examples=examples)
    settings = (begun / "settings.toml").read_text()
    (begun / "settings.toml").write_text(
        settings.replace("weight_decay = 0.0", "weight_decay = 5")
    )
    assert np.isfinite(run_json("evaluate")["cost"])


@pytest.mark.parametrize("costs", [(1e308, -1e308), (-1e308, 5e-324), (1e308, 1e308)])
def test_any_finite_costs_of_a_history_are_shown(begun, monkeypatch, costs):
    monkeypatch.delenv("NNTRAIN_NO_REPORT", raising=False)
    path = begun / "history.jsonl"
    epochs = [json.loads(line) for line in path.read_text().splitlines()]
    for epoch, cost in zip(epochs, costs, strict=True):
        epoch |= {"train_cost": cost, "validation_cost": -cost}
    path.write_text("".join(f"{json.dumps(epoch)}\n" for epoch in epochs))
    assert "Learning curves" in run("evaluate", "--full").stdout
    run("report")
    resumed = run("fit", "--resume", "base", "--epochs", "3", "--full")
    assert "Learning curves" in resumed.stdout
    assert "Could not make" not in resumed.stderr


@pytest.mark.parametrize("source", [5, ["x"], {"a": EVIL}, EVIL, True])
def test_whatever_a_run_says_it_was_imported_from(begun, source):
    say(begun, imported_from=source)
    for words in (["runs"], ["evaluate", "--section", "result"], ["runs", "--json"]):
        result = run(*words)
        assert not CONTROL.search(result.output)


@pytest.mark.parametrize("name", ["evaluation.json", "history.jsonl", "provenance.json"])
def test_a_run_that_cannot_be_read_is_listed_all_the_same(begun, name):
    (begun / name).write_text("{\x1b[2J\n")
    assert "Cannot read" in " ".join(run("runs").stdout.split())
    (row,) = run_json("runs")["runs"]
    assert name in row["problem"]


def test_large_weights_are_a_clear_refusal(begun, recwarn):
    path = begun / "model.npz"
    for size in (1e20, 3e38):
        arrays = read_arrays(path)
        scaled = {
            name: np.full_like(array, size) if array.dtype == np.float32 else array
            for name, array in arrays.items()
        }
        write_arrays(path, scaled)
        for words in (["evaluate"], ["evaluate", "--calibrate"], ["evaluate", "--json"]):
            refused(run(*words, "-q", expect=1), "not finite", "smaller learning rate")
        refused(run("verify", "base", "-q", expect=1), "not finite")
    assert not recwarn.list


class TestExperiments:
    def sweep(self, tiny, *words, expect=0):
        fixed = ("--dataset", tiny, *SMALL, "--seeds", "1", "--jobs", "1", "--name", "s")
        return run("sweep", *fixed, "--vary", "learning_rate=0.1,0.2", *words, expect=expect)

    def test_a_hostile_outcome_is_reported_and_trained_again(self, home, tiny):
        whole = json.loads(self.sweep(tiny, "--json").stdout)
        for attack, (change, _) in ATTACKS.items():
            if attack in SOME_ATTACKS:
                path = sorted((home / "runs" / "s" / "trainings").iterdir())[0]
                path.write_bytes(change(path.read_bytes()))
                result = self.sweep(tiny, "--resume")
                assert "is damaged and will be trained again" in " ".join(result.stderr.split())
        again = json.loads(self.sweep(tiny, "--resume", "--json").stdout)
        assert again["winner"]["test"] == whole["winner"]["test"]

    @pytest.mark.parametrize(
        "text", ["x = [[[", "kind = 1", "kind = 'sweep'\nepochs = '\\u001b[2J'"]
    )
    def test_a_hostile_description_causes_no_traceback(self, home, tiny, text):
        self.sweep(tiny, "-q")
        (home / "runs" / "s" / "experiment.toml").write_text(text)
        code = 1 if "[[" in text else 2
        refused(
            self.sweep(tiny, "--resume", expect=code),
            "differs" if "sweep" in text else "experiment",
        )


class TestControlCharacters:
    """Markup and escape sequences come out as text, whatever brings them."""

    @pytest.fixture
    def evil(self, tmp_path, monkeypatch):
        """A dataset, a run and a directory of runs with such names."""
        monkeypatch.chdir(tmp_path)
        folder = make_idx_folder(tmp_path / EVIL / "data", 60, 20, side=6)
        run("fit", "--dataset", folder, *SMALL, "--name", "x", "--runs-dir", EVIL + "/runs", "-q")
        (tmp_path / EVIL / "runs" / "x").rename(tmp_path / EVIL / "runs" / EVIL)
        (tmp_path / EVIL / "runs" / "latest").unlink()
        return tmp_path

    def harmless(self, result, shown=True):
        assert not CONTROL.search(result.output)
        if shown:
            text = "".join(result.output.split())
            assert "[red]b[bold]" in text
            assert "\\x1b[31m" in text
            assert "\\x9b2J" in text
        return result

    @pytest.mark.parametrize(
        "words",
        [
            ["runs"],
            ["evaluate"],
            ["evaluate", "--calibrate"],
            ["evaluate", EVIL],
            ["verify", EVIL],
        ],
    )
    def test_in_reports(self, evil, few_cases, words):
        self.harmless(run(*words, "--runs-dir", EVIL + "/runs"))

    def test_where_a_run_begins_and_ends(self, evil):
        data = ["--dataset", f"{EVIL}/data", *SMALL, "--name", "y", "--runs-dir", EVIL + "/runs"]
        self.harmless(run("fit", *data))
        self.harmless(run("fit", *data, expect=1))  # it exists already
        self.harmless(run("fit", "--resume", "y", "--runs-dir", EVIL + "/runs"))

    def test_of_datasets(self, evil):
        self.harmless(run("data", "show", f"{EVIL}/data", "--count", "2"), shown=False)
        self.harmless(run("data", "verify", f"{EVIL}/data"), shown=False)

    def test_in_errors(self, evil):
        (evil / EVIL / "runs" / EVIL / "model.npz").write_bytes(b"")
        self.harmless(run("evaluate", "--runs-dir", EVIL + "/runs", expect=1))
        (evil / "s.toml").write_text(f"epochs = {json.dumps(EVIL)}")
        self.harmless(run("fit", "s.toml", expect=2))
        (evil / "s.toml").write_text(f"{json.dumps(EVIL)} = 1")
        self.harmless(run("fit", "s.toml", expect=2))

    def test_in_json_they_are_escaped_and_come_back(self, evil):
        result = run("runs", "--runs-dir", EVIL + "/runs", "--json")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", result.stdout)
        assert json.loads(result.stdout)["runs"][0]["name"] == EVIL

    def test_in_a_picture_they_are_text(self, evil):
        run("evaluate", "--runs-dir", EVIL + "/runs", "--svg", "e.svg", "-q")
        assert not CONTROL.search((evil / "e.svg").read_text(encoding="utf-8"))

    def test_on_a_terminal_with_colours(self, evil):
        env = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "300"}
        done = process("runs", "--runs-dir", EVIL + "/runs", env=env, cwd=evil)
        assert "\x1b[" in done.stdout, "there are colours of ours"
        assert "\x1b[31m" not in done.stdout
        assert "\\x1b[31m[red]" in done.stdout

    def test_a_path_that_is_no_text(self, home, tiny):
        odd = os.fsdecode(b"r\xff")
        done = process("fit", "--dataset", tiny, *SMALL, "--runs-dir", odd, "--json", cwd=home)
        assert done.returncode == 0, done.stderr
        (found,) = runs.all_runs(home / odd)
        assert found.read_json("evaluation.json")["run"].startswith(odd)
        assert process("runs", "--runs-dir", odd, cwd=home).returncode == 0


class TestWithoutACheckpoint:
    def without(self, begun, epochs):
        (begun / "checkpoint.npz").unlink()
        history = (begun / "history.jsonl").read_text().splitlines(keepends=True)
        (begun / "history.jsonl").write_text("".join(history[:epochs]))

    @pytest.mark.parametrize("epochs", [0, 1])
    def test_a_run_killed_early_restarts_with_the_same_bits(self, begun, epochs):
        whole = (begun / "model.npz").read_bytes()
        self.without(begun, epochs)
        (begun / "model.npz").unlink()
        run("fit", "--resume", "base", "-q")
        assert (begun / "model.npz").read_bytes() == whole
        assert [line["epoch"] for line in runs.Run(begun).history()] == [1, 2]

    def test_a_run_that_lost_its_checkpoint_later_is_refused(self, begun):
        self.without(begun, 2)
        result = run("fit", "--resume", "base", "--epochs", "3", "-q", expect=1)
        refused(result, "checkpoint.npz is missing")

    def test_an_imported_network_is_never_trained_over(self, begun, monkeypatch):
        run("import", begun / "model.npz", "--name", "i", "--dataset", begun, "-q")
        settings = (begun.parent / "i" / "settings.toml").read_text()
        data = json.loads((begun / "provenance.json").read_text())["dataset"]
        settings = re.sub("dataset = .*", lambda _: f"dataset = {json.dumps(data)}", settings)
        (begun.parent / "i" / "settings.toml").write_text(settings)
        refused(run("fit", "--resume", "i", "-q", expect=1), "i was imported")
