"""``nntrain compare-costs``: output layers trained from the same start."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, options, settings_options
from nntrain.settings.compare import CompareSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.compare_costs.train import Diverged, Task, Trained
    from nntrain.experiments.executors.run import Outcome
    from nntrain.experiments.store import Store
    from nntrain.show.terminal.terminal import Terminal

SCHEMA = "nntrain/compare-costs/2"
NEURON_SCHEMA = "nntrain/neuron/1"


@click.command("compare-costs")
@settings_options.settings_file(CompareSettings)
@settings_options.settings_options(CompareSettings)
@click.option("--neuron", is_flag=True, help="Only the book's demonstration with one neuron.")
@options.experiment_options
@options.runs_dir_option
@options.network_options
@options.json_option
@options.svg_option
@options.quiet_option
@click.pass_context
def compare_costs(
    ctx: click.Context,
    /,
    settings_path: Path | None,
    neuron: bool,
    jobs: int,
    cluster: str | None,
    name: str | None,
    resume: bool,
    overwrite: bool,
    csv: Path | None,
    no_report: bool,
    runs_dir: Path,
    mirrors: tuple[str, ...],
    offline: bool,
    as_json: bool,
    svg: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Train three output layers from the same start.

    For each seed all begin with the same weights and see the same mini-batches, by default on
    the book's [784, 30, 10] network with the book's learning rates, in half a minute or so.
    Accuracies are on the validation set; the test set is read once at the end, with the weights
    that were best on validation. Results are kept under --runs-dir as they arrive.

    \b
    nntrain compare-costs
    nntrain compare-costs --seeds 1 --epochs 3 --learning-rate 0.5
    nntrain compare-costs --learning-rate sigmoid+quadratic=1.5 --learning-rate 0.5
    nntrain compare-costs --start saturated --epochs 3
    nntrain compare-costs --tune
    nntrain compare-costs --neuron
    """
    blas_threads.choose_from({"threads": values["threads"]})  # one, unless something else is asked
    from nntrain.cli.support import load_dataset, opened
    from nntrain.show.terminal.terminal import Terminal

    options.refuse_both(resume, overwrite)
    terminal = Terminal(quiet=quiet or as_json, picture=svg is not None)
    if neuron:
        _demonstrate_neuron(terminal, as_json)
    else:
        settings = settings_options.checked_as(CompareSettings, ctx, values)
        folder = Path(settings.data_dir).absolute()
        dataset = load_dataset(terminal, settings.dataset, folder, mirrors, offline)
        settings = replace(settings, dataset=dataset.lasting_name, data_dir=str(folder))
        with opened(
            "compare-costs",
            settings,
            _origin(settings, dataset),
            runs_dir,
            name,
            resume=resume,
            overwrite=overwrite,
        ) as store:
            _compare(terminal, settings, dataset, store, jobs, cluster, as_json, csv, no_report)
    if svg:
        terminal.save_picture(svg, "nntrain compare-costs")


def _demonstrate_neuron(terminal: "Terminal", as_json: bool) -> None:
    from dataclasses import asdict

    from nntrain.lecture.neuron import demonstrate
    from nntrain.show.sections.neuron import demonstration

    curves = demonstrate()
    if as_json:
        terminal.document(NEURON_SCHEMA, {"curves": [asdict(curve) for curve in curves]})
    else:
        terminal.result(demonstration(curves))


def _origin(settings: CompareSettings, dataset: "Dataset") -> dict[str, Any]:
    from nntrain.runs.provenance import collect

    examples = settings.train_size or len(dataset.train.images)
    one = settings.fit_settings(settings.outputs[0], settings.seed, 0.0)
    return collect(one, dataset, examples)


def _compare(
    terminal: "Terminal",
    settings: CompareSettings,
    dataset: "Dataset",
    store: "Store",
    jobs: int,
    cluster: str | None,
    as_json: bool,
    csv: Path | None,
    no_report: bool,
) -> None:
    from nntrain.cli import experiment_pages
    from nntrain.experiments.compare_costs.files import CompareCosts, document, epochs_csv
    from nntrain.experiments.compare_costs.result import compare
    from nntrain.experiments.compare_costs.train import Trained, tasks
    from nntrain.experiments.compare_costs.tuning import choose, tuning_tasks
    from nntrain.show.descriptions import compared
    from nntrain.show.sections import sections
    from nntrain.storage.atomic import write_asked

    rates, tuned = settings.rates(), None
    if settings.tune:
        tuned = choose(
            settings, _train(terminal, tuning_tasks(settings), dataset, store, jobs, cluster)
        )
        rates = {output: one.rate for output, one in tuned.items()}
    trainings = _train(terminal, tasks(settings, rates), dataset, store, jobs, cluster)
    result = compare(trainings, saturated=settings.start == "saturated")
    sound = [training for training in trainings if isinstance(training, Trained)]
    whole = {
        "schema": SCHEMA,
        "dataset": dataset.name,
        "dataset_title": dataset.title,
        "substituted_because": dataset.substituted_because,
        **document(result, sound, settings, tuned),
    }
    store.write_json("comparison.json", whole)
    store.write_text("comparison.csv", epochs_csv(sound))
    if csv is not None:
        write_asked(csv, epochs_csv(sound))
    if not as_json:
        examples = settings.train_size or len(dataset.train.images)
        about = compared(settings, dataset.title, examples, tuned)
        read = CompareCosts(settings, tuned, result)
        experiment = experiment_pages.described(store, read, about)
        terminal.result(*sections("compare_costs", experiment))
        terminal.message(f"\nSaved in {store.path}")
    page = experiment_pages.try_to_write(terminal, store, no_report)
    if as_json:
        terminal.document(SCHEMA, {**whole, **page})


def _train(
    terminal: "Terminal",
    todo: "dict[str, Task]",
    dataset: "Dataset",
    store: "Store",
    jobs: int,
    cluster: str | None,
) -> "list[Trained | Diverged]":
    """Do the trainings that are not on disk yet; return all in the order of ``todo``."""
    from nntrain.cli.support import run_all
    from nntrain.experiments.compare_costs.train import from_outcome, train
    from nntrain.experiments.sound import check_compared
    from nntrain.show.sections.compare_costs.result import training_line

    def describe(key: str, outcome: "Outcome") -> str:
        return training_line(from_outcome(outcome))

    check = partial(check_compared, len(dataset.test.labels))
    outcomes = run_all(terminal, store, train, todo, describe, check, jobs=jobs, cluster=cluster)
    return [from_outcome(outcome) for outcome in outcomes.values()]
