import pytest

from nntrain.nn.outputs import OUTPUTS
from tests.cli.helpers import run, run_json

FAST = ["--epochs", "2", "--hidden", "8"]


def test_one_table_with_every_output(home, tiny):
    shown = run("compare-costs", "--dataset", tiny, *FAST, "--seeds", "2").stdout
    for words in (*OUTPUTS, "Accuracy by epoch", "Epochs to an accuracy", "90 %", "97 %", "±"):
        assert words in shown


def test_json(home, tiny):
    document = run_json("compare-costs", "--dataset", tiny, *FAST, "--seeds", "2", "--seed", "3")
    assert document["schema"] == "nntrain/compare-costs/1"
    pairs = [(t["output"], t["seed"]) for t in document["trainings"]]
    assert pairs == [(output, seed) for seed in (3, 4) for output in OUTPUTS]
    assert all(len(t["validation_accuracy"]) == 2 for t in document["trainings"])


def test_chosen_outputs_and_rates(home, tiny):
    document = run_json(
        "compare-costs", "--dataset", tiny, *FAST, "--seeds", "1",
        "--output", "sigmoid+quadratic", "--learning-rate", "sigmoid+quadratic=2.5",
    )  # fmt: skip
    assert document["learning_rates"] == {"sigmoid+quadratic": 2.5}


def test_a_settings_file(home, tiny):
    (home / "c.toml").write_text(
        f"dataset = '{tiny}'\nseeds = 1\nepochs = 1\nhidden = [4]\n"
        f"output = ['softmax+log-likelihood', 'sigmoid+quadratic']\nlearning_rate = 0.2\n"
    )
    document = run_json("compare-costs", "c.toml")
    assert document["learning_rates"] == {"softmax+log-likelihood": 0.2, "sigmoid+quadratic": 0.2}


@pytest.mark.parametrize("words", [["--seeds", "0"], ["--learning-rate", "x"], ["--output", "y"]])
def test_bad_values_are_exit_2(home, tiny, words):
    run("compare-costs", "--dataset", tiny, *words, expect=2)


def test_it_leaves_no_runs(home, tiny):
    run("compare-costs", "--dataset", tiny, *FAST, "--seeds", "1")
    assert not (home / "runs").exists()
