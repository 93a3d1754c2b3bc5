"""A run: a trained network with its settings and history, and where it is saved."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.api.frames import frame
from nntrain.api.html import Page, check_extra, html_of
from nntrain.api.network import TrainedNetwork, trained_network
from nntrain.data.dataset import Dataset
from nntrain.data.own_arrays import Label
from nntrain.data.scale import Scale, warn_of_another
from nntrain.errors import NntrainError
from nntrain.exchange import model_card
from nntrain.nn.network import Network
from nntrain.runs import provenance
from nntrain.settings.fit import FitSettings
from nntrain.show.formatting import network_in_words, percent, plural
from nntrain.workflows.evaluate import EvaluatedRun, calibrated, evaluate_trained
from nntrain.workflows.train import dataset_of

if TYPE_CHECKING:
    from pandas import DataFrame

SECTIONS = ("result", "curves")


class Run:
    """A training run, from ``fit`` or ``load_run``.

    ``name``; ``settings``, all of them, checked; ``history``, one dictionary per epoch with cost
    and accuracy (0 to 1) on both parts, ``seconds``, ``learning_rate`` and ``gradient_norms``;
    ``path`` of the run directory, None if nothing was saved. A notebook shows the result on the
    test set, and the learning curves.
    """

    def __init__(
        self,
        name: str,
        network: Network,
        settings: FitSettings,
        history: Sequence[Mapping[str, Any]],
        origin: Mapping[str, Any],
        dataset: Dataset | None = None,
        path: Path | None = None,
    ) -> None:
        self.name, self.settings, self.path = name, settings, path
        self.history = [dict(epoch) for epoch in history]
        self._network, self._origin, self._dataset = network, origin, dataset
        self._evaluated: dict[str, EvaluatedRun] = {}

    @cached_property
    def network(self) -> TrainedNetwork:
        """The network of the epoch that was best on validation."""
        card = model_card.card(self.name, self.settings.dataset, self._origin, self._network)
        labels = self._own_labels or range(self._network.sizes[-1])
        return trained_network(self._network, labels, card, self._scale)

    @property
    def _scale(self) -> Scale | None:
        """What the inputs of the training were."""
        return provenance.scale_of_training(self._origin)

    @property
    def _own_labels(self) -> list[Label] | None:
        """The labels of the arrays it was trained on; None if it was trained on files."""
        found = self._origin.get(provenance.LABELS)
        fits = isinstance(found, list) and len(found) == self._network.sizes[-1]
        return found if fits else None

    @property
    def dataset(self) -> Dataset:
        """The dataset that the run was trained on; nothing is downloaded.

        Raises ``NntrainError`` if it is not here, or was arrays that are not saved.
        """
        if self._dataset is None:
            if self._own_labels:
                raise NntrainError(
                    f"{self.name} was trained on arrays, which are not saved with a run. Give "
                    f"them again: nntrain.evaluate(run, nntrain.Dataset.from_arrays(…))."
                )
            self._dataset = dataset_of(self.settings.dataset, self.settings.data_dir)
        return self._dataset

    def was_trained_on(self, dataset: Dataset | None) -> bool:
        """Return whether ``dataset``, None for the run's own, has the bytes of the run's own."""
        if dataset is None or dataset is self._dataset:
            return True
        return bool(self._origin.get("sha256") == dataset.sha256())

    def evaluated(self, dataset: Dataset | None, split: str) -> EvaluatedRun:
        """Return the network evaluated on a part of ``dataset``, by default the run's own."""
        if dataset is not None and dataset is not self._dataset:
            return self._evaluate(dataset, split)
        if split not in self._evaluated:
            self._evaluated[split] = self._evaluate(self.dataset, split)
        return self._evaluated[split]

    def _evaluate(self, dataset: Dataset, split: str) -> EvaluatedRun:
        own, labels = self._own_labels, dataset.own_labels
        if own and labels and list(labels) != own:
            raise NntrainError(
                f"{self.name} was trained with the labels {own}: expected a dataset with these, "
                f"got {list(labels)}."
            )
        about = self.history, self._origin, self.settings, dataset, split
        evaluated = evaluate_trained(self.name, self._network, *about)
        name = f"the {split} part of {dataset.name!r}"
        warn_of_another(dataset.split(split).images, self._scale, name)
        return evaluated

    def page(self) -> Page:
        """Return the whole report page, on the test set, as ``nntrain report`` writes it.

        A notebook shows it in a frame; ``page().save('report.html')`` writes it. Raises
        ``NntrainError`` if the extra ``report`` is not installed, or the dataset is not here.
        """
        check_extra()
        from nntrain.show.page.pages import run_page

        evaluated = self.evaluated(None, "test")
        if evaluated.can_be_calibrated:
            evaluated = calibrated(evaluated)
        return Page(run_page(evaluated))

    def to_dict(self) -> dict[str, Any]:
        """Return name, path, settings and history as JSON-able types."""
        document: dict[str, Any] = {
            "run": self.name if self.path is None else str(self.path),
            "settings": asdict(self.settings),
            "history": self.history,
            "network": self.network.to_dict(),
        }
        plain: dict[str, Any] = json.loads(json.dumps(document))  # lists for tuples
        return plain

    def to_frame(self) -> "DataFrame":
        """Return the history as a table of pandas, one row per epoch.

        Raises ``NntrainError`` if pandas is not installed.
        """
        names = [] if not self.history else list(self.history[0])
        columns = {name: [epoch[name] for epoch in self.history] for name in names}
        return frame(columns or {"epoch": []}, "epoch")

    def __repr__(self) -> str:
        """Return the run in one line."""
        best = next((epoch for epoch in reversed(self.history) if epoch["best"]), None)
        accuracy = best and best["validation_accuracy"]
        parts = [
            f"<Run {self.name!r}: {network_in_words(self._network)}",
            self.settings.output,
            plural(len(self.history), "epoch"),
            f"{percent(accuracy)} of validation correct" if accuracy is not None else "",
            "" if self.path is None else f"in {self.path}",
        ]
        return f"{', '.join(filter(None, parts))}>"

    def _repr_html_(self) -> str | None:
        try:
            evaluated = self.evaluated(None, "test")
        except NntrainError:  # without its dataset there is only the text
            return None
        return html_of("run", evaluated, f"Run {self.name}", SECTIONS)


def expect_run(run: object) -> Run:
    """Return ``run``; raise ``NntrainError`` if it is something else."""
    if isinstance(run, Run):
        return run
    hint = f": load_run({run!r})" if isinstance(run, str) else ""
    raise NntrainError(
        f"run: expected a Run, got {type(run).__name__}. Make one with nntrain.fit or "
        f"nntrain.load_run{hint}."
    )
