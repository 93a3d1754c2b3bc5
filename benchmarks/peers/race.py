"""A race: every contestant in its own process, one round each in turn.

All stay alive between rounds, prepared and warm, but only one runs at a time: the others are
stopped, so that none of their waiting threads takes time from it.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.peers import BOOK, Peer
from benchmarks.shapes import EPOCH, Shape
from benchmarks.threads import environment


def work_of(
    peer: Peer, shape: Shape, examples: int, dataset: str, data_dir: str
) -> dict[str, Any]:
    """Return a worker's task."""
    where = {"dataset": dataset, "data_dir": data_dir}
    return {"peer": peer.name, "shape": shape.name, "examples": examples, **where}


class FallenError(Exception):
    """A contestant's process ended before it answered."""


@dataclass
class Runner:
    """A contestant in the race, and its seconds for ``EPOCH`` images in each round."""

    peer: Peer
    threads: int
    examples: int
    seconds: list[float] = field(default_factory=list)
    evaluation_seconds: list[float] = field(default_factory=list)

    def add(self, seconds: float, evaluation_seconds: float) -> None:
        """Record a round's times, scaled from ``examples`` to ``EPOCH`` images."""
        scale = EPOCH / self.examples
        self.seconds.append(seconds * scale)
        self.evaluation_seconds.append(evaluation_seconds * scale)

    @property
    def key(self) -> str:
        return f"{self.peer.name}/{self.threads}"


class Process:
    """The process of a runner."""

    def __init__(self, peer: Peer, threads: int | None, work: dict[str, Any]) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peers.worker", json.dumps(work)],
            env=environment(threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            about = self._answer()
        except FallenError:
            self.end()
            raise
        self.runner = Runner(peer, **about)
        self._pause()

    def round(self) -> None:
        self._signal("SIGCONT")
        assert self.popen.stdin
        self.popen.stdin.write("\n")
        self.popen.stdin.flush()
        answer = self._answer()
        self._pause()
        self.runner.add(*answer)

    def end(self) -> None:
        self.popen.kill()
        self.popen.communicate()

    def _answer(self) -> Any:
        assert self.popen.stdout
        line = self.popen.stdout.readline()
        if not line:
            raise FallenError
        return json.loads(line)

    def _pause(self) -> None:
        self._signal("SIGSTOP")

    def _signal(self, name: str) -> None:
        if hasattr(signal, name):  # not on Windows, where the others' threads keep waiting
            self.popen.send_signal(getattr(signal, name))


@contextmanager
def processes() -> Iterator[list[Process]]:
    """Yield a list for the race's processes; end them all afterwards."""
    started: list[Process] = []
    try:
        yield started
    finally:
        for process in started:
            with suppress(OSError):
                process.end()


def race(
    peers: list[Peer], shape: Shape, rounds: int, dataset: str, data_dir: str
) -> tuple[list[Runner], list[str]]:
    """Return the runners with their times, and a line for each that could not compete."""
    lines = [line for peer in peers if (line := peer.missing())]
    with processes() as running:
        for peer in peers:
            examples = shape.book_examples if peer.name == BOOK else shape.examples
            work = work_of(peer, shape, examples, dataset, data_dir)
            for threads in peer.thread_counts() if examples and not peer.missing() else []:
                try:
                    running.append(Process(peer, threads, work))
                except FallenError:
                    lines.append(f"{peer.title} failed before its first round; see above.")
        for _ in range(rounds):
            for process in running:
                process.round()
        return [process.runner for process in running], lines
