"""The page of each kind: its sections, its title, and what is interactive in it."""

import base64
import json
import re
import time
import zlib
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from nntrain.nn.outputs import OUTPUTS
from nntrain.show import sections
from nntrain.show.page.pages import experiment_page, run_page, side_by_side
from nntrain.show.page.run import digits
from nntrain.show.page.run.rounded import rounded
from nntrain.show.sections.run import pad
from tests.show.page.conftest import EVIL
from tests.show.page.test_page import check_markup
from tests.show.sections.experiments import compared, reproduced, swept
from tests.show.sections.runs import history, random_run

PAGES = {
    "run": (run_page, lambda: random_run(epochs=history(3))),
    "compare_costs": (partial(experiment_page, "compare_costs"), compared),
    "sweep": (partial(experiment_page, "sweep"), lambda: swept((0.9, 0.91), (0.8, 0.82))),
    "reproduce": (partial(experiment_page, "reproduce"), lambda: reproduced("quick")),
    "side_by_side": (side_by_side, lambda: [random_run(), random_run(name="second")]),
}


def ids(page):
    return re.findall(r'<section id="([^"]+)"', page)


def data(page):
    (text,) = re.findall(r'id="data">(.*?)</script>', page)
    return json.loads(text)


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_has_the_sections_of_its_kind_in_their_order_and_is_soon_there(kind):
    make, subject = PAGES[kind]
    given = subject()
    page = make(given)
    assert ids(page)
    known = [one for one in sections.names(kind) if one in ids(page)]
    assert sorted(ids(page)) == sorted(known)
    check_markup(page)
    assert page.count('id="data"') == (kind in ("run", "side_by_side"))
    begun = time.process_time()  # the clock on the wall is everybody's on a busy machine
    assert make(given) == page
    assert time.process_time() - begun <= 1


@pytest.mark.parametrize("kind", list(PAGES)[1:4])
def test_an_experiment_says_what_its_origin_holds_as_text(kind):
    make, subject = PAGES[kind]
    origin = {"dataset_title": EVIL, "substituted_because": EVIL, "command": [EVIL]}
    page = make(replace(subject(), name=EVIL, settings={EVIL: EVIL}, provenance=origin))
    assert page.count("&lt;img src=x") >= 3
    assert "This is not MNIST but &lt;/script&gt;" in page
    assert "<img src=x" not in page
    assert page.count("<script") == (2 if kind == "compare_costs" else 1)  # with its data


def test_a_run_says_what_its_names_hold_as_text():
    run = random_run(classes=(EVIL,) * 10, epochs=history(3), name=EVIL, origin=EVIL)
    told = replace(run.dataset, title=EVIL, substituted_because=EVIL)
    page = run_page(replace(run, dataset=told, provenance={"command": [EVIL]}))
    assert "<img src=x" not in page
    assert page.count("<script") == 2
    assert "This is not MNIST but &lt;/script&gt;" in page
    both = side_by_side([replace(run, dataset=told), replace(run, name="_hidden")])
    assert "<img src=x" not in both
    assert both.count("<script") == 2


@pytest.mark.parametrize("output", OUTPUTS)
def test_softmax_has_a_slider_and_sigmoids_have_sums(output):
    page = run_page(random_run(output=output))
    softmax = OUTPUTS[output]().distribution
    assert ("temperature" in ids(page)) == softmax
    assert ("sums" in ids(page)) == (not softmax)
    assert (data(page)["temperature"] is not None) == softmax
    assert data(page)["output"] == output


def test_a_large_network_is_left_out_with_a_note(monkeypatch):
    monkeypatch.setattr(pad, "MOST_PARAMETERS", 100)
    page = run_page(random_run())
    assert "The pad is left out: the network has 9,550 parameters" in page
    assert 'id="drawing"' not in page
    assert data(page)["network"] is None
    check_markup(page)


def test_the_result_is_the_heading_and_is_said_once():
    page = run_page(random_run())
    right = f"{100 * random_run().evaluation.accuracy.estimate:.2f} %"
    assert f"<h1><em>{right}</em> of 300 test digits correct</h1>" in page
    assert page.split("</head>")[1].count(right) == 1


def test_errors_are_held_the_most_confident_first_as_many_as_fit(monkeypatch):
    run = random_run(n=2000, sharpness=1.0)
    errors = np.flatnonzero(~run.predictions.right)
    errors = errors[np.argsort(-run.predictions.confidence[errors], kind="stable")].tolist()
    held = data(run_page(run))["digits"]
    wrong = sum(a != b for a, b in zip(held["labels"], held["predicted"], strict=True))
    assert 0 < wrong < len(errors)
    assert held["index"][:wrong] == errors[:wrong]
    assert len(digits.deflated(run.images[errors[:wrong]])) <= 150_000
    assert len(digits.deflated(run.images[errors[: wrong + 1]])) > 150_000
    assert held["labels"] == run.predictions.labels[held["index"]].tolist()
    few = data(run_page(random_run(n=100)))["digits"]
    assert len(few["index"]) == len(set(few["index"]))
    assert set(np.flatnonzero(~random_run(n=100).predictions.right)) <= set(few["index"])


def test_each_class_and_each_bin_has_right_answers_to_show():
    run = random_run(n=2000, sharpness=4.0)
    held = data(run_page(run))["digits"]
    right = np.flatnonzero(run.predictions.right)
    for label in range(10):
        there = sum(run.predictions.labels[right] == label)
        ours = sum(a == label == b for a, b in zip(held["labels"], held["predicted"], strict=True))
        assert ours >= min(there, digits.OF_EACH)


@pytest.mark.parametrize("output", OUTPUTS)
def test_weights_are_rounded_to_the_nearest_of_255(output):
    network = random_run(output=output).network
    network.weights[1][0] = 0  # a neuron without weights
    made = rounded(network)
    for W, whole, scale, near in zip(
        network.weights, made.whole, made.scales, made.network.weights, strict=True
    ):
        assert whole.dtype == np.int8
        assert np.abs(whole).max(axis=1).tolist() == [127 if s else 0 for s in scale]
        assert (near == whole * scale[:, None]).all()
        assert np.abs(near - W).max() <= 0.5001 * scale.max()


def test_the_page_tells_how_many_answers_the_rounding_changes():
    run = random_run()
    given = data(run_page(run))["network"]
    z = rounded(run.network).network.weighted_inputs(run.images)
    otherwise = z.argmax(axis=1) != run.predictions.predicted  # the outputs were made by hand
    assert given["differ"][0] == otherwise.sum()
    assert given["among"][0] == 300


@pytest.mark.parametrize("sureness", [0.1, 1, 60])
def test_the_temperature_laboratory_gets_every_answer_at_any_c(sureness):
    run = random_run(sureness=sureness)
    stored = data(run_page(run))["temperature"]
    planes = np.frombuffer(zlib.decompress(base64.b64decode(stored["gaps"])), np.uint8)
    high, low = planes.reshape(2, 9, 300).astype(float)
    gaps = stored["largest"] * ((256 * high + low) / 65535) ** 2
    for times in (np.exp(-3), 1, np.exp(3)):
        powers = np.exp(times * run.predictions.log_outputs)
        exact = powers.max(axis=1) / powers.sum(axis=1)
        found = 1 / (1 + np.exp(-times * gaps).sum(axis=0))
        assert np.abs(found - exact).max() <= 0.02
        assert abs((found - exact).mean()) <= 5e-4
    right = np.unpackbits(np.frombuffer(base64.b64decode(stored["right"]), np.uint8))[:300]
    assert (right == run.predictions.right).all()
