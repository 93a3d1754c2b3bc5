"""The sections of a reproduction: presets compared with their published results."""

from collections.abc import Sequence

from nntrain.experiments.experiment import Experiment
from nntrain.experiments.reproduce.result import Judged, Reproduction
from nntrain.experiments.reproduce.train import Measured, Reproduced
from nntrain.settings.fit import to_toml
from nntrain.settings.presets import FIGURES
from nntrain.show.blocks import Cell, Curves, Dot, Facts, Guide, Role, Rows, Section, Table, Text
from nntrain.show.formatting import duration, percent, plural, spread
from nntrain.show.sections.lines import ACCURACY, EPOCHS, ends_of, explained, over_seeds

ORDER = {
    "summary": "reproduce",
    "result": "reproduce",
    "curves": "reproduce",
    "sources": "reproduce",
    "settings": "settings",
}

ROLES: dict[str, Role] = {
    "reproduced": "right",
    "matched": "right",
    "better": "right",
    "worse": "wrong",
}
"""The roles of verdicts; the others are a warning."""
WORDS = {
    "reproduced": "reproduced",
    "matched": "matched with a different network",
    "better": "better",
    "worse": "worse",
    "diverged": "diverged",
    "another dataset": "on a different dataset",
}


def lead(experiment: Experiment[Reproduction]) -> str:
    """Return the number of presets with each verdict; of a single preset, its comparison."""
    if len(experiment.read.judged) == 1:
        return f"{_in_words(experiment.read.judged[0])}."
    verdicts = [one.verdict for one in experiment.read.judged]
    counts = [f"{verdicts.count(one)} {text}" for one, text in WORDS.items() if one in verdicts]
    return f"{plural(len(verdicts), 'preset')}: {', '.join(counts)}."


def summary(experiment: Experiment[Reproduction]) -> Section:
    """Return the verdicts, counted and one by one."""
    blocks = [Text(lead(experiment), "strong"), _verdicts(experiment.read.judged)]
    return Section("summary", "Result", blocks)


def result(experiment: Experiment[Reproduction]) -> Section:
    """Return the published figures beside ours, as tables and as a chart."""
    judged = experiment.read.judged
    note = (
        f"Accuracies in % on {experiment.dataset}, ours as mean ± sd over n seeds. A published "
        "figure is treated as one more training run: ours would accept it within the 95 % "
        "prediction interval for one run, which is wide with few seeds. It is then reproduced, "
        "or matched if the published network differs. Weights are chosen on validation, so test "
        "is the unbiased figure."
    )
    blocks = [*_dots(judged), _verdicts(judged), _figures(judged), _explained(judged)]
    return Section("result", "Published and ours", blocks, note)


def _verdicts(judged: Sequence[Judged]) -> Table:
    rows = [
        (
            f"{one.preset.name}\n{one.preset.expected.figure}{'*' if _starred(one) else ''}",
            f"{one.preset.expected.accuracy:.2f}",
            spread(one.ours, 1),
            _range(one.accepts),
            Cell(one.verdict.replace(" ", "\n"), ROLES.get(one.verdict, "warning")),
        )
        for one in judged
    ]
    head = ("preset\nfigure", "published", "ours", "would accept", "verdict")
    return Table(head, rows, left=(0, 4))


def _range(edges: tuple[float | None, float | None] | None) -> str:
    low, high = edges or (None, None)
    return "–" if low is None or high is None else f"{low:.2f}–{high:.2f}"


def _in_words(one: Judged) -> str:
    """Return a verdict with the published figures that ours would accept."""
    name, published = one.preset.name, one.preset.expected.accuracy
    if one.ours is None or one.accepts is None:
        return f"{name}: {one.verdict}"
    text = f"{name}: published {published:.2f} %, ours {spread(one.ours, 1)} %"
    if one.verdict == "another dataset":
        return f"{text}, {WORDS[one.verdict]}"
    low, high = one.accepts
    compatible = "compatible" if low <= published <= high else "not compatible"
    accepts = f"would accept {low:.2f} to {high:.2f}"
    return f"{text}, {WORDS[one.verdict]}: {compatible} with {published:.2f} ({accepts})"


