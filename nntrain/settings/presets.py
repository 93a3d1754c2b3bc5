"""Presets: named settings, each with its expected result.

They are the files of ``configs/``, in the source tree or inside the installed package.
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
"""The table of a settings file with the expected result; not a setting."""

FIGURES = {
    "test": "test set, weights chosen on validation",
    "best test": "test set, the best epoch on the test set itself",
    "last test": "test set, last epoch",
    "validation": "validation set, best epoch",
    "last validation": "validation set, last epoch",
}
"""What an accuracy refers to. Only the first is an honest figure of the test set."""


@dataclass(frozen=True)
class Expected:
    """A published accuracy in %: its ``figure``, its source, whether of the ``same_network``."""

    figure: str
    accuracy: float
    source: str
    same_network: bool


@dataclass(frozen=True)
class Preset:
    """Named settings and their expected result."""

    name: str
    settings: FitSettings
    expected: Expected


def expected(values: Any) -> Expected:
    """Return the result in a table [expected]; ValueError if it is not valid.

    ``same_network`` may be missing, as in results of earlier versions, and is then true.
    """
    known = {"same_network": True, **values} if isinstance(values, Mapping) else values
    return record(Expected, known)


def folder() -> Path:
    """Return the folder of the presets, in the installed package or in the source tree."""
    inside = Path(__file__).parents[1] / "configs"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "configs"


def names() -> tuple[str, ...]:
    """Return the presets' names in alphabetical order."""
    return tuple(sorted(path.stem for path in folder().glob("*.toml")))


def find(given: Path) -> Path:
    """Return the file of the preset called ``given``; any other path is returned unchanged.

    Raises ``SettingsError`` if a bare word is neither a preset nor a file.
    """
    word = str(given)
    if word in names() and not given.is_file():
        return folder() / f"{word}.toml"
    exists = os.path.exists(word)  # noqa: PTH110  # Path's raises where a word is too long
    if word == given.name and not given.suffix and not exists:
        raise SettingsError(
            f"{word!r} is neither a settings file nor a preset.{did_you_mean(word, names())} "
            f"List the presets with: nntrain reproduce --list"
        )
    return given


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings in a file, without the expected result."""
    values = read_toml(path)
    if isinstance(values.get(EXPECTED), dict):
        del values[EXPECTED]
    return values


def load(name: str) -> Preset:
    """Return the preset of this name; SettingsError if it is unknown or not valid."""
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
            f"{path}: expected a figure ({', '.join(FIGURES)}) and an accuracy in %, got "
            f"{known.figure} and {known.accuracy}."
        )
    return Preset(name, make(FitSettings, read_settings(path)), known)
