"""Many trainings as they end: a bar over all of them with the time left, a line for each."""

from rich.progress import MofNCompleteColumn

from nntrain.show.terminal.progress import MovingBar
from nntrain.show.terminal.terminal import Terminal


class TrainingsProgress(MovingBar):
    """Shows ``count`` trainings on a terminal's stderr; a context manager."""

    def __init__(self, terminal: Terminal, count: int) -> None:
        super().__init__(terminal, count, MofNCompleteColumn())
        self._terminal = terminal
        self._done = 0

    def __enter__(self) -> "TrainingsProgress":
        """Start the bar."""
        super().__enter__()
        return self

    def done(self, line: str) -> None:
        """Move the bar by a training, and print its line."""
        self._done += 1
        self.move(self._done, "trainings")
        self._terminal.message(line)
