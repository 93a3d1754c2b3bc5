"""The numbers of the lecture page against the lecture's mathematics, written out again here."""

import json
import math

import pytest

from nntrain.data.loading import load
from nntrain.lecture.texts import texts
from nntrain.nn.outputs import OUTPUTS
from nntrain.show.page.images import grey_png
from nntrain.show.page.lecture.first import first_picture
from nntrain.show.page.lecture.hesitations import stored_hesitations
from nntrain.show.page.lecture.numbers import answers, as_texts, constants, golden, written
from nntrain.show.page.lecture.stored import COMMAND, condensed, saturated_start
from tests.cli.helpers import run


def test_the_constants_are_those_of_the_lecture():
    found = constants()
    assert found["ln10"] == pytest.approx(math.log(10))
    assert found["ln2"] == pytest.approx(math.log(2))
    epochs = ("epochs_ce_mild", "epochs_ce_bad", "epochs_q_mild")
    assert [found[name] for name in epochs] == [22, 31, 107]
    assert "epochs_q_bad" not in found  # not within 300
    assert found["corner_sigmoid_quadratic"] == pytest.approx(4.54e-5, rel=1e-3)
    assert found["corner_softmax_quadratic"] == pytest.approx(10 * math.exp(-20), rel=1e-3)
    assert as_texts(found, "cs")["corner_sigmoid_log"] == "0,99995"
    unequal = [found[f"unequal_{j}"] for j in (2, 3, 4)]
    assert unequal == pytest.approx([-0.16, -0.1, -0.04])
    assert found["two_rise"] == pytest.approx(math.e / (2 * math.e + 1))
    assert found["slip"] == pytest.approx(0.24)


def test_the_answers_are_right():
    expected = {
        "exercise1": 3 * 0.75,
        "exercise2": -0.7 * 0.2,
        "exercise3": 0.5 * 0.56 / 0.7,
        "problem1": math.log(3),
        "problem2_item": 0.5 * (0.2 - 1),
        "problem3": 1 / 2,
        "problem4": 0.1 - 1,
    }
    assert answers() == pytest.approx(expected)


def test_every_output_layer_has_golden_vectors_and_all_are_json():
    found = golden()
    assert {one["name"] for one in found["layers"]} == set(OUTPUTS)
    assert json.loads(json.dumps(found, allow_nan=False))


@pytest.mark.parametrize(
    ("value", "english", "czech"),
    [
        (2.3026, "2.30", "2,30"),
        (10_000, "10,000", "10\xa0000"),
        (-0.14, "−0.14", "−0,14"),
        (2.06e-8, "2.06·10⁻⁸", "2,06·10⁻⁸"),
    ],
)
def test_numbers_are_written_in_the_language(value, english, czech):
    assert (written(value, "en"), written(value, "cs")) == (english, czech)


def test_the_stored_comparison_shows_what_the_lecture_says():
    half = {one["name"]: one["half"] for one in saturated_start()["outputs"]}
    assert set(half) == set(OUTPUTS)
    matched = max(half["softmax+log-likelihood"], half["sigmoid+cross-entropy"])
    assert matched < 100 < half["sigmoid+quadratic"]
    assert half["softmax+quadratic"] is None


def test_the_first_picture_says_what_the_stored_comparison_found():
    made = first_picture(saturated_start(), texts("cs"), "cs")
    assert [one["half"] for one in made["entries"]] == ["35", "40", "884", "> 10\xa0000"]
    assert made["ticks"] == ["1", "10", "100", "1\xa0000", "10\xa0000"]
    assert made["svg"].count("<path") == len(OUTPUTS)


def test_the_stored_hesitations_are_closest_calls_of_mnist(real_mnist):
    found = stored_hesitations()
    test = load(str(real_mnist), real_mnist).test
    for card in found["cards"]:
        assert card["picture"] == grey_png(test.images[card["index"]])
        assert card["true"] == str(test.labels[card["index"]]) != card["predicted"]
        assert card["other"] <= card["first"]
    assert found["examples"] == len(test.labels)
    assert found["second"] > 0.5 > found["chance"] == pytest.approx(1 / 9)


@pytest.mark.slow
def test_one_epoch_of_the_stored_command_gives_the_stored_curves(real_mnist, tmp_path):
    """The same checks, and the same accuracies but for the order of floating-point sums."""
    words = COMMAND.split()[1:]
    words[words.index("--epochs") + 1] = "1"
    folders = ["--dataset", real_mnist, "--runs-dir", tmp_path, "--no-report"]
    made = condensed(json.loads(run(*words, *folders, "--json").stdout))["outputs"]
    for one, stored in zip(made, saturated_start()["outputs"], strict=True):
        assert (one["name"], one["learning_rate"]) == (stored["name"], stored["learning_rate"])
        half = one["half"], stored["half"]
        assert half == (None, None) or half[0] == pytest.approx(half[1], rel=0.05)
        found, expected = dict(one["curve"]), dict(map(tuple, stored["curve"]))
        last = max(found)  # the end of the epoch, where a longer training need not check
        assert set(found) - {last} == {updates for updates in expected if updates < last}
        for updates in found.keys() & expected.keys():
            close = 0.01 if updates <= 100 else 0.03
            assert found[updates] == pytest.approx(expected[updates], abs=close), updates
