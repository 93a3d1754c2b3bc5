"""Docs cannot rot: what there is stands in them, and what they show is there."""

import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from importlib import import_module
from pathlib import Path

import click
import pytest

from benchmarks.__main__ import COMMANDS as BENCHMARKS
from docs.make_reference import reference
from nntrain import __version__
from nntrain.cli.main import cli
from nntrain.data.dataset import known_names
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.outputs import OUTPUTS
from nntrain.nn.schedules import SCHEDULES
from nntrain.settings.fit import FitSettings, make
from nntrain.settings.presets import read_settings
from tests.cli.test_main import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
ACCURACY = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def test_the_reference_is_what_the_commands_say():
    assert reference() == REFERENCE, "run: python docs/make_reference.py"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_in_the_reference(path):
    assert f"## nntrain {' '.join(path)}\n" in REFERENCE
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option):
            assert all(name in REFERENCE for name in parameter.opts)


@pytest.mark.parametrize(
    "name", [*known_names(), *OUTPUTS, *ACTIVATIONS, *INITIALISATIONS, *SCHEDULES]
)
def test_every_registered_name_is_in_the_readme_or_the_reference(name):
    assert name in README + REFERENCE


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_is_in_the_readme(path):
    assert f"nntrain {path[0]}" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_line_shown_is_one_that_parses(page):
    text = page.read_text("utf-8").replace("\\\n", " ")
    for line in re.findall(r"^nntrain (.*)$", text, re.M):
        words = shlex.split(line, comments=True)
        command: click.Command = cli
        path: tuple[str, ...] = ()
        while words and (*path, words[0]) in COMMANDS:
            path = (*path, words.pop(0))
            command = COMMANDS[path]
        known = {name for parameter in command.params for name in parameter.opts}
        known |= {"--help", "-h"}
        for word in words:
            if word.startswith("-") and not re.fullmatch(r"-\d+(\.\d+)?", word):
                assert word.split("=")[0] in known, f"{page.name}: nntrain {line}"


def test_the_exports_shown_are_of_runs_made_above_and_of_their_shape():
    for export in re.finditer(r"^nntrain export (\w+) ", README, re.M):
        made = re.search(rf"^nntrain fit .*--name {export[1]}\b", README[: export.start()], re.M)
        assert made, export[0]
    (hidden,) = FitSettings().hidden  # "first" is a bare fit
    assert f"nn.Linear(784, {hidden}), nn.ReLU(), nn.Linear({hidden}, 10)" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_benchmark_shown_is_one_that_parses(page):
    text = page.read_text("utf-8").replace("\\\n", " ")
    assert "python -m benchmarks." not in text
    for line in re.findall(r"python -m benchmarks ([^`\n]*)", text):
        name, *words = shlex.split(line, comments=True)
        assert name in BENCHMARKS, f"{page.name}: {name}"
        command = import_module(BENCHMARKS[name]).command
        known = {option for parameter in command.params for option in parameter.opts}
        for word in words:
            if word.startswith("-"):
                assert word.split("=")[0] in known, f"{page.name}: {line}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_and_picture_within_the_tree_is_there(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("picture", sorted(ROOT.glob("docs/*.svg")), ids=lambda p: p.name)
def test_pictures_refer_to_nothing_outside(picture):
    text = picture.read_text("utf-8")
    ET.fromstring(text)
    assert text.replace("http://www.w3.org/2000/svg", "").count("http") == 0


@pytest.mark.parametrize("path", sorted(ROOT.glob("configs/*.toml")), ids=lambda p: p.stem)
def test_every_settings_file_is_valid_and_names_its_dataset_and_result(path):
    assert make(FitSettings, read_settings(path)).dataset == "mnist"
    assert re.search(r"^# .*\d\d\.\d+ ", path.read_text("utf-8"), re.M)
    assert f"`{path.stem}`" in ACCURACY or path.name in README


def test_the_readme_names_the_python_that_the_package_wants():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f"Python {project['requires-python'].removeprefix('>=')}" in README


def test_no_page_names_this_machine():
    for page in PAGES:
        text = page.read_text("utf-8")
        assert not re.search(r"(?<!\w)/(work|tmp)\b", text)


def test_the_version_is_cited_and_has_its_changes():
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\n## {__version__}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")
