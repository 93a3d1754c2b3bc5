import numpy as np
import pytest

from nntrain.analysis.evaluation import evaluate
from nntrain.analysis.predictions import predictions
from nntrain.show.terminal.evaluation import SECTIONS, report
from nntrain.show.terminal.subject import Subject
from tests.show.terminal.helpers import shown

NAMES = [str(k) for k in range(10)]
FASHION = ["T-shirt/top", "Trouser", "[bold]Pullover[/bold]", "Dress", "Coat", "Sandal",
           "Shirt", "Sneaker", "Bag", "Ankle boot"]  # fmt: skip


def evaluation(n=300, distribution=True, classes=NAMES, sharpness=3.0, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n)
    z = rng.normal(0, 1, (n, 10))
    z[np.arange(n), labels] += sharpness
    logs = z - np.log(np.exp(z).sum(1, keepdims=True)) if distribution else -np.log1p(np.exp(-z))
    return evaluate(predictions(labels, logs, classes=classes, distribution=distribution), 0.5)


def text_of(one, sections=(), width=80):
    images = np.random.default_rng(1).integers(0, 256, (one.n, 28, 28)).astype(np.uint8)
    subject = Subject("[784, 10]", "a run", "an output", "these examples", images)
    return "".join(shown(part, width) for part in report(one, subject, sections))


@pytest.mark.parametrize("distribution", [True, False])
@pytest.mark.parametrize("classes", [NAMES, FASHION])
def test_everything_fits_in_80_columns(distribution, classes):
    text = text_of(evaluation(distribution=distribution, classes=classes))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def test_numbers_are_the_evaluations():
    one = evaluation()
    text = text_of(one)
    assert f"{one.accuracy.successes:,} of {one.accuracy.n:,}" in text
    assert f"ECE {one.reliability_width.ece:.4f}" in text
    pair = one.confused_pairs[0]
    assert f"{pair.true} → {pair.predicted}" in text
    assert f"#{one.hesitations.closest_calls[0].index}: " in text


def test_markup_in_names_is_text():
    assert "[bold]" in text_of(evaluation(classes=FASHION), ["classes"])


def test_sigmoid_outputs_are_never_called_probabilities():
    text = text_of(evaluation(distribution=False))
    assert "probab" not in text
    assert "normalised" in text
    assert "Sum of the sigmoid activations" in text


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_alone(section):
    text = text_of(evaluation(distribution=False), [section])
    assert text.strip()
    assert len(text) < len(text_of(evaluation(distribution=False)))


def test_no_errors_and_a_single_example_are_fine():
    assert "every answer is right" in text_of(evaluation(n=1, sharpness=50))


def test_histogram_says_what_it_leaves_out_and_counts_everything():
    one = evaluation()
    text = text_of(one, ["confidence"])
    counts = one.histogram.right + one.histogram.wrong
    first = int(np.flatnonzero(counts)[0])
    assert f"none below {one.histogram.edges[first]:.2f}" in text
    assert text.count("[0.") == len(counts) - first
    assert "1.00]" in text


class TestByHand:
    """Four examples of class 0, two of class 1, one of class 2; three answers are wrong.

    0 is called 1 twice (confidence 0.9 and 0.6), 2 is called 0 once (confidence 0.7).
    """

    LABELS = (0, 0, 0, 0, 1, 1, 2)
    OUTPUTS = (
        (0.80, 0.15, 0.05),
        (0.97, 0.02, 0.01),
        (0.05, 0.90, 0.05),
        (0.35, 0.60, 0.05),
        (0.02, 0.97, 0.01),
        (0.04, 0.95, 0.01),
        (0.70, 0.10, 0.20),
    )

    def text(self, section):
        answers = predictions(
            self.LABELS, np.log(self.OUTPUTS), classes=("a", "b", "c"), distribution=True
        )
        one = evaluate(answers, 1.25)
        return [line.rstrip() for line in text_of(one, [section]).splitlines()]

    def test_result(self):
        lines = self.text("result")
        assert any("57.14 %" in line and "4 of 7" in line for line in lines)
        assert any("1.2500  (an output)" in line for line in lines)

    def test_confusion_has_the_true_classes_in_rows(self):
        lines = self.text("confusion")
        assert [line.split() for line in lines if line.startswith("a ")] == [
            ["a", "2", "2", "·"],
            ["a", "50.0", "50.0", "·"],
        ]
        assert [line.split() for line in lines if line.startswith("c ")] == [
            ["c", "1", "·", "·"],
            ["c", "100.0", "·", "·"],
        ]

    def test_confidence_counts_right_on_the_left_and_wrong_on_the_right(self):
        rows = {line.split(")")[0].split("]")[0]: line for line in self.text("confidence")}
        right_only = next(line for key, line in rows.items() if key.strip() == "[0.95, 1.00")
        wrong_only = next(line for key, line in rows.items() if key.strip() == "[0.60, 0.65")
        assert right_only.split()[2:4] == ["3", "█" * 15]
        assert right_only.rstrip().endswith("0")
        assert wrong_only.split()[2:] == ["0", "1", "█" * 15]

    def test_pairs(self):
        lines = self.text("pairs")
        first = next(line for line in lines if "a → b" in line)
        assert first.split() == [*"a→b", "2", "50.00", "%", *"a↔b", "2", "33.33", "%"]
        assert "#2: a → b" in "\n".join(lines)

    def test_hesitations(self):
        text = "\n".join(self.text("hesitations"))
        assert "66.7 % of the errors (2)" not in text  # the runner-up is true in all three
        assert "100.0 % of the errors (3)" in text
        assert "blind choice would give 50.0 %" in text
        torn = text.split("most torn")[1].split("surely wrong")[0]
        assert "said b (0.60), a (0.35)" in torn
        assert "said b (0.90), a (0.05)" in text.split("surely wrong")[1]

    def test_reliability_gaps_are_confidence_minus_accuracy(self):
        line = next(line for line in self.text("reliability") if line.startswith(" 0.867"))
        assert line.split() == ["0.867–0.933", "1", "0.900", "0.000", "+0.900"]
