import numpy as np
import pytest

from nntrain.analysis.evaluation import evaluate
from nntrain.show.terminal.evaluation import SECTIONS, Subject, report
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
    return evaluate(labels, logs, classes=classes, distribution=distribution, cost=0.5)


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
    assert f"{pair.true} → {pair.said}" in text
    assert f"#{one.hesitations.torn[0].index}: " in text


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
