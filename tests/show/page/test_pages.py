"""The page of each kind: its sections, its title, and what is interactive in it."""

import json
import re
import time
from dataclasses import replace
from functools import partial

import pytest

from nntrain.nn.outputs import OUTPUTS
from nntrain.show import sections
from nntrain.show.page import live
from nntrain.show.page.pages import experiment_page, run_page, side_by_side
from nntrain.show.sections.run import pad
from tests.show.page.conftest import EVIL
from tests.show.sections.experiments import compared, reproduced, swept
from tests.show.sections.runs import history, random_run

PAGES = {
    "run": (run_page, random_run),
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
    assert ids(page) == [one for one in sections.names(kind) if one in ids(page)]
    assert page.count('id="data"') == (kind == "run")
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
    assert page.count("<script") == 1


def test_a_run_says_what_its_names_hold_as_text():
    run = random_run(classes=(EVIL,) * 10, epochs=history(3), name=EVIL, origin=EVIL)
    told = replace(run.dataset, title=EVIL, substituted_because=EVIL)
    page = run_page(replace(run, dataset=told, provenance={"command": [EVIL]}))
    assert "<img src=x" not in page
    assert page.count("<script") == 2
    assert "This is not MNIST but &lt;/script&gt;" in page
    both = side_by_side([replace(run, dataset=told), replace(run, name="_hidden")])
    assert "<img src=x" not in both
    assert both.count("<script") == 1


@pytest.mark.parametrize("output", OUTPUTS)
def test_softmax_has_a_slider_and_sigmoids_have_sums(output):
    page = run_page(random_run(output=output))
    softmax = OUTPUTS[output]().distribution
    assert ("temperature" in ids(page)) == softmax
    assert ("sums" in ids(page)) == (not softmax)
    assert (data(page)["temperature"] is not None) == softmax
    assert data(page)["output"] == output


def test_a_large_network_is_left_out_with_a_note(monkeypatch):
    for module in (live, pad):
        monkeypatch.setattr(module, "MOST_PARAMETERS", 100)
    page = run_page(random_run())
    assert "The pad is left out: the network has 9,550 parameters" in page
    assert 'id="drawing"' not in page
    assert data(page)["network"] is None


def test_the_scripts_get_the_network_and_examples_to_check_it_by():
    run = random_run()
    given = data(run_page(run))
    assert given["network"]["labels"] == run.predictions.labels[: live.CHECKED].tolist()
    assert given["temperature"]["labels"] == run.predictions.labels.tolist()
    assert len(given["temperature"]["shown"]) >= 10
