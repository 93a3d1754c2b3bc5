"""An experiment: its training runs, saved and to go, and its result."""

import csv
import io
import json
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nntrain.errors import IncompleteError, Interrupted, WorkerError
from nntrain.experiments.executors import Outcome, Work
from nntrain.experiments.running import run
from nntrain.experiments.store import Store

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

Task = TypeVar("Task")
Result = TypeVar("Result")
Read = TypeVar("Read")


@dataclass(frozen=True, eq=False)
class Experiment(Generic[Read]):
    """An experiment to show: ``read`` is its result, as read from its directory.

    ``about`` describes it as names and values; ``settings`` and ``provenance`` have everything
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


class TrainingRuns(Generic[Task, Result]):
    """The training runs of ``tasks``, by key; those saved in ``store`` are not trained again.

    ``read(task, outcome)`` returns the result in an outcome, and raises an exception if it does
    not belong to the task; a saved outcome is then in ``store.damaged`` and trained again.
    ``results`` has the finished results by key, ``to_go`` the other tasks. The caller holds the
    store's lock while it trains.
    """

    def __init__(
        self, store: Store, tasks: Mapping[str, Task], read: Callable[[Task, Outcome], Result]
    ) -> None:
        self.store, self.tasks, self.read = store, tasks, read
        self.results: dict[str, Result] = {}
        self.to_go: dict[str, Task] = {}
        for key, task in tasks.items():
            result = store.load(key, partial(read, task))
            if result is None:
                self.to_go[key] = task
            else:
                self.results[key] = result

    def train(
        self,
        work: Work[Task],
        *,
        jobs: int,
        cluster: str | None = None,
        counter: "Synchronized[float] | None" = None,
    ) -> Generator[tuple[str, Result], None, None]:
        """Train the tasks ``to_go``; yield (key, result) of each as soon as it is on disk.

        Raises what ``run`` raises, and ``RunError`` if the store cannot be written. When the
        generator ends, so do its local processes: close it if you stop early.
        """
        try:
            to_go = dict(self.to_go)
            with closing(
                run(work, to_go, jobs=jobs, cluster=cluster, counter=counter)
            ) as outcomes:
                for key, outcome in outcomes:
                    self.store.save(key, outcome)
                    # through JSON, so that it equals what the store returns later
                    again = Outcome(json.loads(json.dumps(outcome.document)), outcome.arrays)
                    self.results[key] = self.read(self.to_go.pop(key), again)
                    yield key, self.results[key]
        except WorkerError as error:
            raise WorkerError(f"{error} {self._saved_so_far()}") from error

    def interrupted(self) -> Interrupted:
        """Return the error that says how to resume after Ctrl-C."""
        return Interrupted(f"Interrupted. {self._saved_so_far()}")

    def complete(self) -> dict[str, Result]:
        """Return the results in the order of the tasks; ``IncompleteError`` if one is missing."""
        if self.to_go:
            raise IncompleteError(
                f"{self.store.path} has {len(self.results)} of its {len(self.tasks)} training "
                f"runs. {self.store.how_to_resume()}"
            )
        return {key: self.results[key] for key in self.tasks}

    def _saved_so_far(self) -> str:
        return (
            f"{len(self.results)} of {len(self.tasks)} training runs are saved. "
            f"{self.store.how_to_resume()}"
        )


def expect(valid: bool, otherwise: str) -> None:
    """Raise ``ValueError`` unless an outcome is ``valid``; ``otherwise`` is what it holds."""
    if not valid:
        raise ValueError(f"it holds {otherwise}")


def expect_shares(values: Sequence[float]) -> None:
    """Raise ``ValueError`` unless every value is an accuracy."""
    expect(all(0 <= value <= 1 for value in values), "an accuracy outside 0 to 1")


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV; None is an empty cell."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()
