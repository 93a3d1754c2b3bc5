"""Sections are found in their folders: adding one is adding a file."""

import subprocess
import sys

import pytest

from nntrain.show import sections as package
from nntrain.show.sections import ORDER, names, offered, run, sections
from nntrain.show.terminal.blocks import rendered
from tests.show.sections.runs import history, random_run
from tests.show.terminal.helpers import shown

ADDED = """
from nntrain.show.blocks import Facts, Section
def section(run):
    return Section("guesses", "Guesses", [Facts([("answers", f"{run.evaluation.n} & more")])])
"""


@pytest.fixture
def added(tmp_path, monkeypatch):
    (tmp_path / "guesses.py").write_text(ADDED)
    monkeypatch.setattr(run, "__path__", [*run.__path__, str(tmp_path)])
    yield
    sys.modules.pop("nntrain.show.sections.run.guesses", None)


@pytest.mark.parametrize("kind", ORDER)
def test_the_order_names_each_section_once(kind):
    assert names(kind) == ORDER[kind]
    assert len(set(ORDER[kind])) == len(ORDER[kind])


def test_what_section_offers_stays():
    assert set(offered("run")) == {
        *("result", "curves", "classes", "confusion", "confidence", "pairs", "hesitations"),
        *("reliability", "sums"),
    }


def test_names_are_read_without_numpy():
    program = (
        "import sys; from nntrain.show.sections import names; names('run'); "
        "assert not {'numpy', 'rich', 'nntrain.show.blocks'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_file_is_a_new_section_in_terminal_and_page(added):
    pages = pytest.importorskip("nntrain.show.page.pages")
    subject = random_run(epochs=history(3))
    assert names("run") == (*ORDER["run"], "guesses")
    assert "guesses" in offered("run")
    last = sections("run", subject)[-1]
    assert "answers  300 & more" in shown(rendered(last))
    page = pages.run_page(subject)
    assert 'id="guesses"' in page
    assert 'href="#guesses"' in page
    assert "300 &amp; more" in page


def test_chosen_sections_come_in_their_order_and_say_why_they_are_empty():
    made = sections("run", random_run(), ("sums", "curves", "result"))
    assert [one.name for one in made] == ["result", "curves", "sums"]
    assert "not trained here" in shown(rendered(made[1]))
    assert "softmax activations sum to 1" in shown(rendered(made[2]))


def test_without_a_choice_what_has_nothing_to_show_is_left_out():
    found = [one.name for one in sections("run", random_run())]
    assert {"curves", "sums"} & set(found) == set()
    assert package.names("run")[0] == found[0] == "result"
