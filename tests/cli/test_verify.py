import json
from dataclasses import replace

import numpy as np
import pytest

from nntrain.lecture import claims
from nntrain.lecture.claims.check import Evaluated
from nntrain.nn.outputs import SoftmaxLogLikelihood
from tests.cli.conftest import SMALL
from tests.cli.helpers import run, run_json

CLAIMS = [f"C{number}" for number in range(1, 13)]


@pytest.fixture
def broken(monkeypatch):
    """A softmax whose δ has the wrong sign."""
    original = SoftmaxLogLikelihood.delta

    def delta(self, a, z, labels, out):
        original(self, a, z, labels, out)
        np.negative(out, out=out)

    monkeypatch.setattr(SoftmaxLogLikelihood, "delta", delta)


def test_without_a_run(home):
    shown = run("verify").stdout
    for claim in CLAIMS:
        assert f" {claim} " in shown
    assert "needs a run: nntrain verify RUN" in shown
    assert "11 of 12 claims hold; skipped: C4" in shown
    assert "FAIL" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert not list(home.iterdir())


def test_with_a_run(fitted, few_cases):
    shown = run("verify", "base").stdout
    assert "run base: [784, 12, 10]" in shown
    assert "needs a run" not in shown
    assert "true class second in" in shown or "makes no errors" in shown


def test_latest_is_the_newest_run_and_c5_is_measured_on_sigmoids(home, tiny):
    run("fit", "--dataset", tiny, *SMALL, "--output", "sigmoid+cross-entropy", "--name", "s", "-q")
    document = json.loads(run("verify", "latest", "--json").stdout)
    assert document["run"] == "s"
    assert "200 test examples" in document["examples"]
    assert "Σ below 1 in" in {c["claim"]: c["note"] for c in document["checks"]}["C5"]


def test_json(home, few_cases):
    document = run_json("verify", "--seed", "4")
    assert document["schema"] == "nntrain/verify/1"
    assert (document["seed"], document["run"], document["passed"]) == (4, None, True)
    assert [check["claim"] for check in document["checks"]] == CLAIMS
    for check in document["checks"]:
        assert set(check) == {
            "claim", "says", "evaluated", "worst_error", "tolerance", "passed", "note", "lecture",
        }  # fmt: skip
        assert check["passed"] is (None if check["claim"] == "C4" else True)
    assert document["checks"][5]["lecture"] == "Exercise 2"
    assert document["broken"] is None


def test_a_failing_claim_is_shown_and_is_exit_1(home, broken, few_cases):
    result = run("verify", "--svg", "v.svg", expect=1)
    assert result.stdout.count("FAIL") == 3
    assert "does not hold: " in result.stdout
    assert "3 of 12 claims failed: C1, C9, C11." in result.stderr
    assert (home / "v.svg").read_text().count("FAIL") == 3
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_failing_claim_in_json_is_still_one_document(home, broken, few_cases):
    result = run("verify", "--json", expect=1)
    document = json.loads(result.stdout)
    assert document["passed"] is False
    assert [c["claim"] for c in document["checks"] if c["passed"] is False] == ["C1", "C9", "C11"]


def test_a_break_on_purpose_shows_what_fails(home, few_cases):
    result = run("verify", "--break", "bp2-transposed", expect=1)
    assert "Broken on purpose: BP2 with W read column by column." in result.stdout
    assert result.stdout.count("FAIL") == 2
    assert "2 of 12 claims failed: C11, C12. --break bp2-transposed broke" in result.stderr
    assert "on purpose" in result.stderr
    document = json.loads(run("verify", "--break", "bp2-transposed", "--json", expect=1).stdout)
    assert (document["broken"], document["passed"]) == ("bp2-transposed", False)


def test_the_help_describes_each_break_and_another_is_refused(home):
    shown = run("verify", "--help").stdout
    for name, mistake in claims.BREAKS.items():
        assert f"{name.ljust(25)}{mistake.says}\n" in shown
    said = run("verify", "--break", "bp2-transposd", expect=2).stderr
    assert "Did you mean 'bp2-transposed'?" in said
    assert said.count("\n") == 1


def test_a_finding_on_data_that_is_not_confirmed_is_exit_0(fitted, few_cases, monkeypatch):
    denied = Evaluated("200 digits", "seldom", holds=False)
    claim = replace(claims.CLAIMS["C4"], evaluate=lambda *_: denied)
    monkeypatch.setitem(claims.CLAIMS, "C4", claim)
    result = run("verify", "base")
    assert "11 of 12 claims hold; not confirmed on this data: C4." in result.stdout
    assert "not confirmed" in result.stdout
    document = json.loads(run("verify", "base", "--json").stdout)
    assert (document["passed"], document["checks"][3]["passed"]) == (True, False)


def test_an_unknown_run_is_exit_1(fitted):
    assert "Did you mean 'base'" in run("verify", "bose", expect=1).stderr


@pytest.mark.parametrize("seed", ["-1", "x"])
def test_a_bad_seed_is_usage(home, seed):
    run("verify", "--seed", seed, expect=2)
