"""The summary: what a terminal shows of a comparison by default."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.pairs import LEVELS
from nntrain.experiments.compare_costs.result import OutputResult
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Section, Table, Text
from nntrain.show.formatting import plural, spread
from nntrain.show.sections.compare_costs.result import lead


def summary(experiment: Experiment[CompareCosts]) -> Section:
    """Return the verdicts, and the updates to an accuracy beside the test accuracy."""
    of = experiment.read.result
    levels = [f"{100 * level:.0f} %" for level in LEVELS]
    table = Table(
        ("output", *levels, "test accuracy"),
        [(one.output, *_updates(one), f"{spread(one.test_accuracy)} %") for one in of.outputs],
        caption="Updates until the validation accuracy first reaches",
    )
    start = experiment.read.settings.start
    note = f"{experiment.dataset}; {start} start; means over {plural(len(of.seeds), 'seed')}."
    verdicts = [Text(pair.verdict, "strong") for pair in of.pairs]
    if not verdicts:
        verdicts = [Text(lead(experiment), "strong")]
    return Section("summary", "Result", [*verdicts, table, Text(note, "muted")])


def _updates(one: OutputResult) -> list[str]:
    """Return the mean number of updates to reach each of ``LEVELS``."""
    reached = (one.reached[level] for level in LEVELS)
    return ["never" if of is None else f"{of.updates:,.0f}" for of in reached]
