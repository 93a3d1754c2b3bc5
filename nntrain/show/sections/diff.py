"""The sections that compare two runs: accuracies, answers, settings."""

from collections.abc import Iterable

from nntrain.analysis.statistics import p_in_words
from nntrain.show.blocks import Digit, Digits, Section, Table, Text
from nntrain.show.sections import side_by_side
from nntrain.workflows.diff import Difference
from nntrain.workflows.evaluate import EvaluatedRun

ORDER = dict.fromkeys(("accuracies", "answers", "settings"), "diff")
DRAWN = 3
"""Digits drawn of those that only one run classifies correctly."""


def accuracies(of: Difference) -> Section:
    """Return both accuracies, and whether chance could explain the difference."""
    head = ("run", "accuracy (%)", "95 % interval", "only this correct")
    counts = ["–", "–"]
    text = "The runs have different test examples, so their answers are not compared."
    if (answers := of.answers) is not None:
        counts = [f"{len(answers.only_a):,}", f"{len(answers.only_b):,}"]
        shown = p_in_words(answers.test.p_value)
        text = (
            f"Of {of.a.examples}, both classify {answers.both:,} correctly, neither "
            f"{answers.neither:,}. If the networks were equally good, a difference at least this "
            f"large would have probability {shown} (McNemar's exact test)."
        )
    rows = [
        (
            run.name,
            f"{100 * run.evaluation.accuracy.estimate:.2f}",
            f"{100 * run.evaluation.accuracy.low:.2f}–{100 * run.evaluation.accuracy.high:.2f}",
            count,
        )
        for run, count in zip(of.runs, counts, strict=True)
    ]
    return Section("accuracies", "Accuracy on the test set", [Table(head, rows), Text(text)])


def answers(of: Difference) -> Section | None:
    """Return examples that only one run classifies correctly; None if there are none."""
    found = of.answers
    if found is None or not (len(found.only_a) or len(found.only_b)):
        return None
    groups = [
        _only(of.a, of.b, found.only_a[:DRAWN].tolist()),
        _only(of.b, of.a, found.only_b[:DRAWN].tolist()),
    ]
    note = (
        "Below each image: its class, what the other run predicted, and how confident it was. The "
        "most confident mistakes come first."
    )
    return Section("answers", "Correct in one run only", groups, note)


def _only(right: EvaluatedRun, wrong: EvaluatedRun, indices: Iterable[int]) -> Digits:
    names, of = wrong.evaluation.classes, wrong.predictions
    digits = []
    for index in indices:
        true, predicted = int(of.labels[index]), int(of.predicted[index])
        caption = f"#{index}: {names[true]}, not {names[predicted]}\n{of.confidence[index]:.3f}"
        digits.append(Digit(right.images[index], caption, true=true, predicted=predicted))
    return Digits(digits, names, caption=f"only {right.name} is correct" if digits else "")


def settings(of: Difference) -> Section:
    """Return the table of the settings that differ."""
    same = Section("settings", "", [Text("All settings are the same.")])
    return side_by_side.settings(of.runs) or same
