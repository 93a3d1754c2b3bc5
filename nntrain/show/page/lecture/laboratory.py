"""The laboratory: the section of the lecture's page in which networks learn as you watch.

Its digits are in the page, deflated. The learning itself is done by its scripts, in a worker that
the page makes of the text in ``#laboratory-worker``.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nntrain.data.dataset import Dataset, Split
from nntrain.data.synthetic import TRAIN_SEED
from nntrain.data.synthetic.generate import generate
from nntrain.experiments.compare_costs.slowdown import SATURATION, WRONG_BY
from nntrain.lecture.texts import laboratory_texts, texts
from nntrain.nn.outputs import OUTPUTS
from nntrain.show.page.lecture.golden import golden_updates
from nntrain.show.page.svg import Svg

HERE = Path(__file__).parent.parent
SCRIPTS = (
    *("chart", "outputs", "output_layers", "signed", "normal_form", "drawing"),
    *("lecture/figures", "lecture/plot", "lecture/curves", "lecture/learner"),
    *(f"lecture/laboratory_{part}" for part in ("state", "runner", "weights", "cards", "view")),
    *("lecture/laboratory_panels", "lecture/laboratory_controls", "lecture/laboratory"),
)
"""The scripts the section needs in the page, in this order; the last one starts it."""
WORKER_SCRIPTS = (
    *("outputs", "output_layers"),
    *("lecture/learner", "lecture/laboratory_worker"),
)
STYLES = ("laboratory",)
"""The style sheets it needs after the page's own."""
POLICY = "worker-src blob:"
"""What the page's Content-Security-Policy must allow for it."""

LEARN, HELD_OUT = 2000, 1000
COLOURS = {
    "softmax+log-likelihood": 1,
    "sigmoid+cross-entropy": 3,
    "sigmoid+quadratic": 2,
    "softmax+quadratic": 4,
}
"""The series colour of each output layer, the same in all sections of the lecture."""


def laboratory(dataset: Dataset | None, language: str) -> Svg:
    """Return the section as markup, in ``language``: "en" or "cs".

    The digits are the first 3,000 training examples of ``dataset``, which is MNIST or synthetic,
    or synthetic ones drawn now if it is None: 2,000 to learn from and 1,000 held out.
    """
    words = laboratory_texts(language)
    synthetic = dataset is None or dataset.synthetic
    template = (HERE / "templates" / "lecture" / "laboratory.html").read_text("utf-8")
    return Svg(
        Template(template).substitute(
            {key: escape(text) for key, text in words.items()},
            synthetic_hidden="" if synthetic else "hidden",
            data=_json(
                {
                    "words": words,
                    "title": words["synthetic_title"] if synthetic else "MNIST",
                    **_data(dataset, texts(language)["layers"]),
                }
            ),
            worker="\n".join(['"use strict";', *map(_script, WORKER_SCRIPTS)]),
        )
    )


def _data(dataset: Dataset | None, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return the digits and the output layers, whose ``titles`` are in the page's language."""
    images, labels = _digits(dataset)
    classes = [str(digit) for digit in range(10)] if dataset is None else list(dataset.classes)
    return {
        "classes": classes,
        "shape": list(images.shape[1:]),
        "learn": min(LEARN, len(labels) * 2 // 3),
        "labels": labels.tolist(),
        "images": base64.b64encode(zlib.compress(images.tobytes(), 9)).decode(),
        "saturation": SATURATION,
        "wrongBy": WRONG_BY,
        "layers": [
            {
                "name": name,
                "title": titles[name],
                "rate": layer.book_rate,
                "colour": COLOURS[name],
            }
            for name, layer in OUTPUTS.items()
        ],
        "golden": golden_updates(images, labels, len(classes)),
    }


def _digits(dataset: Dataset | None) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    count = LEARN + HELD_OUT
    source = Split(*generate(count, TRAIN_SEED)) if dataset is None else dataset.train
    return np.ascontiguousarray(source.images[:count]), source.labels[:count]


def _script(name: str) -> str:
    return (HERE / "script" / f"{name}.js").read_text("utf-8")


def _json(data: dict[str, Any]) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
