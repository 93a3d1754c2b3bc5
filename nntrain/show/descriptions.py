"""What a training or an experiment does, in words: each a name and a value."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nntrain.show.formatting import plural

if TYPE_CHECKING:
    from nntrain.experiments.compare_costs.tuning import Tuned
    from nntrain.experiments.sweep.train import Point
    from nntrain.settings.compare import CompareSettings
    from nntrain.settings.fit import FitSettings


def compared(
    settings: "CompareSettings",
    dataset: str,
    examples: int | None,
    tuned: "Mapping[str, Tuned] | None",
) -> dict[str, str]:
    """Return what was compared and how: on ``examples`` training examples, where it is known."""
    about = {
        "dataset": dataset + (f", {examples:,} training examples" if examples else ""),
        "paired": "for each seed the same first weights, mini-batches and split",
        "hidden layers": f"{list(settings.hidden)}, {settings.activation}"
        if settings.hidden
        else "none",
        "mini-batches": f"of {settings.batch_size}, momentum {settings.momentum:g}, "
        f"weight decay {settings.weight_decay:g}",
        "seeds": ", ".join(map(str, settings.seed_list)),
        "start": _start(settings.start),
    }
    for output in settings.outputs:
        rate = (tuned or {}).get(output)
        about[f"η of {output}"] = (
            f"{settings.rates()[output]:g}, {settings.rate_origin(output)}"
            if rate is None
            else _tuned(rate)
        )
    return about


def _start(start: str) -> str:
    from nntrain.experiments.compare_costs.slowdown import SATURATION

    if start != "saturated":
        return start
    return (
        f"saturated: output biases +{SATURATION:g} for class 0 and −{SATURATION:g} for "
        f"every other class, all else as drawn"
    )


def _tuned(rate: "Tuned") -> str:
    tried = ", ".join(
        f"{one:g}: {'diverged' if accuracy is None else f'{100 * accuracy:.2f}'}"
        for one, accuracy in rate.candidates
    )
    text = (
        f"{rate.rate:g}, the best mean validation accuracy of {tried} % (seeds "
        f"{' and '.join(map(str, rate.seeds))})"
    )
    return text + ("; a better one may lie beyond the grid" if rate.at_the_edge else "")


def swept(points: "Sequence[Point]", seeds: Sequence[int], dataset: str) -> dict[str, str]:
    """Return what was swept, and what stayed the same."""
    one = points[0].settings
    fixed = {
        "hidden": f"hidden layers {list(one.hidden)}" if one.hidden else "no hidden layer",
        "learning_rate": f"η = {one.learning_rate:g}",
        "momentum": f"μ = {one.momentum:g}",
        "weight_decay": f"λ = {one.weight_decay:g}",
        "epochs": plural(one.epochs, "epoch"),
        "batch_size": f"mini-batches of {one.batch_size}",
    }
    return {
        "dataset": dataset,
        "varied": ", ".join(points[0].values) or "nothing",
        "the same": ", ".join(t for name, t in fixed.items() if name not in points[0].values),
        "seeds": ", ".join(map(str, seeds)) + ", the same for every point",
    }


def regularised(settings: "FitSettings") -> dict[str, str]:
    """Return rows for the panel: what reduces overfitting."""
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
