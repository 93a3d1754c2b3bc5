"""One pad that asks the networks of several runs."""

from collections.abc import Sequence

import numpy as np

from nntrain.show.blocks import Live, Section
from nntrain.show.sections.run.pad import fits
from nntrain.show.sections.run.result import noun
from nntrain.workflows.evaluate import EvaluatedRun

MOST = 4
"""Networks on one page."""


def asked(runs: Sequence[EvaluatedRun]) -> list[EvaluatedRun]:
    """Return the runs that one pad can ask: those with the first one's examples, at most MOST."""
    suitable = [run for run in runs if run.form_known and fits(run.network)]
    alike = [run for run in suitable if np.array_equal(run.images, suitable[0].images)]
    return alike[:MOST]


def pads(runs: Sequence[EvaluatedRun]) -> Section | None:
    """Return the pad; None unless it can ask at least two of the runs."""
    found = asked(runs)
    if len(found) < 2:
        return None
    one = noun(found[0])
    content = {
        "noun": one,
        "one": f"{'an' if one[0] in 'aeiou' else 'a'} {one}",
        "runs": [run.name for run in found],
    }
    left_out = len(runs) - len(found)
    note = f"{left_out} of the {len(runs)} runs cannot be asked here." if left_out else ""
    return Section(
        "pads", f"Ask {'both' if len(found) == 2 else 'them all'}", [Live("pads", content)], note
    )
