"""``fit --dry-run``: the settings of a training as TOML, each with where it comes from."""

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
    """Print the settings, with their origins as comments or in the document.

    What was not typed for a run that is ``resumed`` comes from the run.
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
    """Yield a line for each setting; TOML has no value for one that is not set."""
    lines = {
        name: f"# {name} is not set" if value is None else as_toml({name: value}).rstrip("\n")
        for name, value in values.items()
    }
    width = max(map(len, lines.values()))
    for name, line in lines.items():
        yield f"{line:{width}}  # {origins[name]}"
