"""A page with the laboratory alone, of real digits where they are, else of synthetic ones."""

import json
import re

import pytest

from nntrain.data.loading import load
from nntrain.show.page import page as frame
from nntrain.show.page.lecture import laboratory as lab
from tests.conftest import REPOSITORY
from tests.show.page.lecture.lab import Lab


def written(path, dataset, language="en", change=lambda section: section):
    """Write a page with the section, under the policy of the run's page and the laboratory's."""
    folder = REPOSITORY / "nntrain" / "show" / "page"
    style = "\n".join((folder / f"{name}.css").read_text() for name in ("page", *lab.STYLES))
    script = frame._script(lab.SCRIPTS)
    policy = (
        f"default-src 'none'; img-src data:; style-src {frame._hash(style)}; "
        f"script-src {frame._hash(script)}; {lab.POLICY}"
    )
    path.write_text(
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><style>{style}</style></head><body>'
        f"<main>{change(lab.laboratory(dataset, language))}</main><script>{script}</script>",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="session")
def laboratory_page(real_mnist, tmp_path_factory):
    path = tmp_path_factory.mktemp("laboratory") / "page.html"
    return written(path, load(str(real_mnist), real_mnist))


def data_of(section):
    """The JSON in the section."""
    return json.loads(re.search(r'id="laboratory-data">(.*?)</script>', section, re.S)[1])


@pytest.fixture
def at(opened, laboratory_page):
    """Open the laboratory at an address and wait until it has checked itself."""
    contexts = []

    def close():
        while contexts:
            contexts.pop().__exit__(None, None, None)

    def open_at(address="", path=laboratory_page):
        close()
        contexts.append(opened(path, address))
        found = Lab(contexts[-1].__enter__())
        found.wait(lambda: found.by_id("lab-check").get_attribute("data-difference"))
        found.wait(lambda: found.data("updates") is not None)
        return found

    yield open_at
    close()
