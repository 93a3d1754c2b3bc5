"""A comparison of output layers: progress, then tables. Costs differ in kind and share none."""

from types import TracebackType

from rich.console import Group, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from nntrain.experiments.compare_costs import OutputSummary, Spread, Trained
from nntrain.nn.training import EpochResult
from nntrain.settings import CompareSettings
from nntrain.show.terminal.tables import heading, pairs, table
from nntrain.show.terminal.terminal import Terminal
from nntrain.show.terminal.words import percent, plural


class ComparisonProgress:
    """Shows many trainings on a terminal's stderr: a bar over all epochs, a line a training."""

    def __init__(self, terminal: Terminal, settings: CompareSettings) -> None:
        self._terminal = terminal
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=terminal.err,
            transient=True,
            disable=not terminal.animated,
        )
        trainings = len(settings.outputs) * settings.seeds
        self._task = self._progress.add_task("", total=trainings * settings.epochs)

    def __enter__(self) -> "ComparisonProgress":
        """Start the bar."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._progress.stop()

    def epoch(self, output: str, seed: int, result: EpochResult) -> None:
        """Move the bar by an epoch."""
        self._progress.update(self._task, advance=1, description=f"{output}, seed {seed}")

    def trained(self, training: Trained) -> None:
        """Print the line of a finished training."""
        last = training.epochs[-1].validation_accuracy
        seconds = sum(epoch.seconds for epoch in training.epochs)
        self._terminal.message(
            Text(
                f"{training.output:<22}  seed {training.seed}  η {training.learning_rate:<6g}"
                f"  validation {percent(last)}  {seconds:.1f} s",
                style="dim",
            )
        )


def comparison(
    summaries: list[OutputSummary], settings: CompareSettings, dataset_title: str
) -> RenderableType:
    """Return accuracy by epoch, epochs to each level, and the final test accuracy."""
    rates = "given" if settings.learning_rate else "the book's"
    return Group(
        heading(f"Output layers compared on {dataset_title}"),
        pairs(
            [
                ("paired", "same first weights, same mini-batches, same split for every output"),
                ("hidden layers", f"{list(settings.hidden)}, {settings.activation}"),
                ("mini-batches", f"of {settings.batch_size}"),
                ("seeds", ", ".join(map(str, settings.seed_list))),
                ("learning rates", f"{rates}; they differ, and so do the costs' scales"),
            ]
        ),
        _epochs(summaries),
        _levels(summaries),
    )


def _epochs(summaries: list[OutputSummary]) -> RenderableType:
    seeds = summaries[0].test_accuracy.n
    note = "validation accuracy in %" + (f", mean ± sd of {seeds} seeds" if seeds > 1 else "")
    epochs = table("epoch", *(s.output for s in summaries))
    for index in range(len(summaries[0].accuracy)):
        epochs.add_row(str(index + 1), *(_spread(s.accuracy[index]) for s in summaries))
    return Group(heading("Accuracy by epoch", note), epochs)


def _levels(summaries: list[OutputSummary]) -> RenderableType:
    levels = list(summaries[0].epochs_to)
    rows = table("output", "η", *(f"{100 * level:.0f} %" for level in levels), "test accuracy")
    for one in summaries:
        reached = [_reached(one.epochs_to[level]) for level in levels]
        rows.add_row(one.output, f"{one.learning_rate:g}", *reached, _spread(one.test_accuracy))
    note = "epochs until the validation accuracy first got there, averaged over the seeds that did"
    return Group(heading("Epochs to an accuracy", note), rows)


def _reached(epochs: tuple[int | None, ...]) -> str:
    reached = [epoch for epoch in epochs if epoch is not None]
    if not reached:
        return "never"
    text = f"{sum(reached) / len(reached):.1f}"
    if len(reached) < len(epochs):
        text += f" ({len(reached)} of {plural(len(epochs), 'seed')})"
    return text


def _spread(spread: Spread) -> str:
    mean = f"{100 * spread.mean:.2f}"
    return mean if spread.sd is None else f"{mean} ± {100 * spread.sd:.2f}"
