"""A bound on time and memory for a block of a test."""

import gc
import signal
import tracemalloc
from contextlib import contextmanager

LONGEST_S = 2.0


class Hang(BaseException):
    """A block took longer than it may."""


@contextmanager
def bounded(max_bytes):
    """Fail where the block takes longer than ``LONGEST_S``, or more memory than ``max_bytes``."""

    def ring(*_):
        raise Hang

    collecting = gc.isenabled()
    gc.disable()  # what it takes to sweep the test's own rubbish is no fault of the block
    old = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    tracemalloc.start()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        if collecting:
            gc.enable()
    assert peak < max_bytes, f"{peak:,} bytes, expected less than {max_bytes:,}"
