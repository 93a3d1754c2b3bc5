"""``nntrain compare-costs``: output layers trained from the same start."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, settings_options
from nntrain.cli.experiments import ExperimentOptions, Session, experiment_options
from nntrain.cli.sections import Sectioned
from nntrain.settings.compare import CompareSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nntrain.data.dataset import Dataset
    from nntrain.experiments.compare_costs.train import Diverged, Task, Trained
    from nntrain.experiments.store import Store
    from nntrain.show.terminal.terminal import Terminal

NEURON_SCHEMA = "nntrain/neuron/1"


@click.command("compare-costs", cls=Sectioned)
@settings_options.settings_file(CompareSettings)
@settings_options.settings_options(CompareSettings)
@click.option("--neuron", is_flag=True, help="Show only the book's demonstration with one neuron.")
@experiment_options
@click.pass_context
def compare_costs(
    ctx: click.Context,
    /,
    settings_path: Path | None,
    neuron: bool,
    options: ExperimentOptions,
    **values: Any,
) -> None:
    """Train output layers from the same start.

    First from a saturated start, in which the output neurons are confident and wrong: how many
    updates does each output need to reach 50 %? Then from a random start, to the end. For each
    seed, all outputs start from the same weights and see the same mini-batches. The default is
    three outputs, the book's [784, 30, 10] network and the book's learning rates, and takes about
    half a minute. The book gives no rates for softmax, which uses those of the sigmoid.
    Accuracies are on the validation set; the test set is used once at the end, with the weights
    that were best on validation. Results are saved under --runs-dir as they arrive.

    \b
    nntrain compare-costs
    nntrain compare-costs --output all
    nntrain compare-costs --seeds 1 --epochs 3 --learning-rate 0.5
    nntrain compare-costs --learning-rate sigmoid+quadratic=1.5 --learning-rate 0.5
    nntrain compare-costs --start saturated --epochs 3
    nntrain compare-costs --tune --name tuned
    nntrain compare-costs --resume tuned
    nntrain compare-costs --neuron
    """
    blas_threads.choose_from({"threads": values["threads"]})  # one unless --threads is given
    from nntrain.runs.provenance import collect

    session = Session("compare-costs", options)
    if neuron:
        _demonstrate_neuron(session.terminal, options.as_json)
        if options.svg:
            session.terminal.save_picture(options.svg, "nntrain compare-costs")
        return
    asked = session.as_before(ctx, values)
    settings = settings_options.checked_as(CompareSettings, ctx, asked)
    settings, dataset = session.on_dataset(settings)
    examples = settings.train_size or len(dataset.train.images)
    one = settings.fit_settings(settings.outputs[0], settings.seed, 0.0)
    runs = len(settings.outputs) * settings.seeds * len(settings.starts)
    session.check_memory([one], runs, dataset)
    engine = session.choose_engine([one], runs, dataset)
    one, settings = replace(one, engine=engine), replace(settings, engine=engine)
    with session.store(settings, collect(one, dataset, examples)) as store:
        _compare(session, settings, dataset, store, examples)


def _demonstrate_neuron(terminal: "Terminal", as_json: bool) -> None:
    from dataclasses import asdict

    from nntrain.lecture.neuron import GOAL, demonstrate, demonstrate_same_rate
    from nntrain.show.sections.compare_costs.neuron import demonstration, moral

    curves, same_rate = demonstrate(), demonstrate_same_rate()
    if as_json:
        document = {
            "curves": [asdict(curve) for curve in curves],
            "same_rate": [
                {**asdict(curve), "epochs_to_goal": curve.epochs_to_goal()} for curve in same_rate
            ],
            "goal": GOAL,
            "moral": moral(same_rate),
        }
        terminal.document(NEURON_SCHEMA, document)
    else:
        terminal.result(demonstration(curves, same_rate))


def _compare(
    session: Session, settings: CompareSettings, dataset: "Dataset", store: "Store", examples: int
) -> None:
    from nntrain.experiments import progress
    from nntrain.experiments.compare_costs import files
    from nntrain.experiments.compare_costs.train import train
    from nntrain.show.sections.compare_costs.result import compared, training_line

    def trained(todo: "Mapping[str, Task]") -> "list[Trained | Diverged]":
        runs = files.training_runs(store, dataset, todo)
        amounts = progress.amounts({key: task.fit for key, task in todo.items()}, dataset)
        return list(
            session.train(runs, train, lambda _, one: training_line(one), amounts).values()
        )

    read, trainings = files.compare_costs(settings, trained)
    document, table = files.write(store, read, trainings, dataset)
    about = compared(settings, dataset.title, examples, read.tuned)
    session.show(store, document, table, read, about)
