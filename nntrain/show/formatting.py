"""Numbers as text: one way of writing a percentage, a count, a time."""

from collections.abc import Sequence
from itertools import pairwise

from nntrain.analysis.metrics import Interval
from nntrain.analysis.predictions import Floats
from nntrain.analysis.statistics import Spread
from nntrain.nn.network import Network
from nntrain.nn.outputs import COST_OF
from nntrain.settings.fit import FitSettings


def percent(share: float | None, digits: int = 2) -> str:
    """Return ``97.53 %``, or a dash if the share is undefined."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 4) -> str:
    """Return ``value`` with ``digits`` decimals, or a dash if it is undefined."""
    if value is None:
        return "–"
    return f"{value:.{digits}f}" if abs(value) < 1000 else f"{value:.2e}"


def interval(of: Interval) -> str:
    """Return an accuracy with its 95 % interval and the count behind it."""
    return (
        f"{percent(of.estimate)}  (95 % interval {100 * of.low:.2f}–{100 * of.high:.2f} %, "
        f"{of.successes:,} of {of.n:,})"
    )


def spread(of: Spread | None, scale: float = 100) -> str:
    """Return a share in % without the unit, as mean ± sd if there are several seeds.

    Use ``scale`` 1 for values that are in % already.
    """
    if of is None:
        return "–"
    return f"{scale * of.mean:.2f}" + ("" if of.sd is None else f" ± {scale * of.sd:.2f}")


def interval_over_seeds(of: Spread) -> str:
    """Return the 95 % interval over seeds of a mean share, within 0 to 100 %; a dash for one."""
    edges = of.interval()
    if edges is None:
        return "–"
    low, high = (100 * min(1.0, max(0.0, edge)) for edge in edges)
    return f"{low:.2f}–{high:.2f} %"


def bins(edges: Sequence[float] | Floats, spec: str = ".2f") -> list[str]:
    """Return each bin between ``edges`` as ``[0.90, 0.95)``; the last one is closed."""
    names = [f"[{low:{spec}}, {high:{spec}})" for low, high in pairwise(edges)]
    return [*names[:-1], *(name[:-1] + "]" for name in names[-1:])]


def duration(seconds: float) -> str:
    """Return ``0.84 s``, ``12.3 s``, ``4 min 05 s`` or ``2 h 03 min``."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def network_in_words(network: Network) -> str:
    """Return ``[784, 30, 10], sigmoid hidden layer``."""
    hidden = len(network.sizes) - 2
    layers = "no hidden layer" if hidden == 0 else f"{network.hidden.name} hidden layer"
    return f"{list(network.sizes)}, {layers}{'s' if hidden > 1 else ''}"


def regularised(settings: FitSettings) -> dict[str, str]:
    """Return the settings that reduce overfitting, as rows for the panel."""
    parts = {
        "dropout of {:g}": settings.dropout,
        "dropout of inputs of {:g}": settings.input_dropout,
        "max-norm {:g}": settings.max_norm,
        "label smoothing ε = {:g}": settings.label_smoothing,
        "weights averaged over {:g} epochs": settings.average_epochs,
    }
    words = ", ".join(text.format(value) for text, value in parts.items() if value)
    rows = {"regularisation": words} if words else {}
    if settings.augment != "none":
        rows["augmentation"] = f"{settings.augment}, randomly distorted every epoch"
    return rows


def short_output(output: str) -> str:
    """Return ``softmax``, ``cross-entropy``, ``quadratic`` or ``softmax+quadratic``."""
    activation, _, cost = output.partition("+")
    if activation == "softmax":
        return activation if cost == COST_OF[activation] else output
    return cost


def plural(count: int, noun: str) -> str:
    """Return ``1 error`` or ``3 errors``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
