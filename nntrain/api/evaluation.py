"""Evaluation from Python: ``evaluate``, and its result as an object."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nntrain.analysis.confidence import Reliability
from nntrain.analysis.confusion import ConfusedPair
from nntrain.analysis.hesitations import Hesitations
from nntrain.analysis.metrics import ClassFigures, Interval
from nntrain.analysis.predictions import Bools, Floats, Ints
from nntrain.api.datasets import expect_dataset
from nntrain.api.frames import frame
from nntrain.api.html import html_of
from nntrain.api.network import read_only
from nntrain.api.run import Run, expect_run
from nntrain.data.dataset import Dataset
from nntrain.errors import warn
from nntrain.show.sections import lead
from nntrain.workflows import evaluate as workflow
from nntrain.workflows.evaluation_files import calibration_document, figures

if TYPE_CHECKING:
    from pandas import DataFrame

SECTIONS = (
    *("result", "classes", "confusion", "pairs"),
    *("confidence", "reliability", "hesitations", "sums"),
)


class Evaluation:
    """The result of a run's network on one part of a dataset, from ``evaluate``.

    Arrays have one row per example of the part, in its order, and are read-only. A notebook shows
    the sections of the report.
    """

    def __init__(self, run: Run, evaluated: workflow.EvaluatedRun) -> None:
        self._run, self._evaluated = run, evaluated
        self._labels = np.array(evaluated.dataset.own_labels or range(self.n_classes))

    @property
    def n(self) -> int:
        """The number of examples."""
        return self._evaluated.evaluation.n

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return len(self._evaluated.evaluation.classes)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self._evaluated.evaluation.classes

    @property
    def accuracy(self) -> float:
        """The share of correct predictions, 0 to 1."""
        return self._evaluated.evaluation.accuracy.estimate

    @property
    def accuracy_interval(self) -> Interval:
        """The accuracy with its 95 % interval by Wilson: ``low`` and ``high``, 0 to 1."""
        return self._evaluated.evaluation.accuracy

    @property
    def cost(self) -> float | None:
        """The mean of the network's cost, without weight decay."""
        return self._evaluated.evaluation.cost

    @property
    def confusion(self) -> Ints:
        """Counts (classes, classes) int64: rows the true class, columns the predicted one."""
        return read_only(self._evaluated.evaluation.confusion)

    @property
    def confused_pairs(self) -> tuple[ConfusedPair, ...]:
        """The 20 most confused pairs, the true class first."""
        return self._evaluated.evaluation.confused_pairs

    @property
    def per_class(self) -> tuple[ClassFigures, ...]:
        """Precision, recall, F1 and support of each class."""
        return self._evaluated.evaluation.per_class

    @property
    def true(self) -> npt.NDArray[Any]:
        """The true labels (n,), as they were given."""
        return self._named(self._evaluated.predictions.labels)

    @property
    def predicted(self) -> npt.NDArray[Any]:
        """The predicted labels (n,): those of the largest output."""
        return self._named(self._evaluated.predictions.predicted)

    @property
    def right(self) -> Bools:
        """Which predictions are correct, (n,) bool."""
        return read_only(self._evaluated.predictions.right)

    @property
    def outputs(self) -> Floats:
        """The output activations (n, classes) float64, 0 to 1; softmax's sum to 1."""
        return read_only(self._evaluated.predictions.outputs)

    @property
    def confidence(self) -> Floats:
        """The largest output activation of each example, (n,) float64, 0 to 1.

        With softmax outputs it is a probability.
        """
        return read_only(self._evaluated.predictions.confidence)

    @property
    def reliability(self) -> Reliability:
        """Confidence against accuracy in 15 bins of equal width, with ECE and MCE, 0 to 1."""
        return self._evaluated.evaluation.reliability_width

    @property
    def hesitations(self) -> Hesitations:
        """How often the true class of an error came second, and the closest calls."""
        return self._evaluated.evaluation.hesitations

    @property
    def calibration(self) -> workflow.Calibration | None:
        """The softmax's fitted c and its effect; None unless ``calibrate`` asked for it."""
        return self._evaluated.calibration

    @property
    def details(self) -> workflow.EvaluatedRun:
        """Everything that was computed."""
        return self._evaluated

    def to_dict(self) -> dict[str, Any]:
        """Return the evaluation as JSON-able types, as in ``nntrain evaluate --json``."""
        found, path = self._evaluated, self._run.path
        document = {**figures(found), "run": None if path is None else str(path)}
        if found.calibration is not None:
            document["calibration"] = calibration_document(found.calibration)
        return document

    def to_frame(self) -> "DataFrame":
        """Return a table of pandas with one row per example.

        Columns: the index, true and predicted labels, whether they agree, confidence, and each
        output. Raises ``NntrainError`` if pandas is not installed.
        """
        columns = {
            "index": np.arange(self.n),
            "true": self.true,
            "predicted": self.predicted,
            "right": self.right,
            "confidence": self.confidence,
        }
        outputs = {
            f"output_{name}": column
            for name, column in zip(self.classes, self.outputs.T, strict=True)
        }
        return frame({**columns, **outputs}, "index")

    def __repr__(self) -> str:
        """Return the result in one line."""
        return f"<Evaluation of {self._run.name!r}: {lead('run', self._evaluated)}>"

    def _repr_html_(self) -> str | None:
        found = self._evaluated
        return html_of("run", found, f"{self._run.name}: evaluation", SECTIONS)

    def _named(self, indices: Ints) -> npt.NDArray[Any]:
        named: npt.NDArray[Any] = self._labels[indices]
        return read_only(named)


def evaluate(
    run: Run, dataset: Dataset | None = None, *, split: str = "test", calibrate: bool = False
) -> Evaluation:
    """Evaluate a run's best network on the ``split`` of its own dataset, or of another one.

    ``split`` is ``train``, ``validation`` or ``test``. ``calibrate`` also fits the softmax's c on
    the validation examples. Warns (``UserWarning``) if a run that was trained on the validation
    examples is evaluated on them, and of pixels for other numbers, or the reverse, that are far
    from the range of training.

    Raises ``NntrainError`` if the network does not fit the dataset, if the dataset is not here,
    and for ``calibrate`` with sigmoid outputs; ``SettingsError`` for another ``split``.
    """
    own, other = expect_run(run), None if dataset is None else expect_dataset(dataset)
    used = calibrate or split == "validation"
    if used and own.settings.train_on == "all" and own.was_trained_on(other):
        warn(workflow.SEEN_IN_TRAINING)
    evaluated = own.evaluated(other, str(split))
    return Evaluation(own, workflow.calibrated(evaluated) if calibrate else evaluated)
