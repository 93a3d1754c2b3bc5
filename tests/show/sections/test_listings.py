from pathlib import Path

from nntrain.data.verification import FileCheck
from nntrain.settings import presets
from nntrain.show.sections import listings
from tests.show.terminal.helpers import printed

RUN = {
    "name": "first", "dataset": "/data/mine", "output": "sigmoid+cross-entropy", "epochs": 2,
    "of_epochs": 3, "imported_from": None, "validation_accuracy": 0.975, "test_accuracy": None,
    "problem": None,
}  # fmt: skip


def test_runs_and_those_that_cannot_be_read():
    rows = [
        RUN,
        {**RUN, "name": "x" * 60 + "\x1b[31m", "imported_from": "a.json"},
        {"name": "bad", "problem": "settings.toml is missing"},
    ]
    text = printed(listings.runs(rows, "runs"))
    first = next(line for line in text.splitlines() if "first" in line)
    assert first.split() == ["first", "(mine)", "cross-entropy", "2/3", "97.50", "–"]
    assert text.count("x") - text.count("\\x") == 60
    assert "\x1b" not in text
    assert "imported" in text
    assert text.splitlines()[-1] == "bad: settings.toml is missing"
    assert "No runs in runs yet" in printed(listings.runs([], "runs"))


def test_experiments_and_datasets():
    rows = [{"name": "one", "kind": "sweep"}, {"name": "two", "kind": ""}]
    text = printed(listings.experiments(rows))
    assert [line.split() for line in text.splitlines()[3:5]] == [
        ["one", "sweep"],
        ["two", "damaged"],
    ]
    row = {"name": "mnist", "title": "MNIST", "download_bytes": 11_594_722, "state": "complete"}
    text = printed(listings.datasets([row, {**row, "name": "drawn", "download_bytes": 0}]))
    assert "11.6 MB" in text
    assert next(line for line in text.splitlines() if "drawn" in line).split()[2] == "none"


def test_checks_say_what_differs():
    path = Path("/data/images")
    checks = [
        FileCheck(path, "SHA-256", "a", "a", True),
        FileCheck(path, "size", "1", "2", False),
        FileCheck(path, "size", "1", "missing", False),
    ]
    text = printed(listings.checks(checks))
    assert [line.split()[-1] for line in text.splitlines()[3:6]] == ["ok", "WRONG", "MISSING"]
    assert text.splitlines()[-2:] == [
        "/data/images: size: expected 1, got 2",
        "/data/images is missing",
    ]


def test_every_preset_is_a_line():
    known = [presets.load(name) for name in presets.names()]
    lines = printed(listings.presets(known)).splitlines()
    for one in known:
        (line,) = [line for line in lines if line.split()[:1] == [one.name]]
        assert f"{one.expected.accuracy:.2f}" in line
