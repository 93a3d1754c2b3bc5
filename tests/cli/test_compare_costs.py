import csv
import json
import signal
import time

import pytest

from nntrain.nn.outputs import OUTPUTS
from tests.cli.helpers import process, run, run_json

FAST = ["--epochs", "2", "--hidden", "8", "--jobs", "1"]


def test_the_report_has_every_part(home, tiny):
    words = ["--dataset", tiny, *FAST, "--seeds", "2", "--output", "all"]
    shown = run("compare-costs", *words, "--full").stdout
    parts = ("Leaving the saturated start", "then random (2 epochs)",
             "Accuracy by epoch", "Time to an accuracy", "Test accuracy", "Pair by pair", "±",
             "Learning slowdown", "Gradient norms", "Confidence", "Result")  # fmt: skip
    for words in (*OUTPUTS, *parts):
        assert words in shown
    assert "the book gives none" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("more", "parts", "lead"),
    [
        ([], ["From the saturated start", "From the random start"], "saturat"),
        (["--output", "all"], ["From the saturated start", "From the random start"], "saturat"),
        (["--start", "random"], ["not distinguishable"], "not distinguishable"),
    ],
)
def test_the_result_comes_first_on_one_screen(home, tiny, more, parts, lead):
    words = ["compare-costs", "--dataset", tiny, *FAST, "--seeds", "3", "--name", "c"]
    result = run(*words, *more)
    assert len(result.stdout.splitlines()) <= 60
    for words_of_it in (*parts, "97 %", "nntrain compare-costs --resume c --full"):
        assert words_of_it in result.output
    (line,) = run(*words, *more, "--resume", "-q").output.split("\n\n")
    assert lead in line


def test_json(home, tiny):
    document = run_json("compare-costs", "--dataset", tiny, *FAST, "--seeds", "2", "--seed", "3")
    assert document["schema"] == "nntrain/compare-costs/3"
    pairs = [(t["output"], t["seed"]) for t in document["trainings"]]
    compared = list(OUTPUTS)[:3]
    assert pairs == [(output, seed) for seed in (3, 4) for output in compared]
    assert len(document["pairs"]) == 3
    saturated = document["saturated"]
    assert pairs == [(t["output"], t["seed"]) for t in saturated["trainings"]]
    assert [len(t["epochs"]) for t in saturated["trainings"]] == [1] * 6
    assert set(saturated["outputs"][0]) == set(document["outputs"][0])
    bounds = [pair["escape_bounds"] for pair in saturated["pairs"]]
    assert all(one["high"] is None or one["low"] <= one["high"] for one in bounds)
    assert document["moral"]
    assert {one["learning_rate"] for one in document["outputs"]} == {0.5, 3.0}
    for pair in document["pairs"]:
        assert pair["mcnemar"] is None  # two seeds: their difference decides
        assert 0 < pair["speed"]["p_value"] <= pair["speed"]["p_adjusted"] <= 1
    for one in document["outputs"]:
        low, high = one["test_over_seeds"]
        assert low <= one["test_accuracy"]["mean"] <= high


def test_files_on_disk(home, tiny):
    run("compare-costs", "--dataset", tiny, *FAST, "--seeds", "2", "--name", "c", "--csv", "c.csv")
    kept = home / "runs" / "c"
    assert (kept / "comparison.csv").read_text() == (home / "c.csv").read_text()
    rows = list(csv.DictReader((home / "c.csv").read_text().splitlines()))
    assert len(rows) == 3 * 2 * (1 + 1) + 3 * 2 * (1 + 2)  # epoch 0 is before training
    assert [row["start"] for row in rows] == ["saturated"] * 12 + ["random"] * 18
    assert json.loads((kept / "comparison.json").read_text())["seeds"] == [0, 1]
    assert json.loads((kept / "provenance.json").read_text())["training_examples"] == 500
    assert len(list((kept / "trainings").iterdir())) == 12


def test_a_preset_of_fit_is_refused_by_name(home):
    result = run("compare-costs", "quick", expect=2)
    assert "quick is a preset, which is for fit and sweep" in result.stderr
    assert "Cannot read the settings file quik" in run("compare-costs", "quik", expect=2).stderr


def test_a_settings_file(home, tiny):
    (home / "c.toml").write_text(
        f"dataset = '{tiny}'\nseeds = 1\nepochs = 1\nhidden = [4]\n"
        f"output = ['softmax+log-likelihood', 'sigmoid+quadratic']\nlearning_rate = 0.2\n"
    )
    assert run_json("compare-costs", "c.toml", "--jobs", "1")["learning_rates"] == {
        output: {"value": 0.2, "origin": "given"}
        for output in ("softmax+log-likelihood", "sigmoid+quadratic")
    }


def test_tuning_chooses_on_other_seeds_and_says_how(home, tiny):
    words = ["--dataset", tiny, "--epochs", "1", "--hidden", "4", "--jobs", "1", "--seeds", "2",
             "--output", "sigmoid+quadratic", "--tune", "--name", "t"]  # fmt: skip
    document = run_json("compare-costs", *words)
    tuned = document["tuning"]["sigmoid+quadratic"]
    assert tuned["seeds"] == [2, 3]
    assert [rate for rate, _ in tuned["candidates"]] == [0.75, 1.5, 3.0, 6.0, 12.0]
    best = max(tuned["candidates"], key=lambda candidate: candidate[1])[0]
    assert document["learning_rates"]["sigmoid+quadratic"] == {"value": best, "origin": "tuned"}
    assert document["dataset"]
    shown = run("compare-costs", *words, "--resume", "--full").stdout
    assert "seeds 2 and 3" in " ".join(shown.split())
    for words in ("Pair by pair", "distinguishable", "is ahead of"):  # of one output
        assert words not in shown


