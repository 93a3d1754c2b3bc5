"""The result in figures: accuracy with its interval, cost, scores, and what they are about."""

from nntrain.show.formatting import interval, network_in_words, number, percent
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject


def lead(subject: RunSubject) -> str:
    """Return the result in one line."""
    accuracy = subject.evaluation.accuracy
    return (
        f"{percent(accuracy.estimate)} of {subject.examples} answered rightly "
        f"(95 % interval {100 * accuracy.low:.2f}–{100 * accuracy.high:.2f} %), by "
        f"{network_in_words(subject.network)}, {subject.network.output.name}."
    )


def result(subject: RunSubject) -> Section:
    """Return the section."""
    evaluation = subject.evaluation
    scores = evaluation.scores
    of = " of the normalised activations" if scores.normalised else ""
    errors = evaluation.n - evaluation.accuracy.successes
    tiles = [
        (percent(evaluation.accuracy.estimate), "accuracy"),
        (f"{errors:,}", f"errors among {evaluation.n:,}"),
        (number(evaluation.cost), "cost"),
        (f"{100 * evaluation.reliability_width.ece:.2f} points", "calibration error (ECE)"),
    ]
    rows = [
        ("accuracy", interval(evaluation.accuracy)),
        ("cost", f"{number(evaluation.cost)}, {subject.network.output.name}"),
        ("mean log-likelihood", number(scores.log_likelihood) + of),
        ("Brier score", number(scores.brier) + of),
        ("network", network_in_words(subject.network)),
        ("run", f"{subject.name}, {subject.origin}"),
        ("examples", subject.examples),
    ]
    table = {"head": ("", ""), "rows": rows, "words": True}
    return Section("result", "Result", "result", content={"tiles": tiles, "table": table})
