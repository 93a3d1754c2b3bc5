"""The inverse temperature c of the softmax, moved by a slider (the lecture's problem 3)."""

from nntrain.show.blocks import Live, Section
from nntrain.workflows.evaluate import EvaluatedRun

MOST_EXAMPLES = 10_000
"""Examples whose outputs are in the page, for the slider."""


def temperature(run: EvaluatedRun) -> Section | None:
    """Return the slider; None for sigmoid outputs, which have no c, and without digits to show."""
    if not run.evaluation.distribution or not run.dataset.distortable:
        return None
    n = min(MOST_EXAMPLES, run.evaluation.n)
    of = f"the {'' if n == run.evaluation.n else 'first '}{n:,} examples"
    note = (
        "a = exp(c z) / Σ exp(c z). The larger c, the more the largest output dominates; "
        f"predictions do not change. The histogram and the ECE are over {of}."
    )
    content = {
        "c": f"{run.network.output.inverse_temperature:.2f}",
        "fitted": None if run.fitted_c is None else f"{run.fitted_c:.2f}",
        "classes": run.evaluation.classes,
    }
    return Section("temperature", "Temperature", [Live("temperature", content)], note)
