"""The result of a comparison of output layers: verdicts, test accuracies, pairs, setup."""

from collections.abc import Mapping
from dataclasses import replace

from nntrain.analysis.statistics import PairedDifference, p_in_words
from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.moral import Lag, lag
from nntrain.experiments.compare_costs.pairs import PairResult
from nntrain.experiments.compare_costs.result import Comparison
from nntrain.experiments.compare_costs.slowdown import SATURATION
from nntrain.experiments.compare_costs.train import Diverged, Trained
from nntrain.experiments.compare_costs.tuning import Tuned
from nntrain.experiments.experiment import Experiment
from nntrain.settings.compare import BOTH, RANDOM, SATURATED, CompareSettings
from nntrain.show.blocks import Facts, Section, Table, Text, Tiles
from nntrain.show.formatting import interval_over_seeds, percent, plural, short_output, spread

PAIRS = (
    "a − b in points, paired by seed, with Student's 95 % interval and p after Holm's correction "
    "for all pairs. While learning: the validation accuracy averaged over the epochs; at the end: "
    "the test accuracy."
)
ONE_SEED = (
    " With one seed: test examples that only a and only b classified correctly, and McNemar's "
    "exact p, which is about these two networks only."
)


def lead(experiment: Experiment[CompareCosts]) -> str:
    """Return the moral, or the verdict on the pair that differs most, or an accuracy."""
    of = experiment.read.result
    if moral := experiment.read.moral:
        return moral
    if (found := behind(experiment.read)) is not None:
        return found.pair.verdict
    if not of.pairs:
        one = of.outputs[0]
        seeds = plural(len(of.seeds), "seed")
        return f"{one.output} with {seeds}: {spread(one.test_accuracy)} % test accuracy."
    return max(of.pairs, key=lambda pair: _effect(pair, experiment.read)).verdict


def headline(experiment: Experiment[CompareCosts]) -> tuple[str, str] | None:
    """Return the ratio of the updates and what it is, for a heading; None if none is certain."""
    found = behind(experiment.read)
    return (
        None
        if found is None
        else (f"{found.times[:1].upper()}{found.times[1:]}×", "as many updates")
    )


def behind(read: CompareCosts) -> Lag | None:
    """Return the two outputs that certainly differ most from the saturated start, if any."""
    return None if read.escape is None else lag(read.escape)


def _effect(pair: PairResult, read: CompareCosts) -> float:
    if read.settings.start == "saturated" and pair.escape is not None:
        return max(pair.escape.value, 1 / pair.escape.value)
    return abs(pair.speed.mean)


def result(experiment: Experiment[CompareCosts]) -> Section:
    """Return every pair's verdict, the test accuracies, and what was compared.

    The page has the accuracies and what was compared at its end.
    """
    about, tested = Facts(list(experiment.about.items())), _tested(experiment.read.result)
    blocks = [*findings(experiment.read), *(replace(one, only="terminal") for one in tested)]
    return Section("result", "Result", [*blocks, replace(about, only="terminal")])


def tested(experiment: Experiment[CompareCosts]) -> Section:
    """Return the test accuracies and what was compared, for the page."""
    of = experiment.read.result
    tiles = [(percent(one.test_accuracy.mean), one.output) for one in of.outputs]
    blocks = [Tiles(tiles), *_tested(of), Facts(list(experiment.about.items()))]
    shown = [replace(block, only="page") for block in blocks]
    return Section("tested", "Test accuracy, and what was compared", shown)


def findings(read: CompareCosts) -> list[Text]:
    """Return the moral, if any, and every pair's verdict, those of the saturated start first.

    The page has the moral as its lead.
    """
    if read.moral is None or read.escape is None:
        return [Text(pair.verdict, "strong") for pair in read.result.pairs]
    pairs = (*read.escape.pairs, *read.result.pairs)
    return [Text(read.moral, "strong", only="terminal"), *(Text(pair.verdict) for pair in pairs)]


