"""The page of runs side by side: what differs, and one pad that asks their networks."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from nntrain.analysis.predictions import Ints
from nntrain.show.page.encoding import deflated
from nntrain.show.page.page import SCRIPTS, rendered, shown
from nntrain.show.page.run.data import network_data
from nntrain.show.sections import sections
from nntrain.show.sections.pads import asked
from nntrain.show.sections.run.result import noun
from nntrain.show.sections.side_by_side import lead
from nntrain.show.sections.two_runs import SHOWN, compared, headline
from nntrain.workflows.evaluate import EvaluatedRun

LIVE_SCRIPTS = (
    *("outputs", "output_layers", "normal_form", "drawing", "run/network", "run/pad", "beside"),
)
OTHERS = 40
"""Examples on the page besides those that only one run classifies correctly."""
BESIDE = ("answers", "changes")
"""The sections that the pad stands beside."""


def side_by_side(runs: Sequence[EvaluatedRun]) -> str:
    """Return the page of runs side by side, each with the examples of its own dataset, as HTML."""
    made = shown(sections("side_by_side", runs))
    data = beside_data(asked(runs), _held(runs)) if "pads" in {s.name for s in made} else None
    figure, rest = headline(runs)
    return rendered(
        "beside.html",
        styles=("page", "run", "beside"),
        scripts=SCRIPTS if data is None else (*SCRIPTS, *LIVE_SCRIPTS),
        title="Runs side by side",
        figure=figure,
        rest=rest,
        lead=lead(runs),
        sections=made,
        beside=BESIDE,
        data=data,
        warning=None,
    )


def beside_data(runs: Sequence[EvaluatedRun], held: Ints) -> dict[str, Any]:
    """Return what the pad needs, as JSON-able types; ``held`` are the examples it can show."""
    first = runs[0]
    return {
        "noun": noun(first),
        "shape": list(first.images.shape[1:]),
        "boxed": first.boxed,
        "index": held.tolist(),
        "labels": first.predictions.labels[held].tolist(),
        "named": list(first.evaluation.classes),
        "images": deflated(first.images[held]),
        "runs": [
            {
                "name": run.name,
                "classes": list(run.evaluation.classes),
                "output": run.network.output.name,
                "c": run.network.output.inverse_temperature,
                "network": network_data(run, held),
            }
            for run in runs
        ],
    }


def _held(runs: Sequence[EvaluatedRun]) -> Ints:
    """Return the shown examples that only one run classifies correctly, and the first others."""
    found = compared(runs)
    n = min(len(run.images) for run in runs)
    others = np.arange(min(OTHERS, n))
    if found is None or found.answers is None:
        return others
    only = [found.answers.only_b[:SHOWN], found.answers.only_a[:SHOWN]]
    whole = np.concatenate([*only, others])
    return whole[np.sort(np.unique(whole, return_index=True)[1])]
