from nntrain.lecture.neuron import demonstrate
from nntrain.show.terminal.neuron import demonstration
from tests.show.terminal.helpers import shown


def test_four_charts_in_80_columns():
    text = shown(demonstration(demonstrate()))
    assert max(map(len, text.splitlines())) <= 80
    assert text.count("300 epochs") == 4
    assert text.count("quadratic, w =") == text.count("cross-entropy, w =") == 2
    assert "…" not in text
