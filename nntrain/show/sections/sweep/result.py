"""What a sweep found: the winner on the test set, and what was tried."""

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.sweep.result import Ranked, Sweep
from nntrain.experiments.sweep.train import Trained
from nntrain.show.blocks import Facts, Section, Tiles
from nntrain.show.formatting import interval, percent, plural, spread


def name_of(one: Ranked) -> str:
    """Return the varied settings in words."""
    return one.point.label or "the settings below"


def lead(experiment: Experiment[Sweep]) -> str:
    """Return the winner in one line."""
    read = experiment.read
    first = read.ranked[0]
    if read.tested is None or first.accuracy is None:
        return "Every training diverged."
    return (
        f"{name_of(first)} is best on validation with {spread(first.accuracy)} %, and classifies "
        f"{percent(read.tested.accuracy.mean)} of the test examples correctly "
        f"({plural(read.tested.accuracy.n, 'network')}, one a seed)."
    )


def section(experiment: Experiment[Sweep]) -> Section:
    """Return the winner's figures, and what was swept."""
    read = experiment.read
    first, tested = read.ranked[0], read.tested
    trainings = len(read.ranked) * len(read.seeds)
    diverged = sum(one.diverged for one in read.ranked)
    tiles = [(f"{len(read.ranked):,}", "settings tried"), (f"{trainings:,}", "training runs")]
    facts = list(experiment.about.items())
    if diverged:
        facts.append(("diverged", f"{diverged:,} of {plural(trainings, 'training run')}"))
    if tested is not None and first.accuracy is not None:
        tiles = [
            (percent(tested.accuracy.mean), "test accuracy of the winner"),
            (percent(first.accuracy.mean), "its validation accuracy"),
            *tiles,
        ]
        networks = plural(tested.accuracy.n, "network")
        facts = [
            ("winner", name_of(first)),
            ("test accuracy", f"{spread(tested.accuracy)} %  ({networks}, one a seed)"),
            ("of their mean", interval(tested.interval)),
            *facts,
        ]
    return Section("result", "Result", [Tiles(tiles, only="page"), Facts(facts)])


def training_line(key: str, training: Trained) -> str:
    """Return the line of a finished training."""
    if training.diverged is not None:
        return f"{key}  diverged"
    return f"{key}  validation {percent(training.validation_accuracy)}"
