"""The summary: what a terminal shows of a comparison by default."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.pairs import LEVELS
from nntrain.experiments.compare_costs.result import Comparison, OutputResult
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Block, Section, Table, Text
from nntrain.show.formatting import plural, spread
from nntrain.show.sections.compare_costs.escape import escape_table
from nntrain.show.sections.compare_costs.result import findings, lead

FEW_PAIRS = 3
"""With more, the terminal leaves the pairs from the random start to the full report."""


def summary(experiment: Experiment[CompareCosts]) -> Section:
    """Return the verdicts, and the updates to an accuracy beside the test accuracy."""
    read = experiment.read
    if read.both and read.escape:
        start, blocks = "both starts", _both(read, read.escape)
    else:
        start = f"{read.settings.start} start"
        verdicts = findings(read) or [Text(lead(experiment), "strong")]
        blocks = [*verdicts, _table(read.result, "Updates")]
    seeds = plural(len(read.result.seeds), "seed")
    blocks.append(Text(f"{experiment.dataset}; {start}; means over {seeds}.", "muted"))
    return Section("summary", "Result", blocks)


def _both(read: CompareCosts, escape: Comparison) -> list[Block]:
    """Return the moral, then what each start showed: first the saturated one."""
    few = len(read.result.pairs) <= FEW_PAIRS
    return [
        *([Text(read.moral, "strong")] if read.moral else []),
        escape_table(escape, "From the saturated start"),
        *(Text(pair.verdict) for pair in escape.pairs),
        _table(read.result, "From the random start: updates"),
        *(Text(pair.verdict) for pair in read.result.pairs if few),
    ]


def _table(of: Comparison, updates: str) -> Table:
    levels = [f"{100 * level:.0f} %" for level in LEVELS]
    return Table(
        ("output", *levels, "test accuracy"),
        [(one.output, *_updates(one), f"{spread(one.test_accuracy)} %") for one in of.outputs],
        caption=f"{updates} until the validation accuracy first reaches",
    )


def _updates(one: OutputResult) -> list[str]:
    """Return the mean number of updates to reach each of ``LEVELS``."""
    reached = (one.reached[level] for level in LEVELS)
    return ["never" if of is None else f"{of.updates:,.0f}" for of in reached]
