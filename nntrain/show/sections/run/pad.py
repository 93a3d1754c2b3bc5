"""The pad: the run's network classifies a digit drawn on the page."""

from nntrain.nn.network import Network
from nntrain.show.blocks import Block, Live, Section, Text
from nntrain.show.sections.run.result import noun
from nntrain.workflows.evaluate import EvaluatedRun

MOST_PARAMETERS = 8_000_000
"""The largest network that a page holds."""


def fits(network: Network) -> bool:
    """Return whether a page can hold ``network``."""
    return _size(network) <= MOST_PARAMETERS


def _size(network: Network) -> int:
    return sum(array.size for array in network.parameters)


def pad(run: EvaluatedRun) -> Section | None:
    """Return the pad, or a note that the network is too large for a page.

    None if a drawing cannot be brought into the form of the network's images: of a user's own
    images that are not in MNIST's form, the page does not know what surrounds the drawing.
    """
    if not run.form_known:
        return None
    block: Block
    if not fits(run.network):
        text = (
            f"The pad is left out: the network has {_size(run.network):,} parameters, and a page "
            f"holds at most {MOST_PARAMETERS:,}. To classify image files, use nntrain predict."
        )
        block = Text(text, only="page")
    else:
        block = Live("pad", _content(run))
    return Section("pad", "Pad", [block])


def _content(run: EvaluatedRun) -> dict[str, object]:
    classes = run.evaluation.classes
    one = f"{'an' if noun(run)[0] in 'aeiou' else 'a'} {noun(run)}"
    kind = "probabilities" if run.evaluation.distribution else "activations"
    activation = "softmax" if run.evaluation.distribution else "sigmoid"
    number = "ten " if len(classes) == 10 else ""
    normal = "Your drawing is scaled to the size of the network's images."
    if run.boxed:
        normal = (
            "Your drawing is normalised like MNIST first: scaled to a 20×20 box, with its centre "
            "of mass in the middle."
        )
    shares = (
        "Each pixel counts as its ink times the gradient of z in it; with the biases' share they "
        "add up to z."
    )
    if run.network.hidden.name != "relu" and len(run.network.weights) > 1:
        shares = (
            "Each pixel counts as its ink times the gradient of z in it, averaged on the way from "
            "the blank image (integrated gradients); with z of the blank image they add up to z."
        )
    return {
        "kind": kind,
        "noun": noun(run),
        "one": one,
        "shares": shares,
        "classes": classes,
        "about": f"This is the run's own network; its {number}{activation} outputs are {kind}.",
        "normal": normal,
    }
