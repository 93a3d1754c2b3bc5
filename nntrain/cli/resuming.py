"""``fit --resume`` as typed: the run's settings, and the options that cannot stand beside it."""

from pathlib import Path
from typing import Any

import click

from nntrain.cli import settings_options
from nntrain.errors import SettingsError
from nntrain.settings.fit import FitSettings
from nntrain.settings.toml import read_toml

NOT_WITH_RESUME = {
    "name": "--name",
    "overwrite": "--overwrite",
    "settings_path": "a preset or SETTINGS.toml",
}


def stored_settings(runs_dir: Path, name: str) -> dict[str, Any]:
    """Return the run's settings as written, without loading NumPy; empty where there are none."""
    paths = [folder / "settings.toml" for folder in (runs_dir / name, Path(name))]
    return next((read_toml(path) for path in paths if path.is_file()), {})


def resumed_settings(ctx: click.Context, before: FitSettings) -> FitSettings:
    """Return the settings of the run to resume with what was typed; refuse what may not change."""
    from nntrain.workflows.resume import changed_settings

    name = Path(ctx.params["resume"]).name
    words = [word for option, word in NOT_WITH_RESUME.items() if ctx.params.get(option)]
    if words:
        raise SettingsError(
            f"{', '.join(words)} cannot be used with --resume: the run {name} has its own."
        )
    return changed_settings(name, before, settings_options.given_options(ctx, FitSettings))
