from dataclasses import replace

import pytest

from nntrain.experiments.compare_costs.train import Diverged
from nntrain.show.blocks import Text, Tiles
from nntrain.show.sections.compare_costs.result import lead, section, training_line
from tests.experiments.compare_costs.test_result import A, B, made, pair
from tests.show.sections.experiments import blocks_of, compared, facts, table


def test_the_verdict_comes_first_and_then_the_figures_it_rests_on():
    experiment = compared()
    shown = section(experiment)
    words = [text.text for text in blocks_of(shown, Text)]
    assert words[0] == lead(experiment)
    assert words[0].startswith(f"{A} is ahead of {B}")
    assert table(shown) == [
        (A, "0.5", "75.00 ± 0.00 %", "30.06–95.44 %"),
        (B, "0.5", "50.00 ± 0.00 %", "15.00–85.00 %"),
    ]
    assert "Wilson's for 4 examples" in words[-1]
    assert blocks_of(shown, Tiles)[0].tiles[0] == ("75.00 %", f"{A}, test accuracy")
    assert facts(shown) == {"seeds": "0, 1, 2"}


def test_a_single_output_has_a_lead_and_no_verdict():
    experiment = compared([made(A, 0, [0.9], [1, 0, 1, 1], [(10, 0.5)])])
    assert lead(experiment) == f"{A} with 1 seed: 75.00 % of the test examples."
    assert [text.role for text in blocks_of(section(experiment), Text)] == ["muted"]


def test_the_lead_is_of_the_pair_that_differs_most():
    third = "sigmoid+cross-entropy"
    near = [replace(one, output=third) for one in pair(gap=0.01) if one.output == B]
    pairs = compared([*pair(), *near]).read.result.pairs
    assert lead(compared([*pair(), *near])) == max(pairs, key=lambda p: abs(p.speed.mean)).verdict


@pytest.mark.parametrize("diverged", [False, True])
def test_the_line_of_a_finished_training(diverged):
    training = Diverged(A, 3, 0.5, "nan") if diverged else made(A, 3, [0.9, 0.96], [1])
    assert training_line(training).split() == [
        *(A, "seed", "3", "η", "0.5"),
        *(["diverged"] if diverged else ["validation", "96.00", "%"]),
    ]
