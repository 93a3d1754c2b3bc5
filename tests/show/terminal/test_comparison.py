from nntrain.experiments.compare_costs.result import compare
from nntrain.show.terminal.comparison import comparison
from tests.experiments.compare_costs.test_result import A, B, pair
from tests.show.terminal.helpers import shown


def text_of(trainings, *, saturated=False):
    parts = comparison(compare(trainings), {"seeds": "0, 1, 2"}, saturated)
    return "".join(shown(part) for part in parts)


def row(text, *words):
    """The cells of the first line that holds all of ``words``."""
    return next(line.split() for line in text.splitlines() if all(w in line for w in words))


def test_the_figures_are_the_comparisons():
    text = text_of(pair())
    assert row(text, " 1 ", "90.00 ± 0.00") == ["1", "90.00", "±", "0.00", "84.90", "±", "0.10"]
    assert row(text, " mean ", "93.00") == ["mean", "93.00", "±", "0.00", "87.95", "±", "0.05"]
    assert row(text, A, "90 %") == [A, "90", "%", "100", "1.00", "0.10", "s", "3", "of", "3"]
    assert row(text, "97 %") == ["97", "%", "never", "–", "–", "0", "of", "3"]
    assert row(text, A, "75.00 ± 0.00")[1:5] == ["0.5", "75.00", "±", "0.00"]
    assert "Wilson's for 4 examples" in " ".join(text.split())
    assert row(text, "softmax", "+5.05") == ["softmax", "+5.05", "+25.00", "3", ":", "0", "0.25"]
    assert f"{A} learns faster than {B}" in " ".join(text.split())


def test_the_slowdown_is_shown_before_training_and_after():
    text = text_of(pair())
    lines = text.split("The slowdown measured")[1].splitlines()
    assert any(line.split()[:1] == ["0"] for line in lines)
    assert row(text, "softmax", "20.0 %") == [
        "0",
        "softmax",
        "0.2",
        "1",
        "0.2",
        "0.1",
        "20.0",
        "%",
    ]
    assert row(text, "softmax", "22.0 %")[1:6] == ["softmax", "2.2", "3", "0.733", "0.1"]
    gradients = text.split("Gradient norms")[1].split("Confidence")[0]
    assert [line.split()[-2] for line in gradients.splitlines() if A in line] == ["2", "3", "4"]


def test_the_way_out_of_the_saturated_start_only_from_there():
    assert "saturated start" not in text_of(pair())
    text = text_of(pair(), saturated=True)
    escape = text.split("Out of the saturated start")[1].split("Pairs")[0]
    assert row(escape, A) == [A, "10", "1.0", "3", "of", "3"]
    assert row(escape, B) == [B, "30", "3.0", "3", "of", "3"]


def test_everything_fits_in_80_columns():
    for saturated in (False, True):
        text = text_of(pair(), saturated=saturated)
        assert max(map(len, text.splitlines())) <= 80
        assert "…" not in text
