"""Presets: settings by name, each with the result that it should give.

They are the files of ``configs/`` in the source tree, which an installed package has with it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings.fit import FitSettings, make
from nntrain.settings.toml import read_toml
from nntrain.storage.strict_json import record

EXPECTED = "expected"
"""The table of a settings file that says what should come of it; no setting."""

FIGURES = {
    "test": "test set, weights chosen on validation",
    "best test": "test set, the best epoch on the test set itself",
    "last test": "test set, last epoch",
    "validation": "validation set, best epoch",
    "last validation": "validation set, last epoch",
}
"""What an accuracy may be of. Only the first is an honest figure of the test set."""


@dataclass(frozen=True)
class Expected:
    """A published accuracy in %: of which ``figure``, by whom, of the ``same_network`` or not."""

    figure: str
    accuracy: float
    source: str
    same_network: bool


@dataclass(frozen=True)
class Preset:
    """Settings with a name and what should come of them."""

    name: str
    settings: FitSettings
    expected: Expected


def expected(values: Any) -> Expected:
    """Return the result in a table [expected]; ValueError where it is not sound.

    ``same_network`` may be missing, as in results of earlier versions, and is then true.
    """
    known = {"same_network": True, **values} if isinstance(values, Mapping) else values
    return record(Expected, known)


def folder() -> Path:
    """Return where the presets are: inside an installed package, or beside a source tree's."""
    inside = Path(__file__).parents[1] / "configs"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "configs"


def names() -> tuple[str, ...]:
    """Return the presets' names in alphabetical order."""
    return tuple(sorted(path.stem for path in folder().glob("*.toml")))


def find(given: Path) -> Path:
    """Return the file of the preset of this name; a path that is none is returned as it is.

    Raises ``SettingsError`` where a bare word is neither a preset nor a file.
    """
    word = str(given)
    if word in names() and not given.is_file():
        return folder() / f"{word}.toml"
    exists = os.path.exists(word)  # noqa: PTH110  # Path's raises where a word is too long
    if word == given.name and not given.suffix and not exists:
        raise SettingsError(
            f"{word!r} is neither a settings file nor a preset.{did_you_mean(word, names())} "
            f"The presets: nntrain reproduce --list"
        )
    return given


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings in a file, without what should come of them."""
    values = read_toml(path)
    if isinstance(values.get(EXPECTED), dict):
        del values[EXPECTED]
    return values


def load(name: str) -> Preset:
    """Return the preset of this name; SettingsError where there is none, or it is not sound."""
    if name not in names():
        raise SettingsError(
            f"No preset {name!r}: expected one of {', '.join(names())}."
            f"{did_you_mean(name, names())}"
        )
    path = folder() / f"{name}.toml"
    try:
        known = expected(read_toml(path)[EXPECTED])
    except (KeyError, ValueError) as error:
        raise SettingsError(
            f"{path}: expected a table [{EXPECTED}] with figure, accuracy and source."
        ) from error
    if known.figure not in FIGURES or not 0 <= known.accuracy <= 100:
        raise SettingsError(
            f"{path}: expected a figure out of {', '.join(FIGURES)}, and an accuracy in %, got "
            f"{known.figure} and {known.accuracy}."
        )
    return Preset(name, make(FitSettings, read_settings(path)), known)
