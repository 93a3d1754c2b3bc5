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
from nntrain.errors import Interrupted, NntrainError, did_you_mean, harmless


class Failure(click.ClickException):
    """A message on stderr and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(harmless(message))
        self.exit_code = exit_code  # type: ignore[misc]  # a class variable in click's types

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the message; where stderr is gone with its terminal, the exit code still tells."""
        with suppress(OSError):
            super().show(file)


COMMANDS = {
    "compare-costs": "Train three output layers from the same start.",
    "data": "List, download, verify and show the datasets.",
    "evaluate": "Report on a trained network.",
    "export": "Write a trained network as a file for other programs.",
    "fit": "Train a network and report on it.",
    "import": "Import a trained network as a run.",
    "predict": "Classify image files.",
    "report": "Write the report page of a run.",
    "reproduce": "Train presets and compare them with what is published.",
    "runs": "List the runs so far, oldest first, and the experiments.",
    "softmax": "Show the softmax of a few numbers, from every side.",
    "sweep": "Train a grid of settings and rank them.",
    "verify": "Check the lecture's claims numerically.",
}
"""Every command with the first line of its help: a command is loaded only to be run.

``compare-costs`` is ``compare_costs`` in the module of that name; one that Python keeps for itself
has an underscore behind it."""


class Commands(click.Group):
    """A group that turns what a user can cause into one message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None where there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        name += "_" * iskeyword(name)
        command: click.Command = getattr(import_module(f"nntrain.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is asked for; click knows no names of those not loaded."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"No such command {name!r}.{did_you_mean(name, COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return signals.as_exceptions(partial(self._invoke, ctx))
        except KeyboardInterrupt:
            raise Failure("Interrupted.", Interrupted.exit_code) from None

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            _warn_of_unknown_variables(ctx)
            return super().invoke(ctx)
        except NntrainError as error:
            raise Failure(str(error), error.exit_code) from error
        except MemoryError as error:
            raise Failure(
                f"Out of memory ({error or 'no more to be had'}). Try smaller --hidden or "
                f"--batch-size.",
                1,
            ) from error
        except EOFError as error:  # which click takes for Ctrl-D
            from nntrain.cli import damage

            raise Failure(damage.explain(error), 1) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise Failure(f"{error.strerror or error}{where}.", 1) from error


def _warn_of_unknown_variables(ctx: click.Context) -> None:
    """Say on stderr which NNTRAIN_… variables mean nothing: a typo must not pass in silence."""
    given = [name for name in os.environ if name.startswith("NNTRAIN_")]
    if not given:
        return
    known = {str(p.envvar) for command in _all(ctx) for p in command.params if p.envvar}
    for name in given:
        if name not in known:
            hint = did_you_mean(name, known)
            text = f"Warning: the variable {name} means nothing here.{hint}"
            click.echo(harmless(text), err=True)


def _all(ctx: click.Context) -> Iterator[click.Command]:
    """Yield every command, and the commands below it."""
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
    nntrain evaluate            the report on the newest run again
    nntrain compare-costs       three output layers from the same start

    Every command has its own --help with an example.
    """


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a question mark, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
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
        if not isinstance(lost, BrokenPipeError):  # a reader that has seen enough is no error
            with suppress(OSError):
                print(f"Error: {lost.strerror or lost}.", file=sys.stderr)
    _flush(sys.stderr)
    sys.exit(status)


def _flush(stream: TextIO | None) -> OSError | None:
    """Write what the buffer of a stream holds; where that fails, drop it and return the error.

    Python would try once more when it exits, and then report an error of its own with exit 120.
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
