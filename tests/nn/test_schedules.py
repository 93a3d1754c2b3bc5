import pytest

from nntrain.nn.schedules import SCHEDULES, Schedule


@pytest.mark.parametrize("name", SCHEDULES)
def test_warm_up_is_linear_from_zero(name):
    schedule = Schedule(name, epochs=10, warmup_epochs=2)
    assert [schedule.factor(t) for t in (0, 0.5, 1, 1.5)] == [0, 0.25, 0.5, 0.75]
    assert schedule.factor(2) == 1


def test_constant_is_constant():
    assert {Schedule("constant", 10).factor(t) for t in (0, 3.3, 10)} == {1.0}


def test_step_drops_at_its_times():
    schedule = Schedule("step", 30, step_epochs=10, step_factor=0.5)
    assert [schedule.factor(t) for t in (0, 9.99, 10, 20, 29)] == [1, 1, 0.5, 0.25, 0.25]


def test_cosine_goes_from_one_over_a_half_to_zero():
    schedule = Schedule("cosine", epochs=12, warmup_epochs=2)
    assert schedule.factor(7) == pytest.approx(0.5)
    assert schedule.factor(12) == pytest.approx(0)
    factors = [schedule.factor(2 + t / 10) for t in range(101)]
    assert factors == sorted(factors, reverse=True)
    assert min(factors) >= 0


def test_a_warm_up_longer_than_the_training_is_only_a_warm_up():
    schedule = Schedule("cosine", epochs=2, warmup_epochs=4)
    assert [schedule.factor(t) for t in (0, 1, 2)] == [0, 0.25, 0.5]
