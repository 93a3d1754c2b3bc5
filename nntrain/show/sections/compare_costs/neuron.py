"""The book's demonstration with one neuron, on the page of every comparison."""

from dataclasses import replace

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.lecture.neuron import demonstrate
from nntrain.show.blocks import Section
from nntrain.show.sections.neuron import demonstration


def section(experiment: Experiment[CompareCosts]) -> Section:
    """Return the demonstration, which is the same for all and takes milliseconds.

    The terminal shows it when asked for it alone.
    """
    shown = demonstration(demonstrate())
    return replace(shown, blocks=[replace(block, only="page") for block in shown.blocks])
