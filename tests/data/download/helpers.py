"""What the tests of downloads share: a file, and a download of it."""

import hashlib
import random

from nntrain.data.download import Timeouts
from nntrain.data.download.fetch import fetch
from nntrain.data.download.mirrors import addresses
from tests.data.made import Recorder

BODY = random.Random(1).randbytes(20_000)
SHA256 = hashlib.sha256(BODY).hexdigest()
NAME = "digits.gz"

QUICK = Timeouts(
    connect_s=1.0,
    answer_s=2.0,
    silence_s=2.0,
    read_s=0.2,
    attempts=2,
    backoff_s=0.01,
    retry_after_max_s=1.0,
    grace_s=0.2,
    min_bytes_per_s=4000.0,
)


def get(bases, folder, timeouts=QUICK, report=None, unreachable=None):
    return fetch(
        addresses(NAME, "digits", (), bases),
        folder / NAME,
        len(BODY),
        SHA256,
        report=report or Recorder(),
        timeouts=timeouts,
        unreachable=unreachable,
    )


def get_patiently(bases, folder, report=None):
    """Download where no time matters, so that a busy machine fails no test."""
    return get(bases, folder, Timeouts(answer_s=60.0, connect_s=60.0), report)
