"""The grid of a sweep: every combination of the values to try."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from typing import Any

from nntrain.data.dataset import Dataset
from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings.fit import FitSettings, make
from nntrain.workflows.train import start

NOT_VARIED = {
    "seed": "every point is trained with the seeds of --seeds",
    "threads": "it changes no result",
    "data_dir": "it changes no result",
    "dataset": "accuracies on two datasets have no order",
}


@dataclass(frozen=True)
class Point:
    """A point of the grid: the varied settings as given, by name, and all of them together."""

    values: dict[str, Any]
    settings: FitSettings

    @property
    def label(self) -> str:
        """The varied settings in words; the point's part of a training run's key."""
        return " ".join(f"{name}={shown(value)}" for name, value in self.values.items())


def parse_vary(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the values to try by setting, from words like ``hidden=30,[100,30]``.

    Commas separate values, except between brackets, which hold one value with several parts.
    Raises ``SettingsError`` for a word that is no setting, or none to vary.
    """
    known = [item.name for item in fields(FitSettings)]
    varied: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = name.strip().replace("-", "_")
        if name not in known:
            raise SettingsError(f"--vary {word}: no setting {name!r}.{did_you_mean(name, known)}")
        if name in NOT_VARIED:
            raise SettingsError(f"--vary {word}: {name} cannot vary, for {NOT_VARIED[name]}.")
        values = _split(text)
        if not equals or not all(values):
            raise SettingsError(
                f"--vary {word}: expected {name}=VALUE,VALUE,… with a value "
                f"between the commas and every bracket closed."
            )
        varied[name] = (*varied.get(name, ()), *values)
    return varied


def _split(text: str) -> list[str]:
    """Return the parts between the commas outside brackets; the brackets themselves go.

    Of a bracket that is not closed there is only an empty part.
    """
    parts, depth = [""], 0
    if text.count("[") != text.count("]"):
        return [""]
    for character in text:
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip().removeprefix("[").removesuffix("]").strip() for part in parts]


def grid(base: FitSettings, varied: Mapping[str, Sequence[str]]) -> list[Point]:
    """Return every combination of the values, the last setting changing fastest.

    Raises ``SettingsError`` for a bad value, or one that is there twice.
    """
    points: list[Point] = []
    for chosen in product(*varied.values()):
        given = dict(zip(varied, chosen, strict=True))
        settings = make(FitSettings, {**asdict(base), **given})
        values = {name: getattr(settings, name) for name in varied}
        if any(point.values == values for point in points):
            raise SettingsError(
                f"--vary: {Point(values, settings).label} is there twice. Give each value once."
            )
        points.append(Point(values, settings))
    return points


def varied_words(points: Sequence[Point]) -> list[str]:
    """Return the grid's settings and values as words that ``parse_vary`` understands."""
    return [
        f"{name}={','.join(dict.fromkeys(shown(point.values[name]) for point in points))}"
        for name in points[0].values
    ]


def check(points: Iterable[Point], dataset: Dataset) -> None:
    """Raise ``SettingsError`` for what otherwise only the first step of training would find."""
    if not len(dataset.validation.images):
        raise SettingsError(f"A sweep ranks on validation, and {dataset.name} has no examples.")
    for point in points:
        if point.settings.train_on == "all":
            raise SettingsError("A sweep ranks on validation, and train_on = all leaves none.")
        start(replace(point.settings, hidden=()), dataset)  # a small one will tell


def shown(value: Any) -> str:
    """Return a setting's value as it is typed: in brackets where it has several parts."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    text = (",".join(map(str, value)) or "0") if isinstance(value, tuple) else str(value)
    return f"[{text}]" if "," in text else text
