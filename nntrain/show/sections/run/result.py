"""The result in figures: accuracy with its interval, cost and scores."""

from nntrain.data.catalogue import CATALOGUE, DIGITS
from nntrain.show.blocks import Cell, Facts, Section, Table, Text, Tiles
from nntrain.show.formatting import interval, network_in_words, number, percent, plural
from nntrain.workflows.evaluate import EvaluatedRun


def noun(run: EvaluatedRun) -> str:
    """Return what a page calls an example: ``digit`` where it is known to be one."""
    known = run.dataset.synthetic or run.dataset.name in CATALOGUE
    return "digit" if known and run.dataset.classes == DIGITS else run.noun


def lead(run: EvaluatedRun) -> str:
    """Return accuracy, its interval and the number of errors in one line."""
    of = run.evaluation.accuracy
    noun = "training" if run.split == "train" else run.split
    return (
        f"{percent(of.estimate)} of {plural(of.n, f'{noun} {run.noun}')} correct "
        f"(95 % interval {100 * of.low:.2f}–{100 * of.high:.2f} %): "
        f"{plural(of.n - of.successes, 'error')}"
        + ("; it failed to learn" if run.failure in ("chance", "cost") else "")
    )


def headline(run: EvaluatedRun) -> tuple[str, str]:
    """Return the page's heading: the accuracy, and of what it is."""
    of = run.evaluation.accuracy
    part = "training" if run.split == "train" else run.split
    return percent(of.estimate), f"of {plural(of.n, f'{part} {noun(run)}')} correct"


def story(run: EvaluatedRun) -> str:
    """Return what the network is, how it was trained, and what to expect of it, in sentences."""
    *hidden, _ = run.network.sizes[1:]
    numbers = " and ".join(", ".join(map(str, hidden)).rsplit(", ", 1))
    neurons = f"{numbers} {run.network.hidden.name} neurons"
    layers = f"{'one hidden layer' if len(hidden) == 1 else f'{len(hidden)} hidden layers'} of"
    output = run.network.output.name.replace("+", " and ")
    of = run.evaluation.accuracy
    return (
        f"A network with {f'{layers} {neurons}' if hidden else 'no hidden layer'}, {output}: "
        f"{run.origin}. With other {noun(run)}s like these, expect {100 * of.low:.2f} to "
        f"{100 * of.high:.2f} % (95 % interval)."
    )


def failed(run: EvaluatedRun) -> list[Text]:
    """Return how the training failed and what to try; nothing if it learned."""
    of, history = run.evaluation, run.history
    rate = f"the learning rate was {run.settings.rate:g}"
    if run.failure == "chance":
        support = of.confusion.sum(axis=1)
        name, share = of.classes[int(support.argmax())], percent(int(support.max()) / of.n)
        text = f"The network failed to learn: always answering {name} would be {share} correct."
        if history:
            text += f" Try a smaller or larger learning rate; {rate}."
    elif run.failure == "cost":
        cost = number(history[-1]["train_cost"])
        text = (
            f"The network failed to learn: its training cost, {cost}, is above that of a constant "
            f"answer. Try a smaller learning rate; {rate}."
        )
    elif run.failure == "worse":
        first, last = number(history[0]["train_cost"]), number(history[-1]["train_cost"])
        text = (
            f"The training made the network worse: the training cost rose from {first} after the "
            f"first epoch to {last}. Try a smaller learning rate; {rate}."
        )
    else:
        return []
    return [Text(text, "warning")]


def result(run: EvaluatedRun) -> Section:
    """Return the figures, the first few large on the page."""
    of = run.evaluation
    normalised = " of the normalised activations" if of.scores.normalised else ""
    errors = of.n - of.accuracy.successes
    width = of.reliability_width
    floor = f"{100 * width.noise_floor.mean:.2f}, up to {100 * width.noise_floor.p95:.2f}"
    tiles = [(f"{errors:,}", "error" if errors == 1 else "errors")]
    second = of.hesitations.runner_up
    if second is not None:
        tiles.append((percent(second.estimate, 0), "of them had the true class second"))
    tiles += [
        (f"{100 * width.ece:.2f}", f"points calibration error; perfect calibration gives {floor}"),
        (number(of.cost), "cost"),
    ]
    facts: list[tuple[str, str | Cell]] = [
        ("network", network_in_words(run.network)),
        ("run", f"{run.name}, {run.origin}"),
        ("accuracy", Cell(interval(of.accuracy), "strong")),
        ("cost", f"{number(of.cost)}  ({run.network.output.name})"),
        ("log-likelihood", f"{number(of.scores.log_likelihood)}  mean{normalised}"),
        ("Brier score", f"{number(of.scores.brier)}{normalised}"),
    ]
    if run.decay_cost:
        added = f"λ/2n ΣW² = {number(run.decay_cost)}"
        facts.insert(4, ("with weight decay", f"{number(run.total_cost)}  ({added} added)"))
    note = f"on {run.examples}"
    rest = [(name, value) for name, value in facts if name not in ("accuracy", "run")]
    table = Table(("", ""), rest, (0, 1), summary="All figures", words=True, only="page")
    blocks = [
        Tiles(tiles, only="page"),
        *failed(run),
        Facts(facts, only="terminal"),
        table,
    ]
    return Section("result", "Result", blocks, note)
