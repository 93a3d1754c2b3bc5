"""A bound on time and memory for a block of a test."""

import gc
import signal
import tracemalloc
from contextlib import contextmanager

LONGEST_S = 2.0


class Hang(BaseException):
    """A block took too long."""


@contextmanager
def memory_below(max_bytes):
    """Fail if Python's memory grows by ``max_bytes`` or more within the block."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < max_bytes, f"{peak:,} bytes, expected less than {max_bytes:,}"


@contextmanager
def bounded(max_bytes):
    """Fail if the block takes longer than ``LONGEST_S``, or more memory than ``max_bytes``."""

    def ring(*_):
        raise Hang

    collecting = gc.isenabled()
    gc.disable()  # collecting the test's own garbage must not count against the block
    old = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    try:
        with memory_below(max_bytes):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
        if collecting:
            gc.enable()
