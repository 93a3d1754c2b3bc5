"""How many updates each output needed to leave the saturated start."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Section, Table


def section(experiment: Experiment[CompareCosts]) -> Section | None:
    """Return the updates until half of the answers are correct, and their ratios.

    None where the training began elsewhere.
    """
    if experiment.read.settings.start != "saturated":
        return None
    result = experiment.read.result
    halves = [(one.output, one.reached[0.5]) for one in result.outputs]
    fastest = min((of.updates for _, of in halves if of is not None), default=1)
    rows = [
        (output, "never", "–", f"0 of {len(result.seeds)}")
        if of is None
        else (output, f"{of.updates:,.0f}", f"{of.updates / fastest:.1f}", f"{of.n} of {of.of}")
        for output, of in halves
    ]
    note = "Means over the seeds that reached 50 %, and the ratio of these means."
    if result.pairs:
        note += " The ratios seed by seed, with their intervals, stand in the result in words."
    head = ("output", "updates to 50 %", "ratio to the fastest", "seeds")
    return Section("escape", "Out of the saturated start", [Table(head, rows)], note)
