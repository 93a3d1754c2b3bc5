"""The laboratory's section: its digits, its texts in both languages, its scripts."""

import base64
import re
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nntrain.data.loading import load
from nntrain.lecture.texts import laboratory_texts
from nntrain.show.page import beside, comparison, index, page
from nntrain.show.page.lecture import laboratory as lab
from nntrain.show.page.lecture import page as lecture
from tests.conftest import REPOSITORY
from tests.show.page.lecture.conftest import data_of

SCRIPTS = Path(lab.__file__).parent.parent / "script"
LANGUAGES = ("en", "cs")


def places(text):
    return set(re.findall(r"\{(\w+)\}", text))


def test_the_digits_are_the_first_3000_of_training_and_none_is_changed(real_mnist):
    dataset = load(str(real_mnist), real_mnist)
    data = data_of(lab.laboratory(dataset, "en"))
    pixels = np.frombuffer(zlib.decompress(base64.b64decode(data["images"])), np.uint8)
    np.testing.assert_array_equal(pixels.reshape(-1, 28, 28), dataset.train.images[:3000])
    assert data["labels"] == dataset.train.labels[:3000].tolist()
    assert data["learn"] == 2000


def test_without_a_dataset_the_digits_are_synthetic_and_labelled_so():
    for language in LANGUAGES:
        section = lab.laboratory(None, language)
        assert len(data_of(section)["labels"]) == 3000
        warning = re.search(r'<p class="warning" role="note" (\w*)>(.*?)</p>', section)
        assert warning[1] == ""
        assert warning[2] == laboratory_texts(language)["synthetic"]


def test_with_mnist_nothing_says_synthetic(real_mnist):
    section = lab.laboratory(load(str(real_mnist), real_mnist), "en")
    assert '<p class="warning" role="note" hidden>' in section
    assert len(section) < 900_000


def test_both_languages_have_the_same_words_with_the_same_places_and_each_differs():
    english, czech = (laboratory_texts(language) for language in LANGUAGES)
    assert list(english) == list(czech)
    for key, text in english.items():
        assert places(text) == places(czech[key]), key
        assert text != czech[key], key


def test_each_word_is_used():
    template = (SCRIPTS.parent / "templates" / "lecture" / "laboratory.html").read_text()
    script = "".join(path.read_text() for path in SCRIPTS.glob("lecture/laboratory*.js"))
    made = Path(lab.__file__).read_text()
    for key in laboratory_texts("en"):
        assert re.search(rf"\${key}\b", template) or f'"{key}"' in script + made, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_scripts_ask_for_exists(language):
    section = lab.laboratory(None, language)
    script = "".join(
        (SCRIPTS / f"{name}.js").read_text() for name in lab.SCRIPTS if "laboratory" in name
    )
    ids = re.findall(r'(?:byId|svg|getElementById)\("([\w-]+)"\)', script)
    assert len(ids) > 20
    for one in ids:
        assert f'id="{one}"' in section, one
    for key in re.findall(r'say\("(\w+)"', script):
        assert key in laboratory_texts(language), key


def test_data_cannot_end_the_element_it_stands_in(real_mnist):
    dataset = load(str(real_mnist), real_mnist)
    classes = ("</script><script>alert(1)</script>", *dataset.classes[1:])
    section = lab.laboratory(replace(dataset, classes=classes), "en")
    assert section.count("<script") == section.count("</script>") == 2


SETS = {
    "run": (*page.SCRIPTS, *page.LIVE_SCRIPTS),
    "side by side": (*page.SCRIPTS, *beside.LIVE_SCRIPTS),
    "comparison": (*comparison.SCRIPTS, *comparison.LIVE_SCRIPTS),
    "index": index.SCRIPTS,
    "lecture": tuple(dict.fromkeys((*lecture.SCRIPTS, *lab.SCRIPTS))),
    "laboratory": lab.SCRIPTS,
    "worker": lab.WORKER_SCRIPTS,
}


@pytest.mark.parametrize("scripts", SETS.values(), ids=SETS)
def test_no_two_scripts_of_a_page_declare_the_same_name(scripts):
    """A second function of a name would replace the first without a word."""
    names = []
    for path in (SCRIPTS / f"{name}.js" for name in scripts):
        text = path.read_text("utf-8")
        names += re.findall(r"^(?:const|let|class|(?:async )?function) (\w+)", text, re.M)
        for listed in re.findall(r"^(?:const|let) [\[{](.*?)[\]}] =", text, re.M):
            names += re.findall(r"\w+", listed)
    assert names
    assert sorted(set(names)) == sorted(names)


def test_every_script_is_in_a_page():
    written = {
        path.relative_to(SCRIPTS).with_suffix("").as_posix() for path in SCRIPTS.rglob("*.js")
    }
    assert {name for scripts in SETS.values() for name in scripts} == written


def test_the_docs_name_every_key_of_a_link_and_every_part_that_can_be_left_out():
    docs = (REPOSITORY / "docs" / "report.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", docs.split("## The laboratory")[1], re.M))
    state = (SCRIPTS / "lecture" / "laboratory_state.js").read_text("utf-8")
    keys = re.search(r"const parts = \{(.*?)\};", state, re.S)[1]
    assert list(rows) == re.findall(r"^    (\w+):", keys, re.M)
    template = (SCRIPTS.parent / "templates" / "lecture" / "laboratory.html").read_text("utf-8")
    assert set(re.findall(r"`(\w+)`", rows["hide"])) == set(
        re.findall(r'data-part="(\w+)"', template)
    )
