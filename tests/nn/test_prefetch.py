import threading
import time

import pytest

from nntrain.nn.batches import ahead


def threads():
    return [t for t in threading.enumerate() if t.name == "nntrain-ahead"]


def test_gives_what_is_there_in_order_and_ends():
    with ahead(range(100), 3) as items:
        assert list(items) == list(range(100))
    assert not threads()


def test_works_while_the_caller_is_busy_but_only_so_far_ahead():
    made = []

    def numbers():
        for number in range(50):
            made.append(number)
            yield number

    with ahead(numbers(), 4) as items:
        next(items)
        for _ in range(200):
            if len(made) == 5:
                break
            time.sleep(0.005)
        time.sleep(0.02)
        assert len(made) == 5  # the one that was taken, and four more
        assert list(items) == list(range(1, 50))


def test_an_error_comes_where_its_item_would_have():
    def numbers():
        yield 1
        raise ZeroDivisionError("at the second")

    with ahead(numbers(), 5) as items:
        assert next(items) == 1
        with pytest.raises(ZeroDivisionError, match="at the second"):
            next(items)
    assert not threads()


@pytest.mark.parametrize("taken", [0, 1, 7])
def test_leaving_early_stops_the_thread(taken):
    made = []

    def numbers():
        for number in range(10**9):
            made.append(number)
            yield number

    def interrupted():
        with ahead(numbers(), 2) as items:
            for _ in range(taken):
                next(items)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not threads()
    assert len(made) <= taken + 4
