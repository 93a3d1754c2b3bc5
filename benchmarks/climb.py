"""The process of one training run: ``python -m benchmarks.climb`` with settings as JSON.

It prints one JSON list: threads, and [seconds, images, validation accuracy] for each check. The
seconds count training only. Every program checks at the same moments, several per epoch: after
the block of mini-batches (at most 128 examples) that contains the moment, and at the epoch's end.
A run ends at the highest level.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.threads import settle

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.settings.fit import FitSettings

OWN, PYTORCH = "nntrain", "pytorch"
LEVELS = (0.95, 0.97, 0.98, 0.985, 0.99)

Check = tuple[float, int, float]


def own(settings: "FitSettings", dataset: "Dataset", checks: int) -> Iterator[Check]:
    """Train with nntrain."""
    from nntrain.workflows import train

    training = train.start(settings, dataset)
    count = len(training.batches)
    while not training.finished:
        due, block = moments(count, checks), training.batches.block_size
        for done in training.run_epoch([-(-moment // block) * block for moment in due]):
            if passed(due, done) and done < count:
                accuracy = training.model.cost_and_accuracy(*dataset.validation)[1]
                yield training.total_seconds, training.epoch * count + done, accuracy
        result = training.finish_epoch()
        assert result.validation_accuracy is not None
        yield training.total_seconds, training.epoch * count, result.validation_accuracy


def pytorch(
    settings: "FitSettings", dataset: "Dataset", checks: int, threads: int
) -> Iterator[Check]:
    """Train the same network in PyTorch."""
    from benchmarks.peers.pytorch_recipe import Recipe

    recipe = Recipe(settings, dataset, threads)
    count = len(recipe.images)
    for epoch in range(settings.epochs):
        due = moments(count, checks)
        for done in recipe.run_epoch(epoch):
            if passed(due, done) or done == count:
                yield recipe.seconds, epoch * count + done, recipe.accuracy()


def moments(count: int, checks: int) -> list[int]:
    """Return the numbers of images after which to check in an epoch, without its end."""
    return [count * part // checks for part in range(1, checks)]


def passed(due: list[int], done: int) -> bool:
    """Remove the moments that ``done`` has reached from ``due``; return whether there are any."""
    reached = sum(moment <= done for moment in due)
    del due[:reached]
    return reached > 0


def to_the_top(climb: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks up to the first one at the highest level."""
    for check in climb:
        yield check
        if check[2] >= LEVELS[-1]:
            return


def main() -> None:
    work = json.loads(sys.argv[1])
    threads = settle(work["hidden"], work["batch_size"], work["augment"])
    from benchmarks.recipes import settings_of
    from nntrain.data.loading import load

    settings = settings_of(work["recipe"], work["dataset"], work["data_dir"], work["seed"])
    dataset = load(settings.dataset, Path(settings.data_dir), offline=True)
    if work["program"] == OWN:
        climb = own(settings, dataset, work["checks"])
    else:
        climb = pytorch(settings, dataset, work["checks"], threads)
    print(json.dumps([threads, list(to_the_top(climb))]))


if __name__ == "__main__":
    main()
