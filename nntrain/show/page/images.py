"""Pictures in a page: pixels -> a PNG as a data URI; the only user of Pillow here."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ENDS = np.array([[179, 88, 6], [247, 247, 247], [33, 102, 172]], float)
"""Orange, white and blue."""


def grey_png(pixels: NDArray[np.uint8]) -> str:
    """Return grey ``pixels`` (rows, columns) as a data URI."""
    return _data_uri(Image.fromarray(np.ascontiguousarray(pixels)))


def signed_png(values: NDArray[np.floating]) -> str:
    """Return ``values`` (rows, columns) in [-1, 1] in colours: orange, white at 0, blue.

    NaN is transparent.
    """
    steps = 62  # from -1 to 1; the index after them is for NaN
    index = np.rint((np.nan_to_num(values) + 1) / 2 * steps).astype(np.uint8)
    index[np.isnan(values)] = steps + 1
    at = np.linspace(-1, 1, steps + 1)
    colours = np.stack([np.interp(at, [-1, 0, 1], channel) for channel in ENDS.T], axis=1)
    picture = Image.fromarray(index).convert("P")
    picture.putpalette([*np.rint(colours).astype(int).ravel().tolist(), 128, 128, 128])
    return _data_uri(picture, transparency=steps + 1)


def _data_uri(picture: Image.Image, transparency: int | None = None) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, transparency=transparency)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
