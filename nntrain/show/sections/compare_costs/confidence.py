"""Confidence of the compared outputs on the test set, in right and in wrong answers."""

from typing import Literal

from nntrain.analysis.confidence import Histogram
from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import Comparison, OutputResult
from nntrain.experiments.experiment import Experiment
from nntrain.show.blocks import Axis, Cell, Curves, Line, Section, Table
from nntrain.show.formatting import bins, short_output

Side = Literal["right", "wrong"]
SIDES: tuple[Side, ...] = ("right", "wrong")
NOTE = (
    "Shares of the right answers, then of the wrong ones, over the same bins; test answers of all "
    "seeds. Confidence is the softmax's largest probability. For sigmoid outputs, which need not "
    "sum to 1, it is the largest activation: raw, or divided by their sum as in the charts."
)


def confidence(experiment: Experiment[CompareCosts]) -> Section:
    """Return the shares of right and of wrong answers by confidence."""
    result = experiment.read.result
    blocks = [
        *(_chart(result, side) for side in SIDES),
        *(_table(result, side) for side in SIDES),
    ]
    return Section("confidence", "Confidence", blocks, NOTE)


def _shares(of: Histogram, side: Side) -> tuple[list[float], int]:
    """Return the share of a side's answers in each bin, and the number of answers."""
    counts = (of.right if side == "right" else of.wrong).tolist()
    return [count / max(1, sum(counts)) for count in counts], sum(counts)


def _chart(result: Comparison, side: Side) -> Curves:
    lines, words = [], []
    for one in result.outputs:
        shares, total = _shares(one.normalised, side)
        ys = [100 * share for share in (*shares, shares[-1])]
        lines.append(Line(one.output, one.normalised.edges.tolist(), ys, steps=True))
        words.append(f"{one.output}: {total:,} answers, {ys[-1]:.1f} % in the last bin")
    return Curves(
        f"compared-{side}",
        f"Confidence of {side} answers",
        f"{'; '.join(words)}.",
        Axis("confidence", low=0, high=1),
        Axis(f"share of {side} answers (%)", low=0),
        lines,
        only="page",
    )


def _table(result: Comparison, side: Side) -> Table:
    columns = [column for one in result.outputs for column in _columns(one)]
    edges = columns[0][1].edges
    shares = [_shares(of, side)[0] for _, of in columns]
    rows: list[list[str | Cell]] = [
        [name, *(Cell(f"{100 * share:.1f}", side, share) for share in row)]
        for name, *row in zip(bins(edges, ".1f"), *shares, strict=True)
        if any(row)
    ]
    head = (side, *(name for name, _ in columns))
    return Table(head, rows, summary=f"{side.capitalize()} answers (%)")


def _columns(one: OutputResult) -> list[tuple[str, Histogram]]:
    name = short_output(one.output).replace("-", "-\n").replace("+", "+\n")
    if one.output.startswith("softmax"):
        return [(name, one.raw)]
    return [(f"{name}\nraw", one.raw), (f"{name}\nnormalised", one.normalised)]
