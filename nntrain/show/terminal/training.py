"""A training as it happens: one line an epoch, and between them a bar that moves."""

from collections.abc import Mapping
from time import monotonic

from rich.console import RenderableType
from rich.panel import Panel
from rich.progress import TextColumn
from rich.text import Text

from nntrain.nn.training import EpochResult
from nntrain.settings.fit import FitSettings
from nntrain.show.formatting import duration, number, percent
from nntrain.show.terminal.progress import MovingBar
from nntrain.show.terminal.tables import pairs
from nntrain.show.terminal.terminal import Terminal

REDRAW_S = 0.1


def settings_panel(title: str, rows: Mapping[str, str]) -> RenderableType:
    """Return the settings of a training in a frame."""
    return Panel(
        pairs(rows.items()),
        title=Text(title),
        title_align="left",
        border_style="cyan",
        expand=False,
    )


def regularisation_in_words(settings: FitSettings) -> dict[str, str]:
    """Return rows for the panel: what keeps the network from learning the images by heart."""
    parts = {
        "dropout of {:g}": settings.dropout,
        "dropout of inputs of {:g}": settings.input_dropout,
        "max-norm {:g}": settings.max_norm,
        "label smoothing ε = {:g}": settings.label_smoothing,
        "weights averaged over {:g} epochs": settings.average_epochs,
    }
    words = ", ".join(text.format(value) for text, value in parts.items() if value)
    rows = {"regularisation": words} if words else {}
    if settings.augment != "none":
        rows["augmentation"] = f"{settings.augment}, every image anew in every epoch"
    return rows


class TrainingProgress(MovingBar):
    """Shows a training of ``epochs`` epochs of ``examples`` examples on a terminal's stderr.

    A context manager: ``tick`` moves the bar inside an epoch, ``epoch`` prints a line at its
    end. Off a terminal there are only the lines.
    """

    def __init__(self, terminal: Terminal, epochs: int, examples: int, done: int = 0) -> None:
        super().__init__(terminal, epochs * examples, TextColumn("{task.percentage:3.0f} %"))
        self._terminal = terminal
        self._epochs, self._examples = epochs, examples
        self._finished = done
        self._last_drawn = 0.0

    def __enter__(self) -> "TrainingProgress":
        """Start the bar, and print the head of the lines."""
        head = (
            f"{'epoch':>7}  {'cost':^17}  {'accuracy':^19}  {'time':>8}  {'images/s':>9}\n"
            f"{'':>7}  {'train':>8} {'valid.':>8}  {'train':>9} {'valid.':>9}"
        )
        self._terminal.message(Text(head, style="dim"))
        super().__enter__()
        return self

    def tick(self, done: int) -> None:
        """Show that ``done`` examples of the current epoch are through."""
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
        line = Text(f"{f'{result.epoch}/{self._epochs}':>7}  ")
        line.append(f"{number(result.train_cost):>8} {number(cost):>8}  ")
        line.append(f"{percent(result.train_accuracy):>9} ")
        best = result.best and accuracy is not None  # without validation every epoch is
        line.append(f"{percent(accuracy):>9}", style="bold green" if best else "")
        line.append(f"  {duration(result.seconds):>8}  {result.examples_per_second:9,.0f}")
        if best:
            line.append("  best", style="green")
        return line
