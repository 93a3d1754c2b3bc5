import json

import pytest

from tests.cli.helpers import run, run_json

LECTURE = ["2.5", "-1", "3.2", "0.5"]


def test_every_section_for_each_c(home):
    shown = run("softmax", *LECTURE, "--scale", "1", "--scale", "10").stdout
    for words in ("Activations", "c = 1 ", "c = 10", "sigmoid", "sum", "z_1 raised by 1",
                  "a_1 raised by 0.3", "Derivatives, c = 10", "Recovering z from a", "c → ∞",
                  "(0.25, 0.25, 0.25, 0.25) → (0.55, 0.15, 0.15, 0.15)"):  # fmt: skip
        assert words in shown
    for value in ("0.6334", "0.9991", "2.7764"):
        assert value in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("first", ["-1", "-.5", "-1e-3", "-0", "--", "-2."])
def test_negative_numbers_are_numbers_wherever_they_stand(home, first):
    document = json.loads(run("softmax", "--json", first, "3", "-4").stdout)
    expected = [3, -4] if first == "--" else [float(first), 3, -4]
    assert document["z"] == expected


def test_json(home):
    document = run_json("softmax", *LECTURE, "--scale", "0.5")
    assert document["schema"] == "nntrain/softmax/1"
    assert document["z"] == [2.5, -1, 3.2, 0.5]
    (scaled,) = document["scaled"]
    assert scaled["scale"] == 0.5
    assert sum(scaled["activations"]) == pytest.approx(1)
    assert len(scaled["jacobian"]) == 4
    assert document["limit"]["activations"] == [0, 0, 1, 0]


def test_a_label_shows_the_cost_and_delta(home):
    shown = run("softmax", *LECTURE, "--label", "3").stdout
    for words in ("C = −ln a_y = 3.15666, and 1/a_y = 23.49", "y = 3", "+0.0408", "-0.9574",
                  "+ cross-entropy", "-0.3775", "+ quadratic", "-0.0887"):  # fmt: skip
        assert words in shown
    assert max(map(len, shown.splitlines())) <= 80
    document = run_json("softmax", *LECTURE, "--label", "3")
    assert document["label"] == 3
    found = document["scaled"][0]["log_likelihood"]
    assert set(found) == {"cost", "one_over_a", "derivatives", "delta"}
    assert [layer["output"] for layer in document["other_layers"]][:1] == ["sigmoid+cross-entropy"]


@pytest.mark.parametrize("label", ["4", "-1", "x", "1.5", "", "9" * 4000, "9" * 5000])
def test_a_bad_label_is_one_line_and_exit_2(home, label):
    said = run("softmax", *LECTURE, "--label", label, expect=2).stderr
    assert "is not a class" in said
    assert said.count("\n") == 1
    assert len(said) < 300


def test_ties_share_the_limit(home):
    shown = run("softmax", "1", "1", "0").stdout
    assert "the 2 neurons with the largest z, 1, get 1/2 each" in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["2.5", "x"], "'x' is not a number"),
        (["2,5"], "'2,5' is not a number"),
        (["1", "--sclae", "3"], "'--sclae' is neither an option nor a number"),
        (["nan"], "z = nan"),
        (["-inf"], "z = -inf"),
        (["1000001"], "z = 1,000,001.0 is not allowed"),
        (["1"] * 21, "got 21"),
        (["1", "--scale", "0"], "--scale 0"),
        (["1", "--scale", "nan"], "--scale nan"),
        (["1", "--scale", "5e-324"], "--scale 5e-324"),
        (["1", "--scale", "-2"], "--scale -2"),
        (["1", "--scale", "y"], "'y' is not a valid float"),
        ([], "Missing argument"),
    ],
)
def test_anything_but_a_number_is_exit_2(home, words, says):
    assert says in run("softmax", *words, expect=2).stderr


@pytest.mark.parametrize(
    "words",
    [
        ["-1"],
        ["800", "0", "1"],
        [str(z) for z in range(-9, 11)],
        ["-1.2345678e-5", "-123456.789", "999999", "--scale", "1.2345678e-4", "--scale", "1e6"],
        ["-123456.789", "999999", "-1e-7", "--label", "0", "--scale", "0.0123456"],
        ["3", "1", "--scale", "0.1234567", "--scale", "1", "--scale", "99999", "--scale", "4"],
    ],
)
def test_any_numbers_fit_in_80_columns(home, words):
    shown = run("softmax", *words).stdout
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown


def test_a_picture(home):
    run("softmax", "1", "2", "--svg", "s.svg")
    assert "softmax" in (home / "s.svg").read_text()
