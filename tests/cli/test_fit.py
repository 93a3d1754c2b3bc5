import csv
import json
import re
import signal
import time
import xml.etree.ElementTree as ET

import pytest

from nntrain.data import idx
from nntrain.runs.run import find
from tests.cli.conftest import SMALL
from tests.cli.helpers import process, run, run_json

FILES = {
    "settings.toml",
    "model.npz",
    "checkpoint.npz",
    "history.jsonl",
    "evaluation.json",
    "provenance.json",
}


class TestWhatItLeaves:
    def test_the_run_directory_is_as_documented(self, fitted):
        assert {path.name for path in (fitted / "runs" / "base").iterdir()} == FILES
        assert (fitted / "runs" / "latest").resolve().name == "base"

    def test_provenance_says_where_it_comes_from(self, fitted, tiny):
        provenance = json.loads((fitted / "runs" / "base" / "provenance.json").read_text())
        assert provenance["seed"] == 0
        assert provenance["dataset"] == str(tiny)
        assert provenance["training_examples"] == 500
        assert len(provenance["sha256"]) == 4
        assert {"nntrain", "numpy", "python", "blas", "blas_threads", "git"} <= set(provenance)

    def test_the_evaluation_is_of_the_test_set_with_the_best_weights(self, fitted):
        saved = json.loads((fitted / "runs" / "base" / "evaluation.json").read_text())
        assert saved["schema"] == "nntrain/evaluation/2"
        assert (saved["split"], saved["n"]) == ("test", 200)
        shown = run_json("evaluate")
        assert shown["accuracy"] == saved["accuracy"]

    def test_the_settings_give_the_same_bits_again(self, fitted):
        run("fit", "runs/base/settings.toml", "--name", "again", "-q")
        one, two = (fitted / "runs" / name / "model.npz" for name in ("base", "again"))
        assert one.read_bytes() == two.read_bytes()

    def test_the_working_directory_is_left_alone(self, fitted):
        assert {path.name for path in fitted.iterdir()} == {"runs"}

    def test_nothing_is_overwritten_unasked(self, fitted, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, "--name", "base", expect=1)
        assert "is not overwritten" in result.stderr
        run("fit", "--dataset", tiny, *SMALL, "--name", "base", "--overwrite", "-q")

    def test_predictions(self, home, tiny):
        run("fit", "--dataset", tiny, *SMALL, "-q", "--predictions", "p.csv")
        rows = list(csv.reader((home / "p.csv").read_text().splitlines()))
        assert rows[0][:3] == ["index", "true", "predicted"]
        assert len(rows) == 201
        assert {len(row) for row in rows} == {13}


class TestStreams:
    def test_results_on_stdout_progress_on_stderr(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL)
        assert "of 200 test images correct" in result.stdout
        assert "2/2" in result.stderr
        assert "2/2" not in result.stdout
        assert "nntrain evaluate" in result.stderr

    def test_without_a_terminal_there_is_one_line_per_epoch(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, "--epochs", "5")
        lines = [line for line in result.stderr.splitlines() if "/5 " in line]
        assert len(lines) == 5
        assert "\x1b" not in result.output
        assert "\r" not in result.stderr

    def test_quiet_prints_one_line(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, "-q")
        assert result.stderr == ""
        (line,) = result.stdout.splitlines()
        assert "of 200 test images correct" in line

    def test_a_bare_fit_and_an_evaluation_fit_on_a_screen_and_a_half(self, home, tiny):
        result = run("fit", "--dataset", tiny, "--epochs", "5", "--name", "a")
        assert 40 < len(result.output.splitlines()) <= 60
        assert len(result.output.partition("epoch  ")[0].strip().splitlines()) <= 5
        assert "η = 0.2 (default)" in result.stderr
        assert 30 < len(run("evaluate", "a").output.splitlines()) <= 60

    def test_verbose_adds_threads_and_schedule(self, home, tiny):
        plain, verbose = (run("fit", "--dataset", tiny, *SMALL, *v).stderr for v in ([], ["-v"]))
        for word in ("BLAS threads", "schedule", "seed"):
            assert word not in plain
            assert word in verbose

    def test_json_is_one_document(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, "--json")
        assert result.stderr == ""
        document = json.loads(result.stdout)
        assert document["schema"] == "nntrain/fit/2"
        assert [epoch["epoch"] for epoch in document["history"]] == [1, 2]
        assert document["evaluation"]["n"] == 200
        assert document["settings"]["hidden"] == [12]

    def test_every_section_of_the_report_can_be_shown_alone(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, "-q", "--section", "confusion")
        assert "Confusion matrix" in result.stdout
        assert "Reliability" not in result.stdout

    def test_the_picture_needs_nothing_from_outside(self, home, tiny):
        run("fit", "--dataset", tiny, *SMALL, "-q", "--full", "--svg", "fit.svg")
        text = (home / "fit.svg").read_text()
        ET.fromstring(text)
        assert text.replace("http://www.w3.org/2000/svg", "").count("http") == 0
        assert "Confusion" in text

    @pytest.mark.parametrize("name", ["x.png", "x.svg.html"])
    def test_a_picture_of_another_kind_is_refused_before_the_training(self, home, tiny, name):
        result = run("fit", "--dataset", tiny, *SMALL, "--svg", name, expect=2)
        assert f"{name}: expected a name that ends in .svg" in result.stderr
        assert list(home.iterdir()) == []

    def test_a_picture_may_go_where_no_name_has_an_ending(self, home, tiny):
        run("softmax", "1", "2", "--svg", "picture")
        ET.parse(home / "picture")


