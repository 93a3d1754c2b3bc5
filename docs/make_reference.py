"""Writes docs/reference.md from the commands themselves: python docs/make_reference.py."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from nntrain.cli.main import cli

TARGET = Path(__file__).with_name("reference.md")
HEAD = """\
# Every command and option

Written by `python docs/make_reference.py` from the commands themselves; a test fails when the
two differ. Every setting of `fit`, `compare-costs` and `sweep` is also an environment variable,
`NNTRAIN_` and the option's name, as in `NNTRAIN_LEARNING_RATE`, and a key of a settings file,
as in `learning_rate`. A flag wins over the environment, the environment over a settings file,
and the file over the default.
"""


def commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    """Yield the full name of every command below ``command``, and the command."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield " ".join((*path, name)), below
            yield from commands(below, (*path, name))


def section(title: str, command: click.Command) -> str:
    """Return the part of the page about one command."""
    text, _, examples = inspect.cleandoc(command.help or "").partition("\b\n")
    parts = [f"## {title}\n\n{text.strip()}\n\n```sh\n{examples.strip()}\n```\n"]
    rows = [row(command, option) for option in command.params if isinstance(option, click.Option)]
    if rows:
        parts.append("| option | meaning | default |\n|---|---|---|\n" + "".join(rows))
    return "\n".join(parts)


def row(command: click.Command, option: click.Option) -> str:
    """Return the table row of one option."""
    context = click.Context(command)
    names = ", ".join(f"`{name}`" for name in option.opts)
    # a choice's bars would end the table's cell
    value = "" if option.is_flag else f" `{option.make_metavar(context)}`".replace("|", ", ")
    shown = option.show_default and option.default is not None
    default = f"`{option.default}`" if shown else ""
    return f"| {names}{value} | {option.help} | {default} |\n"


def reference() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(section(*entry) for entry in commands(cli, ("nntrain",)))])


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
