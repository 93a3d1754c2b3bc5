"""Read: an image file of a common format -> grey pixels, decoded by Pillow.

The file may come from anywhere, so few formats are accepted, the size is checked before the
pixels are decoded, and any error of a decoder becomes one line.
"""

import warnings
from dataclasses import dataclass
from io import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from nntrain.errors import DatasetError, in_a_line
from nntrain.storage.atomic import open_ordinary

try:
    from PIL import Image, ImageOps, UnidentifiedImageError
except ImportError as error:
    raise DatasetError(
        "Reading pictures needs an extra that is not installed: pip install 'nntrain[report]'"
    ) from error

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")  # no TIFF: libtiff writes errors to stderr
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
UNREAD_SUFFIXES = (".heic", ".heif")
HEIC = "HEIC, which is not read: save it as JPEG or PNG"
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
MOST_CHUNKS = 20
"""Chunks of a WebP file that are looked at: pixels follow profile, animation and transparency."""
LARGEST = 64_000_000
"""Pixels of the largest picture that is decoded; it takes about 3 s and 0.8 GB."""
WORKING_SIDE = 384
"""A longer side is divided by a whole number, to at least this and less than twice this."""
ROW_SIDE = 768
"""The same for a picture of a row of digits."""
NOT_A_PICTURE = "not a readable picture: expected PNG, JPEG, BMP, GIF or WebP"

Grey = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Decoded:
    """A picture's brightness ``grey`` (rows, columns); ``lossy``: its format changes pixels."""

    grey: Grey
    lossy: bool


def read_picture(path: Path, working_side: int = WORKING_SIDE) -> Decoded:
    """Return the picture in ``path``, upright and opaque.

    A longer side than twice ``working_side`` is made smaller. Raises DatasetError, whose message
    does not name the path, if there is no such file, or it is not a picture, animated, too large,
    truncated or corrupt.
    """
    try:
        if path.is_dir():
            raise DatasetError("a folder without readable pictures")
        file = open_ordinary(path)
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror or error}") from error
    try:
        with file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # decoders warn about what the user cannot change
            return _decoded(file, working_side)
    except (DatasetError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("far more") from error
    except UnidentifiedImageError as error:
        raise DatasetError(NOT_A_PICTURE) from error
    except Exception as error:  # decoders of foreign bytes raise anything
        raise DatasetError(f"truncated or corrupt: {_reason(error)}") from error


def _decoded(file: BinaryIO, working_side: int) -> Decoded:
    head = file.read(32)
    file.seek(0)
    lossy = _is_lossy(file)
    file.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        raise DatasetError(HEIC)
    with Image.open(file, formats=FORMATS) as picture:
        columns, rows = picture.size
        if rows * columns > LARGEST:
            raise _too_large(f"{columns:,}×{rows:,}")
        # a camera's MPO is one picture with previews
        if picture.format != "MPO" and getattr(picture, "is_animated", False):
            raise DatasetError("animated: expected one picture. Save one frame of it")
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        grey = _grey(picture)
    factor = max(grey.size) // working_side
    if factor > 1:
        grey = grey.reduce(factor)
    return Decoded(_on_background(grey) if grey.mode == "LA" else np.asarray(grey), lossy)


def _is_lossy(file: BinaryIO) -> bool:
    """Return whether a file is a JPEG, or a WebP whose pixels are not in a lossless chunk."""
    head = file.read(12)
    if head[:4] == b"RIFF" and head[8:] == b"WEBP":
        return b"VP8L" not in _chunks(file)
    return head[:2] == b"\xff\xd8"


def _chunks(file: BinaryIO) -> set[bytes]:
    """Return the names of a RIFF file's next chunks, each followed by its size, padded to even."""
    names = set()
    for _ in range(MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        names.add(head[:4])
        size = int.from_bytes(head[4:], "little")
        file.seek(size + size % 2, SEEK_CUR)
    return names


def _grey(picture: Image.Image) -> Image.Image:
    """Return the picture as 8-bit brightness: mode L, or LA if parts are transparent."""
    if picture.mode.startswith("I"):  # 16 bits
        values = np.asarray(picture).astype(np.float32) / 257
        return Image.fromarray(np.rint(values).astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA").convert("LA")
    return picture.convert("RGB").convert("L")


def _on_background(picture: Image.Image) -> Grey:
    """Return an LA picture with a background in place of its transparent part.

    If the opaque part has strokes and a background, the background is its median. If it has only
    strokes, the background is white under dark strokes and black under light ones.
    """
    brightness, alpha = np.moveaxis(np.asarray(picture).astype(np.float64), -1, 0)
    opaque = brightness[alpha >= 128]
    if not len(opaque):
        raise DatasetError("blank: the picture is transparent")
    low, middle, high = np.percentile(opaque, (2, 50, 98))
    strokes_alone = high - low < 64
    background = (255.0 if middle < 128 else 0.0) if strokes_alone else middle
    share = alpha / 255
    grey: Grey = np.rint(share * brightness + (1 - share) * background).astype(np.uint8)
    return grey


def _too_large(got: str) -> DatasetError:
    return DatasetError(f"too large: expected at most {LARGEST:,} pixels, got {got}")


def _reason(error: Exception) -> str:
    return in_a_line(" ".join(str(error).split())) or type(error).__name__
