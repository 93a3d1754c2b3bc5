"""The sections of a run as a whole, and each one's facts on seven examples counted by hand."""

import math

import numpy as np
import pytest

from nntrain.analysis.calibration import Fit, recalibrated
from nntrain.analysis.evaluation import evaluate
from nntrain.settings.fit import FitSettings
from nntrain.show.blocks import Bars, Curves, Digits, Live, Matrix, Picture, Table, Text
from nntrain.show.sections import sections
from nntrain.show.sections.run import pad
from nntrain.show.sections.run.confidence import calibration
from nntrain.show.sections.run.result import headline, lead
from nntrain.show.terminal.blocks import rendered
from nntrain.workflows.evaluate import Calibration
from tests.show.sections.experiments import blocks_of, facts, table
from tests.show.sections.runs import (
    DIGITS,
    SIGMOID,
    SOFTMAX,
    evaluated,
    history,
    random_run,
)
from tests.show.terminal.helpers import printed

OWN = FitSettings(dataset="mnist")
"""A run is only judged by its own dataset."""
LABELS = (0, 0, 0, 0, 1, 1, 2)
OUTPUTS = (
    (0.80, 0.15, 0.05),
    (0.97, 0.02, 0.01),
    (0.05, 0.90, 0.05),
    (0.35, 0.60, 0.05),
    (0.02, 0.97, 0.01),
    (0.04, 0.95, 0.01),
    (0.65, 0.15, 0.20),
)
"""0 is called 1 twice, with confidence 0.9 and 0.6; 2 is called 0 once, with 0.65."""


def by_hand(**rest):
    return evaluated(LABELS, OUTPUTS, classes=("a", "b", "c"), **rest)


def only(name, run):
    (section,) = sections("run", run, (name,))
    return section


def text_of(run, chosen=()):
    return printed(*sections("run", run, chosen))


@pytest.mark.parametrize("output", [SOFTMAX, SIGMOID])
def test_no_errors_and_a_single_example_are_fine(output):
    text = text_of(evaluated([3], np.full((1, 10), 0.1) + 0.0, output=output, classes=DIGITS))
    assert "Result" in text
    right = text_of(random_run(n=1, sharpness=50, output=output, epochs=history(1)))
    assert "every answer is correct" in right
    assert "no errors" in right


def test_sigmoid_outputs_are_never_called_probabilities():
    run = random_run(output=SIGMOID)
    assert "probab" not in text_of(run)
    assert "of the normalised activations" in text_of(run, ("result",))
    assert blocks_of(only("pad", run), Live)[0].content["kind"] == "activations"


def test_result():
    section = only("result", by_hand(decay_cost=0.125))
    figures = facts(section)
    assert figures["accuracy"].text.startswith("57.14 %")
    assert "4 of 7" in figures["accuracy"].text
    assert figures["cost"] == f"0.5000  ({SOFTMAX})"
    assert figures["with weight decay"] == "0.6250  (λ/2n ΣW² = 0.1250 added)"
    assert figures["run"] == "first, weights of epoch 2 of 3"
    assert section.note == "on the 7 test examples of MNIST digits"
    assert ("3", "errors") in section.blocks[0].tiles
    assert headline(by_hand()) == ("57.14 %", "of 7 test images correct")
    assert "λ" not in text_of(by_hand(), ("result",))
    assert lead(by_hand()).startswith("57.14 % of 7 test images correct (95 % interval ")


def test_curves_have_their_axes_and_the_best_epoch():
    cost, accuracy = blocks_of(only("curves", random_run(epochs=history(4, best=3))), Curves)
    assert [(line.name, line.y) for line in cost.lines] == [
        ("training", [1, 1 / 2, 1 / 3, 1 / 4]),
        ("validation", [2, 1, 2 / 3, 1 / 2]),
    ]
    assert accuracy.lines[0].y == pytest.approx([90, 95, 100 - 10 / 3, 97.5])
    assert {tuple(line.x) for chart in (cost, accuracy) for line in chart.lines} == {(1, 2, 3, 4)}
    assert [guide.x for guide in cost.guides] == [3]
    (table,) = blocks_of(only("curves", random_run(epochs=history(4))), Table)
    assert table.rows[3] == ("4", "0.2500", "0.5000", "97.50 %", "95.00 %", "0.50")


