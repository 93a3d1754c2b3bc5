"""The page of a comparison of output layers: its point, then curves and a neuron to be run."""

from typing import Any

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.pairs import ESCAPED
from nntrain.experiments.compare_costs.result import Comparison
from nntrain.experiments.experiment import Experiment
from nntrain.lecture.texts import texts
from nntrain.show.page.frame import COLOURS
from nntrain.show.page.page import SCRIPTS, rendered, shown
from nntrain.show.sections import sections
from nntrain.show.sections.compare_costs.result import headline, lead

LIVE_SCRIPTS = (
    "output_layers",
    *(f"lecture/{name}" for name in ("figures", "words", "plot", "curves", "numbers")),
    *(f"lecture/{name}" for name in ("why", "replay")),
)
"""The lecture's scripts that draw the curves and run the neuron."""
ORDER = ("updates", "escape", "neuron", "result", "slowdown", "levels", "accuracy")
"""The sections that come first; the rest follow in their own order."""


def comparison_page(experiment: Experiment[CompareCosts], title: str, warning: str | None) -> str:
    """Return the page as HTML; ``title`` says what it is about."""
    found = headline(experiment)
    made = shown(sections("compare_costs", experiment))
    return rendered(
        "comparison.html",
        styles=("page", "lecture", "comparison"),
        scripts=(*SCRIPTS, *LIVE_SCRIPTS),
        title=title,
        headline=found,
        lead=lead(experiment),
        sections=sorted(made, key=lambda one: (*ORDER, one.name).index(one.name)),
        data_id="lecture-data",
        data=comparison_data(experiment.read),
        warning=warning,
    )


def comparison_data(read: CompareCosts) -> dict[str, Any]:
    """Return what the lecture's scripts need, as JSON-able types."""
    words, of = texts("en"), read.escape or read.result
    names = [one.output for one in of.outputs]
    start = "saturated" if read.escape else "random"
    labels = {
        **words["sections"]["digits"]["labels"],
        "picture": f"Validation accuracy against updates, from the {start} start",
        "run": "Play",
    }
    return {
        "words": words["words"],
        "labels": {"updates": labels, "why": words["sections"]["why"]["labels"]},
        "titles": words["layers"],
        # the colours of the page's charts
        "colours": {name: place % COLOURS + 1 for place, name in enumerate(names)},
        "stored": {"outputs": _curves(of)},
    }


def _curves(of: Comparison) -> list[dict[str, Any]]:
    return [
        {
            "name": one.output,
            "learning_rate": one.learning_rate,
            "half": None if (half := one.reached[ESCAPED]) is None else round(half.updates),
            "curve": [(updates, share.mean) for updates, share in one.early],
        }
        for one in of.outputs
    ]
