"""Extreme inputs for each kind of section, made by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from nntrain.analysis.confidence import Histogram, equal_edges
from nntrain.analysis.evaluation import evaluate
from nntrain.analysis.metrics import wilson
from nntrain.analysis.predictions import normalise, predictions
from nntrain.data.dataset import Dataset, Split
from nntrain.data.verification import FileCheck
from nntrain.experiments.compare_costs.files import LARGEST_NORM, CompareCosts
from nntrain.experiments.compare_costs.result import compare
from nntrain.experiments.compare_costs.slowdown import Slowdown
from nntrain.experiments.compare_costs.train import Check as Checked
from nntrain.experiments.compare_costs.train import Trained
from nntrain.lecture.claims import Check
from nntrain.lecture.neuron import RATES, STARTS, Curve
from nntrain.lecture.softmax import explore
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.outputs import OUTPUTS
from nntrain.nn.training import EpochResult
from nntrain.settings import presets
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fit import FitSettings
from nntrain.show import blocks as b
from nntrain.show.sections import answers, listings, verify
from nntrain.show.sections.compare_costs.neuron import demonstration
from nntrain.show.sections.run.confidence import calibration
from nntrain.show.sections.softmax import softmax
from nntrain.workflows.diff import difference
from nntrain.workflows.evaluate import EvaluatedRun, calibrated
from nntrain.workflows.pictures import Picture
from nntrain.workflows.predict import Answer, Answers
from tests.show.sections.experiments import experiment, reproduced, swept

LARGEST, LEAST = 1e308, 5e-324
EXTREMES = {
    "largest": (LARGEST, -LARGEST, LARGEST),
    "least": (LEAST, 0.0, -LEAST),
    "identical": (0.5, 0.5, 0.5),
    "identical and largest": (LARGEST, LARGEST),
    "mixed": (-LARGEST, -1.0, -LEAST, 0.0, LEAST, 1.0, LARGEST),
}
LONG = "word " * 60 + "W" * 200 + "数字" * 50
SOFTMAX, SIGMOID = "softmax+log-likelihood", "sigmoid+cross-entropy"


def history(costs, accuracies=(0.0, 1.0, 0.5), validation=True):
    """A history with these costs in turn, and an accuracy of each kind beside them."""
    return [
        {
            "epoch": number,
            "train_cost": cost,
            "train_accuracy": accuracies[number % len(accuracies)],
            "validation_cost": -cost if validation else None,
            "validation_accuracy": accuracies[-1] if validation else None,
            "seconds": 1e9 if number % 2 else 0.0,
            "best": number == 1,
        }
        for number, cost in enumerate(costs, start=1)
    ]


def run(
    labels, z, *, output=SOFTMAX, hidden=(3,), shape=(4, 4), classes=None, weights=None, **more
):
    """An evaluated run whose network answered with the weighted inputs ``z`` (n, k)."""
    labels, z = np.asarray(labels), np.asarray(z, np.float64)
    names = classes or tuple(map(str, range(z.shape[1])))
    rng = np.random.default_rng(0)
    split = Split(rng.integers(0, 256, (len(labels), *shape)).astype(np.uint8), labels)
    network = Network.create(
        (shape[0] * shape[1], *hidden, len(names)),
        ACTIVATIONS["relu"], OUTPUTS[output](), INITIALISATIONS["he"], rng,
    )  # fmt: skip
    if weights is not None:
        network.weights[0].flat = weights
        network.weights[-1].flat = weights
    logs = normalise(z) if output == SOFTMAX else OUTPUTS[output]().log_activate(z)
    made = predictions(labels, logs, classes=names, distribution=output == SOFTMAX)
    given = {
        "name": "first",
        "origin": "weights of epoch 1",
        "network": network,
        "dataset": Dataset("mine", "my images", names, split, split, split, Path("data")),
        "split": "test",
        "predictions": made,
        "evaluation": evaluate(made, 0.5),
        "decay_cost": 0.0,
        "history": [],
        "settings": FitSettings(),
        "provenance": {"seed": 0},
    }
    return EvaluatedRun(**given | more)


def of_a_softmax(subject, **changes):
    """The run with other figures in its evaluation."""
    return replace(subject, evaluation=replace(subject.evaluation, **changes))


ONE_RIGHT, ONE_WRONG = ([0], [[1.0, 0.0]]), ([1], [[1.0, 0.0]])
RUNS = {
    "one right": lambda: run(*ONE_RIGHT),
    "one wrong": lambda: run(*ONE_WRONG),
    "one wrong, of sigmoids": lambda: run(*ONE_WRONG, output=SIGMOID),
    "all outputs alike": lambda: run([0, 1, 2], np.zeros((3, 3))),
    "all sigmoids 0": lambda: run([0, 1, 2], np.full((3, 3), -1e300), output=SIGMOID),
    "all sigmoids 1": lambda: run([0, 1, 2], np.full((3, 3), 1e300), output=SIGMOID),
    "as sure as can be": lambda: run([0, 1, 1], [[1e300, 0, 0], [0, 1e300, 0], [1e300, 0, 0]]),
    "one epoch": lambda: run(*ONE_RIGHT, history=history([0.5])),
    "no validation": lambda: run(*ONE_RIGHT, history=history([1, 2], validation=False)),
    **{
        f"costs: {name}": lambda costs=costs: replace(
            of_a_softmax(run(*ONE_WRONG, history=history(costs)), cost=costs[0]),
            decay_cost=costs[-1] / 4,  # the sum of both is finite
        )
        for name, costs in EXTREMES.items()
    },
    **{
        f"weights of {value:g}": lambda value=value: run(
            *ONE_WRONG, hidden=(200,), weights=value
        )
        for value in (0.0, 1e-45, 3e38)
    },
    "no hidden layer": lambda: run(*ONE_RIGHT, hidden=()),
    "one pixel": lambda: run(*ONE_RIGHT, shape=(1, 1)),
    "a row of pixels": lambda: run(*ONE_WRONG, shape=(1, 78_400)),
    "a column of pixels": lambda: run(*ONE_WRONG, shape=(3000, 1)),
    "epochs": lambda: run(*ONE_RIGHT, history=history(np.geomspace(1e-9, 1e9, 10_000).tolist())),
    "classes": lambda: run(
        np.arange(2000) % 1000, np.random.default_rng(0).normal(0, 1, (2000, 1000))
    ),
    "classes with long names": lambda: run(
        np.arange(90) % 30, np.random.default_rng(0).normal(0, 1, (90, 30)),
        classes=tuple(f"{n} {LONG}" for n in range(30)),
    ),
    "long names": lambda: run(
        *ONE_WRONG, name=LONG, origin=LONG, provenance={LONG: {LONG: [LONG] * 100}},
        classes=(LONG, f"{LONG}2"), history=history([1, 2]),
    ),
    "calibrated": lambda: calibrated(run([0, 0, 1], [[2, 0], [0, 1e300], [0, 3]])),
}  # fmt: skip


def training(
    output, seed, accuracies, figures=(0.5,), *, layers=2, checks=(), right=(1, 0), epochs=None
):
    """A training whose norms take the ``figures`` in turn."""
    count = len(accuracies)
    results = tuple(
        EpochResult(n, 0.1, f, a, f, a, 1.0, 0.1, 100.0, (f,) * layers, False)
        for n, a in enumerate(accuracies, start=1)
        for f in [figures[n % len(figures)]]
    )
    moments = [figures[n % len(figures)] for n in range(count + 1)]
    norms = [min(max(0.0, f), LARGEST_NORM) for f in moments]  # what is read of a file
    right = np.array(right, bool)
    side = np.zeros(10, np.int64), np.zeros(10, np.int64)
    side[0][9], side[1][4] = right.sum(), (~right).sum()
    histogram = Histogram(equal_edges(10), *side)
    return Trained(
        output, seed, 0.5, results,
        tuple(Slowdown(f, norms[-1 - n], 0.0, accuracies[0]) for n, f in enumerate(norms)),
        tuple((f,) * layers for f in moments),
        tuple(Checked(u, u / 100, u / 1000, a) for u, a in checks),
        right, histogram, histogram,
    )  # fmt: skip


def compared(*trainings, start="random", about=None):
    result = compare(trainings, saturated=start == "saturated")
    escape = None if start == "random" else compare(trainings, saturated=True)
    return experiment(CompareCosts(CompareSettings(start=start), None, result, escape), about)


def both(seeds, *words, start="random", **more):
    """A comparison of two outputs with identical results."""
    found = [training(out, s, *words, **more) for out in (SOFTMAX, SIGMOID) for s in range(seeds)]
    return compared(*found, start=start)


FAR = ((1, 0.0), (2**62, 1.0))
COMPARISONS = {
    "one epoch of one seed": lambda: compared(training(SOFTMAX, 0, [0.1])),
    "nothing right": lambda: both(2, [0.0], checks=[(1, 0.0)], right=(0, 0), start="saturated"),
    "all right": lambda: both(2, [1.0] * 3, checks=[(1, 1.0)], right=(1, 1), start="saturated"),
    "far": lambda: both(2, [0.0, 1.0], checks=FAR, start="saturated"),
    "far apart": lambda: compared(
        training(SOFTMAX, 0, [1.0], checks=[(1, 1.0)]), training(SIGMOID, 0, [1.0], checks=FAR),
        training(SOFTMAX, 1, [1.0], checks=FAR), training(SIGMOID, 1, [1.0], checks=[(1, 1.0)]),
        start="saturated",
    ),
    "both starts, nothing right": lambda: both(2, [0.0], checks=[(1, 0.0)], start="both"),
    "both starts, far apart": lambda: compared(
        training(SOFTMAX, 0, [1.0], checks=[(1, 1.0)]), training(SIGMOID, 0, [1.0], checks=FAR),
        start="both",
    ),
    **{
        f"norms: {name}": lambda figures=figures: both(1, [0.5] * 7, figures)
        for name, figures in EXTREMES.items()
    },
    "norms over seeds": lambda: both(3, [0.5] * 7, EXTREMES["largest"]),
    "layers": lambda: both(2, [0.5], layers=40),
    "epochs": lambda: both(1, [0.5] * 10_000),
    "seeds": lambda: both(1000, [0.5], checks=[(1, 0.5), (9, 0.97)]),
    "long names": lambda: compared(
        *(training(output, 0, [0.5]) for output in OUTPUTS), about={LONG: LONG}
    ),
}  # fmt: skip
SWEEPS = {
    "one point": lambda: swept([0.5], epochs=1),
    "all diverged": lambda: swept([None] * 3, [None] * 3),
    "nothing right": lambda: swept([0.0, 0.0], [0.0, 0.0]),
    "all right": lambda: swept([1.0] * 3, [1.0] * 3),
    "everything between": lambda: swept([1.0, 0.0], [LEAST, 0.0], [0.5, None]),
    "points": lambda: swept(*[[0.5]] * 400, epochs=1),
    "epochs": lambda: swept([0.5], epochs=10_000),
    "seeds": lambda: swept([0.5] * 1000),
    "values": lambda: swept(
        [0.5], [0.4],
        values=[{"hidden": (10**6,) * n, "learning_rate": LEAST * n, "data_dir": LONG}
                for n in (1, 30)],
    ),
    "varied": lambda: swept([0.5], values=[dict.fromkeys(vars(FitSettings()), LARGEST)]),
}  # fmt: skip
REPRODUCED = {
    "one seed": lambda: reproduced("quick", seeds=1),
    "diverged": lambda: reproduced("quick", diverged=True),
    "nothing right": lambda: reproduced("quick", test=0.01),
    "all right": lambda: reproduced("quick", test=0.99),
    "seeds": lambda: reproduced(*presets.names(), seeds=300),
    "long names": lambda: renamed(reproduced("quick")),
}


def renamed(of):
    """The reproduction with a long name and source of its one preset."""
    (judged,) = of.read.judged
    preset = judged.preset
    expected = replace(preset.expected, source=LONG)
    made = replace(judged, preset=replace(preset, name=LONG, expected=expected))
    epochs = {LONG: of.read.epochs[preset.name]}
    return replace(of, read=replace(of.read, judged=(made,), epochs=epochs))


BESIDE = {
    "one": lambda: [run(*ONE_RIGHT)],
    "untrained and trained": lambda: [run(*ONE_WRONG), run(*ONE_RIGHT, history=history([1]))],
    "many": lambda: [
        run(*ONE_WRONG, name=f"{n}", history=history([1, 2]), settings=FitSettings(seed=n))
        for n in range(40)
    ],
    "long names": lambda: [
        run(*ONE_WRONG, name=f"{n}{LONG}", history=history([1, 2]), settings=FitSettings(seed=n))
        for n in range(3)
    ],
}
SUBJECTS = {
    "run": RUNS,
    "compare_costs": COMPARISONS,
    "sweep": SWEEPS,
    "reproduce": REPRODUCED,
    "side_by_side": BESIDE,
    "diff": {
        "two, of one epoch and of none": lambda: difference(
            run(*ONE_RIGHT, name=LONG), run(*ONE_WRONG, history=history([LARGEST]))
        ),
        "itself": lambda: difference(run(*ONE_WRONG), run(*ONE_WRONG)),
        "one class, many": lambda: difference(RUNS["one pixel"](), RUNS["no hidden layer"]()),
    },
}
"""Of each kind of document what its sections are given, by what is extreme in it."""


def answer(outputs, name="a.png", true=None):
    first, second = np.argsort(-np.array(outputs), kind="stable")[:2].tolist()
    image = np.full((28, 28), 255, np.uint8)
    return Answer(Picture(Path(name), true), image, tuple(outputs), first, second)


def answered(*given, classes=("0", "1"), right=None):
    accuracy = None if right is None else wilson(right, len(given))
    return answers.answers(Answers(classes, True, given, (), accuracy))


def curve(costs):
    return Curve("quadratic", costs[0], costs[-1], costs[0], tuple(costs), tuple(costs))


def chart_of(values, scale="linear"):
    """Charts of every kind through these values, with bands, guides and intervals."""
    values, axis = list(values), b.Axis("value (%)", scale=scale)
    lines = [
        b.Line("one", values, values[::-1], values, values, steps=True, filled=True),
        b.Line("two", range(len(values)), values, dots=True),
    ]
    guides = [b.Guide("x", x=values[0]), b.Guide("y", y=values[-1]), b.Guide()]
    dots = [b.Dot("a", value, min(values), max(values)) for value in values]
    ends = sorted({*values, values[0] + 1})
    counts = [abs(value) for value in values]
    return [
        b.Curves("c", "Curves", "words", axis, axis, lines, guides),
        b.Bars("b", "Bars", "words", axis, axis, ends, counts[: len(ends) - 1], "", guides[:1]),
        b.Rows("r", "Rows", "words", axis, [(LONG, dots)] if values else []),
    ]


CHARTS = {
    f"charts, {scale}: {name}": lambda values=values, scale=scale: chart_of(values, scale)
    for name, values in {**EXTREMES, "one": (1.0,), "huge": np.linspace(-9, 9, 300)}.items()
    for scale in ("linear", "log", "counts")
}
SUMMARY = {
    "name": LONG, "dataset": LONG, "output": SIGMOID, "epochs": 10**9, "of_epochs": 10**9,
    "imported_from": None, "validation_accuracy": 1.0, "test_accuracy": LEAST, "problem": None,
}  # fmt: skip
VERY = ((LARGEST, LARGEST), (LEAST, LEAST), (0.0, 0.0), (0.1, LARGEST))
OTHERS = {
    "verify": {
        "none": lambda: [verify.verify([], None)],
        "extremes": lambda: [
            verify.verify([Check("C1", "a", "b", *one, False, "c") for one in VERY], None)
        ],
        "long": lambda: [verify.verify([Check(LONG, LONG, LONG, 0, 0, None, LONG)] * 12, None)],
    },
    "softmax": {
        "one": lambda: softmax(explore([0.0])),
        "alike": lambda: softmax(explore([1.0] * 20, [1.0, 1.0])),
        "far": lambda: softmax(explore([1e6, -1e6, LEAST, -LEAST, 0], [1e6, 1e-300, 1])),
        "many": lambda: softmax(
            explore(np.linspace(-1e6, 1e6, 20).tolist(), np.geomspace(1e-300, 1e6, 5).tolist())
        ),
    },
    "answers": {
        "none": lambda: answered(),
        "one": lambda: answered(answer([1.0, 0.0], true=1), right=0),
        "extremes": lambda: answered(answer([LEAST, 0.0]), answer([0.0, 0.0]), answer([1.0, 1.0])),
        "listed": lambda: answered(*[answer([LEAST, 0.0], LONG, true=1)] * 11, right=0),
        "classes": lambda: answered(
            answer([0.001] * 1000, LONG, 7), classes=("a long name",) * 1000, right=1
        ),
        "classes listed": lambda: answered(
            *[answer([0.001] * 1000, LONG, 7)] * 20, classes=(LONG,) * 1000, right=0
        ),
    },
    "listings": {
        "none": lambda: [listings.runs([], LONG), listings.experiments([]), listings.datasets([]),
                         listings.checks([]), listings.presets([])],
        "long": lambda: [
            listings.runs([SUMMARY, {"name": LONG, "problem": LONG}] * 2, LONG),
            listings.experiments([{"name": LONG, "kind": LONG}]),
            listings.datasets([{"name": LONG, "title": LONG, "download_bytes": 2**63,
                                "state": LONG}]),
            listings.checks([FileCheck(Path(LONG), LONG, LONG, LONG, False)]),
            listings.presets([one.preset for one in REPRODUCED["long names"]().read.judged]),
        ],
    },
    "compare_costs.neuron": {
        f"costs: {name}": lambda costs=costs: [
            demonstration(
                [curve(costs)] * 3,
                [replace(curve(costs), cost_name=cost, weight=w, bias=b)
                 for cost in RATES for w, b in STARTS],
            )
        ]
        for name, costs in EXTREMES.items()
    },
    "run.confidence": {
        name: lambda given=given: [calibration(calibrated(run(*given)).calibration, "test")]
        for name, given in {
            "one right": ONE_RIGHT,
            "one wrong": ONE_WRONG,
            "extremes": ([0, 1, 0], [[1e300, -1e300], [LEAST, 0], [-1e300, 0]]),
        }.items()
    },
}  # fmt: skip
"""Likewise of the modules whose sections no document's ``ORDER`` has, as blocks and sections."""
