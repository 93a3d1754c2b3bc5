"""The result in figures: accuracy with its interval, cost and scores."""

from nntrain.show.blocks import Cell, Facts, Section, Text, Tiles
from nntrain.show.formatting import interval, network_in_words, number, percent, plural
from nntrain.workflows.evaluate import EvaluatedRun


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
    tiles = [
        (percent(of.accuracy.estimate), "accuracy"),
        (f"{errors:,}", f"errors among {of.n:,}"),
        (number(of.cost), "cost"),
        (
            f"{100 * width.ece:.2f} points",
            f"calibration error (ECE); perfect calibration gives {floor}",
        ),
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
    blocks = [Tiles(tiles, only="page"), *failed(run), Facts(facts)]
    return Section("result", "Result", blocks, note)