def _tested(of: Comparison) -> tuple[Table, Text]:
    rows = [
        (
            one.output,
            f"{one.learning_rate:g}",
            f"{spread(one.test_accuracy)} %",
            f"{100 * one.test.low:.2f}–{100 * one.test.high:.2f} %",
            interval_over_seeds(one.test_accuracy),
        )
        for one in of.outputs
    ]
    head = ("output", "η", "test accuracy", "over examples", "over seeds")
    text = (
        "Test accuracy with the weights that were best on validation: mean ± sd over the seeds, "
        "and two 95 % intervals of this mean. Over examples: as if other test examples were drawn "
        f"(Wilson's, {plural(of.outputs[0].test.n, 'example')} shared by all seeds). Over seeds: "
        "as if other seeds were drawn (Student's)."
    )
    return Table(head, rows), Text(text, role="muted")


def pairs(experiment: Experiment[CompareCosts]) -> Section | None:
    """Return the outputs pair by pair, at the end and while learning; None for a single output."""
    found = experiment.read.result.pairs
    if not found:
        return None
    one_seed = found[0].mcnemar is not None
    head = ("a − b", "while learning", "at the end")
    rows = [(f"{short_output(pair.a)}\n− {short_output(pair.b)}", *_tests(pair)) for pair in found]
    table = Table((*head, "only a\n: only b", "McNemar") if one_seed else head, rows)
    return Section("pairs", "Pair by pair", [table], PAIRS + (ONE_SEED if one_seed else ""))


def _tests(pair: PairResult) -> tuple[str, ...]:
    """Return the differences of a pair and, with one seed, McNemar's counts and p."""
    differences = _difference(pair.speed), _difference(pair.final)
    if pair.mcnemar is None:
        return differences
    counts = f"{pair.mcnemar.only_a:,}\n: {pair.mcnemar.only_b:,}"
    return *differences, counts, p_in_words(pair.mcnemar.p_adjusted)


def _difference(of: PairedDifference) -> str:
    """Return a difference in points, and below it its interval and p, if any."""
    mean = f"{100 * of.mean:+.2f}"
    if of.low is None or of.high is None or of.p_adjusted is None:
        return mean
    return f"{mean}\n({100 * of.low:+.2f} to {100 * of.high:+.2f})\n{p_in_words(of.p_adjusted)}"


def compared(
    settings: CompareSettings,
    dataset: str,
    examples: int | None,
    tuned: Mapping[str, Tuned] | None,
) -> dict[str, str]:
    """Return what was compared and how; ``examples``: of the training set, if known."""
    about = {
        "dataset": dataset + (f", {examples:,} training examples" if examples else ""),
        "paired": "the same initial weights, mini-batches and split for each seed",
        "hidden layers": f"{list(settings.hidden)}, {settings.activation}"
        if settings.hidden
        else "none",
        "mini-batches": f"of {settings.batch_size}, momentum {settings.momentum:g}, "
        f"weight decay {settings.weight_decay:g}",
        "seeds": ", ".join(map(str, settings.seed_list)),
        "start": settings.start,
    }
    if settings.start != RANDOM:
        about["start"] = (
            f"saturated: output biases +{SATURATION:g} for class 0 and −{SATURATION:g} for every "
            "other class, all else as initialised"
        )
    if settings.start == BOTH:
        first, then = (plural(settings.epochs_from(start), "epoch") for start in settings.starts)
        about["start"] += f" ({first}); then random ({then})"
    for output in settings.outputs:
        about[f"η of {output}"] = (
            _tuned(tuned[output])
            if tuned and output in tuned
            else f"{settings.rates()[output]:g}, {settings.rate_origin(output)}"
        )
    return about


def _tuned(rate: Tuned) -> str:
    tried = ", ".join(
        f"{one:g}: {'diverged' if accuracy is None else f'{100 * accuracy:.2f}'}"
        for one, accuracy in rate.candidates
    )
    text = (
        f"{rate.rate:g}, the best mean validation accuracy in % of {tried} (seeds "
        f"{' and '.join(map(str, rate.seeds))})"
    )
    return text + ("; a better one may lie outside the grid" if rate.at_the_edge else "")


def training_line(training: Trained | Diverged) -> str:
    """Return the line of a finished training run."""
    start = "saturated start  " if training.start == SATURATED else ""
    text = f"{training.output:<22}  seed {training.seed}  η {training.learning_rate:<6g}  {start}"
    if isinstance(training, Diverged):
        return f"{text}diverged"
    return f"{text}validation {percent(training.epochs[-1].validation_accuracy or 0)}"
