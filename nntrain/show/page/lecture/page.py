"""The lecture page: the texts in one language, the numbers, and the scripts, as one HTML file."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nntrain import __version__
from nntrain.data.dataset import Dataset
from nntrain.lecture.texts import texts
from nntrain.nn.outputs import OUTPUTS
from nntrain.show.page.lecture import laboratory
from nntrain.show.page.lecture.first import first_picture
from nntrain.show.page.lecture.hesitations import hesitations, in_words, stored_hesitations
from nntrain.show.page.lecture.markup import Marker
from nntrain.show.page.lecture.numbers import answers, as_texts, constants, golden, written
from nntrain.show.page.lecture.stored import COMMAND, saturated_start
from nntrain.show.page.page import rendered
from nntrain.show.page.svg import Svg
from nntrain.workflows.evaluate import EvaluatedRun

MARK = '<meta name="generator" content="nntrain lecture">'
"""Stands near the beginning of every file that ``nntrain lecture`` wrote."""
SCRIPTS = (
    *("chart", "outputs", "output_layers"),
    *(f"lecture/{name}" for name in ("figures", "words", "plot", "curves", "numbers", "check")),
    *(f"lecture/{name}" for name in ("why", "corners", "softmax", "jacobian", "inverse")),
    *(f"lecture/{name}" for name in ("scale", "cost", "proofs", "replay", "exercises")),
)
STYLES = ("page", "lecture")


def lecture_page(language: str, dataset: Dataset | None, run: EvaluatedRun | None) -> str:
    """Return the page in ``language``, "en" or "cs".

    ``dataset`` has the digits that the laboratory learns, None for synthetic ones; ``run`` is the
    trained network whose hesitations are shown. Without one, or if it makes no errors, those
    that are stored with nntrain are.
    """
    words = texts(language)
    stored = saturated_start()
    shown = (run and hesitations(run)) or stored_hesitations()
    numbers = as_texts(
        {**constants(), "version": __version__, "stored_seeds": int(stored["seeds"])}, language
    )
    marker = Marker(numbers)
    return rendered(
        "lecture/page.html",
        styles=(*STYLES, *laboratory.STYLES),
        scripts=tuple(dict.fromkeys((*SCRIPTS, *laboratory.SCRIPTS))),
        policy=(laboratory.POLICY,),
        mark=Svg(MARK),
        language=language,
        words=words,
        marker=marker,
        laboratory=laboratory.laboratory(dataset, language),
        filled=_filled,
        stored_command=COMMAND,
        hesitations=in_words(shown, words["sections"]["digits"]["labels"], language),
        hesitations_stored=shown is stored_hesitations(),
        first=first_picture(stored, words, language),
        data=_data(words, marker.numbers, stored, language),
    )


def was_written_here(path: Path) -> bool:
    """Return whether ``nntrain lecture`` wrote the file at ``path``."""
    with path.open("rb") as file:
        return MARK.encode() in file.read(2000)


def _data(
    words: Mapping[str, Any], numbers: Mapping[str, str], stored: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """Return what the scripts need: their words, the golden vectors, and results to replay."""
    labels = {name: of.get("labels", {}) for name, of in words["sections"].items()}
    return {
        "words": words["words"],
        "page": {key: _filled(text, numbers) for key, text in words["page"].items()},
        "labels": labels,
        "layers": list(OUTPUTS),
        "titles": words["layers"],
        "colours": laboratory.COLOURS,
        "golden": golden(),
        "answers": {
            key: {"value": value, "text": written(value, language)}
            for key, value in answers().items()
        },
        "stored": stored,
    }


def _filled(text: str, numbers: Mapping[str, str]) -> str:
    return re.sub(r"@(\w+)", lambda name: numbers.get(name[1], name[0]), text)
