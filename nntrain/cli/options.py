"""Options made from the settings' own descriptions, and those that several commands share."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings import Spec, TrainingSettings, read_toml

Command = TypeVar("Command", bound=Callable[..., Any])

SPLITS = ("train", "validation", "test")


class SettingType(click.ParamType[Any]):
    """Passes a value on as typed: the settings check it, whether typed or read from a file."""

    name = "setting"

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the choices, or the kind of value."""
        if self.spec.choices:
            return "[" + "|".join(self.spec.choices()) + "]"
        kinds = {int: "INTEGER", float: "NUMBER", tuple: "INTEGER,…", list: "NUMBER"}
        return kinds.get(self.spec.kind, "TEXT")

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the choices that begin as typed."""
        names = self.spec.choices() if self.spec.choices else ()
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def settings_options(kind: type[TrainingSettings]) -> Callable[[Command], Command]:
    """Return a decorator that adds an option for each field of ``kind``.

    ``--learning-rate`` for ``learning_rate``, with ``NNTRAIN_LEARNING_RATE`` behind it.
    """

    def decorate(command: Command) -> Command:
        for item in reversed(fields(kind)):
            spec: Spec = item.metadata["spec"]
            default = item.default
            if spec.kind is tuple and isinstance(default, tuple):
                default = ",".join(map(str, default))
            command = click.option(
                "--" + item.name.replace("_", "-"),
                item.name,
                type=SettingType(spec),
                default=default,
                multiple=spec.kind is list,
                envvar=f"NNTRAIN_{item.name.upper()}",
                show_default=bool(default or default == 0),
                help=spec.help,
            )(command)
        return command

    return decorate


def settings_file(kind: type[TrainingSettings]) -> Callable[[Command], Command]:
    """Return a decorator that adds the argument SETTINGS, a TOML file with ``kind``'s words.

    Its values become the defaults of the options, so flag > environment > file > default.
    """

    def feed(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path | None:
        if path is not None:
            values = read_toml(path)
            specs = {item.name: item.metadata["spec"] for item in fields(kind)}
            for name, value in values.items():
                if name not in specs:
                    raise SettingsError(
                        f"{path}: unknown setting {name!r}.{did_you_mean(name, specs)}"
                    )
                if specs[name].kind is list and not isinstance(value, list):
                    values[name] = [value]
            ctx.default_map = {**(ctx.default_map or {}), **values}
        return path

    return click.argument(
        "settings_path",
        metavar="[SETTINGS.toml]",
        required=False,
        type=click.Path(path_type=Path),
        callback=feed,
        is_eager=True,
        expose_value=False,
    )


def given_options(ctx: click.Context, kind: type[TrainingSettings]) -> dict[str, Any]:
    """Return the settings that were typed as flags."""
    return {
        item.name: ctx.params[item.name]
        for item in fields(kind)
        if ctx.get_parameter_source(item.name) is ParameterSource.COMMANDLINE
    }


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option(
        "as_json", "--json", is_flag=True, help="Print one JSON document instead of tables."
    )(command)


def quiet_option(command: Command) -> Command:
    """Add ``-q``."""
    return click.option(
        "-q", "--quiet", is_flag=True, help="No progress and no messages, only results."
    )(command)


def svg_option(command: Command) -> Command:
    """Add ``--svg``."""
    return click.option(
        "--svg",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Also save what is shown as an SVG picture.",
    )(command)


def predictions_option(command: Command) -> Command:
    """Add ``--predictions``."""
    return click.option(
        "--predictions",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE.csv",
        help="Write index, true and predicted class and all outputs of each example.",
    )(command)


def section_option(command: Command) -> Command:
    """Add ``--section``."""
    return click.option(
        "--section",
        "sections",
        multiple=True,
        type=SettingType(Spec("", str, choices=_sections)),
        help="Show only this part of the report; repeatable.",
    )(command)


def _sections() -> tuple[str, ...]:
    from nntrain.show.terminal.evaluation import SECTIONS

    return tuple(SECTIONS)


def checked_sections(sections: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``sections`` if the report has them all; else raise ``SettingsError``."""
    known = _sections()
    for name in sections:
        if name not in known:
            raise SettingsError(
                f"--section {name} is not allowed: expected one of {', '.join(known)}."
                f"{did_you_mean(name, known)}"
            )
    return sections


def runs_dir_option(command: Command) -> Command:
    """Add ``--runs-dir``."""
    return click.option(
        "--runs-dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("runs"),
        envvar="NNTRAIN_RUNS_DIR",
        show_default=True,
        help="Where runs are kept.",
    )(command)


def data_dir_option(command: Command) -> Command:
    """Add ``--data-dir`` for commands that have no settings."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        envvar="NNTRAIN_DATA_DIR",
        help="Where datasets are kept. [default: data]",
    )(command)


def network_options(command: Command) -> Command:
    """Add ``--mirror`` and ``--offline``."""
    command = click.option(
        "--offline", is_flag=True, envvar="NNTRAIN_OFFLINE", help="Never touch the network."
    )(command)
    return click.option(
        "--mirror",
        "mirrors",
        multiple=True,
        metavar="URL",
        envvar="NNTRAIN_MIRROR",
        help="Try this address before the known mirrors; {dataset} stands for the name.",
    )(command)
