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
    from nntrain.show.terminal.evaluation import Subject, report

    network, settings = run.model(), run.settings()
    provenance = run.read_json("provenance.json") or {}
    training_examples = int(provenance.get("training_examples", 0)) or len(dataset.train.images)
    decay = evaluating.decay_cost(network, settings.weight_decay, training_examples)
    evaluation, outputs = evaluating.evaluate_network(network, dataset, split, decay)
    document = evaluating.document(evaluation, network, dataset, split)
    document["run"] = str(run.path)
    if save:
        run.write_json("evaluation.json", {"schema": evaluating.SCHEMA, **document})
    if predictions is not None:
        evaluating.write_predictions(predictions, dataset, split, outputs)
    if show:
        subject = Subject(
            network=f"{list(network.sizes)}, {network.hidden.name} hidden layers, run {run.name}",
            output=network.output.name,
            examples=f"the {evaluation.n:,} {split} examples of {dataset.title}",
            images=dataset.split(split).images,
        )
        terminal.result(*report(evaluation, subject, sections))
    return document
