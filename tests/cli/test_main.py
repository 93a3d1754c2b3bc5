"""The command line as a whole: help, start-up, exits, docs of every command."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import nntrain
from nntrain import __version__
from nntrain.cli.main import COMMANDS as LISTED
from nntrain.cli.main import SUGGESTED, cli
from nntrain.cli.sections import SECTIONS, Sectioned
from nntrain.settings import presets
from tests.cli.helpers import process, run


def commands(group=cli, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


COMMANDS = dict(commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(path):
    shown = run(*path, "--help").stdout
    assert f"nntrain {' '.join(path)}" in shown.split("Options:")[0].split("\n", 1)[1]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_option_has_help(path):
    for parameter in COMMANDS[path].params:
        if isinstance(parameter, click.Option) and parameter.name not in ("split", "count"):
            assert parameter.help, parameter.name


@pytest.mark.parametrize("name", LISTED)
def test_the_list_says_of_each_command_what_its_own_help_says(name):
    assert COMMANDS[name,].help.startswith(LISTED[name].rstrip("."))


@pytest.mark.parametrize(
    "path", [path for path, one in COMMANDS.items() if isinstance(one, Sectioned)], ids=" ".join
)
def test_every_option_stands_in_a_section_once(path):
    shown = run(*path, "--help").stdout
    headings = re.findall(r"^(\w+):$", shown, re.M)
    assert headings == [title for title in SECTIONS if title in headings]
    listed = shown.partition("Common:")[2]
    names = re.findall(r"^  (?:-\w, )?(--[\w-]+)", listed, re.M)
    options = [p for p in COMMANDS[path].params if isinstance(p, click.Option)]
    assert sorted(names) == sorted([*(max(p.opts, key=len) for p in options), "--help"])


def test_the_help_of_fit_begins_with_what_is_needed_first_and_ends_with_the_presets():
    shown = run("fit", "--help").stdout
    options = re.findall(r"^  (--[\w-]+)", shown, re.M)
    assert options[:4] == ["--hidden", "--output", "--epochs", "--learning-rate"]
    assert re.findall(r"[\w-]+", shown.partition("reproduce --list:")[2]) == [*presets.names()]


@pytest.mark.parametrize("word", SUGGESTED)
def test_a_likely_word_is_answered_with_what_to_type(word):
    suggested = SUGGESTED[word]
    assert f"No such command '{word}'. Use: nntrain {suggested}" in run(word, expect=2).stderr
    meant = suggested.split()
    path = tuple(meant[:2]) if tuple(meant[:2]) in COMMANDS else tuple(meant[:1])
    known = {name for p in (COMMANDS.get(path) or cli).params for name in p.opts}
    assert path in COMMANDS or meant == ["--help"] or meant[0] in known
    assert {w for w in meant if w.startswith("--")} <= {*known, "--help"}


def test_help_loads_no_command_and_nothing_heavy():
    code = (
        "import sys; from nntrain.cli.main import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "print(list(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(ast.literal_eval(done.stdout.splitlines()[-1]))
    here = {"nntrain.cli", "nntrain.cli.main", "nntrain.cli.signals", "nntrain.show"}
    loaded = {
        *here,
        "nntrain.show.ascii_text",
        "nntrain.errors",
        "nntrain.storage",
        "nntrain.storage.signals",
    }
    assert {name for name in found if name.startswith("nntrain.")} == loaded
    assert not {"numpy", "rich", "requests", "csv", "pathlib"} & found


def test_an_unknown_command_gets_a_suggestion():
    assert "No such command 'fitt'. Did you mean 'fit'?" in run("fitt", expect=2).output
    assert "Did you mean" not in run("zzzzzz", expect=2).output


def test_version():
    assert run("--version").stdout.strip() == f"nntrain, version {__version__}"


def test_training_does_not_load_requests(home, tiny):
    code = (
        "import sys; from nntrain.cli.main import cli\n"
        f"try: cli(['fit', '--dataset', {str(tiny)!r}, '--epochs', '1', '-q'])\n"
        "except SystemExit: pass\n"
        "print('requests' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("False")


def test_python_m_nntrain_is_the_command():
    assert process("--version").stdout.strip().endswith(__version__)


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device", "x")])
def test_a_missing_resource_is_one_line(monkeypatch, home, tiny, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("nntrain.workflows.train.start", fail)
    result = run("fit", "--dataset", tiny, expect=1)
    assert result.stderr.startswith("Error: ")


def test_an_interrupt_outside_any_command_causes_no_traceback(monkeypatch, capsys):
    from nntrain import __main__
    from nntrain.cli import main, signals

    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(signals, "begin", lambda: None)  # the signals are pytest's
    monkeypatch.setattr(main, "main", interrupted)
    with pytest.raises(SystemExit) as caught:
        __main__.main()
    assert caught.value.code == 130
    assert capsys.readouterr().err == "Error: Interrupted.\n"


full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a full device")


class TestStreams:
    """Results that cannot be written: one line and exit 1, at the latest when the command ends."""

    def ended(self, *words, python=(), **streams):
        command = [sys.executable, *python, "-m", "nntrain", *words]
        done = subprocess.run(command, text=True, **{"stderr": subprocess.PIPE, **streams})
        return done.returncode, done.stderr

    @full
    @pytest.mark.parametrize("words", [("runs",), ("data", "list", "--json"), ("--help",)])
    @pytest.mark.parametrize("python", [(), ("-X", "dev")], ids=" ".join)
    def test_a_full_place(self, home, python, words):
        with Path("/dev/full").open("w") as full:
            ended = self.ended(*words, python=python, stdout=full)
        assert ended == (1, "Error: No space left on device.\n")

    @full
    def test_a_full_place_for_messages_too(self, home):
        with Path("/dev/full").open("w") as full:
            assert self.ended("runs", stdout=full, stderr=full) == (1, None)

    @pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
    @pytest.mark.parametrize("words", [("runs",), ("--help",)])
    def test_a_reader_that_has_gone_away(self, home, words):
        reading, writing = os.pipe()
        os.close(reading)
        with open(writing, "w") as gone:  # noqa: PTH123 - it has no path
            assert self.ended(*words, stdout=gone) == (1, "")

    @pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
    @pytest.mark.parametrize("words", [("runs",), ("data", "list", "--json")])
    def test_a_stream_that_is_closed(self, home, words):
        command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "nntrain", *words]
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        assert (done.returncode, done.stderr) == (0, "")


class TestEndOfFile:
    """``EOFError`` means Ctrl-D to click: only at a prompt may it."""

    def test_byte_code_that_was_cut_is_named(self, tmp_path):
        shutil.copytree(Path(nntrain.__file__).parent, tmp_path / "nntrain")
        env = {"PYTHONPYCACHEPREFIX": "", "PYTHONDONTWRITEBYTECODE": ""}
        assert process("runs", cwd=tmp_path, env=env).returncode == 0
        for name in ("cli/main", "cli/runs", "errors", "runs/run"):
            folder = (tmp_path / "nntrain" / name).parent / "__pycache__"
            cut = folder / f"{Path(name).name}.{sys.implementation.cache_tag}.pyc"
            whole = cut.read_bytes()
            cut.write_bytes(whole[:100])
            done = process("runs", cwd=tmp_path, env=env)
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr == (
                f"Error: The installation is damaged: {cut} is incomplete. Delete the folder "
                f"{folder} (Python writes it again), or reinstall nntrain.\n"
            )
            cut.write_bytes(whole)

    @pytest.mark.parametrize("error", [EOFError(), EOFError("Compressed file ended")])
    def test_other_end_of_file_errors_are_not_ctrl_d(self, monkeypatch, home, error):
        def fail(*_, **__):
            raise error

        monkeypatch.setattr(cli.get_command(None, "runs"), "callback", fail)
        assert run("runs", expect=1).stderr.startswith("Error: A file ends too early (")

    def test_ctrl_d_at_a_prompt_stays_what_it_is(self, monkeypatch, home):
        monkeypatch.setattr(
            cli.get_command(None, "runs"), "callback", lambda **_: click.prompt("?")
        )
        assert "Aborted!" in run("runs", expect=1).output
