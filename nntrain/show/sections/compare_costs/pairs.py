"""The outputs pair by pair: while they learn, at the end, and example by example."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Section, Table
from nntrain.show.formatting import difference, short_output

NOTE = (
    "a − b in points, paired by seed, with 95 % intervals. While learning: the validation "
    "accuracy averaged over the epochs; at the end: the test accuracy. Only a, only b: test "
    "answers, of all seeds, that one output got right and the other wrong; p is McNemar's exact "
    "test of these, about these networks and images (the seeds share the images, so p is too "
    "small)."
)


def section(experiment: Experiment[CompareCosts]) -> Section | None:
    """Return the table of pairs; None for a single output."""
    pairs = experiment.read.result.pairs
    if not pairs:
        return None
    rows = [
        (
            f"{short_output(pair.a)}\n− {short_output(pair.b)}",
            difference(pair.speed, "\n("),
            difference(pair.final, "\n("),
            f"{pair.mcnemar.only_a:,}\n: {pair.mcnemar.only_b:,}",
            f"{pair.mcnemar.p_value:.2g}",
        )
        for pair in pairs
    ]
    head = ("a − b", "while learning", "at the end", "only a\n: only b", "p")
    return Section("pairs", "Pair by pair", [Table(head, rows)], NOTE)
