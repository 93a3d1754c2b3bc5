"""Command-line options made from the settings; every value is checked, whatever its source.

Flag > environment > settings file > default.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from textwrap import fill
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from nntrain.cli.values import (
    SettingType,
    complete_datasets,
    complete_distortions,
    complete_settings_files,
)
from nntrain.errors import SettingsError
from nntrain.settings import presets
from nntrain.settings.fields import Spec, shown, unknown_setting
from nntrain.settings.fit import FitSettings, Settings, TrainingSettings, make
from nntrain.settings.toml import read_toml

Command = TypeVar("Command", bound=Callable[..., Any])
SHORT = {"learning_rate": ("--lr",)}
COMPLETE = {"dataset": complete_datasets, "augment": complete_distortions}
NOT_WITH_RESUME = {
    "name": "--name",
    "overwrite": "--overwrite",
    "settings_path": "a preset or SETTINGS.toml",
}


def settings_options(kind: type[TrainingSettings]) -> Callable[[Command], Command]:
    """Return a decorator that adds an option for each field of ``kind``.

    ``learning_rate`` gets ``--learning-rate`` and the variable ``NNTRAIN_LEARNING_RATE``.
    """

    def decorate(command: Command) -> Command:
        for item in reversed(fields(kind)):
            spec: Spec = item.metadata["spec"]
            default = item.default
            if spec.kind is tuple:
                default = ",".join(map(str, default))
            what: dict[str, Any] = {"is_flag": True}
            if spec.kind is not bool:
                what = {
                    "type": SettingType(spec),
                    "default": default,
                    "multiple": spec.kind is list,
                    "show_default": bool(default or default == 0),
                    "shell_complete": COMPLETE.get(item.name),
                }
            names = (item.name, f"--{item.name.replace('_', '-')}", *SHORT.get(item.name, ()))
            envvar = f"NNTRAIN_{item.name.upper()}"
            command = click.option(*names, envvar=envvar, help=spec.help, **what)(command)
        return command

    return decorate


def settings_file(kind: type[TrainingSettings]) -> Callable[[Command], Command]:
    """Return a decorator that adds the argument SETTINGS: a TOML file or, for a fit, a preset.

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
            ctx.default_map = values
        return path

    return click.argument(
        "settings_path",
        metavar="[PRESET|SETTINGS.toml]" if kind is FitSettings else "[SETTINGS.toml]",
        required=False,
        type=click.Path(path_type=Path),
        shell_complete=complete_settings_files if kind is FitSettings else None,
        callback=feed,
        is_eager=True,
    )


def the_presets() -> str:
    """Return the list of presets that ends a command's help."""
    names = fill(", ".join(presets.names()), width=76, break_on_hyphens=False)
    return f"\b\nPresets, explained by nntrain reproduce --list:\n{names}"


def checked_as(kind: type[Settings], ctx: click.Context, values: Mapping[str, Any]) -> Settings:
    """Return the settings; an error says which option, variable or file a value came from."""
    try:
        return make(kind, values)
    except SettingsError as error:
        name = error.setting
        origin = f" It comes from {origin_of(ctx, name)}." if name and given(ctx, name) else ""
        raise SettingsError(f"{error}{origin}", name) from error


def origin_of(ctx: click.Context, name: str) -> str:
    """Return the option, variable or file that the setting ``name`` comes from."""
    source = ctx.get_parameter_source(name)
    if source is ParameterSource.ENVIRONMENT:
        return f"the variable NNTRAIN_{name.upper()}"
    if source is ParameterSource.DEFAULT_MAP:
        return str(ctx.params["settings_path"])
    return f"--{name.replace('_', '-')}" if typed(ctx, name) else "the default"


def typed(ctx: click.Context, name: str) -> bool:
    """Return whether a value was typed on the command line."""
    return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE


def given(ctx: click.Context, name: str) -> bool:
    """Return whether a value was given at all: typed, in a variable or in the settings file."""
    return ctx.get_parameter_source(name) not in (None, ParameterSource.DEFAULT)


def stored_settings(runs_dir: Path, name: str) -> dict[str, Any]:
    """Return the run's settings as written, without loading NumPy; empty if there are none."""
    paths = [folder / "settings.toml" for folder in (runs_dir / name, Path(name))]
    return next((read_toml(path) for path in paths if path.is_file()), {})


def resumed_settings(ctx: click.Context, before: FitSettings) -> FitSettings:
    """Return the resumed run's settings with the typed changes; reject what may not change."""
    from nntrain.workflows.resume import changed_settings

    name = Path(ctx.params["resume"]).name
    words = [word for option, word in NOT_WITH_RESUME.items() if ctx.params.get(option)]
    if words:
        raise SettingsError(
            f"{', '.join(words)} cannot be used with --resume: {name} keeps its name and settings."
        )
    names = [item.name for item in fields(FitSettings) if typed(ctx, item.name)]
    return changed_settings(name, before, {name: ctx.params[name] for name in names})
