"""Progress on stderr: a moving bar on a terminal, and a line for each finished item."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Self, TypeVar

from rich.console import RenderableType
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from nntrain.data.download import DownloadReport
from nntrain.nn.training import EpochResult
from nntrain.show.formatting import duration, number, percent
from nntrain.show.terminal.tables import WIDTH
from nntrain.show.terminal.terminal import Terminal

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

NARROW = 60
"""Columns below which a line has the figures of the validation set only."""
REDRAW_S = 0.1
Entry = TypeVar("Entry")


class _Progress(Progress):
    """A display that calls ``before_drawing`` each time it is drawn, ten times a second."""

    before_drawing: Callable[[], None] | None = None

    def get_renderables(self) -> Iterable[RenderableType]:
        """Yield the bars, up to date."""
        if self.before_drawing is not None:
            self.before_drawing()
        yield from super().get_renderables()


class MovingBar:
    """A progress bar as a context manager; without a terminal, or when quiet, it shows nothing."""

    def __init__(self, terminal: Terminal, total: float, count: ProgressColumn) -> None:
        self._progress = _Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            count,
            TimeRemainingColumn(),
            TextColumn("left"),
            console=terminal.err,
            transient=True,
            disable=not terminal.animated,
        )
        self._task = self._progress.add_task("", total=total)

    def __enter__(self) -> Self:
        """Start the bar."""
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Remove the bar."""
        if not self._progress.disable:  # rich 13.7 writes an empty line even if none was shown
            self._progress.stop()

    def move(self, completed: float, description: str) -> None:
        """Show that ``completed`` of the total is done."""
        self._progress.update(self._task, completed=completed, description=description)


def with_progress(terminal: Terminal, entries: Iterable[Entry], total: int) -> Iterator[Entry]:
    """Yield ``entries`` while a bar shows how many of ``total`` were taken."""
    with MovingBar(terminal, total, MofNCompleteColumn()) as moving:
        for taken, entry in enumerate(entries, start=1):
            moving.move(taken, "images")
            yield entry


class TrainingRunsProgress(MovingBar):
    """Shows the progress of training runs: a bar for all their work, and a line for each.

    ``amounts`` has the work of each run by key; ``counter`` counts the work done so far, that of
    unfinished runs included; None where nothing counts. Without a terminal the lines estimate the
    time left.
    """

    def __init__(
        self,
        terminal: Terminal,
        amounts: Mapping[str, float],
        counter: "Synchronized[float] | None" = None,
    ) -> None:
        self._amounts, self._counter = amounts, counter
        self._terminal, self._total = terminal, sum(amounts.values())
        self._finished: set[str] = set()
        self._begun = monotonic()
        super().__init__(terminal, 1.0, TextColumn("{task.percentage:3.0f} %"))
        self._progress.before_drawing = self._follow

    def share(self) -> float:
        """Return the share of the work that is done, 0 to 1.

        It is the counted work, or that of the finished runs if this is more: a run may stop
        early, and nothing is counted on a cluster.
        """
        finished = sum(self._amounts[key] for key in self._finished)
        counted = 0.0 if self._counter is None else self._counter.value
        return min(1.0, max(finished, counted) / self._total)

    def _follow(self) -> None:
        runs = f"training runs {len(self._finished)}/{len(self._amounts)}"
        self.move(self.share(), runs)

    def done(self, key: str, line: str) -> None:
        """Print the line of a finished training run."""
        self._finished.add(key)
        share = self.share()
        if not self._terminal.animated and share < 1:
            left_s = (monotonic() - self._begun) * (1 - share) / share
            line += f"  about {duration(left_s)} left"
        self._terminal.message(line)


class TrainingProgress(MovingBar):
    """Shows the progress of a training run of ``epochs`` epochs of ``examples`` examples.

    ``tick`` moves the bar within an epoch, ``epoch`` prints a line at its end. Without a terminal
    there are only the lines; below 80 columns they have no times, below 60 no figures of the
    training set. A validation accuracy is only marked as best if it ``beats_chance``.
    """

    def __init__(
        self,
        terminal: Terminal,
        epochs: int,
        examples: int,
        done: int = 0,
        beats_chance: Callable[[float], bool] = bool,
    ) -> None:
        super().__init__(terminal, epochs * examples, TextColumn("{task.percentage:3.0f} %"))
        self._terminal = terminal
        self._epochs, self._examples = epochs, examples
        self._finished = done
        self._last_drawn = 0.0
        self._beats_chance = beats_chance
        self._wide, self._narrow = terminal.err.width >= WIDTH, terminal.err.width < NARROW

    def __enter__(self) -> Self:
        """Start the bar, and print the header of the lines."""
        head = f"{'epoch':>7}  {'cost':^17}  {'accuracy':^19}"
        if self._wide:
            head += f"  {'time':>8}  {'images/s':>9}"
        head += f"\n{'':>7}  {'train':>8} {'valid.':>8}  {'train':>9} {'valid.':>9}"
        if self._narrow:
            head = f"{'epoch':>7} {'cost':>8} {'accuracy':>9}\n{'':>7} {'valid.':>8} {'valid.':>9}"
        self._terminal.message(Text(head, style="dim"))
        return super().__enter__()

    def tick(self, done: int) -> None:
        """Show that ``done`` examples of the current epoch are finished."""
        now = monotonic()
        if now - self._last_drawn >= REDRAW_S:
            self._last_drawn = now
            completed = self._finished * self._examples + done
            self.move(completed, f"epoch {self._finished + 1}/{self._epochs}")

    def epoch(self, result: EpochResult) -> None:
        """Print the line of a finished epoch."""
        self._finished = result.epoch
        self._terminal.message(self._line(result))

    def _line(self, result: EpochResult) -> Text:
        cost, accuracy = result.validation_cost, result.validation_accuracy
        line = Text(f"{f'{result.epoch}/{self._epochs}':>7} ")
        if self._narrow:
            line.append(f"{number(cost):>8} ")
        else:
            line.append(f" {number(result.train_cost):>8} {number(cost):>8}  ")
            line.append(f"{percent(result.train_accuracy):>9} ")
        # without validation every epoch is the best
        best = result.best and accuracy is not None and self._beats_chance(accuracy)
        line.append(f"{percent(accuracy):>9}", style="bold green" if best else "")
        if self._wide:
            line.append(f"  {duration(result.seconds):>8}  {result.examples_per_second:9,.0f}")
        if best:
            line.append("  best", style="green")
        return line


class DownloadProgress(DownloadReport):
    """A ``DownloadReport`` on a terminal's stderr."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._progress: Progress | None = None
        self._task = TaskID(0)

    def start(self, name: str, size_bytes: int) -> None:
        """Start the bar of a file of ``size_bytes``, or restart it."""
        self.finish()
        if not self._terminal.animated:
            self._terminal.message(f"downloading {name} ({decimal(size_bytes)})")
            return
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=self._terminal.err,
        )
        self._progress.start()
        self._task = self._progress.add_task(name, total=size_bytes)

    def advance(self, count_bytes: int) -> None:
        """Advance the bar by ``count_bytes``."""
        if self._progress is not None:
            self._progress.update(self._task, advance=count_bytes)

    def finish(self) -> None:
        """Stop the bar of the current file."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def message(self, text: str) -> None:
        """Print one line."""
        self._terminal.message(text)
