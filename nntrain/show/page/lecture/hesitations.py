"""What a trained network hesitated about: figures and its closest calls, for the lecture page."""

from typing import Any

from nntrain.show.page.images import grey_png
from nntrain.show.page.lecture.numbers import percent, written
from nntrain.workflows.evaluate import EvaluatedRun

SHOWN = 8


def hesitations(run: EvaluatedRun, synthetic: str, language: str) -> dict[str, Any] | None:
    """Return the figures as text by name, and ``cards`` with a picture each; None without errors.

    ``synthetic`` names the synthetic digits.
    """
    found, classes = run.evaluation.hesitations, run.evaluation.classes
    if found.runner_up is None:
        return None
    right = 1 - found.errors / len(run.images)
    return {
        "run_name": run.name,
        "dataset": synthetic if run.dataset.synthetic else run.dataset.name,
        "examples": written(len(run.images), language),
        "errors": written(found.errors, language),
        "right": percent(right, language),
        "second": percent(found.runner_up.estimate, language),
        "chance": percent(found.by_chance, language),
        "cards": [
            {
                "picture": grey_png(run.images[answer.index]),
                "index": str(answer.index),
                "predicted": classes[answer.predicted],
                "first": written(answer.confidence, language),
                "true": classes[answer.true],
                "other": written(answer.outputs[answer.true], language),
            }
            for answer in found.closest_calls[:SHOWN]
        ],
    }
