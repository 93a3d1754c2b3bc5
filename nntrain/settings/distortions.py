"""Distortions: limits of shift, rotation, scaling, shear and elastic bending, with presets.

This module only has the amounts, checked like every setting; ``augment`` applies them. It needs
no NumPy.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings.fields import check_fields, setting


@dataclass(frozen=True, kw_only=True)
class Distortions:
    """The limits of random distortions; each image draws its own amounts.

    An image is bent, then scaled, sheared and rotated about its centre, then shifted. Every
    amount is uniform between its limits, and independent of the others:

    - ``shift``: whole pixels, −shift…shift, for each axis
    - ``rotation``: degrees, −rotation…rotation
    - ``scale``: width and height times 1 − scale…1 + scale, each on its own
    - ``shear``: horizontal pixels per pixel of height, −shear…shear
    - ``elastic_strength``: root mean square, in pixels, of the bending displacement along each
      axis, over images and the same at every pixel
    - ``elastic_smoothness``: σ in pixels of the Gaussian that smooths the displacements; they
      correlate as exp(−d²/4σ²) over a distance d

    The bending is that of Simard, Steinkraus & Platt, *Best Practices for Convolutional Neural
    Networks Applied to Visual Document Analysis* (2003): displacements uniform in −1…1 at every
    pixel, smoothed by a Gaussian of σ, times α. That makes the root mean square
    α / (√3 · 2√π σ): their σ = 4, α = 34 is a strength of 1.38 pixels, on 28×28 images as on
    their 29×29 ones, which are the same with a margin.

    By default all but the smoothness are 0: no distortion. Raises ``SettingsError`` for a value
    out of range.
    """

    shift: int = setting(0, "Largest shift, in whole pixels.", int, low=0, high=100)
    rotation: float = setting(0.0, "Largest rotation, in degrees.", float, low=0, high=180)
    scale: float = setting(
        0.0, "Largest relative change of width and of height.", float, low=0, high=0.9
    )
    shear: float = setting(
        0.0, "Largest shear, in horizontal pixels per pixel of height.", float, low=0, high=2
    )
    elastic_strength: float = setting(
        0.0, "Root mean square of the elastic displacement, in pixels.", float, low=0, high=100
    )
    elastic_smoothness: float = setting(
        4.0,
        "σ of the elastic bending, in pixels; larger is smoother.",
        float,
        low=1,
        high=1000,
    )

    def __post_init__(self) -> None:
        """Check every field against its own range."""
        check_fields(self)

    @property
    def any(self) -> bool:
        """Whether any amount is above 0."""
        return self.shift > 0 or not self.whole_pixels

    @property
    def whole_pixels(self) -> bool:
        """Whether images are at most shifted by whole pixels, which needs no interpolation."""
        return not any((self.rotation, self.scale, self.shear, self.elastic_strength))


def parsed(text: str) -> Distortions:
    """Return the distortions in ``text``: a preset, amounts, or a preset with changed amounts.

    ``"mild"``, ``"rotation=10,shift=2"``, ``"mild,elastic_strength=1"``. Raises
    ``SettingsError`` for an unknown word or a value out of range.
    """
    preset, *amounts = text.split(",")
    if "=" in preset:
        preset, amounts = "none", [preset, *amounts]
    if preset.strip() not in PRESETS:
        raise SettingsError(
            f"unknown distortions {preset.strip()!r}: expected one of {', '.join(PRESETS)}, or "
            f"amounts such as rotation=10,shift=2.{did_you_mean(preset.strip(), PRESETS)}"
        )
    return replace(PRESETS[preset.strip()], **_amounts(amounts))


def _amounts(words: list[str]) -> dict[str, Any]:
    amounts: dict[str, Any] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals or name not in AMOUNTS:
            raise SettingsError(
                f"unknown distortion {word.strip()!r}: expected NAME=NUMBER with one of "
                f"{', '.join(AMOUNTS)}.{did_you_mean(name, AMOUNTS)}"
            )
        if name in amounts:
            raise SettingsError(f"distortions: {name} is given twice. Leave one out.")
        amounts[name] = value
    return amounts


AMOUNTS = tuple(item.name for item in fields(Distortions))

NONE = Distortions()
SHIFTS = Distortions(shift=1)
AFFINE = Distortions(shift=1, rotation=10, scale=0.1, shear=0.1)
MILD = Distortions(
    shift=1, rotation=8, scale=0.08, shear=0.1, elastic_strength=0.7, elastic_smoothness=4.5
)
SIMARD = Distortions(elastic_strength=1.38, elastic_smoothness=4)
STRONG = Distortions(
    shift=1, rotation=12, scale=0.15, shear=0.15, elastic_strength=1.38, elastic_smoothness=4
)

PRESETS = {
    "none": NONE,
    "shifts": SHIFTS,
    "affine": AFFINE,
    "mild": MILD,
    "simard": SIMARD,
    "strong": STRONG,
}
