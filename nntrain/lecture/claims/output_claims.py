"""Claims about outputs, C2 to C9: softmax, sigmoid and the network's hesitations."""

import numpy as np

from nntrain.analysis.confidence import activation_sums
from nntrain.analysis.hesitations import MOSTLY, hesitations
from nntrain.lecture.claims import closed_forms, differences
from nntrain.lecture.claims.check import ROUNDING, Errors, Evaluated
from nntrain.lecture.claims.differences import STEP
from nntrain.lecture.claims.test_cases import (
    CLASSES,
    RunUnderTest,
    TestCases,
    activate,
    delta,
    softmax,
)
from nntrain.nn import outputs
from nntrain.nn.arrays import Floats

SCALES = (0.1, 0.5, 2.0, 10.0, 100.0)
LIMIT = 1e6
STRICT_SPREAD = 30.0  # beyond it, the largest a_j rounds to 1 in float64
SUMS = (0.1, 0.5, 0.9, 1.1, 2.0, 9.0)
NUDGE = 0.7


def sigmoids() -> list[outputs.OutputLayer]:
    """Return the product's output layers that are not distributions."""
    return [outputs.make_output(name) for name, k in outputs.OUTPUTS.items() if not k.distribution]


def extremes() -> Floats:
    """Return weighted inputs at the ends of the range: all equal, tied, ±700, ±10,000."""
    rows = np.zeros((6, CLASSES))
    rows[1, 0] = 1e4
    rows[2] = -1e4
    rows[3, :3] = 1e4
    rows[4] = np.linspace(-700, 700, CLASSES)
    rows[5, ::2], rows[5, 1::2] = 1e4, -1e4
    return rows


def distribution(cases: TestCases, errors: Errors) -> Evaluated:
    """C2: each a_j is in (0, 1), and they sum to 1."""
    for z in (*cases.z, extremes()):
        a, logs = activate(softmax(), z), softmax().log_activate(z)
        errors.compare("sum", a.sum(axis=1), np.ones(len(z)))
        errors.compare("exp(z_j) / Σ exp(z_k)", a, closed_forms.softmax(z))
        errors.compare("logarithm", np.exp(logs), closed_forms.softmax(z))
        inside = a[np.ptp(z, axis=1) < STRICT_SPREAD]
        errors.require("0 < a_j < 1", ((inside > 0) & (inside < 1)).all())
        # If float64 rounds a_j to 0 or 1, its logarithm still shows that it is neither.
        errors.require("0 ≤ a_j ≤ 1", ((a >= 0) & (a <= 1)).all())
        errors.require("ln a_j finite", np.isfinite(logs).all())
    return Evaluated(f"{cases.z_in_words}; ties, z = ±700, ±10,000")


def proportional_loss(cases: TestCases, errors: Errors) -> Evaluated:
    """C3: what one activation gains, the others lose in proportion to their own."""
    # The lecture's example: for a rise of 0.3, three equal others lose 0.1 each.
    for before in (0.25, 0.4):
        a = np.array([[before, *[(1 - before) / 3] * 3]])
        z = np.log(a)
        z[0, 0] = np.log((before + 0.3) * (1 - before) / (0.7 - before))
        change = activate(softmax(), z) - a
        errors.compare("the lecture's +0.3, −0.1 three times", change, [[0.3, -0.1, -0.1, -0.1]])
    for z in cases.z:
        raised = z.copy()
        raised[:, 0] += NUDGE
        a, after = activate(softmax(), z), activate(softmax(), raised)
        errors.require("the raised activation grows", (after[:, 0] >= a[:, 0]).all())
        others = a[:, 1:] / a[:, 1:].sum(axis=1, keepdims=True)
        gain = (after - a)[:, :1]
        errors.compare("in proportion", (after - a)[:, 1:], -gain * others)
    return Evaluated(
        f"the lecture's example; z_1 + {NUDGE} at {cases.z_in_words}",
        "0.25 each: +0.3 for one lowers each of the others by 0.1; unequal ones in proportion",
    )


