"""What came of presets that were trained again, beside what is published of them."""

from collections.abc import Sequence
from typing import Any

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.reproduce.files import Reproduction
from nntrain.experiments.reproduce.judge import Judged
from nntrain.experiments.reproduce.train import Measured
from nntrain.settings.fit import to_toml
from nntrain.settings.presets import FIGURES
from nntrain.show.formatting import duration, plural, spread
from nntrain.show.page.bands import WHAT, banded, over_seeds
from nntrain.show.page.charts import lines, named_rows, picture, room_for
from nntrain.show.page.section import Section
from nntrain.show.page.sections.sweep_curves import ends_of
from nntrain.show.page.svg import COLOURS, Svg

MARKS = {"reproduced": "right", "better": "right", "worse": "wrong"}


def reproduced_lead(experiment: Experiment[Reproduction]) -> str:
    """Return how many presets came out as published."""
    judged = experiment.read.judged
    words = {
        "reproduced": "as published",
        "better": "better",
        "worse": "worse",
        "diverged": "diverged",
        "another dataset": "on another dataset than the published figure's",
    }
    counts = [
        f"{sum(one.verdict == verdict for one in judged)} {text}"
        for verdict, text in words.items()
        if any(one.verdict == verdict for one in judged)
    ]
    return f"{plural(len(judged), 'preset')} trained again: {', '.join(counts)}."


def reproduced(experiment: Experiment[Reproduction]) -> Section:
    """Return the table of published and own figures, and a chart of them."""
    judged = experiment.read.judged
    head = (
        "preset", "figure", "published", "ours", "95 % interval", "verdict", "test", "n", "time",
    )  # fmt: skip
    rows = [
        (
            one.preset.name,
            one.preset.expected.figure + ("*" if one.preset.settings.train_on == "all" else ""),
            f"{one.preset.expected.accuracy:.2f}",
            spread(one.ours, 1),
            "–" if one.low is None or one.high is None else f"{one.low:.2f}–{one.high:.2f}",
            one.verdict,
            spread(one.test, 1),
            len(one.trainings),
            duration(sum(t.seconds for t in one.trainings) / len(one.trainings)),
        )
        for one in judged
    ]
    used = {one.preset.expected.figure for one in judged} | {"test"}
    text = [f"{name}: {meaning}" for name, meaning in FIGURES.items() if name in used]
    if any(one.preset.settings.train_on == "all" for one in judged):
        text.append("* trained on the validation examples too, the last epoch's weights")
    note = (
        f"Accuracies in % on {experiment.dataset}, ours as mean ± sd over n seeds. A published "
        "figure is reproduced where it lies in the interval in which one more training of ours "
        "would, with 95 %. Weights are chosen on validation: test is the honest figure."
    )
    drawn = [one for one in judged if one.ours is not None]
    charts = [("Published and ours", _chart(drawn))] if drawn else []
    table = {"caption": f"{'; '.join(text)}.", "head": head, "rows": rows}
    content = {"charts": charts, "tables": [table]}
    return Section("result", "Published and ours", "charts", note, content)


def _chart(judged: list[Judged]) -> Svg:
    names = [one.preset.name for one in judged]

    def paint(axes: Any) -> None:
        for place, one in enumerate(judged):
            colour = COLOURS[MARKS.get(one.verdict, "muted")]
            if one.low is not None and one.high is not None:
                axes.hlines(place, one.low, one.high, color=colour, alpha=0.5, linewidth=3)
            if one.ours is not None:
                axes.plot(one.ours.mean, place, marker="o", color=colour, linestyle="")
            axes.plot(
                one.preset.expected.accuracy, place, marker="x", markersize=9,
                markeredgewidth=2, color=COLOURS["ink"], linestyle="",
            )  # fmt: skip
        axes.plot([], [], marker="x", color=COLOURS["ink"], linestyle="", label="published")
        axes.plot(
            [], [], marker="o", color=COLOURS["muted"], linestyle="-", label="ours, 95 % interval"
        )
        named_rows(axes, names)
        axes.set_xlabel("accuracy (%)")
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)

    words = "; ".join(
        f"{one.preset.name}: published {one.preset.expected.accuracy:.2f} %, ours "
        f"{one.ours.mean:.2f} %, {one.verdict}"
        for one in judged
        if one.ours is not None
    )
    size, left = (480, 90 + 26 * len(judged)), room_for(names)
    title = "Published and ours"
    return picture("reproduced-chart", title, f"{words}.", paint, size, left=left, top=36)


def reproduced_curves(experiment: Experiment[Reproduction]) -> Section | None:
    """Return each preset's curves on its sets, with the published accuracy as a line."""
    read = experiment.read
    charts = [
        (one.preset.name, _curves(number, one, read.epochs[one.preset.name]))
        for number, one in enumerate(read.judged)
        if one.preset.name in read.epochs
    ]
    if not charts:
        return None
    several = any(len(histories) > 1 for histories in read.epochs.values())
    note = f"{WHAT} " if several else ""
    note += "The test set is only looked at: it chooses nothing."
    return Section("curves", "Accuracy by epoch", "charts", note, {"charts": charts})


def _curves(number: int, one: Judged, histories: Sequence[Sequence[Measured]]) -> Svg:
    named = {}
    for part in ("train", "validation", "test"):
        means = over_seeds([[getattr(epoch, part) for epoch in h] for h in histories])
        if means:
            named["training" if part == "train" else part] = range(1, len(means) + 1), means
    series, bands = banded(named)
    published = one.preset.expected.accuracy

    def paint(axes: Any) -> None:
        lines(axes, series, x="epoch", y="accuracy (%)", bands=bands)
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, published - 0.5), max(high, published + 0.5))
        axes.axhline(published, color=COLOURS["muted"], linestyle=":", label="published")
        axes.legend()

    text = f"{ends_of(series)}. Published: {published:.2f} % ({one.preset.expected.figure})."
    return picture(f"preset-{number}", f"Accuracy of {one.preset.name} by epoch", text, paint)


def sources(experiment: Experiment[Reproduction]) -> Section:
    """Return who published each figure, and the settings of each preset."""
    judged = experiment.read.judged
    published = {
        "head": ("preset", "published by"),
        "rows": [(one.preset.name, one.preset.expected.source) for one in judged],
        "words": True,
    }
    presets = {
        "summary": "The settings of each preset",
        "head": ("preset", "settings"),
        "rows": [
            (one.preset.name, ", ".join(to_toml(one.preset.settings).splitlines()))
            for one in judged
        ],
        "words": True,
    }
    return Section("sources", "Sources", "tables", content={"tables": [published, presets]})
