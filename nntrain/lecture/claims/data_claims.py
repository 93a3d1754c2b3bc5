"""The claim about data: wrong answers are often hesitations between two digits (C4)."""

from nntrain.analysis.confusion import hesitations
from nntrain.lecture.claims.check import Errors, Evaluated
from nntrain.lecture.claims.test_cases import TestCases


def errors_are_hesitations(cases: TestCases, errors: Errors) -> Evaluated:
    """C4: among the errors, the true digit is second more often than chance predicts.

    The claim holds if the whole 95 % interval of that share lies above 1/(k − 1), fails if it
    lies below, and is undecided otherwise.
    """
    run = cases.run
    if run is None:
        return Evaluated("a claim about data", "needs a run: nntrain verify RUN")
    found = hesitations(run.predictions)
    share, wrong, right = found.runner_up, found.wrong.median, found.right.median
    if share is None or found.wrong.n == 0:
        return Evaluated(run.examples, "the run makes no errors")
    note = (
        f"true class second in {100 * share.estimate:.1f} % of {found.errors:,} errors "
        f"(95 % interval {100 * share.low:.1f}–{100 * share.high:.1f} %); "
        f"chance {100 * found.by_chance:.1f} %"
    )
    if wrong is not None and right is not None:
        note += f". Median margin {wrong:.3f}, of right answers {right:.3f}"
    if share.low <= found.by_chance <= share.high:
        return Evaluated(run.examples, f"{note}. Chance lies in the interval: undecided")
    return Evaluated(run.examples, note, holds=share.low > found.by_chance)
