"""Options made from the settings' own descriptions; whichever way a setting came, it is checked.

Flag > environment > settings file > default.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from nntrain.cli.options import SettingType
from nntrain.errors import SettingsError
from nntrain.settings import presets
from nntrain.settings.fields import Spec, shown, unknown_setting
from nntrain.settings.fit import FitSettings, Settings, TrainingSettings, make

Command = TypeVar("Command", bound=Callable[..., Any])


def settings_options(kind: type[TrainingSettings]) -> Callable[[Command], Command]:
    """Return a decorator that adds an option for each field of ``kind``.

    ``--learning-rate`` for ``learning_rate``, with ``NNTRAIN_LEARNING_RATE`` behind it.
    """

    def decorate(command: Command) -> Command:
        for item in reversed(fields(kind)):
            spec: Spec = item.metadata["spec"]
            default = item.default
            name = "--" + item.name.replace("_", "-")
            if spec.kind is bool:
                command = click.option(
                    name, is_flag=True, envvar=f"NNTRAIN_{item.name.upper()}", help=spec.help
                )(command)
                continue
            if spec.kind is tuple and isinstance(default, tuple):
                default = ",".join(map(str, default))
            command = click.option(
                name,
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
    """Return a decorator that adds the argument SETTINGS, a TOML file or, of a fit, a preset.

    Its values become the defaults of the options, so flag > environment > file > default.
    """

    def feed(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path | None:
        if path is not None:
            if kind is FitSettings:
                path = presets.find(path)
            elif str(path) in presets.names() and not path.is_file():
                raise SettingsError(
                    f"{path} is a preset, which is for fit and sweep: expected a SETTINGS.toml "
                    f"with options of {ctx.command.name}."
                )
            values = presets.read_settings(path)
            specs = {item.name: item.metadata["spec"] for item in fields(kind)}
            for name, value in values.items():
                if name not in specs:
                    raise SettingsError(f"{path}: {unknown_setting(name, specs)}")
                if specs[name].kind is bool and not isinstance(value, bool):
                    raise SettingsError(  # click would take 1 and "yes"
                        f"{name} = {shown(value)} is not allowed: expected a bool. "
                        f"It comes from {path}."
                    )
                if specs[name].kind is list and not isinstance(value, list):
                    values[name] = [value]
            ctx.default_map = {**(ctx.default_map or {}), **values}
        return path

    return click.argument(
        "settings_path",
        metavar="[PRESET|SETTINGS.toml]" if kind is FitSettings else "[SETTINGS.toml]",
        required=False,
        type=click.Path(path_type=Path),
        callback=feed,
        is_eager=True,
    )


def checked(ctx: click.Context, values: Mapping[str, Any]) -> FitSettings:
    """Return the settings of a fit; an error says which option, variable or file it came from."""
    return checked_as(FitSettings, ctx, values)


def checked_as(kind: type[Settings], ctx: click.Context, values: Mapping[str, Any]) -> Settings:
    """Do what ``checked`` does for another kind of settings."""
    try:
        return make(kind, values)
    except SettingsError as error:
        origin = _origin(ctx, error.setting) if error.setting else ""
        raise SettingsError(f"{error}{origin}", error.setting) from error


def _origin(ctx: click.Context, name: str) -> str:
    source = ctx.get_parameter_source(name)
    if source is ParameterSource.ENVIRONMENT:
        return f" It comes from the variable NNTRAIN_{name.upper()}."
    if source is ParameterSource.DEFAULT_MAP:
        return f" It comes from {ctx.params['settings_path']}."
    return f" It comes from --{name.replace('_', '-')}."


def given_options(ctx: click.Context, kind: type[TrainingSettings]) -> dict[str, Any]:
    """Return the settings that were typed as flags."""
    return {
        item.name: ctx.params[item.name]
        for item in fields(kind)
        if ctx.get_parameter_source(item.name) is ParameterSource.COMMANDLINE
    }
