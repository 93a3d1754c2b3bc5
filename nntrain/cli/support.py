"""What ``fit`` and ``evaluate`` share: a run's network, evaluated, shown and saved."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from nntrain.errors import Interrupted

if TYPE_CHECKING:
    from nntrain.experiments.executors.run import Outcome
    from nntrain.experiments.store import Store
    from nntrain.show.terminal.terminal import Terminal

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.show.terminal.terminal import Terminal

from typing import TYPE_CHECKING

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
    from nntrain.analysis.predictions import predictions as predictions_of
    from nntrain.show.sections import sections as made_of
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
        evaluated = evaluate.EvaluatedRun(
            name=run.name,
            origin=origin(run, training_examples),
            network=network,
            dataset=dataset,
            split=split,
            predictions=predictions_of(
                dataset.split(split).labels,
                log_outputs,
                classes=dataset.classes,
                distribution=network.output.distribution,
            ),
            evaluation=evaluation,
            decay_cost=decay,
            history=run.history(),
            settings=run.settings(),
            provenance=run.provenance(),
        )
        terminal.result(*made_of("run", evaluated, sections))
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
    from nntrain.show.terminal.progress import DownloadProgress

    report = DownloadProgress(terminal)
    dataset = load(name, data_dir, offline=offline, mirrors=mirrors, report=report)
    if dataset.substituted_because:
        terminal.warning(
            "NOT MNIST",
            f"MNIST could not be had, so these are {dataset.title.lower()}. "
            f"Figures on them say nothing about MNIST.\n\n{dataset.substituted_because}",
        )
    return dataset


def opened(
    kind: str,
    settings: Any,
    origin: Mapping[str, Any],
    runs_dir: Path,
    name: str | None,
    *,
    resume: bool,
    overwrite: bool,
) -> "AbstractContextManager[Store]":
    """Return the experiment to work in, new or to be continued; others are kept out for the block.

    ``origin`` is what ``provenance.collect`` says of this process.
    """
    from nntrain.experiments.store import Store

    if resume:
        return Store.resume(runs_dir, name, kind, settings, origin)
    return Store.create(runs_dir, name, kind, settings, origin, overwrite=overwrite)


def run_all(
    terminal: "Terminal",
    store: "Store",
    work: "Callable[[Any], Outcome]",
    todo: Mapping[str, Any],
    describe: "Callable[[str, Outcome], str]",
    check: "Callable[[Any, Outcome], object]",
    *,
    jobs: int,
    cluster: str | None,
) -> "dict[str, Outcome]":
    """Do the tasks that are not in the store yet; return all outcomes in the order of ``todo``.

    A line for each that is done, by ``describe(key, outcome)``, with the time that the rest will
    take. What the store has and ``check(task, outcome)`` raises for is done again. Raises
    ``Interrupted``, which says how to go on, at Ctrl-C.
    """
    from nntrain.experiments.store import run_stored
    from nntrain.show.formatting import duration, plural
    from nntrain.show.terminal.progress import TrainingsProgress

    store.check = lambda key, outcome: check(todo[key], outcome)
    missing = set(store.missing(todo))
    terminal.message(f"{plural(len(todo), 'training')}, {len(missing)} to do, in {store.path}")
    for damage in store.damaged.values():
        terminal.message(damage)
    done: dict[str, Outcome] = {}
    begun, new = monotonic(), 0
    try:
        with TrainingsProgress(terminal, len(missing)) as progress:
            for key, outcome in run_stored(store, work, todo, jobs=jobs, cluster=cluster):
                done[key] = outcome
                if key not in missing:
                    continue
                new += 1
                left_s = (monotonic() - begun) / new * (len(missing) - new)
                left = f"  about {duration(left_s)} left" if new < len(missing) else ""
                number = f"{len(done):>{len(str(len(todo)))}}/{len(todo)}"
                progress.done(f"{number}  {describe(key, outcome)}{left}")
    except KeyboardInterrupt:
        raise Interrupted(
            f"Interrupted; {len(done)} of {len(todo)} trainings are saved. The same command with "
            f"--name {store.path.name} --resume does the rest."
        ) from None
    return {key: done[key] for key in todo}
