"""The way out of the saturated start: the updates to 50 %, and why some outputs need more."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.pairs import ESCAPED
from nntrain.experiments.compare_costs.result import Comparison, OutputResult
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Block, Section, Table
from nntrain.show.sections.compare_costs.accuracy import by_updates
from nntrain.show.sections.compare_costs.slowdown import share_of_error

HEAD = ("output", "‖δ‖/‖a − ỹ‖\nat the start", "updates\nto 50 %", "ratio to\nfastest", "seeds")
NOTE = (
    "Means over the seeds that reached 50 %, and the ratio of these means. Accuracy is checked "
    "after every update until 100, on 1,000 validation examples, then at update counts about 10 % "
    "apart. ‖δ‖/‖a − ỹ‖: the share of the error that reaches the weights."
)
PAIRS = " The result gives the ratios paired by seed, with their intervals."


def escape(experiment: Experiment[CompareCosts]) -> Section | None:
    """Return the updates from the saturated start to 50 % accuracy, and their ratios.

    None if training did not begin there.
    """
    of = experiment.read.escape
    if of is None:
        return None
    charts: list[Block] = [by_updates(of, "escape-updates")] if experiment.read.both else []
    note = NOTE + (PAIRS if of.pairs else "")
    return Section("escape", "Leaving the saturated start", [*charts, escape_table(of)], note)


def escape_table(of: Comparison, caption: str = "") -> Table:
    """Return each output's share of the error at the start, and its updates to 50 %."""
    reached = [half.updates for one in of.outputs if (half := one.reached[ESCAPED])]
    rows = [(one.output, *_row(one, min(reached, default=None))) for one in of.outputs]
    return Table(HEAD, rows, caption=caption)


def _row(one: OutputResult, fastest: float | None) -> tuple[str, str, str, str]:
    """Return the figures of an output; ``fastest`` is the smallest mean number of updates."""
    share, half = f"{share_of_error(one.slowdown[0]):.2g}", one.reached[ESCAPED]
    if half is None:
        last = one.early[-1][0]
        ratio = "–" if fastest is None else f"> {last / fastest:.1f}"
        return share, f"> {last:,}", ratio, f"0 of {one.mean_accuracy.n}"
    ratio = f"{half.updates / (fastest or half.updates):.1f}"
    return share, f"{half.updates:,.0f}", ratio, f"{half.n} of {half.of}"
