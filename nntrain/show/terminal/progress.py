"""A bar that moves on a terminal's stderr while work goes on, and is gone at its end."""

from types import TracebackType

from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from nntrain.show.terminal.terminal import Terminal


class MovingBar:
    """A context manager; off a terminal, and when quiet, it shows nothing."""

    def __init__(self, terminal: Terminal, total: int, count: ProgressColumn) -> None:
        self._progress = Progress(
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

    def __enter__(self) -> "MovingBar":
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

    def move(self, completed: int, description: str) -> None:
        """Show that ``completed`` of the total is done."""
        self._progress.update(self._task, completed=completed, description=description)