def errors_are_hesitations(cases: TestCases, errors: Errors) -> Evaluated:
    """C4: among the errors, the true digit comes second more often than a guess is right.

    The claim holds if the whole 95 % interval of that share lies above the best guess given the
    answer, fails if it lies below 1/(k − 1), and is undecided otherwise.
    """
    run = cases.run
    if run is None:
        return Evaluated("a claim about data", "needs a run: nntrain verify RUN")
    found = hesitations(run.predictions)
    share, wrong, right = found.runner_up, found.wrong.median, found.right.median
    informed, between = found.informed, found.between_two
    if share is None or informed is None or between is None:
        return Evaluated(run.examples, "the run makes no errors")
    note = (
        f"true class second in {100 * share.estimate:.1f} % of {found.errors:,} errors "
        f"(95 % interval {100 * share.low:.1f}–{100 * share.high:.1f} %); guessing at random "
        f"{100 * found.by_chance:.1f} %, best guess given the answer {100 * informed:.1f} %. In "
        f"{100 * between.estimate:.1f} %, the true class is one of the two largest outputs, and "
        f"they sum to more than {MOSTLY:g}"
    )
    if wrong is not None and right is not None:
        note += f". Median margin {wrong:.3f}, for right answers {right:.3f}"
    if share.low > informed or share.high < found.by_chance:
        return Evaluated(run.examples, note, holds=share.low > informed)
    return Evaluated(run.examples, f"{note}. Undecided: the interval includes a guess's share")


def sigmoid_sums(cases: TestCases, errors: Errors) -> Evaluated:
    """C5: sigmoid activations can sum to less or more than 1; with a run, how often they do."""
    wanted = np.array(SUMS)
    share = np.repeat(wanted[:, np.newaxis] / CLASSES, CLASSES, axis=1)
    for layer in sigmoids():
        sums = activate(layer, np.log(share / (1 - share))).sum(axis=1)
        errors.compare("sum by construction", sums, wanted)
        for z in cases.z:
            of = closed_forms.sigmoid_layer(z)
            errors.compare("1 / (1 + e^−z)", activate(layer, z), of.a)
            errors.compare("its logarithm", layer.log_activate(z), of.log_a)
    built = ", ".join(f"{s:g}" for s in SUMS)
    note = _sums_in_words(cases.run) if cases.run else ""
    return Evaluated(f"z built for Σ = {built}; {cases.z_in_words}", note)


def _sums_in_words(run: RunUnderTest) -> str:
    if run.network.output.distribution:
        return f"run {run.name} has softmax outputs; for real sums, verify a sigmoid run"
    sums = activation_sums(run.predictions.outputs)
    return (
        f"{run.examples}: Σ below 1 in {100 * sums.below_share:.1f} %, above in "
        f"{100 * sums.above_share:.1f} %, mean {sums.mean:.3f}"
    )


def derivatives(cases: TestCases, errors: Errors) -> Evaluated:
    """C6: ∂a_j/∂z_k = a_j (1[j=k] − a_k)."""
    for z in cases.z:
        slopes = differences.jacobian(lambda z: activate(softmax(), z), z)
        expected, limit = closed_forms.softmax_layer(z).jacobian(), ROUNDING / STEP
        errors.compare("derivative", slopes, expected, limit=limit)
        seen = np.abs(expected) > limit  # below it, differences have no certain sign
        signs = 2 * np.eye(z.shape[1]) - 1
        errors.require("sign", (np.sign(slopes) == signs)[seen].all())
    return Evaluated(f"five-point differences at {cases.z_in_words}")


