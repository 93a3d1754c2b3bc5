"""An experiment to be shown: its result, its settings and its provenance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Read = TypeVar("Read")


@dataclass(frozen=True, eq=False)
class Experiment(Generic[Read]):
    """An experiment called ``name``; ``read`` is its result, as read from its directory.

    ``about`` describes it in names and values; ``settings`` and ``provenance`` are all that was
    recorded about it.
    """

    name: str
    read: Read
    about: Mapping[str, str]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]

    @property
    def dataset(self) -> str:
        """The dataset's title."""
        return str(self.provenance.get("dataset_title") or self.settings.get("dataset"))

    @property
    def warning(self) -> str | None:
        """The warning to show where another dataset replaced the one that was asked for."""
        because = self.provenance.get("substituted_because")
        return f"These are not MNIST's digits, but {self.dataset}. {because}" if because else None
