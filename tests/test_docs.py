"""Docs cannot rot: what there is stands in them, and what they show is there."""

import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from importlib import import_module
from pathlib import Path

import click
import pytest

import nntrain
from benchmarks.__main__ import COMMANDS as BENCHMARKS
from docs.make_api import api
from docs.make_reference import reference
from nntrain import __version__
from nntrain.cli.main import cli
from nntrain.data.dataset import known_names
from nntrain.data.synthetic.generate import generate
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.outputs import OUTPUTS
from nntrain.nn.schedules import SCHEDULES
from nntrain.settings.fit import FitSettings, make
from nntrain.settings.presets import read_settings
from tests.cli.helpers import run
from tests.cli.test_main import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
ACCURACY = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def test_the_reference_is_what_the_commands_say():
    assert reference() == REFERENCE, "run: python docs/make_reference.py"


def test_the_page_on_the_api_is_what_the_docstrings_say_and_complete():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert api() == page, "run: python docs/make_api.py"
    for name in set(nntrain.__all__) - {"__version__"}:
        assert f"### {name}\n" in page or f"- `{name}`: " in page
        assert getattr(nntrain, name).__doc__


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_in_the_reference(path):
    assert f"## nntrain {' '.join(path)}\n" in REFERENCE
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option):
            assert all(name in REFERENCE for name in parameter.opts)


@pytest.mark.parametrize(
    "name", [*known_names(), *OUTPUTS, *ACTIVATIONS, *INITIALISATIONS, *SCHEDULES]
)
def test_every_registered_name_is_in_the_guide_or_the_reference(name):
    assert name in GUIDE + REFERENCE


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_is_in_the_guide(path):
    assert f"nntrain {' '.join(path)}" in GUIDE


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_line_shown_is_one_that_parses(page):
    text = page.read_text("utf-8").replace("\\\n", " ")
    for line in re.findall(r"^nntrain (.*)$", text, re.M):
        words = shlex.split(line.partition(" > ")[0], comments=True)
        command: click.Command = cli
        path: tuple[str, ...] = ()
        while words and (*path, words[0]) in COMMANDS:
            path = (*path, words.pop(0))
            command = COMMANDS[path]
        command.make_context(f"nntrain {' '.join(path)}", [*words])  # raises click.UsageError
        if path == ("fit",) and "--resume" not in words:
            assert run("fit", *words, "--dry-run").exit_code == 0, line


def test_the_readme_is_short_and_ends_its_commands_with_the_tests():
    assert len(README.splitlines()) <= 160
    assert re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S)[-1].endswith("-m pytest\n")


def test_a_run_named_in_the_readme_or_the_guide_is_made_above():
    for text in README, GUIDE:
        for used in re.finditer(
            r"^nntrain (?:export|diff|evaluate|runs rm) ([a-z]\w*)", text, re.M
        ):
            made = rf"^nntrain (fit|import|runs mv) .*\b{used[1]}$"
            assert used[1] == "latest" or re.search(made, text[: used.start()], re.M), used[0]


def test_the_readmes_python_trains_and_compares(monkeypatch, capsys):
    digits = nntrain.Dataset.from_arrays(*generate(2000, 0))
    monkeypatch.setattr(nntrain, "load_dataset", lambda: digits)
    (code,) = re.findall(r"^```python\n(.*?)^```$", README, re.M | re.S)
    found = {}
    exec(code, found)
    printed = capsys.readouterr().out
    assert f"{nntrain.evaluate(found['run']).accuracy}\n" in printed
    assert "<Comparison: From the saturated start" in printed


def test_the_pytorch_of_the_guide_is_of_the_default_network():
    (hidden,) = FitSettings().hidden
    assert f"nn.Linear(784, {hidden}), nn.ReLU(), nn.Linear({hidden}, 10)" in GUIDE


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
    assert f"`{path.stem}`" in ACCURACY


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
