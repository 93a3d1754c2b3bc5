"""Arrays -> text in a page: base64 of little-endian numbers or bytes, deflated if it is long."""

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray


def floats(values: NDArray[Any]) -> str:
    """Return ``values`` as little-endian float32 in base64; infinite ones become the largest."""
    largest = np.finfo(np.float32).max  # logarithms of activations may lie far below −largest
    return as_base64(np.ascontiguousarray(np.clip(values, -largest, largest), "<f4"))


def as_base64(values: NDArray[Any]) -> str:
    """Return the bytes of ``values`` in base64."""
    return _text(np.ascontiguousarray(values).tobytes())


def deflated(values: NDArray[Any]) -> str:
    """Return the bytes of ``values``, deflated, in base64."""
    return _text(zlib.compress(np.ascontiguousarray(values).tobytes(), 9))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
