"""What ``evaluate`` and ``compare_costs`` return, and how results are shown."""

import json
import re
import sys
from importlib import util
from itertools import pairwise

import numpy as np
import pytest

import nntrain
from nntrain.show.notebook import NotebookTraining, in_notebook
from tests.api.conftest import KINDS
from tests.cli.helpers import run as command

QUICK = {"seeds": 2, "epochs": 1, "hidden": [8], "train_size": 200}


@pytest.fixture(scope="module")
def comparison(images):
    return nntrain.compare_costs(images, **QUICK)


def test_the_figures_agree_with_the_predictions(trained_on_table):
    found = nntrain.evaluate(trained_on_table, split="validation")
    right = found.true == found.predicted
    assert found.accuracy == right.mean()
    np.testing.assert_array_equal(found.right, right)
    counts = [[((found.true == a) & (found.predicted == b)).sum() for b in KINDS] for a in KINDS]
    np.testing.assert_array_equal(found.confusion, counts)
    np.testing.assert_array_equal(found.confidence, found.outputs.max(axis=1))
    assert found.hesitations.errors == (~right).sum()
    assert found.accuracy_interval.low < found.accuracy < found.accuracy_interval.high
    assert found.reliability.bins
    assert found.calibration is None


def test_the_document_is_that_of_the_command(images, inside):
    run = nntrain.fit(images, hidden=[12], epochs=1, save="first")
    printed = command("evaluate", "first", "--calibrate", "--json").stdout
    document = json.loads(printed)
    mine = nntrain.evaluate(run, calibrate=True).to_dict()
    assert {"schema": document["schema"], **json.loads(json.dumps(mine))} == document


def test_a_run_that_saw_the_validation_examples_warns(images):
    run = nntrain.fit(images, hidden=[], epochs=1, train_on="all")
    with pytest.warns(UserWarning, match="trained on the validation examples too"):
        nntrain.evaluate(run, split="validation")
    nntrain.evaluate(run)


def test_tables_have_a_row_for_each_example_epoch_and_training_run(trained_on_table, comparison):
    pandas = pytest.importorskip("pandas")
    found = nntrain.evaluate(trained_on_table)
    table = found.to_frame()
    assert list(table.columns[:4]) == ["true", "predicted", "right", "confidence"]
    assert (table["true"] == found.true).all()
    np.testing.assert_array_equal(table[[f"output_{kind}" for kind in KINDS]], found.outputs)
    history = trained_on_table.to_frame()
    assert isinstance(history, pandas.DataFrame)
    assert history.index.tolist() == [1, 2, 3, 4, 5]
    assert len(comparison.to_frame()) == 2 * 3 * 2 * 2  # starts, outputs, seeds, moments


def test_without_pandas_a_table_says_what_to_install(trained, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(nntrain.NntrainError, match=r"pip install 'nntrain\[notebook\]'"):
        trained.to_frame()


def test_a_comparison_is_the_commands_own(images, comparison, inside):
    words = ["--seeds", 2, "--epochs", 1, "--hidden", 8, "--train-size", 200, "--jobs", 1]
    printed = command("compare-costs", "--dataset", images.folder, *words, "--json").stdout
    theirs, mine = json.loads(printed), comparison.to_dict()
    assert mine["moral"] == theirs["moral"]
    for part in (mine, mine["saturated"]), (theirs, theirs["saturated"]):
        assert len(part[0]["trainings"]) == 6
    for name in "outputs", "pairs":
        for one, other in zip(mine[name], theirs[name], strict=True):
            assert _untimed(one) == _untimed(other)


def _untimed(value):
    if isinstance(value, dict):
        return {k: _untimed(v) for k, v in value.items() if k != "seconds"}
    return [_untimed(v) for v in value] if isinstance(value, list) else value


def test_a_comparison_is_saved_where_the_command_finds_it(table, inside):
    saved = nntrain.compare_costs(table, save="costs", **{**QUICK, "start": "saturated"})
    assert saved.path.name == "costs"
    assert "costs" in command("runs").stdout
    printed = command("compare-costs", "--resume", "nothing", expect=(1, 2))
    assert printed.exit_code
    with pytest.raises(nntrain.RunError, match="exists already"):
        nntrain.compare_costs(table, save="costs", **QUICK)


def test_results_on_a_table_speak_of_no_digits_and_images(table, trained_on_table, comparison):
    compared = nntrain.compare_costs(table, **{**QUICK, "seeds": 1})
    for result in (compared, trained_on_table, nntrain.evaluate(trained_on_table)):
        text = re.sub(r"<style.*?</style>|<[^>]*>", " ", result._repr_html_(), flags=re.DOTALL)
        assert len(text) > 300
        assert not re.findall(r"(?i)[^.]*\b(?:digit|image|picture)s?\b[^.]*", text)
    for result in (compared, comparison):
        assert "% of the validation examples correct" in result._repr_html_()
    assert not re.search(r"(?i)\bimages?\b", " ".join(pair.verdict for pair in compared.pairs))


def test_a_comparison_in_processes_is_the_same(table):
    options = {**QUICK, "start": "saturated", "output": ["softmax", "sigmoid+q"]}
    one = nntrain.compare_costs(table, **options)
    two = nntrain.compare_costs(table, jobs=2, **options)
    assert two.verdict == one.verdict
    np.testing.assert_array_equal(two.outputs[0].test_accuracy, one.outputs[0].test_accuracy)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"seed_count": 3}, "Unknown setting 'seed_count'. Did you mean 'seed'"),
        ({"jobs": 0}, "jobs = 0"),
        ({"start": "cold"}, "one of both, random, saturated"),
        ({"output": ["softmax", "tanh"]}, "tanh"),
    ],
)
def test_a_comparison_refuses_what_it_cannot_do(table, options, reason):
    with pytest.raises(nntrain.SettingsError, match=reason):
        nntrain.compare_costs(table, **options)


