"""Many trainings as they end: a bar over all of them with the time left, a line for each."""

from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nntrain.show.terminal.terminal import Terminal


class TrainingsProgress:
    """Shows ``count`` trainings on a terminal's stderr; a context manager."""

    def __init__(self, terminal: Terminal, count: int) -> None:
        self._terminal = terminal
        self._progress = Progress(
            TextColumn("trainings"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=terminal.err,
            transient=True,
            disable=not terminal.animated,
        )
        self._task = self._progress.add_task("", total=count)

    def __enter__(self) -> "TrainingsProgress":
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

    def done(self, line: str) -> None:
        """Move the bar by a training, and print its line."""
        self._progress.update(self._task, advance=1)
        self._terminal.message(line)
