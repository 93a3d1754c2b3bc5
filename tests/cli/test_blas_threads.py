import os

import pytest

from nntrain.cli import blas_threads
from nntrain.nn.blas import SHORT_WAIT, WAIT_VARIABLE

SMALL = {"hidden": "30", "batch_size": 10}
MIDDLING = {"hidden": "400,200", "batch_size": 128}
LARGE = {"hidden": (2500, 2000), "batch_size": "128"}


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in blas_threads.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv(WAIT_VARIABLE, raising=False)
    monkeypatch.setattr(blas_threads, "available_cores", lambda: 7)


@pytest.mark.parametrize(
    ("step", "count"),
    [
        (SMALL, 1),
        (LARGE, 7),
        ({**LARGE, "hidden": "[2500,2000]"}, 7),
        # the thread that bends images has a core to itself, but for a large network it is cheap
        ({**MIDDLING, "augment": "none"}, 7),
        ({**MIDDLING, "augment": "mild"}, 6),
        ({**MIDDLING, "augment": "rotation=9"}, 6),
        ({**LARGE, "augment": "mild"}, 7),
        # moving them by whole pixels is cheap
        ({**MIDDLING, "augment": "shifts"}, 7),
        ({**MIDDLING, "augment": "shift=2"}, 7),
        # what is asked for wins
        ({**LARGE, "threads": "3"}, 3),
    ],
)
def test_one_thread_for_small_steps_all_for_large_ones(step, count):
    assert blas_threads.choose_from(step) == count
    assert {os.environ[name] for name in blas_threads.VARIABLES} == {str(count)}


def test_there_is_always_at_least_one_thread(monkeypatch):
    monkeypatch.setattr(blas_threads, "available_cores", lambda: 1)
    assert blas_threads.choose_from({**MIDDLING, "augment": "mild"}) == 1


@pytest.mark.parametrize("name", blas_threads.VARIABLES)
def test_the_environment_wins_over_the_rule_but_not_over_the_flag(monkeypatch, name):
    monkeypatch.setenv(name, "2")
    assert blas_threads.choose_from(LARGE) is None
    assert os.environ[name] == "2"
    assert blas_threads.choose_from({**LARGE, "threads": 5}) == 5
    assert os.environ[name] == "5"


def test_other_commands_take_one_unless_the_environment_says_otherwise(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert blas_threads.one_unless_set() is None
    assert "OPENBLAS_NUM_THREADS" not in os.environ
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert blas_threads.one_unless_set() == 1


@pytest.mark.parametrize(
    "bad", [{"hidden": "x"}, {"threads": "x"}, {"batch_size": []}, {"augment": "wild"}, {}]
)
def test_bad_values_are_refused_by_the_settings(bad):
    assert blas_threads.choose_from(bad) == 1


@pytest.mark.parametrize("values", [SMALL, LARGE, {"threads": 3}, {"hidden": "x"}])
def test_waiting_threads_sleep(values):
    blas_threads.choose_from(values)
    assert os.environ[WAIT_VARIABLE] == SHORT_WAIT


def test_waiting_as_the_environment_says(monkeypatch):
    monkeypatch.setenv(WAIT_VARIABLE, "26")
    blas_threads.one_unless_set()
    assert os.environ[WAIT_VARIABLE] == "26"