def test_resume_trains_only_what_is_missing(home, tiny):
    words = ["compare-costs", "--dataset", tiny, *FAST, "--seeds", "1", "--name", "r"]
    first = run_json(*words)
    trainings = sorted((home / "runs" / "r" / "trainings").iterdir())
    untouched = trainings[1].stat().st_mtime_ns
    for resume in ([*words, "--resume"], ["compare-costs", "--resume", "r"]):
        trainings[0].unlink()
        again = run_json(*resume)
        assert trainings[0].exists()
        assert trainings[1].stat().st_mtime_ns == untouched
        costs = [[e["train_cost"] for e in t["epochs"]] for t in first["trainings"]]
        assert costs == [[e["train_cost"] for e in t["epochs"]] for t in again["trainings"]]
    run(*words, expect=1)
    assert "epochs" in run(*words, "--resume", "--epochs", "3", expect=2).stderr


def test_the_number_of_processes_does_not_matter(home, tiny):
    words = ["compare-costs", "--dataset", tiny, "--epochs", "1", "--hidden", "8", "--seeds", "1"]
    # as processes of their own: BLAS takes its one thread only when NumPy is loaded
    done = [process(*words, "--json", "--jobs", jobs, cwd=home) for jobs in (1, 2)]
    one, two = (json.loads(each.stdout) for each in done)
    for a, b in zip(one["trainings"], two["trainings"], strict=True):
        assert [e["train_cost"] for e in a["epochs"]] == [e["train_cost"] for e in b["epochs"]]
        assert a["test_accuracy"] == b["test_accuracy"]


def test_the_saturated_start_is_explained_and_measured(home, tiny):
    words = ["--dataset", tiny, *FAST, "--seeds", "1", "--start", "saturated", "--full"]
    shown = run("compare-costs", *words)
    text = " ".join(shown.stdout.split())
    assert "output biases +8 for class 0 and −8 for every other class" in text
    assert "Leaving the saturated start" in text
    assert "reached 50 % with" in text


def test_the_neuron(home):
    assert "One neuron" in run("compare-costs", "--neuron").stdout
    document = run_json("compare-costs", "--neuron")
    assert document["schema"] == "nntrain/neuron/1"
    assert len(document["curves"]) == len(document["same_rate"]) == 4
    assert [curve["epochs_to_goal"] for curve in document["same_rate"]] == [107, None, 22, 31]
    assert document["moral"] in " ".join(run("compare-costs", "--neuron").stdout.split())
    assert not (home / "runs").exists()


def test_divergence_names_the_output_and_the_seed(home, tiny):
    words = ["--dataset", tiny, *FAST, "--seeds", "1", "--activation", "relu"]
    result = run("compare-costs", *words, "--learning-rate", "1e30", expect=3)
    assert "softmax+log-likelihood, seed 0" in result.stderr


@pytest.mark.parametrize(
    "words",
    [["--seeds", "0"], ["--learning-rate", "x"], ["--output", "y"], ["--start", "z"],
     ["--jobs", "0"], ["--tune", "--learning-rate", "1"],
     ["--learning-rate", "1", "--learning-rate", "2"], ["--resume", "--overwrite"]],
)  # fmt: skip
def test_bad_values_are_exit_2(home, tiny, words):
    run("compare-costs", "--dataset", tiny, *words, expect=2)
    assert not (home / "runs").exists()


def test_each_rate_says_where_it_comes_from(home, tiny):
    words = ["--dataset", tiny, *FAST, "--seeds", "1", "--learning-rate", "sigmoid+quadratic=1.5"]
    softmax = "as for cross-entropy, whose δ has the same form: the book gives none"
    assert run_json("compare-costs", *words)["learning_rates"] == {
        "softmax+log-likelihood": {"value": 0.5, "origin": softmax},
        "sigmoid+cross-entropy": {"value": 0.5, "origin": "the book's"},
        "sigmoid+quadratic": {"value": 1.5, "origin": "given"},
    }


def test_a_rate_that_diverges_while_tuning_is_ranked_last_not_fatal(home, tiny):
    """η λ/n ≥ 1 from η = 0.83 on: the two largest candidates of softmax explode, three do not."""
    words = ["--dataset", tiny, "--epochs", "4", "--hidden", "4", "--jobs", "1", "--seeds", "1",
             "--output", "softmax+log-likelihood", "--tune", "--weight-decay", "1300"]  # fmt: skip
    tuned = run_json("compare-costs", *words)["tuning"]["softmax+log-likelihood"]
    accuracies = [accuracy for _, accuracy in tuned["candidates"]]
    assert accuracies[-1] is None
    assert accuracies[0] is not None
    assert "diverged" in run("compare-costs", *words, "--full").stdout


def test_an_interrupt_says_how_to_resume(home, tiny):
    words = [
        "compare-costs",
        "--dataset",
        tiny,
        "--epochs",
        "50",
        "--seeds",
        "99",
        "--hidden",
        "8",
        "--jobs",
        "1",
    ]
    running = process(*words, "--name", "c", cwd=home, start=True)
    trainings = home / "runs" / "c" / "trainings"
    deadline = time.monotonic() + 60
    while not (trainings.is_dir() and any(trainings.glob("*.npz"))):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "nntrain compare-costs --resume c" in stderr
    assert "Traceback" not in stderr
