"""The inverse temperature c of the softmax, moved by a slider (the lecture's problem 3)."""

from nntrain.show.page.live import MOST_LIVE
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject


def temperature(subject: RunSubject) -> Section | None:
    """Return the slider; None for sigmoid outputs, which have no c."""
    if not subject.evaluation.distribution:
        return None
    n = min(MOST_LIVE, len(subject.labels))
    of = f"the {n:,} examples" if n == len(subject.labels) else f"the first {n:,} examples"
    note = (
        "a = exp(c z) / Σ exp(c z). The larger c, the more the largest output dominates; the "
        f"answers stay the same. The histogram and the ECE are of {of}."
    )
    content = {
        "c": f"{subject.network.output.inverse_temperature:.2f}",
        "fitted": None if subject.fitted_c is None else f"{subject.fitted_c:.2f}",
        "classes": subject.evaluation.classes,
    }
    return Section("temperature", "Turn the temperature", "temperature", note, content)
