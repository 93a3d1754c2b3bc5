"""Shell completion: the script for each shell, and what it completes, in the shells too."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nntrain.cli.main import COMMANDS
from nntrain.data.dataset import known_names
from nntrain.exchange.formats import FORMATS
from nntrain.nn.outputs import OUTPUTS
from nntrain.settings import presets
from tests.cli.helpers import process, run

SHELLS = ("bash", "zsh", "fish")
GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"


def needs(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")


def completed(line):
    """What click offers for the last word of ``line``, asked as bash asks."""
    words = line.split(" ")
    env = {
        "_NNTRAIN_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    done = run(env=env)
    assert done.stderr == ""
    return [answer.split(",", 1)[1] for answer in done.stdout.split()]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(shell):
    if shell == "bash":
        needs(shell)  # click asks bash for its version
    done = process(env={"_NNTRAIN_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert f"_NNTRAIN_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == ""


def test_commands():
    assert sorted(completed("nntrain ")) == sorted(COMMANDS)
    assert completed("nntrain runs ") == ["mv", "rm"]
    assert completed("nntrain ev") == ["evaluate"]
    assert completed("nntrain data ver") == ["verify"]


def test_options():
    assert completed("nntrain export --for") == ["--format"]
    offered = completed("nntrain fit --")
    assert {"--hidden", "--learning-rate", "--resume"} <= set(offered)


def test_values():
    assert completed("nntrain export --format ") == list(FORMATS)
    assert completed("nntrain export --format s") == ["safetensors"]
    assert completed("nntrain fit --output ") == list(OUTPUTS)
    assert completed("nntrain evaluate --split v") == ["validation"]


def test_names_beside_which_other_words_may_stand(home):
    assert completed("nntrain fit --dataset ") == ["", *known_names()]  # "": folders too
    assert completed("nntrain data show fa") == ["fa", "fashion-mnist"]
    for command in ("fit", "data show"):
        assert completed(f"nntrain {command} --augment s") == ["shifts", "simard", "strong"]
    assert completed("nntrain fit ") == ["", *presets.names()]
    assert completed("nntrain sweep qu") == ["qu", "quick"]
    assert completed("nntrain reproduce qu") == ["quick"]


def test_runs(fitted, monkeypatch):
    shutil.copytree("runs/base", "runs/other")
    for command in ("evaluate", "export", "verify", "fit --resume", "diff", "diff base"):
        assert completed(f"nntrain {command} ") == ["base", "latest", "other"], command
    assert completed("nntrain evaluate b") == ["base"]
    (fitted / "elsewhere").mkdir()
    assert completed("nntrain evaluate --runs-dir elsewhere ") == []
    monkeypatch.chdir(fitted.parent)
    assert completed(f"nntrain evaluate --runs-dir {fitted}/runs o") == ["other"]


def test_experiments_where_they_have_a_page(fitted):
    (fitted / "runs" / "rates").mkdir()
    (fitted / "runs" / "rates" / "experiment.toml").write_text('kind = "sweep"')
    for command in ("report", "runs rm", "runs mv"):
        assert completed(f"nntrain {command} ") == ["base", "latest", "rates"]
    assert completed("nntrain sweep --resume ") == ["rates"]
    assert completed("nntrain evaluate ") == ["base", "latest"]


def test_without_runs_there_is_nothing_to_offer(home):
    assert completed("nntrain evaluate ") == []


def in_shell(shell, script, tmp_path):
    """Run ``script`` in the real shell, where ``nntrain`` is this program.

    SWITCH_ON in it stands for the line that the guide tells people to add.
    """
    needs(shell)
    pattern = rf"^.*_NNTRAIN_COMPLETE={shell}_source nntrain.*$"
    script = script.replace("SWITCH_ON", re.search(pattern, GUIDE.read_text("utf-8"), re.M)[0])
    program = tmp_path / "nntrain"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m nntrain "$@"\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        [shell, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PATH": path, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_in_bash(tmp_path):
    script = """
        SWITCH_ON
        complete -p nntrain >/dev/null || echo not registered
        COMP_WORDS=(nntrain export --format s) COMP_CWORD=3
        _nntrain_completion nntrain
        echo "${COMPREPLY[@]}"
    """
    assert in_shell("bash", script, tmp_path) == ["safetensors"]


def test_in_zsh(tmp_path):
    # compdef and _describe belong to zsh's line editor; here they only say what they are given
    script = """
        compdef() { print registered $2; }
        _describe() { print -l ${completions_with_descriptions} ; }
        compadd() { print -l ${completions} ; }
        SWITCH_ON
        words=(nntrain export --format s) CURRENT=4
        _nntrain_completion
    """
    assert in_shell("zsh", script, tmp_path) == ["registered", "nntrain", "safetensors"]


def test_in_fish(tmp_path):
    script = """
        SWITCH_ON
        complete --do-complete 'nntrain export --format s'
    """
    assert in_shell("fish", script, tmp_path) == ["safetensors"]
