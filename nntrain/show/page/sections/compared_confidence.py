"""How sure the compared outputs were on the test set, of right and of wrong answers."""

from typing import Any

from nntrain.analysis.confidence import Histogram
from nntrain.experiments.compare_costs.files import CompareCosts
from nntrain.experiments.experiment import Experiment
from nntrain.show.page.charts import Line, lines, picture
from nntrain.show.page.section import Section
from nntrain.show.page.svg import Svg


def compared_confidence(experiment: Experiment[CompareCosts]) -> Section:
    """Return the shares of right and of wrong answers by confidence, over the same bins."""
    histograms = {one.output: one.normalised for one in experiment.read.result.outputs}
    charts = [
        (f"{name.capitalize()} answers", _chart(name, histograms)) for name in ("right", "wrong")
    ]
    note = (
        "Test answers of all seeds. Confidence is the softmax's largest probability; for sigmoid "
        "outputs, which are no distribution, the largest activation divided by their sum."
    )
    content = {"charts": charts}
    return Section("confidence", "How sure they were", "charts", note, content)


def _chart(name: str, histograms: dict[str, Histogram]) -> Svg:
    series: list[Line] = []
    words = []
    for output, histogram in histograms.items():
        counts = histogram.right if name == "right" else histogram.wrong
        total = max(1, int(counts.sum()))
        shares = [100 * int(count) / total for count in counts]
        series.append((output, histogram.edges.tolist(), [*shares, shares[-1]]))
        words.append(
            f"{output}: {int(counts.sum()):,} answers, {shares[-1]:.1f} % in the last bin"
        )

    def paint(axes: Any) -> None:
        lines(axes, series, x="confidence", y=f"share of {name} answers (%)", whole_x=False)
        for line in axes.get_lines():
            line.set_drawstyle("steps-post")
        axes.set(xlim=(0, 1))
        axes.set_ylim(bottom=0)

    title = f"Confidence of {name} answers"
    return picture(f"compared-{name}", title, f"{'; '.join(words)}.", paint)
