import pytest

from nntrain.errors import DivergenceError
from nntrain.experiments.compare_costs.train import Diverged
from nntrain.experiments.compare_costs.tuning import choose, grid, tuning_seeds, tuning_tasks
from nntrain.settings.compare import CompareSettings
from tests.experiments.compare_costs.test_result import made

QUADRATIC = "sigmoid+quadratic"
SETTINGS = CompareSettings(tune=True, seeds=3, seed=4, output=[QUADRATIC])


def trainings(curves):
    """Two seeds of each rate with the given accuracies by epoch; None for one that diverged."""
    result = []
    for rate, curve in zip(grid(QUADRATIC), curves, strict=True):
        for seed in tuning_seeds(SETTINGS):
            if curve is None and seed == 7:
                result.append(Diverged(QUADRATIC, seed, rate, "diverged"))
            else:
                one = made(QUADRATIC, seed, curve or [0.99, 0.99], [1])
                result.append(type(one)(**{**vars(one), "learning_rate": rate}))
    return result


def test_tuning_seeds_differ_from_the_comparisons():
    assert SETTINGS.seed_list == (4, 5, 6)
    assert tuning_seeds(SETTINGS) == (7, 8)
    assert {task.fit.seed for task in tuning_tasks(SETTINGS).values()} == {7, 8}
    assert len(tuning_tasks(SETTINGS)) == 10


def test_of_both_starts_the_random_one_tunes():
    for given, used in (("both", "random"), ("saturated", "saturated")):
        made = tuning_tasks(CompareSettings(tune=True, start=given, epochs=20))
        assert {(task.start, task.fit.epochs) for task in made.values()} == {(used, 20)}


def test_the_mean_over_the_epochs_decides_not_the_best_epoch():
    curves = [[0.1, 0.1], [0.5, 0.95], [0.9, 0.9], [0.1, 0.1], [0.1, 0.1]]
    chosen = choose(SETTINGS, trainings(curves))[QUADRATIC]
    assert chosen.rate == 3.0
    assert dict(chosen.candidates)[1.5] == pytest.approx(0.725)
    assert not chosen.at_the_edge


def test_a_rate_with_which_a_seed_diverged_is_never_chosen():
    chosen = choose(SETTINGS, trainings([[0.3, 0.3], None, None, None, [0.2, 0.2]]))[QUADRATIC]
    assert chosen.rate == 0.75
    assert chosen.at_the_edge
    assert dict(chosen.candidates)[3.0] is None


def test_on_a_tie_the_smaller_rate_is_chosen():
    chosen = choose(SETTINGS, trainings([[0.1], [0.5], [0.5], [0.1], [0.1]]))[QUADRATIC]
    assert chosen.rate == 1.5


def test_if_all_diverge_that_is_the_error():
    with pytest.raises(DivergenceError, match="every learning rate"):
        _ = choose(SETTINGS, trainings([None] * 5))[QUADRATIC].rate