class TestWithoutMnist:
    def test_a_prominent_panel_says_why_even_when_quiet(self, home, synthetic):
        words = ("--epochs", "1", "--hidden", "4", "-q", "--name", "s")
        result = run("fit", "--offline", *words, "--data-dir", synthetic)
        assert "NOT MNIST" in result.stderr
        assert "offline" in result.stderr
        assert "synthetic digits" in result.stderr
        saved = home / "runs" / "s"
        for name in ("evaluation.json", "provenance.json"):
            assert json.loads((saved / name).read_text())["substituted_because"]
        assert 'dataset = "synthetic"' in (saved / "settings.toml").read_text()
        assert "synthetic" in run("runs").stdout

    def test_mnist_by_name_is_never_substituted(self, home):
        run("fit", "--dataset", "mnist", "--offline", expect=1)
        assert not (home / "runs").exists()


class TestWhereValuesComeFrom:
    def epochs(self, *words, env=None):
        result = run("fit", *words, "--json", env=env)
        return json.loads(result.stdout)["settings"]["epochs"]

    def test_flag_over_environment_over_file_over_default(self, home, tiny):
        (home / "s.toml").write_text(f"dataset = '{tiny}'\nhidden = [5]\nepochs = 1\n")
        assert self.epochs("s.toml") == 1
        assert self.epochs("s.toml", env={"NNTRAIN_EPOCHS": "2"}) == 2
        assert self.epochs("s.toml", "--epochs", "3", env={"NNTRAIN_EPOCHS": "2"}) == 3

    @pytest.mark.parametrize(
        "words",
        [["--section", "nothing"], ["--dataset", "mnits"], ["missing.toml"], ["--name", "a/b"]],
    )
    def test_usage_errors_are_exit_2_and_leave_nothing(self, home, tiny, words):
        dataset = [] if "--dataset" in words else ["--dataset", tiny]
        run("fit", *dataset, *words, expect=2)
        assert not (home / "runs").exists()


class TestWords:
    def test_an_unknown_variable_is_named(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, env={"NNTRAIN_EPOCH": "3"})
        assert "the unknown variable NNTRAIN_EPOCH" in result.stderr
        assert "'NNTRAIN_EPOCHS'" in result.stderr

    @pytest.mark.parametrize("option", ["--predictions", "--svg"])
    @pytest.mark.parametrize("path", ["no/such/folder/x", ""])
    def test_a_file_that_cannot_be_written_is_refused_before_training(
        self, home, tiny, option, path
    ):
        run("fit", "--dataset", tiny, option, path, expect=2)
        assert not (home / "runs").exists()

    def test_early_stopping_is_reported_with_the_epoch_of_the_weights(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, "--epochs", "60", "--patience", "2")
        assert "Stopped early" in result.stderr
        assert "The saved weights are those of epoch" in result.stderr
        assert "(60 requested)" in " ".join(run("evaluate").stdout.split())

    def test_a_password_in_a_mirror_is_not_kept(self, home, tiny, monkeypatch):
        words = ["--mirror", "https://me:my/secret@example.org/", "--dataset", str(tiny), "-q"]
        monkeypatch.setattr("sys.argv", ["nntrain", "fit", *words])
        run("fit", *words, *SMALL, "--name", "p")
        text = (home / "runs" / "p" / "provenance.json").read_text()
        assert "example.org" in text
        assert "secret" not in text

    def test_a_dataset_folder_is_found_again_from_elsewhere(self, home, tiny, monkeypatch):
        monkeypatch.chdir(tiny.parent)
        runs_dir = ["--runs-dir", home / "runs"]
        run("fit", "--dataset", tiny.name, *SMALL, "-q", *runs_dir)
        monkeypatch.chdir(home)
        assert run_json("evaluate")["n"] == 200

    def test_the_parting_line_works_as_it_stands(self, home, tiny):
        result = run("fit", "--dataset", tiny, *SMALL, "--runs-dir", "other", "--name", "x")
        (words,) = re.findall("nntrain (evaluate .*)", result.stderr)
        run(*words.split())

    def test_a_damaged_cache_is_not_trained_on(self, home, real_mnist):
        cache = home / "data" / "mnist"
        cache.mkdir(parents=True)
        for path in real_mnist.glob("*.gz"):
            raw = bytearray(idx.encode(idx.read(path)))
            if "train-images" in path.name:
                raw[5000] ^= 1
            (cache / path.name.removesuffix(".gz")).write_bytes(raw)
        for words in (
            ["fit", "--epochs", "1"],
            ["sweep", "--vary", "epochs=1"],
            ["compare-costs", "--epochs", "1"],
            ["reproduce", "one-second"],
        ):
            result = run(*words, "--offline", expect=1)
            assert "train-images-idx3-ubyte is damaged" in result.stderr
            assert "nntrain data download mnist" in result.stderr
            assert not (home / "runs").exists()


