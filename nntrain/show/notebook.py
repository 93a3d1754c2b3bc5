"""Progress in a notebook: one piece of plain HTML under the cell, replaced as the work goes on."""

import sys
from collections.abc import Callable, Mapping
from html import escape
from time import monotonic
from typing import Any, Self

from nntrain.nn.training import EpochResult
from nntrain.show.formatting import duration, number, percent, plural

REDRAW_S = 0.2
HEAD = ("epoch", "cost, training", "validation", "accuracy, training", "validation", "time")


def in_notebook() -> bool:
    """Return whether this process is the kernel of a notebook; imports nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


class _Shown:
    """A bar for a share of the work, a line of text, and what a subclass adds below."""

    def __init__(self) -> None:
        self._update: Callable[[Mapping[str, str]], object] | None = None
        self._begun, self._drawn = monotonic(), 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def _below(self) -> str:
        return ""

    def _draw(self, share: float, text: str, *, now: bool = True) -> None:
        """Show the bar and ``text``; unless ``now``, only if the last drawing is old enough."""
        if not now and monotonic() - self._drawn < REDRAW_S:
            return
        self._drawn = monotonic()
        if share < 1:
            left_s = (self._drawn - self._begun) * (1 - share) / share if share > 0.02 else None
            text += "" if left_s is None else f", about {duration(left_s)} left"
        bar = f'<progress max="1" value="{share:.3f}" aria-label="training"></progress>'
        html = f"<div>{bar} {escape(text)}</div>{self._below()}"
        self._show({"text/html": html, "text/plain": text})

    def _show(self, content: Mapping[str, str]) -> None:
        if self._update is None:
            from IPython.display import display

            handle: Any = display(dict(content), raw=True, display_id=True)
            self._update = lambda content: handle.update(dict(content), raw=True)
        else:
            self._update(content)


class NotebookTraining(_Shown):
    """The progress of a training run of ``epochs`` epochs of ``examples`` examples."""

    def __init__(self, epochs: int, examples: int) -> None:
        super().__init__()
        self._epochs, self._examples = epochs, examples
        self._results: list[EpochResult] = []

    def tick(self, done: int) -> None:
        """Show that ``done`` examples of the current epoch are finished."""
        epoch = len(self._results)
        share = min(0.999, (epoch + done / self._examples) / self._epochs)
        self._draw(share, f"epoch {epoch + 1} of {self._epochs}", now=False)

    def epoch(self, result: EpochResult) -> None:
        """Add a finished epoch to the table."""
        self._results.append(result)
        self._draw(result.epoch / self._epochs, f"epoch {result.epoch} of {self._epochs}")

    def __exit__(self, *error: object) -> None:
        """Show what was done, also if training stopped early or was interrupted."""
        seconds = sum(one.seconds for one in self._results)
        self._draw(1, f"{plural(len(self._results), 'epoch')} in {duration(seconds)}")

    def _below(self) -> str:
        rows = [
            (
                str(one.epoch),
                number(one.train_cost),
                number(one.validation_cost),
                percent(one.train_accuracy),
                percent(one.validation_accuracy),
                duration(one.seconds),
            )
            for one in self._results
        ]
        head = "".join(f"<th>{name}</th>" for name in HEAD)
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class NotebookTrainingRuns(_Shown):
    """The progress of training runs, whose work is in ``amounts`` by key."""

    def __init__(self, amounts: Mapping[str, float]) -> None:
        super().__init__()
        self._amounts, self._finished = amounts, 0
        self._work, self._total = 0.0, sum(amounts.values())

    def __enter__(self) -> Self:
        """Show the bar."""
        self._draw(0, f"0 of {len(self._amounts)} training runs")
        return self

    def done(self, key: str, line: str) -> None:
        """Show ``line``, about the training run ``key`` that has finished."""
        self._finished += 1
        self._work += self._amounts[key]
        runs = f"{self._finished} of {len(self._amounts)} training runs"
        self._draw(self._work / self._total, f"{runs}; {line}")
