"""Small experiments made by hand, as they are read back from their directories."""

from nntrain.analysis.metrics import wilson
from nntrain.analysis.statistics import spread
from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import compare
from nntrain.experiments.experiment import Experiment
from nntrain.experiments.reproduce.result import Reproduction, judge
from nntrain.experiments.reproduce.train import Measured, Reproduced
from nntrain.experiments.sweep.ranking import Ranked, compared_with_the_first
from nntrain.experiments.sweep.result import Sweep, Tested
from nntrain.experiments.sweep.train import Point, Trained
from nntrain.nn.training import EpochResult
from nntrain.settings import presets
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fit import FitSettings
from nntrain.show.blocks import Facts, Table
from tests.experiments.compare_costs.test_result import pair

PROVENANCE = {"dataset_title": "MNIST", "command": ["nntrain", "sweep"]}


def experiment(read, about=None, settings=None):
    return Experiment("first", read, about or {}, settings or {"epochs": 2}, PROVENANCE)


def compared(trainings=None, *, start="random", escape=None):
    """A comparison, by default of two outputs with three seeds over two epochs.

    ``escape``: training runs from the saturated start, where ``start`` is both.
    """
    saturated = start == "saturated"
    result = compare(pair() if trainings is None else trainings, saturated=saturated)
    other = compare(escape, saturated=True) if escape else result if saturated else None
    read = CompareCosts(CompareSettings(start=start), None, result, other)
    return experiment(read, {"seeds": "0, 1, 2"})


def epoch(number, accuracy):
    return EpochResult(
        number, 0.1, 1.0, accuracy + 0.01, 1.0, accuracy, 1.0, 0.1, 100.0, (1.0, 2.0), False
    )


def swept(*points, values=None, epochs=2):
    """A sweep: each of ``points`` has one accuracy per seed, None if the training run diverged."""
    ranked, histories = [], {}
    for number, accuracies in enumerate(points):
        point = Point({"epochs": number} if values is None else values[number], FitSettings())
        sound = [one for one in accuracies if one is not None]
        trainings = tuple(
            Trained(seed, None, None, None, "diverged")
            if one is None
            else Trained(seed, 2, one, 1.5, None)
            for seed, one in enumerate(accuracies)
        )
        ranked.append(Ranked(point, trainings, spread(sound) if sound else None))
        histories[point.label] = tuple(
            tuple(epoch(n, one - 0.1 + 0.05 * n) for n in range(1, epochs + 1)) for one in sound
        )
    best = [one for one in points[0] if one is not None]
    tested = Tested(tuple(best), spread(best), wilson(9, 10)) if best else None
    seeds = tuple(range(len(points[0])))
    points_ranked = tuple(compared_with_the_first(ranked))
    read = Sweep(tuple(one.point for one in ranked), seeds, points_ranked, tested, histories)
    return experiment(read, {"varied": "epochs"})


def reproduced(*names, seeds=2, test=0.98, diverged=False, published=True):
    """A reproduction of presets in which all training runs have the same result."""
    judged, epochs = [], {}
    for name in names:
        if diverged:
            ours = [Reproduced(s, "nan", 61.0, *[None] * 6) for s in range(seeds)]
        else:
            figures = (test + 0.01, test - 0.01, test, test - 0.01)
            ours = [Reproduced(s, None, 61.0, 3, test, *figures) for s in range(seeds)]
            curve = tuple(Measured(test, test - 0.01 * n, test, n == 0) for n in range(3))
            epochs[name] = (curve,) * seeds
        judged.append(judge(presets.load(name), ours, 10_000, published))
    return experiment(Reproduction(tuple(judged), epochs), settings={"presets": ["x"], "seeds": 2})


def blocks_of(section, kind, only=("", "terminal", "page")):
    """The blocks of a kind in a section, those side by side or in place of a script's part too."""
    return [one for one in _inside(section.blocks, only) if isinstance(one, kind)]


def _inside(blocks, only):
    for block in blocks:
        if block.only in only:
            yield block
            yield from _inside(getattr(block, "blocks", getattr(block, "still", ())), only)


def table(section, number=0, only=("", "terminal", "page")):
    """The rows of a table as texts."""
    rows = blocks_of(section, Table, only)[number].rows
    return [tuple(getattr(cell, "text", cell) for cell in row) for row in rows]


def facts(section):
    return dict(blocks_of(section, Facts)[0].rows)
