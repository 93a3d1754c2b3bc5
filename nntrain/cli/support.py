"""What ``fit`` and ``evaluate`` share: a run's network, evaluated, shown and saved."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.cli import pages

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.nn.network import Network
    from nntrain.runs.run import Run
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
    page: bool = False,
) -> dict[str, Any]:
    """Evaluate the run's best network on ``split``; return the evaluation as a document.

    ``show`` prints the report, ``save`` writes evaluation.json into the run, and
    ``page`` the report page where its extra is installed.
    """
    from nntrain.show.formatting import network_in_words
    from nntrain.show.terminal.evaluation import report
    from nntrain.show.terminal.subject import Subject
    from nntrain.workflows import evaluate

    network = run.model()
    training_examples, decay = decay_cost(run, network, dataset)
    evaluation, log_outputs = evaluate.evaluate_network(network, dataset, split, decay)
    document = evaluate.document(evaluation, network, dataset, split)
    document["run"] = str(run.path)
    if save:
        run.write_json("evaluation.json", {"schema": evaluate.SCHEMA, **document})
    if predictions is not None:
        evaluate.write_predictions(predictions, dataset, split, log_outputs)
    if show:
        noun = "training" if split == "train" else split
        subject = Subject(
            network=network_in_words(network),
            run=f"{run.name}, {origin(run, training_examples)}",
            output=network.output.name,
            examples=f"the {evaluation.n:,} {noun} examples of {dataset.title}",
            images=dataset.split(split).images,
            history=run.history(),
            decay_cost=decay,
        )
        terminal.result(*report(evaluation, subject, sections))
    if page:
        about = (run, dataset, split, evaluation, log_outputs, origin(run, training_examples))
        path = pages.try_to_write(terminal, *about)
        if path is not None:
            document["page"] = str(path)
            terminal.message(f"\nThe report as a page: {path}")
    return document


def decay_cost(run: "Run", network: "Network", dataset: "Dataset") -> tuple[int, float]:
    """Return how many examples the run was trained on, and its λ/2n Σ W²."""
    recorded = run.provenance().get("training_examples")
    examples = len(dataset.train.images)
    if type(recorded) is int and recorded > 0:
        examples = recorded
    return examples, network.decay_cost(run.settings().weight_decay, examples)


def origin(run: "Run", training_examples: int) -> str:
    """Say how the run came to its weights."""
    from nntrain.show.formatting import plural

    source = run.provenance().get("imported_from")
    if isinstance(source, str):
        return f"imported from {source}"
    return f"{_weights(run)}, trained on {plural(training_examples, 'example')}"


def _weights(run: "Run") -> str:
    """Say which epoch's weights these are, and whether training is over."""
    from nntrain.runs.run import summary

    row = summary(run)
    text = f"weights of epoch {row.get('best_epoch', '?')} of {row.get('epochs', '?')}"
    if row.get("epochs") != row.get("of_epochs"):
        text += f" ({row.get('of_epochs')} were asked for)"
    return text


def load_dataset(
    terminal: "Terminal", name: str, data_dir: Path, mirrors: Sequence[str], offline: bool
) -> "Dataset":
    """Return the dataset; say loudly when it stands in for another."""
    from nntrain.data.dataset import load
    from nntrain.show.terminal.download import DownloadProgress

    report = DownloadProgress(terminal)
    dataset = load(name, data_dir, offline=offline, mirrors=mirrors, report=report)
    if dataset.substituted_because:
        terminal.warning(
            "NOT MNIST",
            f"MNIST could not be had, so these are {dataset.title.lower()}. "
            f"Figures on them say nothing about MNIST.\n\n{dataset.substituted_because}",
        )
    return dataset
