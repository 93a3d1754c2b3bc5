"""What a comparison of output layers says: in one line, in words, and pair by pair."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import Comparison, PairResult
from nntrain.experiments.experiment import Experiment
from nntrain.show.formatting import difference, percent, plural, short_output, spread
from nntrain.show.page.section import Section


def compared_lead(experiment: Experiment[CompareCosts]) -> str:
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


def verdict(experiment: Experiment[CompareCosts]) -> Section:
    """Return the test accuracies, every pair's verdict, and what was compared."""
    result = experiment.read.result
    tiles = [
        (percent(one.test_accuracy.mean), f"{one.output}, test accuracy") for one in result.outputs
    ]
    table = {"head": ("", ""), "rows": list(experiment.about.items()), "words": True}
    content = {"tiles": tiles, "verdicts": [p.verdict for p in result.pairs], "table": table}
    return Section("result", "Result", "result", content=content)


def pairs(experiment: Experiment[CompareCosts]) -> Section | None:
    """Return the table of pairs; None for a single output."""
    result = experiment.read.result
    if not result.pairs:
        return None
    head = (
        "a − b", "while learning (points)", "at the end (points)", "a alone right",
        "b alone right", "McNemar's p",
    )  # fmt: skip
    rows = [
        (
            f"{short_output(pair.a)} − {short_output(pair.b)}",
            difference(pair.speed),
            difference(pair.final),
            f"{pair.mcnemar.only_a:,}",
            f"{pair.mcnemar.only_b:,}",
            f"{pair.mcnemar.p_value:.2g}",
        )
        for pair in result.pairs
    ]
    note = (
        "Differences are paired by seed, with 95 % intervals. While learning: the validation "
        "accuracy averaged over the epochs; at the end: the test accuracy. Alone right: test "
        "answers, of all seeds, that one got right and the other wrong; p is McNemar's exact test "
        "of that, about these networks and images (the seeds share the images, so p is too small)."
    )
    tables = [{"head": head, "rows": rows}, _tested(result)]
    return Section("pairs", "Pair by pair", "tables", note, {"tables": tables})


def _tested(result: Comparison) -> dict[str, object]:
    return {
        "caption": "Test accuracy in %, with the weights that were best on validation: mean ± sd "
        f"over the seeds. The interval is Wilson's for {result.outputs[0].test.n:,} examples, "
        "which all seeds share.",
        "head": ("output", "η", "mean ± sd", "95 % interval"),
        "rows": [
            (
                one.output,
                f"{one.learning_rate:g}",
                spread(one.test_accuracy),
                f"{100 * one.test.low:.2f}–{100 * one.test.high:.2f}",
            )
            for one in result.outputs
        ],
    }
