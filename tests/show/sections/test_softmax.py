import pytest

from nntrain.lecture.softmax import explore
from nntrain.show.sections.softmax import softmax
from tests.show.terminal.helpers import printed


def sections(*z, scales=(1.0,), label=None):
    made = softmax(explore(z, scales, label))
    assert len({section.name for section in made}) == len(made)
    return {section.name: section for section in made}


def text_of(*z, **options):
    return printed(*sections(*z, **options).values())


def test_activations_have_bars_beside_the_sigmoids_and_their_sums():
    (table,) = sections(0.0, 0.0)["activations"].blocks
    (z, softmax_cell, sigmoid), _, total = table.rows
    assert (z, softmax_cell.text, softmax_cell.bar, sigmoid.bar) == ("0", "0.5000", 0.5, 0.5)
    assert total == ["sum", "1.0000", "1.0000"]
    assert not table.left
    assert len(sections(1.0, scales=(1.0, 2.0, 3.0))["activations"].blocks) == 2


def test_the_true_class_is_marked_and_each_c_has_its_cost():
    made = sections(0.0, 1000.0, scales=(1.0, 2.0), label=0)
    text, table = made["cost-1"].blocks
    assert text.text == "C = −ln a_y = 1000, and 1/a_y = too large for float64"
    assert [row[0].text for row in table.rows] == ["y = 0", "1"]
    assert "c (a_j − ỹ_j)" in made["cost-2"].note
    (others,) = made["other-layers"].blocks
    assert others.rows[-1][0] == "C"
    assert "cost-1" not in sections(0.0, 1.0)


def test_small_numbers_are_not_shown_as_0():
    text = text_of(0.0, 20.0)
    assert "2e-09" in text
    assert "-0.0000" not in text
    assert "+0.0000" not in text


def test_a_wide_matrix_shows_its_first_column():
    assert "k = 7" in text_of(*range(7))
    text = text_of(*range(8))
    assert "the first of 8 columns" in text
    assert "k = 2" not in text


def test_one_number_and_a_saturated_one():
    assert "with one neuron, a is always 1" in text_of(3.0)
    assert "cannot be raised further" in text_of(90.0, 0.0)


def test_the_lectures_example_is_shown_once():
    assert text_of(1.0, 2.0, scales=(1.0, 2.0, 3.0)).count("the lecture's example") == 1


@pytest.mark.parametrize(
    ("z", "note", "ends"),
    [
        ((1.0, 3.0), "all probability goes to the largest z, 3", ["0", "1"]),
        (
            (3.0, 1.0, 3.0),
            "the 2 neurons with the largest z, 3, get 1/2 each",
            ["1/2", "0", "1/2"],
        ),
    ],
)
def test_the_limit_is_shared_by_the_largest(z, note, ends):
    section = sections(*z)["limit"]
    assert note in section.note
    assert [row[-1] for row in section.blocks[0].rows] == ends


def test_the_way_back_has_one_constant():
    rows = sections(1.0, 2.0)["inverse"].blocks[0].rows
    (_, first), (_, second), (name, constant) = rows
    assert name == "C = ln Σ"
    assert float(first) + float(constant) == pytest.approx(1)
    assert float(second) + float(constant) == pytest.approx(2)
