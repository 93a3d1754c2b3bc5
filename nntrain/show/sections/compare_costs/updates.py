"""Accuracy from the first update on: the picture that a page plays."""

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Live, Section
from nntrain.show.sections.compare_costs.accuracy import by_updates


def updates(experiment: Experiment[CompareCosts]) -> Section:
    """Return validation accuracy by updates, from the saturated start if training began there."""
    read = experiment.read
    of, start = (read.escape, "saturated") if read.escape else (read.result, "random")
    note = (
        f"Validation accuracy from the {start} start, mean over the seeds. A seed's accuracy is "
        "checked after every update until 100, then at update counts about 10 % apart."
    )
    live = Live("widget", {"name": "updates"}, [by_updates(of, "updates-chart")])
    return Section("updates", "From the first update on", [live], note)
