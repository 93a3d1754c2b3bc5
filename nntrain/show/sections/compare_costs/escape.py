"""The way out of the saturated start: the updates to 50 %, and why some outputs need more."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.pairs import ESCAPED
from nntrain.experiments.compare_costs.result import Comparison, OutputResult
from nntrain.experiments.compare_costs.verdict import times
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Section, Table
from nntrain.show.sections.compare_costs.slowdown import share_of_error

HEAD = ("output", "‖δ‖/‖a − ỹ‖\nat the start", "updates\nto 50 %", "ratio to\nfastest", "seeds")
NOTE = (
    "Means over the seeds that reached 50 %; a ratio is the geometric mean over pairs of training "
    "runs with the same seed. Accuracy is checked after every update until 100, on 1,000 "
    "validation examples, then at update counts about 10 % apart. ‖δ‖/‖a − ỹ‖: the share of the "
    "error that reaches the weights."
)
PAIRS = " The result gives the ratios paired by seed, with their intervals."


def escape(experiment: Experiment[CompareCosts]) -> Section | None:
    """Return the updates from the saturated start to 50 % accuracy, and their ratios.

    None if training did not begin there.
    """
    of = experiment.read.escape
    if of is None:
        return None
    note = NOTE + (PAIRS if of.pairs else "")
    return Section("escape", "Leaving the saturated start", [escape_table(of)], note)


def escape_table(of: Comparison, caption: str = "") -> Table:
    """Return each output's share of the error at the start, and its updates to 50 %."""
    reached = {one.output: half.updates for one in of.outputs if (half := one.reached[ESCAPED])}
    fastest = min(reached, key=lambda name: reached[name], default=None)
    rows = [(one.output, *_row(one, _ratio(of, one.output, fastest))) for one in of.outputs]
    return Table(HEAD, rows, caption=caption)


def _row(one: OutputResult, ratio: str) -> tuple[str, str, str, str]:
    share, half = f"{share_of_error(one.slowdown[0]):.2g}", one.reached[ESCAPED]
    if half is None:
        return share, f"> {one.early[-1][0]:,}", ratio, f"0 of {one.mean_accuracy.n}"
    return share, f"{half.updates:,.0f}", ratio, f"{half.n} of {half.of}"


def _ratio(of: Comparison, output: str, fastest: str | None) -> str:
    """Return the updates of ``output`` over those of the fastest, as the pair's verdict does."""
    if fastest is None or output == fastest:
        return "–" if fastest is None else "1"
    (pair,) = (pair for pair in of.pairs if {pair.a, pair.b} == {output, fastest})
    if pair.escape is not None:
        return times(pair.escape.value if pair.b == output else 1 / pair.escape.value)
    bounds = pair.escape_bounds if pair.b == output else pair.escape_bounds.inverse()
    return f"≥ {times(bounds.low)}"
