"""A download's progress: bytes, speed and time left on a terminal, one line a file off it."""

from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from nntrain.show.terminal.terminal import Terminal


class DownloadProgress:
    """A ``DownloadReport`` on a terminal's stderr."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._progress: Progress | None = None
        self._task = TaskID(0)

    def start(self, name: str, size_bytes: int) -> None:
        """Begin, or begin anew, with a file of ``size_bytes``."""
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
        """Count ``count_bytes`` more."""
        if self._progress is not None:
            self._progress.update(self._task, advance=count_bytes)

    def finish(self) -> None:
        """End the file that was started."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def message(self, text: str) -> None:
        """Tell a person one line."""
        self._terminal.message(text)
