"""``fit --dry-run``: the settings of a training run as TOML, each with its origin."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli.settings_options import origin_of, typed
from nntrain.settings.toml import as_toml

if TYPE_CHECKING:
    from nntrain.runs.run import Run
    from nntrain.settings.fit import FitSettings
    from nntrain.show.terminal.terminal import Terminal

SCHEMA = "nntrain/settings/1"


def show(
    ctx: click.Context,
    terminal: "Terminal",
    settings: "FitSettings",
    resumed: "Run | None",
    as_json: bool,
) -> None:
    """Print the settings with their origins, as TOML comments or as JSON.

    If a run is ``resumed``, settings that were not typed come from it.
    """
    values = asdict(replace(settings, learning_rate=settings.rate))
    if resumed is None:
        origins = {name: origin_of(ctx, name) for name in values}
    else:
        own = str(resumed.path / "settings.toml")
        origins = {n: origin_of(ctx, n) if typed(ctx, n) else own for n in values}
    if as_json:
        terminal.document(SCHEMA, {"settings": values, "origins": origins})
    else:
        terminal.plain(*_lines(values, origins))


def _lines(values: Mapping[str, Any], origins: Mapping[str, str]) -> Iterator[str]:
    """Yield a line for each setting; one that is not set is a comment, as TOML has no null."""
    lines = {
        name: f"# {name} is not set" if value is None else as_toml({name: value}).rstrip("\n")
        for name, value in values.items()
    }
    width = max(map(len, lines.values()))
    for name, line in lines.items():
        yield f"{line:{width}}  # {origins[name]}"