def test_curves_without_validation_or_with_one_epoch():
    plain = only("curves", random_run(epochs=history(3, validation=False)))
    assert [line.name for line in blocks_of(plain, Curves)[0].lines] == ["training"]
    assert not blocks_of(plain, Curves)[0].guides
    one = random_run(epochs=history(1))
    assert "one epoch only" in text_of(one, ("curves",))
    assert "│" not in text_of(one, ("curves",))
    assert len(blocks_of(only("curves", one), Curves)) == 2  # the page shows the points


def test_classes_and_confusion_have_the_true_classes_in_rows():
    assert table(only("classes", by_hand())) == [
        ("a", "4", "66.67 %", "50.00 %", "57.14 %"),
        ("b", "2", "50.00 %", "100.00 %", "66.67 %"),
        ("c", "1", "–", "0.00 %", "0.00 %"),
    ]
    (matrix,) = blocks_of(only("confusion", by_hand()), Matrix)
    assert matrix.counts.tolist() == [[2, 2, 0], [0, 2, 0], [1, 0, 0]]


def test_pairs_with_the_most_confident_errors():
    run = by_hand()
    section = only("pairs", run)
    assert table(section) == [("1", "a → b", "2", "50.00 %"), ("2", "c → a", "1", "100.00 %")]
    assert table(section, 1) == [("1", "a ↔ b", "2", "33.33 %"), ("2", "a ↔ c", "1", "20.00 %")]
    *groups, errors = blocks_of(section, Digits)
    assert [digit.caption for digit in errors.digits] == ["#2: a → b", "#6: c → a"]
    assert (errors.digits[0].image == run.images[2]).all()
    assert [d.caption for d in groups[0].digits] == ["#2: a → b", "#3: a → b"]
    assert groups[0].caption == "a → b: 2 times, 50.0 % of class a"
    assert "#2: a → b" in text_of(run, ("pairs",))


def test_confidence_counts_right_and_wrong_in_the_same_bins():
    run = by_hand()
    section = only("confidence", run)
    rows = {row[0]: row for row in blocks_of(section, Table)[0].rows}
    edges = "0.6, 0.7)", "0.7, 0.8)", "0.8, 0.9)", "0.9, 0.95)", "0.95, 0.99)", "0.99, 0.999)"
    assert list(rows) == [*(f"[{one}" for one in edges), "[0.999, 1]"]
    _, right, wrong, accuracy = rows["[0.95, 0.99)"]
    assert (right.text, right.bar, right.role, accuracy) == ("3", 1.0, "right", "100.0 %")
    assert (wrong.text, wrong.bar, wrong.role) == ("0", 0.0, "wrong")
    _, right, wrong, accuracy = rows["[0.6, 0.7)"]
    confidence = run.predictions.confidence[~run.predictions.right]
    count = int(np.histogram(confidence, [0.6, 0.7])[0][0])
    assert (right.text, wrong.text, accuracy) == ("0", str(count), "0.0 %")
    assert wrong.bar == pytest.approx(math.log(1 + count) / math.log(4))  # one scale for both
    assert rows["[0.999, 1]"][3] == "–"
    right, wrong = blocks_of(section, Bars)
    assert (sum(right.counts), sum(wrong.counts)) == (4, 3)
    assert "4 right answers in 20 bins; 3 (75.0 %) at 0.9" in right.description


def test_reliability_gaps_are_confidence_minus_accuracy():
    section = only("reliability", by_hand())
    assert ("0.867–0.933", "1", "0.900", "0.000", "+0.900") in table(section)
    (chart,) = blocks_of(section, Curves)
    assert dict(zip(chart.lines[0].x, chart.lines[0].y, strict=True))[0.9] == 0
    assert facts(section)["ECE, equal width"].startswith("0.3514   (perfect calibration: mean 0.")
    assert facts(section)["MCE"].startswith("– equal width, – equal mass; over bins with 50")