def test_divergence_is_exit_3_and_keeps_the_best_network(home, tiny):
    result = run(
        "fit", "--dataset", tiny, *SMALL, "--name", "d", "--learning-rate", "1e30", expect=3
    )
    assert "diverged in epoch 1" in result.stderr
    assert "try 1." in result.stderr


LONGER = ("--hidden", "12", "--batch-size", "10", "--weight-decay", "1", "--epochs", "60")


@pytest.fixture(scope="module")
def whole(tiny, tmp_path_factory):
    """The longer run that nothing interrupts."""
    runs = tmp_path_factory.mktemp("runs")
    run("fit", "--dataset", tiny, "--name", "whole", *LONGER, "-q", "--runs-dir", runs)
    return find(runs, "whole")


class TestInterruptAndResume:
    def start(self, home, tiny):
        """Start a longer training as a process and wait for its first epoch."""
        words = ("fit", "--dataset", tiny, "--name", "long", *LONGER)
        running = process(*words, cwd=home, start=True)
        history = home / "runs" / "long" / "history.jsonl"
        deadline = time.monotonic() + 60
        while not (history.exists() and history.stat().st_size):
            assert time.monotonic() < deadline, running.communicate(timeout=5)
            time.sleep(0.005)
        return running

    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
    def test_an_interrupt_saves_says_how_to_go_on_and_exits_130(self, home, tiny, sent):
        running = self.start(home, tiny)
        running.send_signal(sent)
        _, stderr = running.communicate(timeout=30)
        assert running.returncode == 130
        assert "nntrain fit --resume long" in stderr
        assert "Traceback" not in stderr
        assert find(home / "runs", "long").model()

    def test_a_killed_run_ends_with_the_same_bytes_when_resumed(self, home, tiny, whole):
        running = self.start(home, tiny)
        running.kill()
        running.communicate(timeout=30)
        resumed = find(home / "runs", "long")
        assert len(resumed.history()) < 60
        with (resumed.path / "history.jsonl").open("a") as file:
            file.write('{"half a li')  # and it was in the middle of writing
        run("fit", "--resume", "long", "-q")
        assert (resumed.path / "model.npz").read_bytes() == (whole.path / "model.npz").read_bytes()
        assert [line["epoch"] for line in resumed.history()] == list(range(1, 61))
        for a, b in zip(resumed.history(), whole.history(), strict=True):
            assert {k: a[k] for k in a if "second" not in k} == {
                k: b[k] for k in b if "second" not in k
            }

    def test_more_epochs_under_a_schedule_are_noted_and_recorded(self, fitted):
        result = run("fit", "--resume", "base", "--epochs", "4")
        assert "schedule" in result.stderr
        assert "2 to 4" in result.stderr
        (entry,) = find(fitted / "runs", "base").read_json("provenance.json")["resumed"]
        assert entry == {"after_epoch": 2, "changed": {"epochs": [2, 4]}}

    def test_a_complete_run_says_so(self, fitted):
        assert "is complete" in run("fit", "--resume", "base").stderr

    @pytest.mark.parametrize("words", [["--name", "x"], ["--overwrite"], ["s.toml"]])
    def test_options_that_resume_cannot_use_are_refused(self, fitted, words):
        (fitted / "s.toml").write_text("")
        result = run("fit", *words, "--resume", "base", expect=2)
        assert "cannot be used with --resume" in result.stderr

    def test_what_may_change_and_what_may_not(self, fitted):
        run("fit", "--resume", "base", "--epochs", "3", "--patience", "9", "-q")
        assert len(find(fitted / "runs", "base").history()) == 3
        result = run("fit", "--resume", "base", "--hidden", "13", "--seed", "5", expect=2)
        assert "hidden, seed cannot change" in result.stderr

    def test_resume_of_nothing(self, home):
        assert "No run 'x'" in run("fit", "--resume", "x", expect=1).stderr


def test_output_that_nobody_reads_causes_no_traceback(home, tiny):
    running = process("fit", "--dataset", tiny, *SMALL, cwd=home, start=True)
    running.stdout.close()
    stderr = running.stderr.read()
    running.wait(60)
    running.stderr.close()
    assert "Traceback" not in stderr


def test_a_terminal_without_the_characters_causes_no_traceback(home, tiny):
    result = process("fit", "--dataset", tiny, *SMALL, cwd=home, env={"PYTHONIOENCODING": "ascii"})
    assert result.returncode == 0, result.stderr
