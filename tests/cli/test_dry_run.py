"""``fit --dry-run``: the settings and their origins, and nothing else happens."""

import re
import tomllib
from dataclasses import asdict

import pytest

from nntrain.settings import presets
from nntrain.settings.fit import FitSettings, make
from tests.cli.helpers import run, run_json


def origins(text):
    return dict(re.findall(r"^(?:# )?(\w+) .*  # (.*)$", text, re.M))


def test_every_setting_has_its_origin(home, monkeypatch):
    (home / "s.toml").write_text("epochs = 7\nhidden = [5]\nmomentum = 0.5\n")
    monkeypatch.setenv("NNTRAIN_MOMENTUM", "0.25")
    monkeypatch.setenv("NNTRAIN_SEED", "3")
    result = run("fit", "s.toml", "--dry-run", "--lr", "0.125", "--seed", "4")
    found = origins(result.stdout)
    assert list(found) == list(asdict(FitSettings()))
    assert {name: origin for name, origin in found.items() if origin != "the default"} == {
        "epochs": "s.toml",
        "hidden": "s.toml",
        "momentum": "the variable NNTRAIN_MOMENTUM",
        "seed": "--seed",
        "learning_rate": "--learning-rate",
    }
    made = make(FitSettings, tomllib.loads(result.stdout))
    assert (made.epochs, made.hidden, made.momentum) == (7, (5,), 0.25)
    assert (made.seed, made.learning_rate) == (4, 0.125)
    assert result.stderr == ""
    assert [path.name for path in home.iterdir()] == ["s.toml"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("best",),
        ("--hidden", "[100,30]", "--output", "sig+q", "--patience", "3"),
        ("--hidden", "0", "--max-norm", "2", "--train-size", "10", "--threads", "2"),
        ("--dataset", 'a\x1b[2J # " \\ \x7f \x9b ' + "long " * 40),
    ],
    ids=range(5),
)
def test_saved_it_gives_the_same_settings_again(home, words):
    shown = run("fit", *words, "--dry-run").stdout
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    (home / "saved.toml").write_text(shown, encoding="utf-8")
    again = run_json("fit", "saved.toml", "--dry-run")
    assert again["schema"] == "nntrain/settings/1"
    assert make(FitSettings, again["settings"]) == make(
        FitSettings, run_json("fit", *words, "--dry-run")["settings"]
    )


def test_a_preset_is_shown_in_full(home):
    settings = run_json("fit", "quick", "--dry-run")["settings"]
    assert make(FitSettings, settings) == presets.load("quick").settings


def test_of_a_run_that_would_be_resumed(fitted):
    result = run_json("fit", "--resume", "base", "--epochs", "9", "--dry-run")
    assert (result["settings"]["epochs"], result["settings"]["hidden"]) == (9, [12])
    assert result["origins"].pop("epochs") == "--epochs"
    assert set(result["origins"].values()) == {"runs/base/settings.toml"}
    assert "epochs = 2" in (fitted / "runs" / "base" / "settings.toml").read_text()


def test_a_bad_setting_is_still_refused(home):
    assert "epochs = 0 is not allowed" in run("fit", "--epochs", "0", "--dry-run", expect=2).stderr
