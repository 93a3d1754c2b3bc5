"""Ahead: a thread goes through an iterator while the caller is busy with what came before.

NumPy's work on large arrays leaves the interpreter to others, so a thread is a second core at
work without a second process: nothing to start, nothing to copy between them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def ahead(items: Iterable[Item], most: int) -> Iterator[Iterator[Item]]:
    """Yield an iterator over ``items``, which a thread goes through, up to ``most`` ahead.

    What ``items`` raises is raised where the item would have come. When the block is left the
    thread is stopped, after the item in hand, and waited for.
    """
    ready: SimpleQueue[tuple[Item] | BaseException] = SimpleQueue()
    room = Semaphore(most - 1)
    left = False

    def work() -> None:
        try:
            for item in items:
                ready.put((item,))
                room.acquire()
                if left:
                    return
            ready.put(StopIteration())
        except BaseException as error:  # the reader's to raise, whatever it is
            ready.put(error)

    thread = Thread(target=work, name="nntrain-ahead", daemon=True)
    thread.start()
    try:
        yield _received(ready, room)
    finally:
        left = True
        room.release()
        thread.join()


def _received(
    ready: "SimpleQueue[tuple[Item] | BaseException]", room: Semaphore
) -> Iterator[Item]:
    """Yield what the thread has put into ``ready``, making room for another one each time."""
    while True:
        message = ready.get()
        if isinstance(message, StopIteration):
            return
        if isinstance(message, BaseException):
            raise message
        room.release()
        yield message[0]
