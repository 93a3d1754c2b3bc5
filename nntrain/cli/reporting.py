"""What ``fit`` and ``evaluate`` share: a run's network, evaluated, shown and saved."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.runs import Run
    from nntrain.show.terminal.terminal import Terminal


def report_on(
    terminal: "Terminal",
    run: "Run",
    dataset: "Dataset",
    split: str,
    *,
    predictions: Path | None,
    sections: tuple[str, ...],
    show: bool,
    save: bool,
) -> dict[str, Any]:
    """Evaluate the run's best network on ``split``; return the evaluation as a document.

    ``show`` prints the report, ``save`` writes evaluation.json into the run.
    """
    from nntrain import evaluating
    from nntrain.show.terminal.evaluation import report
    from nntrain.show.terminal.subject import Subject
    from nntrain.show.terminal.words import network_in_words

    network, settings = run.model(), run.settings()
    provenance = run.read_json("provenance.json") or {}
    recorded = provenance.get("training_examples")
    training_examples = len(dataset.train.images)
    if type(recorded) is int and recorded > 0:
        training_examples = recorded
    decay = network.decay_cost(settings.weight_decay, training_examples)
    evaluation, log_outputs = evaluating.evaluate_network(network, dataset, split, decay)
    document = evaluating.document(evaluation, network, dataset, split)
    document["run"] = str(run.path)
    if save:
        run.write_json("evaluation.json", {"schema": evaluating.SCHEMA, **document})
    if predictions is not None:
        evaluating.write_predictions(predictions, dataset, split, log_outputs)
    if show:
        subject = Subject(
            network=network_in_words(network),
            run=f"{run.name}, {_origin(run, provenance, training_examples)}",
            output=network.output.name,
            examples=f"the {evaluation.n:,} {split} examples of {dataset.title}",
            images=dataset.split(split).images,
        )
        terminal.result(*report(evaluation, subject, sections))
    return document


def _origin(run: "Run", provenance: dict[str, Any], training_examples: int) -> str:
    """Say how the run came to its weights."""
    source = provenance.get("imported_from")
    if isinstance(source, str):
        return f"imported from {source}"
    return f"{_weights(run)}, trained on {training_examples:,} examples"


def _weights(run: "Run") -> str:
    """Say which epoch's weights these are, and whether training is over."""
    from nntrain.runs import summary

    row = summary(run)
    text = f"weights of epoch {row.get('best_epoch', '?')} of {row.get('epochs', '?')}"
    if row.get("epochs") != row.get("of_epochs"):
        text += f" ({row.get('of_epochs')} were asked for)"
    return text
