"""Sections of every kind: they are found, come in their order and print whole in 80 columns."""

import subprocess
import sys

import pytest

from nntrain.settings import presets
from nntrain.show.blocks import Bars, Curves, Rows
from nntrain.show.sections import BRIEF, lead, names, offered, run, sections
from tests.experiments.compare_costs.test_result import A, B, made, pair
from tests.show.sections.experiments import blocks_of, compared, reproduced, swept
from tests.show.sections.runs import DIGITS, FASHION, SIGMOID, SOFTMAX, history, random_run
from tests.show.terminal.helpers import printed

THIRD = "sigmoid+cross-entropy"
LONG = [{"hidden": (1000,) * n, "augment": "elastic", "learning_rate": 1e-10 * n} for n in (9, 1)]
ADDED = """
from nntrain.show.blocks import Facts, Section
def guesses(run):
    return Section("guesses", "Guesses", [Facts([("answers", f"{run.evaluation.n} & more")])])
"""


def three(start="random", accuracies=(0.2, 0.5)):
    checks = [(1, 0.3), (10_000_000, 0.98)]
    trainings = [
        made(one, seed, [a * (1 + seed) for a in accuracies], [seed, 1, 0, 1] * 2500, checks)
        for one in (A, THIRD, B)
        for seed in range(2)
    ]
    return compared(trainings, start=start)


SUBJECTS = {
    "run": [
        random_run(output=output, classes=classes, epochs=history(400))
        for output in (SOFTMAX, SIGMOID)
        for classes in (DIGITS, FASHION)
    ],
    "compare_costs": [
        compared(),
        three(),
        three("saturated"),
        three(accuracies=[0.4] * 300),
        compared(pair(seeds=1), start="saturated"),
        compared([made(A, 0, [0.1], [0, 0], [(10, 0.1)])]),
        compared([made(A, 0, [1.0], [1, 1], [(1, 1.0)])]),
    ],
    "sweep": [
        swept([0.9]),
        swept([0.9, 0.92], [0.8, None], [None, None]),
        swept([None], [None]),
        swept(*[[1 - n / 300] for n in range(300)], epochs=1),
        swept([0.9], [0.8], values=LONG),
        swept([0.9, 0.9], values=[{}], epochs=300),
    ],
    "reproduce": [
        reproduced(*presets.names()),
        reproduced("default", seeds=1),
        reproduced("default", "quick", diverged=True),
        reproduced("one-second", published=False),
    ],
}
CASES = [(kind, one) for kind, several in SUBJECTS.items() for one in several]


@pytest.mark.parametrize(("kind", "subject"), CASES)
def test_every_section_is_whole_in_80_columns(kind, subject):
    made_of = sections(kind, subject)
    text = printed(*made_of)
    assert made_of[0].title in text
    assert "Settings and provenance" not in text
    assert "Draw a digit" not in text
    charts = [block for of in made_of for block in blocks_of(of, Curves | Bars | Rows)]
    assert len({chart.name for chart in charts}) == len(charts)
    assert all(chart.description for chart in charts)


@pytest.mark.parametrize("kind", SUBJECTS)
def test_the_answer_comes_first_and_the_settings_last(kind):
    full = [name for name in names(kind) if name not in BRIEF]
    assert (full[0], full[-1]) == ("result", "settings")
    found = {of.name for one in SUBJECTS[kind] for of in sections(kind, one)}
    assert found == set(full) - {"label_errors"}


@pytest.mark.parametrize(("kind", "subject"), CASES)
def test_the_summary_is_short_and_repeats_the_lead(kind, subject):
    text = printed(*sections(kind, subject, BRIEF))
    assert len(text.splitlines()) <= 60
    assert " ".join(lead(kind, subject).split()) in " ".join(text.split())


def test_what_section_offers_stays():
    assert set(offered()) == {
        *(
            "summary",
            "result",
            "curves",
            "classes",
            "confusion",
            "confidence",
            "pairs",
            "hesitations",
        ),
        *("reliability", "sums"),
    }


def test_names_are_read_without_numpy():
    program = (
        "import sys; from nntrain.show.sections import offered; offered(); "
        "assert not {'numpy', 'rich', 'nntrain.show.blocks'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.fixture
def added(tmp_path, monkeypatch):
    (tmp_path / "guesses.py").write_text(ADDED)
    monkeypatch.setattr(run, "__path__", [*run.__path__, str(tmp_path)])
    yield
    sys.modules.pop("nntrain.show.sections.run.guesses", None)


def test_a_file_is_a_new_section_in_terminal_and_page(added):
    pages = pytest.importorskip("nntrain.show.page.pages")
    subject = random_run(epochs=history(3))
    assert names("run") == (*run.ORDER, "guesses")
    assert "guesses" in offered()
    last = sections("run", subject)[-1]
    assert "answers  300 & more" in printed(last)
    page = pages.run_page(subject)
    assert 'id="guesses"' in page
    assert 'href="#of-guesses"' in page
    assert "300 &amp; more" in page


def test_chosen_sections_come_in_their_order_and_say_why_they_are_empty():
    made = sections("run", random_run(), ("sums", "curves", "result"))
    assert [one.name for one in made] == ["result", "curves", "sums"]
    assert "not trained here" in printed(made[1])
    assert "softmax activations sum to 1" in printed(made[2])
    found = {one.name for one in sections("run", random_run())}  # without those
    assert found == {*names("run")} - {"curves", "sums", "label_errors", *BRIEF}
