"""The claim about data: wrong answers are often hesitations between two digits (C4)."""

from nntrain.analysis.confusion import hesitations
from nntrain.lecture.claims.check import Check
from nntrain.lecture.claims.test_cases import Material

CLAIM, SAYS = "C4", "errors are often a hesitation between two digits"


def errors_are_hesitations(material: Material) -> Check:
    """C4: among the errors, the true digit is the runner-up more often than chance has it.

    It holds if the whole 95 % interval of that share lies above 1/(k − 1), fails if it lies
    below, and is undecided between.
    """
    run = material.run
    if run is None:
        how = "needs a run: nntrain verify RUN"
        return Check(CLAIM, SAYS, "a claim about data", None, None, None, how)
    found = hesitations(run.predictions)
    share, wrong, right = found.runner_up, found.wrong.median, found.right.median
    if share is None or found.wrong.n == 0:
        return Check(CLAIM, SAYS, run.examples, None, None, None, "the run makes no errors")
    passed = None
    if share.low > found.by_chance or share.high < found.by_chance:
        passed = share.low > found.by_chance
    note = (
        f"true class second in {100 * share.estimate:.1f} % of {found.errors:,} errors "
        f"(95 % interval {100 * share.low:.1f}–{100 * share.high:.1f} %); "
        f"chance {100 * found.by_chance:.1f} %"
    )
    if wrong is not None and right is not None:
        note += f". Median margin {wrong:.3f}, of right answers {right:.3f}"
    if passed is None:
        note += ". Chance lies in the interval: undecided"
    return Check(CLAIM, SAYS, run.examples, None, None, passed, note)
