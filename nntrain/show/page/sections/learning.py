"""How accurate the outputs were as they learnt: by epoch, by updates, and the time to a level."""

from typing import Any

from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.compare_costs.result import LEVELS, Comparison
from nntrain.experiments.experiment import Experiment
from nntrain.show.formatting import reached, spread
from nntrain.show.page.bands import WHAT, banded
from nntrain.show.page.charts import SERIES, counts_on, lines, picture
from nntrain.show.page.section import Section
from nntrain.show.page.svg import Svg


def accuracy(experiment: Experiment[CompareCosts]) -> Section:
    """Return validation accuracy by epoch and by updates, with bands over the seeds."""
    result = experiment.read.result
    charts = [("By epoch", _by_epoch(result)), ("From the first update on", _by_updates(result))]
    rows = [
        (epoch + 1, *(spread(one.accuracy[epoch]) for one in result.outputs))
        for epoch in range(len(result.outputs[0].accuracy))
    ]
    rows.append(("mean", *(spread(one.mean_accuracy) for one in result.outputs)))
    head = ("epoch", *(one.output for one in result.outputs))
    seeds = len(result.seeds)
    note = f"Validation accuracy, mean of {seeds} seeds. {WHAT}" if seeds > 1 else "One seed."
    table = {"summary": "Every epoch in figures (%, mean ± sd)", "head": head, "rows": rows}
    content = {"charts": charts, "tables": [table]}
    return Section("accuracy", "Accuracy by epoch", "charts", note, content)


def _by_epoch(result: Comparison) -> Svg:
    epochs = range(1, len(result.outputs[0].accuracy) + 1)
    series, bands = banded({one.output: (epochs, one.accuracy) for one in result.outputs})
    ends = "; ".join(f"{name} from {ys[0]:.2f} to {ys[-1]:.2f} %" for name, _, ys in series)

    def paint(axes: Any) -> None:
        lines(axes, series, x="epoch", y="validation accuracy (%)", bands=bands)

    title = "Validation accuracy by epoch"
    return picture("accuracy-epochs", title, f"{ends}.", paint)


def _by_updates(result: Comparison) -> Svg:
    series, bands = banded(
        {
            one.output: ([u for u, _ in one.early], [s for _, s in one.early])
            for one in result.outputs
        }
    )
    halves = "; ".join(
        f"{one.output} {'never' if half is None else f'after {half.updates:,.0f} updates'}"
        for one in result.outputs
        for half in [one.reached[0.5]]
    )

    def paint(axes: Any) -> None:
        lines(
            axes, series, x="updates (logarithmic scale)", y="validation accuracy (%)",
            bands=bands, whole_x=False,
        )  # fmt: skip
        counts_on(axes)

    title = "Validation accuracy by updates"
    return picture("accuracy-updates", title, f"Half of the digits right: {halves}.", paint)


def levels(experiment: Experiment[CompareCosts]) -> Section:
    """Return how many updates and how much time each output took to each accuracy."""
    result = experiment.read.result
    seeds = len(result.seeds)
    rows = [
        (one.output, f"{100 * level:.0f} %", *reached(one.reached[level], seeds))
        for one in result.outputs
        for level in LEVELS
    ]
    head = ("output", "to", "updates", "epochs", "training time", "seeds")
    note = (
        "Until the validation accuracy was first seen there: means over the seeds that got there. "
        "It is looked at after updates that grow by a tenth each time; the time is of training "
        "alone."
    )
    content = {
        "charts": [("Updates to each accuracy", _levels(result))],
        "tables": [{"head": head, "rows": rows}],
    }
    return Section("levels", "Time to an accuracy", "charts", note, content)


def _levels(result: Comparison) -> Svg:
    count = len(result.outputs)

    def paint(axes: Any) -> None:
        for number, one in enumerate(result.outputs):
            places = [
                (reached.updates, at + (number - (count - 1) / 2) * 0.2)
                for at, level in enumerate(LEVELS)
                if (reached := one.reached[level]) is not None
            ]
            xs, ys = zip(*places, strict=True) if places else ((), ())
            marker = "osD^v"[number % 5]
            axes.plot(xs, ys, color=SERIES[number], marker=marker, linestyle="", label=one.output)
        axes.margins(x=0.12)
        axes.set_yticks(range(len(LEVELS)), [f"{100 * level:.0f} %" for level in LEVELS])
        axes.set_ylim(-0.6, len(LEVELS) - 0.4)
        axes.set_xlabel("updates (logarithmic scale)")
        axes.set_ylabel("validation accuracy")
        counts_on(axes)
        if count > 1:
            axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=2)

    words = "; ".join(
        f"{one.output}: "
        + ", ".join(
            f"{100 * level:.0f} % {'never' if r is None else f'after {r.updates:,.0f}'}"
            for level, r in one.reached.items()
        )
        for one in result.outputs
    )
    title = "Updates to each accuracy"
    return picture("levels-chart", title, f"{words}.", paint, (420, 310), top=52)