PERFECT = {"sharpness": 3.0, "sureness": 3.0}
"""z_true ~ N(3, 1) and the others N(0, 1) have the posterior softmax(3 z)."""


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (PERFECT, "Not distinguishable from perfect calibration."),
        (PERFECT | {"sureness": 9.0}, "Not perfectly calibrated (equal width and equal mass)"),
        (PERFECT | {"sureness": 1.0}, "Not perfectly calibrated (equal width and equal mass)"),
    ],
)
def test_an_ece_is_distinguished_from_chance_or_attributed_to_it(known, words):
    section = only("reliability", random_run(n=4000, **known))
    assert blocks_of(section, Text)[-1].text.startswith(words)


def test_hesitations_closest_calls_and_confidently_wrong():
    section = only("hesitations", by_hand())
    figures = facts(section)
    assert figures["errors"] == "3"
    assert figures["true class second"] == (
        "100.0 % of the errors (3); guessing among the other 2 gives 50.0 %, guessing the "
        "commonest true class of each answer, at most 100.0 %"
    )
    assert figures["between two"] == (
        "66.7 % (2): the two largest outputs sum to more than 0.9, and one is the true class"
    )
    assert figures["margin, errors"] == "median 0.450; below 0.1 in 0.0 %"
    closest, confident = blocks_of(section, Digits)
    first = closest.digits[0]
    assert first.caption == "#3: a, predicted b\nb: 0.600, a: 0.350\nmargin 0.250"
    assert (first.true, first.predicted, first.outputs) == (0, 1, pytest.approx(OUTPUTS[3]))
    assert confident.digits[0].caption.startswith("#2: a, predicted b\nb: 0.900, a: 0.050")
    text = text_of(random_run(), ("hesitations",))
    assert text.count("margin 0.") == 6  # three of each in a terminal


def test_sums_of_sigmoids():
    outputs = [[0.5, 0.1], [0.9, 0.3], [0.9, 0.8]]
    section = only("sums", evaluated([0, 0, 1], outputs, classes=("a", "b"), output=SIGMOID))
    assert "below 1 in 33.3 %" in section.note
    rows = dict(table(section))
    assert (rows["[0.6, 0.7)"], rows["[1.0, 1.1)"], rows["[1.7, 1.8)"]) == ("1", "0", "1")
    (chart,) = blocks_of(only("sums", random_run(output=SIGMOID)), Bars)
    assert np.allclose(np.diff(chart.edges), 0.1)
    assert sum(chart.counts) == 300


def test_the_pad_says_whose_network_it_is_or_that_it_is_too_large(monkeypatch):
    content = blocks_of(only("pad", random_run()), Live)[0].content
    assert "ten softmax outputs are probabilities" in content["about"]
    assert "like MNIST" in content["normal"]
    monkeypatch.setattr(pad, "MOST_PARAMETERS", 100)
    (text,) = only("pad", random_run()).blocks
    assert "the network has 9,550 parameters" in text.text
    assert text.only == "page"


def test_the_slider_starts_at_the_networks_own_c():
    section = only("temperature", random_run())
    assert "over the 300 examples" in section.note
    assert blocks_of(section, Live)[0].content["c"] == "1.00"


def test_weights_are_of_the_neurons_with_the_largest_outgoing_weights():
    few = random_run()
    (picture,) = blocks_of(only("weights", few), Picture)
    assert picture.values.shape == (2 * 30, 10 * 30)
    first = few.network.weights[0][0].reshape(28, 28)
    assert np.allclose(picture.values[1:29, 1:29], first / np.abs(first).max())
    assert np.isnan(picture.values[0]).all()
    assert "all 12 neurons" in picture.text
    many = random_run(hidden=(120,))
    many.network.weights[1][:, 7] = 0
    (picture,) = blocks_of(only("weights", many), Picture)
    assert "the 100 of 120 neurons" in picture.text
    lost = many.network.weights[0][7].reshape(28, 28)
    tiles = picture.values.reshape(10, 30, 10, 30).swapaxes(1, 2)[:, :, 1:29, 1:29]
    assert not np.isclose(tiles, lost / np.abs(lost).max()).all(axis=(2, 3)).any()
    classes = tuple(str(n) for n in range(120))
    flat = evaluated([0, 1], np.full((2, 120), 1 / 120), classes=classes, hidden=())
    (picture,) = blocks_of(only("weights", flat), Picture)
    assert "the 100 of 120 neurons with the largest weights," in picture.text


