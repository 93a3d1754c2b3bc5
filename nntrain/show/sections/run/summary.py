"""The summary: what a terminal shows of a run by default, on one screen and a half."""

from nntrain.analysis.learning import above_chance, cost_rose
from nntrain.show.blocks import Beside, Block, Digits, Facts, Section, Text
from nntrain.show.formatting import network_in_words, number, percent
from nntrain.show.sections.run.confidence import bin_table
from nntrain.show.sections.run.confusion import FIRST_DIGITS, most_confident_error, rankings
from nntrain.show.sections.run.hesitations import runner_up_in_words
from nntrain.show.sections.run.result import lead
from nntrain.workflows.evaluate import EvaluatedRun

PAIRS = 5
"""Most confused pairs."""
CAPTION = "Most confused pairs, and the most confident error of the first three"


def setup(run: EvaluatedRun) -> Section:
    """Return the run's name and its essential settings."""
    rows = [
        ("run", f"{run.name}, {run.origin}"),
        ("dataset", run.dataset.title),
        ("network", network_in_words(run.network)),
        ("output", run.network.output.name),
    ]
    return Section("setup", "", [Facts(rows, only="terminal")])


def summary(run: EvaluatedRun) -> Section:
    """Return accuracy, confidence, the most confused pairs, and a sentence on hesitations."""
    of = run.evaluation
    blocks: list[Block] = [Text(f"\n{lead(run)}", "strong")]
    failure = failed_to_learn(run)
    if failure:
        blocks.append(Text(failure, "warning"))
    blocks.append(bin_table(run, "Confidence and accuracy"))
    if of.confused_pairs:
        first = of.confused_pairs[:FIRST_DIGITS]
        blocks += [
            Text(CAPTION, "strong"),
            Beside(rankings(run, PAIRS)),
            Digits([most_confident_error(run, pair) for pair in first], first=FIRST_DIGITS),
        ]
        blocks.append(Text(runner_up_in_words(run)))
    return Section("summary", "", blocks)


def failed_to_learn(run: EvaluatedRun) -> str | None:
    """Return why the training failed, and what to try; None if the network learned."""
    of, history = run.evaluation, run.history
    commonest = int(of.confusion.sum(axis=1).argmax())
    support = int(of.confusion[commonest].sum())
    if cost_rose(history):
        first, last = history[0]["train_cost"], history[-1]["train_cost"]
        why = f"its training cost rose from {number(first)} to {number(last)}"
        advice = "a smaller learning rate"
    elif not above_chance(of.accuracy.successes, of.n, support):
        name, share = of.classes[commonest], percent(support / of.n)
        why = f"always answering {name} would be correct for {share}"
        advice = "another learning rate, or more epochs"
    else:
        return None
    rate = run.settings.rate
    return (
        f"The network failed to learn: {why}. Try {advice}; the learning rate was {rate:g}."
        if history
        else f"The network is no better than chance: {why}."
    )
