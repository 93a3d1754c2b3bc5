"""Digest: the SHA-256 of an array in pieces, which tells whether two datasets are the same."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nntrain.data import idx
from nntrain.storage.mapped import chunks

DIGEST_EXAMPLES = 1000
"""Examples hashed at a time: a large file is never loaded as a whole."""


def sha256(pieces: Sequence[npt.NDArray[Any]]) -> str:
    """Return the SHA-256 of ``pieces`` (n, …), one below the other.

    It is that of a raw IDX file; if they are not uint8, which IDX holds, of their dtype, shape and
    bytes. Raises ``DatasetError`` if a large file cannot be read.
    """
    shape = (sum(len(piece) for piece in pieces), *pieces[0].shape[1:])
    dtype = pieces[0].dtype.newbyteorder("<")
    header = idx.header(shape) if dtype == np.uint8 else f"{dtype.str} {shape} ".encode()
    digest = hashlib.sha256(header)
    for piece in pieces:
        for _, chunk in chunks(piece, DIGEST_EXAMPLES):
            digest.update(np.ascontiguousarray(chunk, dtype).data)
    return digest.hexdigest()
