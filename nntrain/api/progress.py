"""Progress, if it is asked for: a bar in a terminal, plain HTML in a notebook."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from nntrain.nn.training import EpochResult, Trainer
from nntrain.workflows.train import beats_chance


class TrainingView(Protocol):
    """What shows a training run."""

    def tick(self, done: int) -> None:
        """Show that ``done`` examples of the current epoch are finished."""

    def epoch(self, result: EpochResult) -> None:
        """Show a finished epoch."""


class TrainingRunsView(Protocol):
    """What shows the training runs of an experiment."""

    def done(self, key: str, line: str) -> None:
        """Show ``line``, about the training run ``key`` that has finished."""


class _Silent:
    """Shows nothing."""

    def tick(self, done: int) -> None:
        pass

    def epoch(self, result: EpochResult) -> None:
        pass

    def done(self, key: str, line: str) -> None:
        pass


def teller(progress: bool) -> Callable[[str], object]:
    """Return a function that shows a line about what is going on."""
    if not progress:
        return lambda line: None
    from nntrain.show.terminal.terminal import Terminal

    return Terminal().message


def of_training(progress: bool, trainer: Trainer) -> AbstractContextManager[TrainingView]:
    """Return the progress of a training run that is about to start."""
    if not progress:
        return nullcontext(_Silent())
    from nntrain.show.notebook import NotebookTraining, in_notebook

    epochs, examples = trainer.sgd.epochs, len(trainer.batches)
    if in_notebook():
        return NotebookTraining(epochs, examples)
    from nntrain.show.terminal.progress import TrainingProgress
    from nntrain.show.terminal.terminal import Terminal

    return TrainingProgress(Terminal(), epochs, examples, 0, beats_chance(trainer))


def of_training_runs(
    progress: bool, amounts: Mapping[str, float]
) -> AbstractContextManager[TrainingRunsView]:
    """Return the progress of training runs, whose work is in ``amounts`` by key."""
    if not progress:
        return nullcontext(_Silent())
    from nntrain.show.notebook import NotebookTrainingRuns, in_notebook

    if in_notebook():
        return NotebookTrainingRuns(amounts)
    from nntrain.show.terminal.progress import TrainingRunsProgress
    from nntrain.show.terminal.terminal import Terminal

    return TrainingRunsProgress(Terminal(), amounts)
