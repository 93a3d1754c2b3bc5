"""Numbers as text: one way of writing a percentage, a count, a time."""

from typing import TYPE_CHECKING

from nntrain.analysis.metrics import Interval
from nntrain.analysis.statistics import PairedDifference, Spread
from nntrain.nn.network import Network

if TYPE_CHECKING:
    from nntrain.experiments.compare_costs.result import Reached
    from nntrain.experiments.sweep.result import Ranked


def percent(share: float | None, digits: int = 2) -> str:
    """Return ``97.53 %``, or a dash where the share is undefined."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 4) -> str:
    """Return ``value`` with ``digits`` decimals, or a dash where it is undefined."""
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
    """Return a share in %, as mean ± sd where there are several seeds; without the unit.

    ``scale`` 1 is for what is in % already.
    """
    if of is None:
        return "–"
    return f"{scale * of.mean:.2f}" + ("" if of.sd is None else f" ± {scale * of.sd:.2f}")


def difference(of: PairedDifference, between: str = " (") -> str:
    """Return a difference in points, with its interval where there is one after ``between``."""
    mean = f"{100 * of.mean:+.2f}"
    if of.low is None or of.high is None:
        return mean
    closing = ")" if between.endswith("(") else ""
    return f"{mean}{between}{100 * of.low:+.2f} to {100 * of.high:+.2f}{closing}"


def reached(of: "Reached | None", seeds: int) -> tuple[str, str, str, str]:
    """Return updates, epochs, seconds and how many of the seeds got to an accuracy."""
    if of is None:
        return "never", "–", "–", f"0 of {seeds}"
    updates, time = f"{of.updates:,.0f}", duration(of.seconds)
    return updates, f"{of.epochs:.2f}", time, f"{of.n} of {of.of}"


def best_epochs(of: "Ranked") -> str:
    """Return the best epochs of a point's trainings, as ``4`` or ``4–6``."""
    epochs = sorted({t.best_epoch for t in of.trainings if t.best_epoch is not None})
    if not epochs:
        return "–"
    return f"{epochs[0]}" if len(epochs) == 1 else f"{epochs[0]}–{epochs[-1]}"


def mean_time(of: "Ranked") -> str:
    """Return the mean time of a point's trainings."""
    seconds = [t.seconds for t in of.trainings if t.seconds is not None]
    return duration(sum(seconds) / len(seconds)) if seconds else "–"


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


def short_output(output: str) -> str:
    """Return ``softmax``, ``cross-entropy`` or ``quadratic``."""
    activation, _, cost = output.partition("+")
    return activation if activation == "softmax" else cost


def plural(count: int, noun: str) -> str:
    """Return ``1 error`` or ``3 errors``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