def _figures(judged: Sequence[Judged]) -> Table:
    rows = [
        (
            one.preset.name,
            _range((one.low, one.high)),
            spread(one.test, 1),
            f"{len(one.trainings)}",
            duration(sum(t.seconds for t in one.trainings) / len(one.trainings)),
        )
        for one in judged
    ]
    over = "seeds" if any(len(one.trainings) > 1 for one in judged) else "images"
    head = ("preset", f"95 % interval of ours, over {over}", "test", "n", "time")
    return Table(head, rows)


def _explained(judged: Sequence[Judged]) -> Facts:
    used = {one.preset.expected.figure for one in judged} | {"test"}
    rows = [(name, meaning) for name, meaning in FIGURES.items() if name in used]
    if any(map(_starred, judged)):
        rows.append(("*", "trained on the validation examples too: the last epoch's weights"))
    return Facts(rows)


def _starred(one: Judged) -> bool:
    return one.preset.settings.train_on == "all"


def _dots(judged: Sequence[Judged]) -> list[Rows]:
    drawn = [one for one in judged if one.ours is not None]
    if not drawn:
        return []
    rows, words = [], []
    for one in drawn:
        published, ours = one.preset.expected.accuracy, one.ours.mean if one.ours else 0.0
        role = ROLES.get(one.verdict, "muted")
        dots = [
            Dot("ours, 95 % interval", ours, one.low, one.high, role),
            Dot("published", published, role="strong"),
        ]
        rows.append((one.preset.name, dots))
        words.append(_in_words(one))
    title, text = "Published and ours", f"{'; '.join(words)}."
    return [Rows("reproduced-chart", title, text, ACCURACY, rows, only="page")]


def curves(experiment: Experiment[Reproduction]) -> Section | None:
    """Return each preset's curves on its sets; None if every training run diverged."""
    read = experiment.read
    charts = [
        _chart(number, one, read.epochs[one.preset.name])
        for number, one in enumerate(read.judged)
        if one.preset.name in read.epochs
    ]
    if not charts:
        return None
    note = "The test set is never used to choose anything."
    lines = [line for chart in charts for line in chart.lines]
    return Section("curves", "Accuracy by epoch", [*explained(lines), *charts], note)


def _chart(number: int, one: Judged, histories: Sequence[Sequence[Measured]]) -> Curves:
    parts = {"train": "training", "validation": "validation", "test": "test"}
    drawn = [
        over_seeds(name, [[getattr(epoch, part) for epoch in h] for h in histories])
        for part, name in parts.items()
    ]
    lines = [line for line in drawn if line.x]
    expected = one.preset.expected
    return Curves(
        f"preset-{number}",
        f"Accuracy of {one.preset.name} by epoch",
        f"{ends_of(lines)}. Published: {expected.accuracy:.2f} % ({expected.figure}).",
        EPOCHS,
        ACCURACY,
        lines,
        [Guide("published", y=expected.accuracy)],
        only="page",
    )


def sources(experiment: Experiment[Reproduction]) -> Section:
    """Return the sources of the figures and the presets' settings, on the page only."""
    presets = [one.preset for one in experiment.read.judged]
    rows = [
        (
            one.name,
            one.expected.source + ("" if one.expected.same_network else ", different network"),
        )
        for one in presets
    ]
    settings = [(one.name, ", ".join(to_toml(one.settings).splitlines())) for one in presets]
    head, summary = ("preset", "settings"), "The settings of each preset"
    blocks = [
        Table(("preset", "published by"), rows, (0, 1), words=True, only="page"),
        Table(head, settings, (0, 1), summary=summary, words=True, only="page"),
    ]
    return Section("sources", "Sources", blocks)


def training_line(key: str, training: Reproduced) -> str:
    """Return the line of a finished training run."""
    if training.diverged is not None:
        return f"{key}  diverged"
    return f"{key}  test {percent(training.test)}"
