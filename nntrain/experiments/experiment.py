"""The subject of a page on an experiment: the experiment, and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Read = TypeVar("Read")


@dataclass(frozen=True, eq=False)
class Experiment(Generic[Read]):
    """An experiment called ``name``, as it was ``read`` back from its directory.

    ``about`` says what was done, in names and values; ``settings`` and ``provenance`` are all
    that was recorded of it.
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
        """What has to be said where another dataset stood in for the one that was asked for."""
        because = self.provenance.get("substituted_because")
        return f"These are not MNIST's digits, but {self.dataset}. {because}" if because else None
