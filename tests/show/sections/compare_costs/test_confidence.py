from nntrain.show.blocks import Curves, Table
from nntrain.show.sections.compare_costs.confidence import section
from tests.experiments.compare_costs.test_result import A, made
from tests.show.sections.experiments import blocks_of, compared, table


def test_shares_over_the_bins_that_hold_answers():
    shown = section(compared())
    right, wrong = blocks_of(shown, Table)
    assert right.head == ("right", "softmax", "quadratic\nraw", "quadratic\nnormalised")
    assert table(shown) == [
        ("[0.8, 0.9)", "0.0", "0.0", "100.0"),
        ("[0.9, 1.0]", "100.0", "100.0", "0.0"),
    ]
    assert [cell.bar for cell in right.rows[1][1:]] == [1, 1, 0]
    assert {cell.role for cell in wrong.rows[0][1:]} == {"wrong"}


def test_the_charts_are_of_what_can_be_compared():
    right, wrong = blocks_of(section(compared()), Curves)
    assert right.lines[0].steps
    assert len(right.lines[0].x) == len(right.lines[0].y) == 11
    assert right.lines[0].y[8:] == [100, 0, 0]
    assert f"{A}: 9 answers" in right.description
    assert "3 answers" in wrong.description


def test_an_output_without_errors_has_no_shares():
    shown = section(compared([made(A, 0, [0.9], [1, 1], [(10, 0.5)])]))
    assert table(shown, 1) == []
    assert set(blocks_of(shown, Curves)[1].lines[0].y) == {0}
