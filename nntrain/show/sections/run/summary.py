"""The summary: what a terminal shows of a run by default, on one screen and a half."""

from nntrain.show.blocks import Beside, Block, Digits, Facts, Section, Text
from nntrain.show.formatting import network_in_words
from nntrain.show.sections.run.confidence import bin_table
from nntrain.show.sections.run.confusion import FIRST_DIGITS, most_confident_error, rankings
from nntrain.show.sections.run.hesitations import runner_up_in_words
from nntrain.show.sections.run.result import failed, lead
from nntrain.workflows.evaluate import EvaluatedRun

PAIRS = 5
"""Most confused pairs."""
CONFIDENCE = "Confidence and accuracy (bars have a logarithmic scale)"
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
    blocks += failed(run)
    blocks.append(bin_table(run, CONFIDENCE))
    if of.confused_pairs:
        first = of.confused_pairs[:FIRST_DIGITS]
        blocks += [
            Text(CAPTION if run.pictured else "Most confused pairs", "strong"),
            Beside(rankings(run, PAIRS)),
        ]
        if run.pictured:
            errors = [most_confident_error(run, pair) for pair in first]
            blocks.append(Digits(errors, first=FIRST_DIGITS))
        blocks.append(Text(runner_up_in_words(run)))
    return Section("summary", "", blocks)
