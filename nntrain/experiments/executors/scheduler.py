"""A crew sees all tasks through an executor, whatever becomes of the workers.

A broken pool does not say which task was to blame. So all that were in it are charged with the
death, and a task with one attempt left has the pool to itself: then the blame is certain.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future, wait
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from nntrain.errors import NntrainError
from nntrain.experiments.executors.local import Place, WorkersLost

Task = TypeVar("Task")
Result = TypeVar("Result")
LOOK_AROUND_S = 5.0
"""How long a crew waits for a result before it looks whether one can still come."""


class Crew(Generic[Task, Result]):
    """The tasks on their way: some waiting, some flying, and how often each met a death.

    ``opener`` makes the executor, and another one when that is broken.
    """

    def __init__(
        self,
        work: Callable[[Task], Result],
        tasks: Mapping[str, Task],
        opener: Callable[[], Place],
        attempts: int,
    ) -> None:
        self.work, self.tasks, self.attempts = work, tasks, attempts
        self.waiting = deque(tasks)
        self.flying: dict[Future[Result], str] = {}
        self.landed: SimpleQueue[Future[Result]] = SimpleQueue()
        self.deaths: Counter[str] = Counter()
        self.opener = opener
        self.place = opener()

    def results(self) -> Iterator[tuple[str, Result]]:
        """Yield what comes back until nothing is left to do."""
        while self.waiting or self.flying:
            broken = not self._submit()
            done = self._landed()
            if broken or any(isinstance(future.exception(), BrokenExecutor) for future in done):
                broken = True
                wait(self.flying)  # a broken executor ends all its futures
                done = list(self.flying)
            elif not done:
                self.place.look_around()
            results, error = self._collect(done)
            if broken:
                self.place.shutdown(cancel_futures=True)
                self.place = self.opener()
            if error is None and self.place.elsewhere:
                self._submit()  # the workers have work while the caller is at the results
            yield from results
            if error is not None:
                raise error

    def _submit(self) -> bool:
        """Hand out as many tasks as the place takes; return False if it is broken."""
        while self.waiting and len(self.flying) < self.place.window:
            key = self.waiting[0]
            flying = self.flying.values()
            if flying and any(map(self._is_last_attempt, (key, *flying))):
                break  # whoever has one attempt left has the pool to itself
            try:
                future = self.place.submit(self.work, self.tasks[key])
            except BrokenExecutor:
                return False
            self.flying[future] = self.waiting.popleft()
            future.add_done_callback(self.landed.put)
        return True

    def _landed(self) -> list[Future[Result]]:
        """Wait until something lands; return all that has, or nothing after a while."""
        landed: list[Future[Result]] = []
        try:
            landed.append(self.landed.get(timeout=LOOK_AROUND_S))
            while True:
                landed.append(self.landed.get_nowait())
        except Empty:
            return [future for future in landed if future in self.flying]

    def _is_last_attempt(self, key: str) -> bool:
        return self.attempts > 1 and self.deaths[key] == self.attempts - 1

    def _collect(
        self, done: Iterable[Future[Result]]
    ) -> tuple[list[tuple[str, Result]], BaseException | None]:
        """Take ``done`` out of the air; return the results, and the first error if any."""
        results: list[tuple[str, Result]] = []
        errors: list[BaseException] = []
        suspects: list[str] = []
        for future in done:
            key = self.flying.pop(future)
            error = future.exception()
            if error is None:
                results.append((key, future.result()))
            elif isinstance(error, BrokenExecutor):
                suspects.append(key)
            elif isinstance(error, WorkersLost):
                errors.append(NntrainError(f"{key}: {error}"))
            else:
                errors.append(error)
        self.deaths.update(suspects)
        self.waiting.extendleft(reversed(suspects))
        if any(self.deaths[key] >= self.attempts for key in suspects):
            errors.append(self._given_up(suspects))
        return results, errors[0] if errors else None

    def _given_up(self, suspects: list[str]) -> NntrainError:
        times = "once" if self.attempts == 1 else f"{self.attempts} times"
        return NntrainError(
            f"{' or '.join(suspects)}: the worker process died {times} over it. The system ends "
            f"a process that wants more memory than there is; try fewer --jobs."
        )
