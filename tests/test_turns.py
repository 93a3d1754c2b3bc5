"""Which tests may run at the same time when the tests run in several processes."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest

from tests import turns

pytestmark = pytest.mark.skipif(not turns.POSSIBLE, reason="the locks of POSIX")


def test_ordinary_tests_run_side_by_side(tmp_path):
    both = Barrier(2)

    def ordinary(_):
        with turns.turn(tmp_path, alone=False):
            both.wait(timeout=10)  # breaks if one waits for the other

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ordinary, range(2)))


def test_no_test_runs_beside_one_marked_alone(tmp_path):
    running = []

    @contextmanager
    def present(number):
        running.append(number)
        yield
        running.remove(number)

    def work(number):
        alone = number % 4 == 0
        for _ in range(20):
            with turns.turn(tmp_path, alone), present(number):
                time.sleep(0.001)
                assert running == [number] or not alone

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
