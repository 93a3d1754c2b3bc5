"""Turns among the processes of pytest-xdist: tests run side by side, but some run alone.

An ordinary test shares the turn with those of the other processes; a test marked ``alone`` waits
until they are through, and they wait for it. Who waits for a turn of its own stands in the door,
so that nobody overtakes it.
"""

from contextlib import contextmanager

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

POSSIBLE = fcntl is not None


@contextmanager
def turn(folder, alone):
    """Hold a turn, represented by the lock files in ``folder``."""
    with (folder / "door").open("w") as door, (folder / "turn").open("w") as own:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(own, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        try:
            yield
        finally:  # explicitly, because a forked child may still have the file open
            fcntl.flock(own, fcntl.LOCK_UN)
