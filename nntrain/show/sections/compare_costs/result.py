"""What a comparison of output layers found: verdicts in words, test accuracies, what it was."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import Comparison, PairResult
from nntrain.experiments.compare_costs.train import Diverged, Trained
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Facts, Section, Table, Text, Tiles
from nntrain.show.formatting import percent, plural, spread


def lead(experiment: Experiment[CompareCosts]) -> str:
    """Return the verdict on the pair that differs most; for a single output its accuracy."""
    result = experiment.read.result
    if not result.pairs:
        one = result.outputs[0]
        seeds = plural(len(result.seeds), "seed")
        return f"{one.output} with {seeds}: {spread(one.test_accuracy)} % of the test examples."
    return max(result.pairs, key=lambda pair: _effect(pair, experiment.read)).verdict


def _effect(pair: PairResult, read: CompareCosts) -> float:
    if read.settings.start == "saturated" and pair.escape is not None:
        return max(pair.escape.value, 1 / pair.escape.value)
    return abs(pair.speed.mean)


def section(experiment: Experiment[CompareCosts]) -> Section:
    """Return every pair's verdict, the test accuracies, and what was compared."""
    result = experiment.read.result
    tiles = [
        (percent(one.test_accuracy.mean), f"{one.output}, test accuracy") for one in result.outputs
    ]
    blocks = [
        Tiles(tiles, only="page"),
        *(Text(pair.verdict, role="strong") for pair in result.pairs),
        *_tested(result),
        Facts(list(experiment.about.items())),
    ]
    return Section("result", "Result", blocks)


def _tested(result: Comparison) -> tuple[Table, Text]:
    rows = [
        (
            one.output,
            f"{one.learning_rate:g}",
            f"{spread(one.test_accuracy)} %",
            f"{100 * one.test.low:.2f}–{100 * one.test.high:.2f} %",
        )
        for one in result.outputs
    ]
    table = Table(("output", "η", "test accuracy", "95 % interval of the mean"), rows)
    text = (
        "Test accuracy with the weights that were best on validation: mean ± sd over the seeds. "
        f"The interval is Wilson's for {plural(result.outputs[0].test.n, 'example')}, which all "
        "seeds share."
    )
    return table, Text(text, role="muted")


def training_line(training: Trained | Diverged) -> str:
    """Return the line of a finished training."""
    text = f"{training.output:<22}  seed {training.seed}  η {training.learning_rate:<6g}  "
    if isinstance(training, Diverged):
        return f"{text}diverged"
    return f"{text}validation {percent(training.epochs[-1].validation_accuracy or 0)}"