def test_every_result_is_one_line_of_text_and_readable_html(trained, comparison, images):
    expected = (
        (trained, ("Result", "Learning curves")),
        (nntrain.evaluate(trained), ("Confusion matrix", "Hesitations")),
        (comparison, (comparison.verdict, "Time to an accuracy")),
    )
    for result, words in expected:
        assert len(repr(result).splitlines()) == 1
        html = result._repr_html_()
        assert html == result._repr_html_()
        assert all(word in html.replace("&#39;", "'") for word in words)
    assert len(repr(images).splitlines()) == 1


def test_digits_are_left_out_of_results_on_a_table(trained_on_table):
    for split in "train", "validation", "test":
        html = nntrain.evaluate(trained_on_table, split=split)._repr_html_()
        assert "<img" not in html
    page = trained_on_table.page().html
    words = [re.sub(r"<style>.*?</style>|<[^>]*>", "", text, flags=re.S) for text in (html, page)]
    assert "<img" not in page
    assert "<canvas" not in page
    for word in "Confusion matrix", "Hesitations", "Learning curves":
        assert word in page
    for word in "pixel", "digit", "image":
        assert word not in words[0]
        assert word not in words[1].partition("use strict")[0]


def test_without_the_extra_a_notebook_shows_the_text(trained, monkeypatch):
    found = util.find_spec
    monkeypatch.setattr(
        "nntrain.api.html.find_spec", lambda name: None if name == "jinja2" else found(name)
    )
    assert trained._repr_html_() is None
    assert nntrain.evaluate(trained)._repr_html_() is None
    with pytest.raises(nntrain.NntrainError, match=r"pip install 'nntrain\[report\]'"):
        trained.page()


def test_the_page_is_the_commands_own_and_a_notebook_frames_it(images, inside):
    run = nntrain.fit(images, hidden=[12], epochs=1, save="first")
    command("report", "first")
    run.page().save("mine.html")
    theirs = (inside / "runs/first/report.html").read_text("utf-8")
    assert (inside / "mine.html").read_text("utf-8") == theirs
    framed = run.page()._repr_html_()
    assert framed.startswith('<iframe sandbox="allow-scripts"')
    assert "srcdoc=" in framed


def test_progress_in_a_notebook_is_one_output_that_is_replaced(trained, monkeypatch):
    shown = []
    view = NotebookTraining(8, 100)
    monkeypatch.setattr(view, "_show", shown.append)
    results = [nntrain_epoch(epoch) for epoch in trained.history]
    with view:
        view.tick(50)
        for result in results:
            view.epoch(result)
    html = shown[-1]["text/html"]
    assert html.count("<tr>") == 1 + len(results)
    assert "<script" not in html
    assert shown[-1]["text/plain"].startswith("8 epochs in ")


def test_progress_in_a_notebook_is_redrawn_five_times_a_second_at_most(monkeypatch):
    now, drawn = [0.0], []
    monkeypatch.setattr("nntrain.show.notebook.monotonic", lambda: now[0])
    view = NotebookTraining(1, 1000)
    monkeypatch.setattr(view, "_show", lambda content: drawn.append(now[0]))
    for done in range(1000):
        now[0] = done / 100
        view.tick(done)
    assert 40 <= len(drawn) <= 50  # in 10 seconds
    assert min(b - a for a, b in pairwise(drawn)) >= 0.2


def nntrain_epoch(values):
    from nntrain.nn.training import EpochResult

    return EpochResult(**values)


def test_ipython_is_not_imported_to_find_out(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not in_notebook()
    assert "IPython" not in sys.modules
