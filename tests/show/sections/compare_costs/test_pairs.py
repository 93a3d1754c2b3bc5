from nntrain.show.sections.compare_costs.pairs import section
from tests.experiments.compare_costs.test_result import A, made, pair
from tests.show.sections.experiments import compared, table


def test_the_differences_with_their_intervals_and_mcnemars_counts():
    (row,) = table(section(compared()))
    assert row[:1] == ("softmax\n− quadratic",)
    assert row[1].startswith("+5.05\n(+4.93 to +5.17")
    assert row[2:] == ("+25.00\n(+25.00 to +25.00)", "3\n: 0", "0.25")


def test_one_seed_has_no_interval_and_one_output_no_pairs():
    (row,) = table(section(compared(pair(seeds=1))))
    assert row[1] == "+5.00"
    assert section(compared([made(A, 0, [0.9], [1], [(10, 0.5)])])) is None
