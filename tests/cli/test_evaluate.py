import csv
import json

import pytest

from nntrain.nn.outputs import OUTPUTS
from nntrain.show.sections import offered
from tests.cli.conftest import SMALL
from tests.cli.helpers import run, run_json
from tests.conftest import make_idx_folder

HEADINGS = {
    "result": "Result\non the",
    "curves": "Learning curves",
    "classes": "Each class",
    "confusion": "Confusion matrix",
    "summary": "Confidence and accuracy",
    "confidence": "Confidence of right and wrong answers",
    "pairs": "Most confused pairs",
    "hesitations": "Hesitations",
    "reliability": "Reliability",
    "sums": "Sum of the sigmoid activations",
}


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_report_has_every_section(home, tiny, output):
    run("fit", "--dataset", tiny, *SMALL, "--output", output, "-q")
    shown = run("evaluate", "--full").stdout
    assert set(HEADINGS) == set(offered())
    for section, heading in HEADINGS.items():
        expected = section != "summary" and (section != "sums" or output.startswith("sigmoid"))
        assert (heading in shown) == expected, section
    if output.startswith("sigmoid"):
        assert "probability" not in shown


def test_the_newest_run_is_the_default(fitted, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--name", "newer", "-q")
    assert run_json("evaluate")["run"].endswith("newer")
    assert run_json("evaluate", "base")["run"].endswith("base")


def test_a_newer_run_without_a_network_is_mentioned(fitted, tiny):
    words = ["--learning-rate", "1e30", "--name", "diverged"]
    run("fit", "--dataset", tiny, *SMALL, *words, "-q", expect=3)
    result = run("evaluate", "--section", "result")
    assert "diverged is newer but has no network" in result.stderr
    assert "run             base" in result.stdout
    assert "newer" not in run("evaluate", "base").stderr


def test_no_figure_is_cut_in_a_narrow_terminal(fitted):
    shown = [run("evaluate", env={"COLUMNS": columns}).stdout for columns in ("80", "40")]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(("split", "n"), [("train", 500), ("validation", 100), ("test", 200)])
def test_every_part_can_be_evaluated_and_is_named(fitted, split, n):
    document = run_json("evaluate", "--split", split)
    assert (document["split"], document["n"]) == (split, n)
    named = "training" if split == "train" else split
    words = "evaluate", "--split", split
    assert f"the {n} {named} examples" in run(*words, "--full").stdout
    assert f"of {n} {named} images" in run(*words, "-q").stdout


def test_the_numbers_are_consistent(fitted):
    document = run_json("evaluate", "--predictions", "p.csv")
    assert document["schema"] == "nntrain/evaluation/2"
    rows = list(csv.DictReader((fitted / "p.csv").read_text().splitlines()))
    right = sum(row["true"] == row["predicted"] for row in rows)
    assert document["accuracy"]["successes"] == right
    matrix = document["confusion"]
    assert sum(matrix[i][i] for i in range(10)) == right
    assert sum(map(sum, matrix)) == 200


def test_another_dataset_is_used_and_named(fitted, tmp_path):
    other = make_idx_folder(tmp_path / "other", seed=5)
    document = run_json("evaluate", "--dataset", other)
    assert document["dataset"] == str(other)


def test_no_run_yet(home):
    assert "nntrain fit" in run("evaluate", expect=1).stderr


def test_calibrate_shows_before_and_after(fitted):
    shown = run("evaluate", "--calibrate", "--section", "result").stdout
    assert "Calibration" in shown
    document = run_json("evaluate", "--calibrate")["calibration"]
    assert document["before"]["accuracy"] == document["after"]["accuracy"]
    assert document["fitted_on"] == 100


def test_the_costs_of_data_and_weight_decay_add_up(home, tiny):
    run("fit", "--dataset", tiny, *SMALL, "-q", "--weight-decay", "50", "--name", "w")
    best = max(
        (json.loads(line) for line in (home / "runs/w/history.jsonl").read_text().splitlines()),
        key=lambda epoch: epoch["validation_accuracy"],
    )
    shown = run_json("evaluate", "w", "--split", "validation")
    assert shown["total_cost"] == pytest.approx(best["validation_cost"], rel=1e-4)
    assert shown["decay_cost"] > 0
    assert shown["cost"] + shown["decay_cost"] == pytest.approx(shown["total_cost"])
    assert "λ/2n ΣW² = " in run("evaluate", "w", "--section", "result").stdout


def test_evaluating_changes_nothing_in_the_run(fitted):
    def contents():
        return {p.name: p.read_bytes() for p in (fitted / "runs" / "base").iterdir()}

    before = contents()
    run("evaluate", "--split", "validation")
    assert contents() == before


@pytest.mark.parametrize("looking", [["--split", "validation"], ["--calibrate"]])
def test_evaluating_on_training_images_is_pointed_out(home, tiny, looking):
    run("fit", "--dataset", tiny, *SMALL, "--train-on", "all", "--name", "all", "-q")
    run("fit", "--dataset", tiny, *SMALL, "--name", "train", "-q")
    assert "SEEN IN TRAINING" in run("evaluate", "all", *looking).stderr
    assert "SEEN IN TRAINING" not in run("evaluate", "train", *looking).stderr
    assert "SEEN IN TRAINING" not in run("evaluate", "all").stderr
