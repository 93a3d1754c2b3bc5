"""What a trained network hesitated about: figures and its closest calls, for the lecture page.

Those of one network are stored with nntrain, for readers without a run. To make them again:

    nntrain fit --name first
    python -m nntrain.show.page.lecture.hesitations first
"""

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from nntrain import lecture
from nntrain.data.loading import load
from nntrain.runs.run import find
from nntrain.show.page.images import grey_png
from nntrain.show.page.lecture.numbers import percent, written
from nntrain.workflows.evaluate import EvaluatedRun, evaluate_run

COMMAND = "nntrain fit"
FILE = Path(lecture.__file__).parent / "results" / "hesitations.json"
SHOWN = 8


def hesitations(run: EvaluatedRun) -> dict[str, Any] | None:
    """Return figures, and ``cards`` with a picture each, as JSON-able types.

    None without errors, and with two classes: the second choice is then always the other one.

    Shares and outputs are in 0 to 1; ``second`` is the share of the errors whose true class had
    the second largest output, ``chance`` that of a guess.
    """
    found, classes = run.evaluation.hesitations, run.evaluation.classes
    if found.runner_up is None or len(classes) == 2:
        return None
    return {
        "run": run.name,
        "dataset": Path(run.dataset.name).name,
        "examples": len(run.images),
        "errors": found.errors,
        "second": found.runner_up.estimate,
        "chance": found.by_chance,
        "cards": [
            {
                "picture": grey_png(run.images[answer.index]),
                "index": answer.index,
                "predicted": classes[answer.predicted],
                "first": answer.confidence,
                "true": classes[answer.true],
                "other": answer.outputs[answer.true],
            }
            for answer in found.closest_calls[:SHOWN]
        ],
    }


@cache
def stored_hesitations() -> dict[str, Any]:
    """Return those of the network that is stored; callers must not change them."""
    stored: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return stored


def in_words(found: Mapping[str, Any], labels: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the figures as texts in ``language``; ``labels`` are those of the section."""
    datasets: Mapping[str, str] = labels["datasets"]
    return {
        "run": found["run"],
        "dataset": datasets.get(found["dataset"], found["dataset"]),
        "examples": written(int(found["examples"]), language),
        "errors": written(int(found["errors"]), language),
        "right": percent(1 - found["errors"] / found["examples"], language),
        "second": percent(found["second"], language, 1),
        "chance": percent(found["chance"], language, 1),
        "cards": [
            {
                **card,
                "index": str(card["index"]),
                "first": f"{percent(card['first'], language)}\xa0%",
                "other": f"{percent(card['other'], language)}\xa0%",
            }
            for card in found["cards"]
        ],
    }


def _store(name: str) -> None:
    """Write the hesitations of the run ``name`` on its test set to FILE."""
    run = find(Path("runs"), name)
    settings = run.settings()
    dataset = load(settings.dataset, Path(settings.data_dir), offline=True)
    made = hesitations(evaluate_run(run, settings, dataset, "test"))
    FILE.write_text(json.dumps({"command": COMMAND, **(made or {})}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _store(sys.argv[1])
