"""Pictures in a page: pixels -> a PNG as a data URI; the one user of Pillow here."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def grey_png(pixels: Pixels) -> str:
    """Return grey ``pixels`` (rows, columns) as a data URI."""
    return _data_uri(Image.fromarray(np.ascontiguousarray(pixels)))


def signed_png(values: NDArray[np.floating]) -> str:
    """Return ``values`` (rows, columns) in [-1, 1] in colours: orange, white at 0, blue.

    NaN is transparent.
    """
    index = np.rint((np.nan_to_num(values) + 1) / 2 * (len(_DIVERGING) - 2)).astype(np.uint8)
    index[np.isnan(values)] = len(_DIVERGING) - 1
    picture = Image.fromarray(index).convert("P")
    picture.putpalette(_DIVERGING.tobytes())
    return _data_uri(picture, transparency=len(_DIVERGING) - 1)


def _diverging() -> Pixels:
    """Return 64 colours (64, 3): 63 from orange over white to blue, and one for nothing."""
    ends = np.array([[179, 88, 6], [247, 247, 247], [33, 102, 172]], float)
    at = np.linspace(0, 2, 63)
    colours = np.stack([np.interp(at, [0, 1, 2], ends[:, channel]) for channel in range(3)], 1)
    return np.vstack([np.rint(colours), [[128, 128, 128]]]).astype(np.uint8)


_DIVERGING = _diverging()


def _data_uri(picture: Image.Image, transparency: int | None = None) -> str:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, transparency=transparency)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
