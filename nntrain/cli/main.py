"""``nntrain``: the group of commands, and the one place where errors become messages."""

import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import click

from nntrain import __version__
from nntrain.cli.compare_costs import compare_costs
from nntrain.cli.data import data
from nntrain.cli.evaluate import evaluate
from nntrain.cli.export import export
from nntrain.cli.fit import fit
from nntrain.cli.import_ import import_
from nntrain.cli.predict import predict
from nntrain.cli.report import report
from nntrain.cli.reproduce import reproduce
from nntrain.cli.runs import runs
from nntrain.cli.softmax import softmax
from nntrain.cli.sweep import sweep
from nntrain.cli.verify import verify
from nntrain.errors import Interrupted, NntrainError, did_you_mean, harmless


class Failure(click.ClickException):
    """A message on stderr and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(harmless(message))
        self.exit_code = exit_code  # type: ignore[misc]  # a class variable in click's types


class Commands(click.Group):
    """A group that turns what a user can cause into one message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        _warn_of_unknown_variables(self)
        try:
            return super().invoke(ctx)
        except NntrainError as error:
            raise Failure(str(error), error.exit_code) from error
        except KeyboardInterrupt:
            raise Failure("Interrupted.", Interrupted.exit_code) from None
        except MemoryError as error:
            raise Failure(
                f"Out of memory ({error or 'no more to be had'}). Try smaller --hidden or "
                f"--batch-size.",
                1,
            ) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise Failure(f"{error.strerror or error}{where}.", 1) from error


def _warn_of_unknown_variables(group: click.Group) -> None:
    """Say on stderr which NNTRAIN_… variables mean nothing: a typo must not pass in silence."""
    known = {str(p.envvar) for command in _all_commands(group) for p in command.params if p.envvar}
    for name in os.environ:
        if name.startswith("NNTRAIN_") and name not in known:
            hint = did_you_mean(name, known)
            text = f"Warning: the variable {name} means nothing here.{hint}"
            click.echo(harmless(text), err=True)


def _all_commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from _all_commands(command)


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


COMMANDS = (
    fit,
    evaluate,
    compare_costs,
    data,
    export,
    import_,
    predict,
    report,
    reproduce,
    runs,
    softmax,
    sweep,
    verify,
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a question mark, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        cli(prog_name="nntrain")
    except OSError as error:  # not even the help could be written
        sys.exit(f"Error: {error.strerror or error}.")