def test_settings_and_provenance_are_for_the_page():
    section = only("settings", random_run())
    assert ("momentum", str(random_run().settings.momentum)) in table(section)
    assert ("seed", "0") in table(section, 1)
    assert rendered(section) is None


def calibrated(split="test", at_the_limit=False, run=None, gain=0.1):
    run = run or by_hand()
    after = evaluate(recalibrated(run.predictions, 3.0), None)
    fit = Fit(3.0, -0.5, -0.5 + gain, 50, at_the_limit)
    return calibration(Calibration(6.0, fit, run.evaluation, after), split), run, after


def test_calibration_has_the_figures_before_and_after():
    timid = random_run(sharpness=8, sureness=0.3)
    (figures, histograms), run, after = calibrated(run=timid)[0].blocks, *calibrated(run=timid)[1:]
    rows = {row[0]: row[1:] for row in figures.rows}
    before = run.evaluation
    assert before.reliability_width.distinguishable
    floors = (one.reliability_width.noise_floor.p95 for one in (before, after))
    assert rows["perfect calibration: 95 % below"] == tuple(f"{floor:.4f}" for floor in floors)
    assert rows["Brier score"] == (f"{before.scores.brier:.4f}", f"{after.scores.brier:.4f}")
    assert rows["accuracy"][0] == rows["accuracy"][1]
    assert figures.head[2] == "after, c = 3.000"
    sums = np.array(
        [[int(cell.text.replace(",", "")) for cell in row[1:]] for row in histograms.rows]
    )
    right = before.accuracy.successes
    assert sums.sum(axis=0).tolist() == [right, right, before.n - right, before.n - right]


def test_where_there_is_nothing_to_correct_calibration_is_one_sentence():
    section, run, _ = calibrated(run=random_run(n=4000, **PERFECT))
    (text,) = section.blocks
    ece = run.evaluation.reliability_width.ece
    assert text.text.startswith(f"Nothing to correct: with an ECE of {ece:.4f}")
    assert "not distinguishable from perfect calibration (mean 0." in text.text
    assert "c = 3.000 gives" in text.text
    (text,) = calibrated(gain=0.02)[0].blocks
    assert text.text.startswith(
        "Nothing to correct: c = 3.000 is not distinguishable from c = 1 (likelihood ratio, "
        "p = 0.16). ECE on the test examples: 0.3514 (perfect calibration: mean 0."
    )


@pytest.mark.parametrize("split", ["test", "validation"])
@pytest.mark.parametrize("at_the_limit", [False, True])
def test_it_says_what_c_was_fitted_on(split, at_the_limit):
    words = " ".join(printed(calibrated(split, at_the_limit)[0]).split())
    assert "the 50 validation examples; the softmax's total c is now 6.000" in words
    assert "its temperature 0.167" in words
    assert ("the examples it was fitted on" in words) == (split == "validation")
    assert ("no optimal c" in words) == at_the_limit


@pytest.mark.parametrize(
    ("outputs", "epochs", "words"),
    [
        (OUTPUTS, history(3), ""),
        ([(0.5, 0.3, 0.2)] * 7, history(3), "always answering a would be 57.14 % correct. Try"),
        (
            OUTPUTS,
            list(reversed(history(3))),
            "the training cost rose from 0.3333 after the first epoch to 1.0000. Try",
        ),
    ],
)
def test_a_training_that_failed_is_named_with_what_to_try(outputs, epochs, words):
    labels, outputs = list(LABELS), list(outputs)
    if len(set(outputs)) > 1:  # many right answers more
        labels += [0, 1, 2] * 20
        outputs += [(0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)] * 20
    run = evaluated(labels, outputs, classes=("a", "b", "c"), epochs=epochs, settings=OWN)
    text = " ".join(text_of(run, ("summary",)).split())
    if not words:
        assert "Try" not in text
    else:
        assert words in text
        assert "the learning rate was 0.2" in text
