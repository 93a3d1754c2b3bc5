"""The pad: a digit drawn here goes through the run's own network."""

from nntrain.show.page.live import MOST_PARAMETERS, parameters
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject


def pad(subject: RunSubject) -> Section:
    """Return the pad, or for a network too large for a page a note that says so."""
    number = parameters(subject)
    left_out = None
    if number > MOST_PARAMETERS:
        left_out = (
            f"The pad is left out: the network has {number:,} parameters, and a page holds at "
            f"most {MOST_PARAMETERS:,}. For pictures in files there is nntrain predict."
        )
    kind = "probabilities" if subject.evaluation.distribution else "activations"
    activation = "softmax" if subject.evaluation.distribution else "sigmoid"
    content = {
        "left_out": left_out,
        "kind": kind,
        "classes": subject.evaluation.classes,
        "about": f"This is the run's own network; its ten {activation} outputs are {kind}."
        if len(subject.evaluation.classes) == 10
        else f"This is the run's own network; its {activation} outputs are {kind}.",
        "normal": "Your drawing is brought to MNIST's form first: scaled to a 20×20 box, its "
        "centre of mass in the middle."
        if subject.boxed
        else "Your drawing is scaled to the size of the network's images.",
    }
    return Section("pad", "Draw a digit", "pad", content=content)
