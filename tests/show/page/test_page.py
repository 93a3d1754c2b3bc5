"""The page as text: escaped, self-contained, without what is too large."""

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nntrain.data.dataset import load
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS
from nntrain.show.page import live
from nntrain.show.page.run_page import run_page
from nntrain.show.page.side_by_side import Compared, side_by_side
from nntrain.show.page.subject import RunSubject
from nntrain.workflows.evaluate import evaluate_network

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>$_{x"
HISTORY = [
    {"epoch": n, "train_cost": 1 / n, "validation_cost": 2 / n, "train_accuracy": 0.9,
     "validation_accuracy": 0.8, "seconds": 0.1, "best": n == 2}
    for n in (1, 2, 3)
]  # fmt: skip


def subject_of(tiny, output="softmax+log-likelihood", **changes):
    dataset = load(str(tiny), tiny)
    rng = np.random.default_rng(0)
    he = INITIALISATIONS["he"] if "he" in INITIALISATIONS else next(iter(INITIALISATIONS.values()))
    network = Network.create((784, 12, 10), ACTIVATIONS["relu"], OUTPUTS[output](), he, rng)
    answers, evaluation = evaluate_network(network, dataset, "test")
    subject = RunSubject(
        "first", "weights of epoch 2", dataset.title, "test", network, evaluation,
        dataset.test.images, dataset.test.labels, answers.log_outputs, HISTORY, {"epochs": 3},
        {"seed": 0}, True, 0.9,
    )  # fmt: skip
    return replace(subject, **changes)


def test_whatever_a_name_holds_comes_out_as_text(tiny):
    subject = subject_of(tiny)
    evaluation = replace(subject.evaluation, classes=(EVIL,) * 10)
    page = run_page(
        replace(
            subject,
            name=EVIL,
            origin=EVIL,
            dataset=EVIL,
            evaluation=evaluation,
            settings={"data_dir": EVIL},
            provenance={"command": [EVIL]},
            substituted=EVIL,
        )
    )
    assert "<img src=x" not in page
    assert page.count("<script") == 2  # the data and the program
    other = Compared(EVIL, EVIL, subject.network, evaluation, HISTORY, {"hidden": EVIL})
    both = side_by_side([other, replace(other, name="_hidden", settings={"hidden": 1})])
    assert "<img src=x" not in both
    assert "<script" not in both


@pytest.mark.parametrize("output", OUTPUTS)
def test_the_policy_allows_just_what_is_in_the_page(tiny, output):
    page = run_page(subject_of(tiny, output))
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    policy = policy.replace("&#39;", "'")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.S)
    assert not re.findall(r'(?:src|href)="(?!data:|#)', markup)
    assert " style=" not in markup
    ids = re.findall(r' id="([^"]+)"', markup)
    assert len(ids) == len(set(ids))


def test_sigmoid_outputs_have_no_slider_but_sums(tiny):
    sigmoid = run_page(subject_of(tiny, "sigmoid+quadratic"))
    softmax = run_page(subject_of(tiny))
    assert 'id="temperature"' not in sigmoid
    assert 'id="temperature"' in softmax
    assert 'id="sums"' in sigmoid
    assert 'id="sums"' not in softmax


def test_a_large_network_is_left_out_with_a_note(tiny, monkeypatch):
    monkeypatch.setattr(live, "MOST_PARAMETERS", 100)
    monkeypatch.setattr("nntrain.show.page.sections.pad.MOST_PARAMETERS", 100)
    page = run_page(subject_of(tiny))
    assert "The pad is left out: the network has 9,550 parameters" in page
    assert 'id="drawing"' not in page
    assert '"network": null' in page


def test_the_page_needs_no_file_beside_it():
    folder = Path(run_page.__code__.co_filename).parent
    assert {path.name for path in folder.glob("script/*.js")} == {
        f"{name}.js" for name in __import__("nntrain.show.page.page", fromlist=["x"]).SCRIPTS
    }
