"""The types of options and arguments, and their shell completion."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from nntrain.settings import presets
from nntrain.settings.distortions import PRESETS as DISTORTIONS
from nntrain.settings.fields import Spec


class OutputFile(click.Path):
    """A file written at the end: its folder must exist before the work begins.

    ``ending`` is the only extension allowed, besides none; "" allows any.
    """

    def __init__(self, ending: str = "") -> None:
        super().__init__(dir_okay=False, path_type=Path)
        self.ending = ending

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fail if it cannot be written."""
        path = Path(str(super().convert(value, param, ctx)))
        if not path.name:
            self.fail("expected a file name.", param, ctx)
        if not path.absolute().parent.is_dir():
            self.fail(f"the folder {path.parent} does not exist.", param, ctx)
        if self.ending and path.suffix.lower() not in ("", self.ending):
            self.fail(f"{path}: expected a name that ends in {self.ending}.", param, ctx)
        return path


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
        """Return the matching choices."""
        return beginning(self.spec.choices() if self.spec.choices else (), incomplete)


def beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Return the names that start with ``incomplete``."""
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def complete_runs(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of matching runs, without experiments: they have no network."""
    return _in_folder(ctx, incomplete, "settings.toml")


def complete_all(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of matching runs and experiments."""
    return _in_folder(ctx, incomplete, "settings.toml", "experiment.toml")


def complete_experiments(
    ctx: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of matching experiments."""
    return _in_folder(ctx, incomplete, "experiment.toml")


def _in_folder(ctx: click.Context, incomplete: str, *files: str) -> list[CompletionItem]:
    folder = ctx.params.get("runs_dir") or Path("runs")
    paths = (path for file in files for path in folder.glob(f"*/{file}"))
    return beginning(sorted(path.parent.name for path in paths), incomplete)


def complete_datasets(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of matching datasets, and folders."""
    from nntrain.data.dataset import known_names

    return [CompletionItem(incomplete, type="dir"), *beginning(known_names(), incomplete)]


def complete_distortions(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the matching presets of distortions."""
    return beginning(DISTORTIONS, incomplete)


def complete_presets(
    _: click.Context, __: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of matching presets."""
    return beginning(presets.names(), incomplete)


def complete_settings_files(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the names of matching presets, and files."""
    names = complete_presets(ctx, param, incomplete)
    return [CompletionItem(incomplete, type="file"), *names]
