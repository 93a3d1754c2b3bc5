"""Hesitations (C4 of the lecture): was the true class second, and how close was it?"""

from collections.abc import Sequence

from nntrain.analysis.hesitations import MOSTLY, Answer, Margins
from nntrain.show.blocks import Digit, Digits, Facts, Section, Table, Text
from nntrain.show.formatting import number, percent
from nntrain.workflows.evaluate import EvaluatedRun

FIRST = 3
"""Digits of each kind in a terminal."""
DOUBT = (
    "Suspected label errors are among these. Look at each: the label may be wrong, the example "
    "may be read both ways, or it may be unlike those that the network learned from."
)


def hesitations(run: EvaluatedRun) -> Section:
    """Return how close the errors were, the closest calls, and the confidently wrong."""
    of = run.evaluation.hesitations
    note = "margin: the largest output minus the second largest"
    if of.runner_up is None:
        text = Text("There are no errors.")
        return Section("hesitations", "Hesitations", [text], note)
    second = (
        f"{percent(of.runner_up.estimate, 1)} of the errors ({of.runner_up.successes:,}); "
        f"guessing among the other {len(run.evaluation.classes) - 1} gives "
        f"{percent(of.by_chance, 1)}, guessing the commonest true class of each answer, at most "
        f"{percent(of.informed, 1)}"
    )
    facts = [("errors", f"{of.errors:,}"), ("true class second", second)]
    if of.between_two is not None:
        between = (
            f"{percent(of.between_two.estimate, 1)} ({of.between_two.successes:,}): the two "
            f"largest outputs sum to more than {MOSTLY:g}, and one is the true class"
        )
        facts.append(("between two", between))
    facts += [("margin, errors", _margin(of.wrong)), ("margin, right", _margin(of.right))]
    blocks = [
        Facts(facts),
        Text("closest calls: the errors with the smallest margin", "strong"),
        _examples(run, of.closest_calls),
        Text("confidently wrong: the errors with the largest confidence", "strong"),
        Text(DOUBT, "muted", only="page"),
        _examples(run, of.confidently_wrong),
    ]
    return Section("hesitations", "Hesitations", blocks, note)


def runner_up_in_words(run: EvaluatedRun) -> str:
    """Return how often the true class of an error was second, in one sentence."""
    of = run.evaluation.hesitations
    if of.runner_up is None:
        return "There are no errors."
    return (
        f"In {percent(of.runner_up.estimate, 1)} of the errors the true class has the second "
        f"largest output. Guessing it from the predicted class alone gives at most "
        f"{percent(of.informed, 1)}."
    )


def _margin(of: Margins) -> str:
    if of.median is None:
        return "–"
    below = "".join(f"; below 0.1 in {percent(s.share, 1)}" for s in of.shares if s.below == 0.1)
    return f"median {number(of.median, 3)}{below}"


def _examples(run: EvaluatedRun, answers: Sequence[Answer]) -> Digits | Table:
    """Return the examples as pictures, or as a table if they are no images."""
    names = run.evaluation.classes
    if not run.pictured:
        rows = [
            (
                f"{answer.index}",
                *(names[label] for label in (answer.true, answer.predicted, answer.runner_up)),
                f"{answer.confidence:.3f}",
                f"{answer.margin:.3f}",
            )
            for answer in answers
        ]
        head = ("example", "true", "predicted", "second", "confidence", "margin")
        return Table(head, rows, left=(0, 1, 2, 3), first=FIRST)
    digits = [
        Digit(
            run.images[answer.index],
            f"#{answer.index}: {names[answer.true]}, predicted {names[answer.predicted]}\n"
            f"{names[answer.predicted]}: {answer.confidence:.3f}, "
            f"{names[answer.runner_up]}: {answer.outputs[answer.runner_up]:.3f}\n"
            f"margin {answer.margin:.3f}",
            answer.outputs,
            answer.true,
            answer.predicted,
            answer.index if run.dataset.distortable else None,
        )
        for answer in answers
    ]
    return Digits(digits, names, FIRST)