def dependence(cases: TestCases, errors: Errors) -> Evaluated:
    """C7: a sigmoid activation depends on its own z_j alone, a softmax activation on every z_k."""
    for z in cases.z:
        for k in range(z.shape[1]):
            moved = z.copy()
            moved[:, k] += NUDGE
            for layer in sigmoids():
                change = np.delete(activate(layer, moved) - activate(layer, z), k, axis=1)
                errors.compare("other sigmoids unchanged", change, np.zeros_like(change))
            of = closed_forms.softmax_layer(z)
            shares = of.a
            # The effect of an a_k nearer to 0 or 1 is lost in rounding.
            seen = (shares[:, k] > 1e-6) & (of.rest[:, k] > 1e-6)
            change = (activate(softmax(), moved) - activate(softmax(), z))[seen]
            errors.require("every softmax changes", (change[shares[seen] > 1e-6] != 0).all())
            # The logarithm shows the change however small the neuron's own activation.
            change = (softmax().log_activate(moved) - softmax().log_activate(z))[seen]
            errors.require("the logarithm of every softmax changes", (change != 0).all())
    return Evaluated(
        f"each z_k + {NUDGE} in turn at {cases.z_in_words}",
        "the error is the largest change of the other sigmoids",
    )


def inverse(cases: TestCases, errors: Errors) -> Evaluated:
    """C8: z_j = ln a_j + C, with C the same for every j."""
    for z in (*cases.z, extremes()):
        log_a = softmax().log_activate(z)
        plain = activate(softmax(), z)
        near = np.ptp(z, axis=1) < STRICT_SPREAD  # no a_j is too small to be accurate
        for part, logs, rows in (
            ("log_activate", log_a, z),
            ("ln activate", np.log(plain[near]), z[near]),
        ):
            back = logs + (rows - logs).mean(axis=1, keepdims=True)
            size = np.maximum(1, np.abs(rows).max(axis=1, initial=0, keepdims=True))
            errors.compare(part, back, rows, scale=size)
    return Evaluated(f"{cases.z_in_words}; ties, z = ±700, ±10,000")


def scaled_softmax(cases: TestCases, errors: Errors) -> Evaluated:
    """C9: exp(c z_j) / Σ exp(c z_k) is a distribution, and 1/n on n tied maxima as c → ∞."""
    for z, labels in zip(cases.z, cases.labels, strict=True):
        largest = np.zeros(len(z))
        for c in SCALES:
            layer, a = softmax(c), activate(softmax(c), z)
            errors.compare("sum", a.sum(axis=1), np.ones(len(z)))
            errors.compare("exp(c z_j) / Σ exp(c z_k)", a, closed_forms.softmax(z, c))
            errors.require("ln a_j finite", np.isfinite(layer.log_activate(z)).all())
            errors.require("the largest grows", (a.max(axis=1) >= largest - 1e-12).all())
            largest = a.max(axis=1)
            error = closed_forms.softmax(z, c) - closed_forms.one_hot(labels, z.shape[1])
            errors.compare("∂C/∂z = c (a − ỹ)", delta(layer, z, labels), c * error, scale=c)
            slopes = differences.cost_slopes(layer.cost, z, labels, STEP / c)
            size, limit = c * differences.size(layer.cost(z, labels), c * z), ROUNDING / STEP
            errors.compare("differences of −ln a_y", slopes, c * error, size, limit)
    _tied_maxima(errors, np.random.default_rng([cases.seed, 9]))
    scales = ", ".join(f"{c:g}" for c in SCALES)
    return Evaluated(
        f"c = {scales} at {cases.z_in_words}; 1 to {CLASSES} tied maxima, c ≤ {LIMIT:,.0f}",
        "the slide's limit of 0 for the maximum is a misprint",
    )


def _tied_maxima(errors: Errors, rng: np.random.Generator) -> None:
    """Compare softmax(c z) with its limit 1/n on n tied maxima, 0.1 or more above the rest."""
    for tied in range(1, CLASSES + 1):
        z = rng.uniform(-3, 0.9, (20, CLASSES))
        z[:, :tied] = 1.0
        z = rng.permuted(z, axis=1)
        limit = np.where(z == 1.0, 1 / tied, 0.0)
        for c in (10.0, 100.0, 1000.0):
            distance = np.abs(activate(softmax(c), z) - limit).max()
            bound = CLASSES * np.exp(-0.1 * c) + 1e-12
            errors.require("converges as c grows", distance <= bound)
        errors.compare("limit 1/n", activate(softmax(LIMIT), z), limit)
