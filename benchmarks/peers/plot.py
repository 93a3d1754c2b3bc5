"""The race as a chart: each contestant's time over nntrain's, one bar chart per shape."""

from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

from benchmarks.peers import OWN


def draw(document: dict[str, Any], path: Path) -> None:
    """Draw the command's document as an SVG, or in the format of ``path``'s suffix."""
    shapes = document["shapes"]
    figure, axes = plt.subplots(
        len(shapes), 1, figsize=(8, 1.0 + 1.9 * len(shapes)), sharex=True, squeeze=False
    )
    for axis, (name, shape) in zip(axes[:, 0], shapes.items(), strict=True):
        runners = [one for one in shape["contestants"] if one["best_of_its_kind"]]
        own = next(one for one in runners if one["name"] == OWN)["seconds"]
        ratios = [
            median(theirs / ours for theirs, ours in zip(one["seconds"], own, strict=True))
            for one in runners
        ]
        labels = [f"{one['title']} ({one['threads']})" for one in runners]
        colours = ["tab:orange" if ratio < 1 else "tab:blue" for ratio in ratios]
        bars = axis.barh(labels, [ratio - 1 for ratio in ratios], left=1, color=colours)
        axis.bar_label(bars, [f" {ratio:.3g} " for ratio in ratios], fontsize=8)
        axis.axvline(1, color="black", linewidth=0.8)
        axis.set_xscale("log")
        axis.invert_yaxis()
        axis.margins(x=0.15)
        axis.tick_params(labelsize=8)
        sizes = f"{shape['sizes']}, mini-batches of {shape['batch_size']}"
        axis.set_title(f"{name}  {sizes}", fontsize=9, loc="left")
    axes[-1, 0].set_xlabel(
        "time over nntrain's, median of the rounds; left of 1: faster than nntrain", fontsize=9
    )
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
