"""Runs made by version 0.1.0, kept in tests/fixtures/runs, stay readable and resumable.

``softmax-run`` and ``sigmoid-run`` are float32 trainings; ``half`` is a float64 one with dropout,
averaged weights and distortions. All were trained on the synthetic digits.
"""

import json
import shutil
from pathlib import Path

import pytest

from nntrain.storage.array_file import read_arrays
from tests.cli.helpers import run, run_json

STORED = Path(__file__).parent.parent / "fixtures" / "runs"
NEXT_COSTS = {
    "softmax-run": (2.04132, 1.95233),
    "sigmoid-run": (4.64753, 4.84158),
    "half": (2.18023, 2.16698),
}
"""Training costs of the next two epochs, as version 0.1.0 trains them when it resumes."""


@pytest.fixture
def stored(tmp_path, monkeypatch, synthetic):
    """A working directory with a copy of the stored runs."""
    monkeypatch.chdir(tmp_path)
    for name in NEXT_COSTS:
        shutil.copytree(STORED / name, tmp_path / "runs" / name)
    (tmp_path / "data").symlink_to(synthetic)
    return tmp_path / "runs"


@pytest.mark.parametrize("name", NEXT_COSTS)
def test_the_evaluation_is_the_stored_one(stored, name):
    before = json.loads((stored / name / "evaluation.json").read_text())
    del before["schema"]
    for kind in ("width", "mass"):  # MCE is now over the bins with enough answers
        del before[f"reliability_{kind}"]["mce"]
    document = run_json("evaluate", name, "--offline")
    assert document["decay_cost"] == 0  # or the old cost would be the total_cost
    for key, value in before.items():
        assert same(value, document[key]), key


@pytest.mark.parametrize("name", NEXT_COSTS)
def test_training_resumes_from_the_stored_checkpoint(stored, name):
    before = (stored / name / "history.jsonl").read_text()
    last = json.loads(before.splitlines()[-1])
    epochs = last["epoch"] + 2
    run("fit", "--resume", name, "--epochs", epochs, "--offline", "-q")
    after = (stored / name / "history.jsonl").read_text()
    assert after.startswith(before)
    results = [json.loads(line) for line in after.splitlines()]
    assert [result["epoch"] for result in results] == list(range(1, epochs + 1))
    costs = [result["train_cost"] for result in results[-2:]]
    assert costs == pytest.approx(NEXT_COSTS[name], rel=1e-3)
    old, new = (read_arrays(place / name / "checkpoint.npz") for place in (STORED, stored))
    assert list(old) == list(new)
    old, new = (json.loads(arrays["progress"].tobytes()) for arrays in (old, new))
    assert list(old) == list(new)
    assert new["epoch"] == epochs


def same(one, other):
    """Whether what ``one`` holds is in ``other`` too, numbers but for rounding."""
    if isinstance(one, dict):
        return set(one) <= set(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return one == pytest.approx(other, rel=1e-5, abs=1e-7)
    return one == other
