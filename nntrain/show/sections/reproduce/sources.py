"""Who published the figures, and the settings of the presets."""

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.reproduce.result import Reproduction
from nntrain.settings.fit import to_toml
from nntrain.show.blocks import Section, Table


def section(experiment: Experiment[Reproduction]) -> Section:
    """Return both as tables of words, which stand on the page only."""
    presets = [one.preset for one in experiment.read.judged]
    sources = [(one.name, one.expected.source) for one in presets]
    settings = [(one.name, ", ".join(to_toml(one.settings).splitlines())) for one in presets]
    blocks = [
        Table(("preset", "published by"), sources, (0, 1), words=True, only="page"),
        Table(
            ("preset", "settings"),
            settings,
            (0, 1),
            summary="The settings of each preset",
            words=True,
            only="page",
        ),
    ]
    return Section("sources", "Sources", blocks)
