"""``nntrain``: the group of commands, and the one place where errors become messages."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from keyword import iskeyword
from typing import IO, Any, TextIO

import click

from nntrain import __version__
from nntrain.cli import signals
from nntrain.errors import Interrupted, NntrainError, did_you_mean, harmless, speak_of_options
from nntrain.show import ascii_text


class Failure(click.ClickException):
    """A message on stderr and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(harmless(message))
        self.exit_code = exit_code  # type: ignore[misc]  # a class variable in click's types

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message; if stderr is closed, only the exit code reports the failure."""
        with suppress(OSError):
            super().show(file)


SECTIONS = {
    "Train": {
        "fit": "Train a network and report on it.",
        "compare-costs": "Train output layers from the same start.",
        "sweep": "Train a grid of settings and rank them.",
        "reproduce": "Train presets and compare them with published results.",
    },
    "Look at results": {
        "evaluate": "Report on a trained network.",
        "report": "Write the report page of a run.",
        "predict": "Classify image files.",
        "diff": "Compare two runs.",
        "runs": "List, remove and rename runs and experiments.",
    },
    "The lecture": {
        "lecture": "Write the lecture as a page to explore.",
        "softmax": "Explore the softmax of a few numbers.",
        "verify": "Check the lecture's claims numerically.",
    },
    "Files": {
        "data": "List, download, verify and show the datasets.",
        "export": "Write a trained network as a file for other programs.",
        "import": "Import a trained network as a run.",
    },
}
"""Every command with the first line of its help, so that listing them loads none.

``compare-costs`` is ``compare_costs`` in the module of that name; a Python keyword gets a trailing
underscore."""
COMMANDS = {name: line for commands in SECTIONS.values() for name, line in commands.items()}
SUGGESTED = {
    **dict.fromkeys(("train", "learn"), "fit"),
    **dict.fromkeys(("resume", "continue"), "fit --resume RUN"),
    **dict.fromkeys(("list", "ls", "history", "status"), "runs"),
    **dict.fromkeys(("rm", "remove", "delete"), "runs rm RUN"),
    **dict.fromkeys(("mv", "move", "rename"), "runs mv OLD NEW"),
    **dict.fromkeys(("test", "score"), "evaluate"),
    **dict.fromkeys(("classify", "recognise", "recognize"), "predict IMAGE"),
    **dict.fromkeys(("open", "show", "page", "html"), "report --open"),
    **dict.fromkeys(("save", "onnx"), "export --format onnx"),
    **dict.fromkeys(("tune", "search", "grid"), "sweep --vary SETTING=VALUE,…"),
    **dict.fromkeys(("download", "fetch"), "data download NAME"),
    **dict.fromkeys(("dataset", "datasets"), "data list"),
    **dict.fromkeys(("preset", "presets", "configs"), "reproduce --list"),
    "load": "import FILE",
    "help": "--help",
    "version": "--version",
}
"""The command to suggest for a likely word that is not a command."""


class Commands(click.Group):
    """A group that turns every error a user can cause into a message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        name += "_" * iskeyword(name)
        command: click.Command = getattr(import_module(f"nntrain.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command; click cannot suggest commands that are not loaded."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            use = f" Use: nntrain {SUGGESTED[name]}" if name in SUGGESTED else ""
            ctx.fail(f"No such command {name!r}.{use or did_you_mean(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, without loading them."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        before = speak_of_options(True)
        try:
            return signals.as_exceptions(partial(self._invoke, ctx))
        except KeyboardInterrupt:
            raise Failure("Interrupted.", Interrupted.exit_code) from None
        finally:
            speak_of_options(before)

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            _warn_about_unknown_variables(ctx)
            return super().invoke(ctx)
        except NntrainError as error:
            raise Failure(str(error), error.exit_code) from error
        except MemoryError as error:
            raise Failure(
                f"Out of memory ({error or 'allocation failed'}). Free some memory or raise its "
                f"limit; for a training run, try a smaller --hidden or --batch-size.",
                1,
            ) from error
        except ImportError as error:
            raise Failure(
                f"Cannot load a library ({error}). If memory is short, free some; otherwise "
                f"reinstall nntrain.",
                1,
            ) from error
        except EOFError as error:  # click would take it for Ctrl-D
            from nntrain.cli import damage

            raise Failure(damage.explain(error), 1) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise Failure(f"{error.strerror or error}{where}.", 1) from error


def _warn_about_unknown_variables(ctx: click.Context) -> None:
    """Warn on stderr about unknown NNTRAIN_… variables: they are probably typos."""
    given = [name for name in os.environ if name.startswith("NNTRAIN_")]
    if not given:
        return
    known = {str(p.envvar) for command in _all(ctx) for p in command.params if p.envvar}
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known)
            text = f"Warning: ignoring the unknown variable {name}.{hint}"
            click.echo(harmless(text), err=True)


def _all(ctx: click.Context) -> Iterator[click.Command]:
    """Yield every command and subcommand."""
    for name in COMMANDS:
        command = cli.get_command(ctx, name)
        if command is not None:
            yield command
        if isinstance(command, click.Group):
            yield from command.commands.values()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nntrain")
def cli() -> None:
    """Train fully connected networks on MNIST from scratch, and see how they learn.

    \b
    nntrain fit                 download MNIST, train a network, report on it
    nntrain evaluate            report on the newest run again
    nntrain compare-costs       train output layers from the same start

    Every command has its own --help with an example.
    """


def main() -> None:
    """Run the command line."""
    ascii_text.register(sys.stdout, sys.stderr)
    status: Any = 0
    lost = None
    try:
        cli(prog_name="nntrain")
    except SystemExit as end:
        status = end.code
    except OSError as error:  # not even the help could be written
        lost = error
    lost = _flush(sys.stdout) or lost
    if lost and not status:
        status = 1
        if not isinstance(lost, BrokenPipeError):  # a reader may close the pipe early
            with suppress(OSError):
                print(f"Error: {lost.strerror or lost}.", file=sys.stderr)
    _flush(sys.stderr)
    sys.exit(status)


def _flush(stream: TextIO | None) -> OSError | None:
    """Flush a stream; if that fails, discard its buffer and return the error.

    Otherwise Python would try again at exit, print an error of its own and exit with 120.
    """
    if stream is None:  # the caller closed it
        return None
    try:
        stream.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        return error
    return None
