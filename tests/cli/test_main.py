"""The command line as a whole: help, start-up, exits, docs of every command."""

import ast
import subprocess
import sys

import click
import pytest

from nntrain import __version__
from nntrain.cli.main import COMMANDS as LISTED
from nntrain.cli.main import cli
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


def loaded_for_help():
    """Return the names of all modules that ``nntrain --help`` loads."""
    code = (
        "import sys; from nntrain.cli.main import cli\n"
        "try: cli(['--help'])\n"
        "except SystemExit: pass\n"
        "print(list(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ast.literal_eval(done.stdout.splitlines()[-1]))


def test_help_loads_no_command():
    here = {"nntrain.cli", "nntrain.cli.main", "nntrain.cli.signals"}
    loaded = {*here, "nntrain.errors", "nntrain.storage.signals"}
    assert {name for name in loaded_for_help() if name.startswith("nntrain.")} == loaded


def test_an_unknown_command_gets_a_suggestion():
    assert "No such command 'fitt'. Did you mean 'fit'?" in run("fitt", expect=2).output
    assert "Did you mean" not in run("zzzzzz", expect=2).output


def test_version():
    assert run("--version").stdout.strip() == f"nntrain, version {__version__}"


def test_help_loads_nothing_heavy():
    assert not {"numpy", "rich", "requests"} & loaded_for_help()


def test_training_does_not_load_requests(home, tiny):
    code = (
        "import sys; from nntrain.cli.main import cli\n"
        f"try: cli(['fit', '--dataset', {str(tiny)!r}, '--epochs', '1', '-q'])\n"
        "except SystemExit: pass\n"
        "print('requests' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("False")


def test_an_unknown_command_is_usage():
    assert run("train", expect=2).stderr


def test_python_m_nntrain_is_the_command():
    assert process("--version").stdout.strip().endswith(__version__)


@pytest.mark.parametrize("error", [MemoryError(), OSError(28, "No space left on device", "x")])
def test_what_the_machine_lacks_is_one_line(monkeypatch, home, tiny, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("nntrain.workflows.train.start", fail)
    result = run("fit", "--dataset", tiny, expect=1)
    assert result.stderr.startswith("Error: ")


def test_an_interrupt_outside_of_every_command_is_no_traceback(monkeypatch, capsys):
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
