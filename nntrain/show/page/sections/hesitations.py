"""Digits with their output bars: those on which the network was torn, and surely wrong ones."""

from collections.abc import Sequence
from typing import Any

from nntrain.analysis.confusion import Answer
from nntrain.show.formatting import percent
from nntrain.show.page.images import grey_png
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject


def torn(subject: RunSubject) -> Section:
    """Return the errors of smallest margin, and how often the truth was the runner-up."""
    of = subject.evaluation.hesitations
    text = []
    if of.runner_up is not None and of.wrong.median is not None:
        text.append(
            f"Of its {of.errors:,} errors, the true class came second in "
            f"{percent(of.runner_up.estimate, 1)} ({of.runner_up.successes:,}); blind choice "
            f"would give {percent(of.by_chance, 1)}."
        )
        right = "–" if of.right.median is None else f"{of.right.median:.3f}"
        text.append(
            f"The median margin, the largest output less the second largest, is "
            f"{of.wrong.median:.3f} among the errors and {right} among the right answers."
        )
    note = "The errors in which the network hesitated most between two answers."
    return _cards(subject, "hesitations", "Hesitations", note, text, of.closest_calls)


def sure(subject: RunSubject) -> Section:
    """Return the errors of which the network was surest."""
    note = "The errors of which the network was surest: odd digits, or labels one may doubt."
    answers = subject.evaluation.hesitations.confidently_wrong
    return _cards(subject, "surely-wrong", "Surely wrong", note, [], answers)


def _cards(
    subject: RunSubject,
    name: str,
    title: str,
    note: str,
    text: Sequence[str],
    answers: Sequence[Answer],
) -> Section:
    cards: list[dict[str, Any]] = [
        {"answer": answer, "image": grey_png(subject.images[answer.index])} for answer in answers
    ]
    if not cards:
        text = ["There is no error."]
    content = {"text": text, "cards": cards, "classes": subject.evaluation.classes}
    return Section(name, title, "cards", note, content)
