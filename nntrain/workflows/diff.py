"""Two evaluated runs -> their differences: settings, and answers on the same test examples."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from nntrain.analysis.predictions import Bools, Ints
from nntrain.analysis.statistics import McNemar, mcnemar
from nntrain.workflows.evaluate import EvaluatedRun


@dataclass(frozen=True, eq=False)
class Answers:
    """Two runs on the same n examples: indices of those that only one classified correctly.

    The most confident mistakes of the other run come first. ``both`` and ``neither`` are counts;
    ``test`` is McNemar's.
    """

    only_a: Ints
    only_b: Ints
    both: int
    neither: int
    test: McNemar


@dataclass(frozen=True, eq=False)
class Difference:
    """Two evaluated runs; ``answers`` is None if their test examples differ."""

    a: EvaluatedRun
    b: EvaluatedRun
    answers: Answers | None

    @property
    def runs(self) -> tuple[EvaluatedRun, EvaluatedRun]:
        """Both runs."""
        return self.a, self.b

    def settings(self) -> dict[str, tuple[Any, Any]]:
        """Return the settings that differ, by name."""
        a, b = (asdict(run.settings) for run in self.runs)
        return {name: (a[name], b[name]) for name in a if a[name] != b[name]}


def difference(a: EvaluatedRun, b: EvaluatedRun) -> Difference:
    """Return the differences of two runs."""
    same = np.array_equal(a.predictions.labels, b.predictions.labels)
    same = same and np.array_equal(a.images, b.images)
    return Difference(a, b, _answers(a, b) if same else None)


def _answers(a: EvaluatedRun, b: EvaluatedRun) -> Answers:
    right, also_right = a.predictions.right, b.predictions.right
    return Answers(
        only_a=_most_confident_first(right & ~also_right, b),
        only_b=_most_confident_first(also_right & ~right, a),
        both=int(np.sum(right & also_right)),
        neither=int(np.sum(~right & ~also_right)),
        test=mcnemar(right, also_right),
    )


def _most_confident_first(chosen: Bools, wrong: EvaluatedRun) -> Ints:
    """Return the indices of the chosen examples, by the confidence of the ``wrong`` run."""
    indices = np.flatnonzero(chosen)
    return indices[np.argsort(-wrong.predictions.confidence[indices], kind="stable")]


def document(of: Difference) -> dict[str, Any]:
    """Return the difference as JSON-able types."""
    answers = of.answers
    return {
        "runs": [
            {
                "name": run.name,
                "dataset": run.dataset.name,
                "accuracy": asdict(run.evaluation.accuracy),
            }
            for run in of.runs
        ],
        "settings": {name: list(values) for name, values in of.settings().items()},
        "answers": None
        if answers is None
        else {
            "both_correct": answers.both,
            "neither_correct": answers.neither,
            "only_correct": [answers.only_a.tolist(), answers.only_b.tolist()],
            "p_value": answers.test.p_value,
        },
    }
