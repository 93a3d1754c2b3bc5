"""``nntrain evaluate``: the report on a run."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, index, options
from nntrain.cli.sections import Sectioned
from nntrain.cli.support import report_on, run_and_dataset
from nntrain.cli.values import complete_datasets
from nntrain.errors import NntrainError

if TYPE_CHECKING:
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun


@click.command(cls=Sectioned)
@options.run_argument
@click.option(
    "--dataset",
    shell_complete=complete_datasets,
    help="Evaluate on this dataset. [default: the run's own]",
)
@options.split_option("test")
@click.option(
    "--calibrate",
    is_flag=True,
    help="Fit the softmax's c on validation; show confidence before and after.",
)
@click.option(
    "--label-errors",
    is_flag=True,
    help="List suspected label errors of the training set; trains five networks.",
)
@options.runs_dir_option
@options.source_options
@options.report_options
@options.display_options
def evaluate(
    run_name: str | None,
    dataset: str | None,
    split: str,
    calibrate: bool,
    label_errors: bool,
    runs_dir: Path,
    source: options.Source,
    report: options.Report,
    display: options.Display,
) -> None:
    """Report on a trained network.

    Evaluates the best network of RUN (default: the newest run) on the run's own dataset, unless
    --dataset names another.

    \b
    nntrain evaluate
    nntrain evaluate book --split validation --section confidence
    nntrain evaluate --calibrate
    nntrain evaluate --label-errors
    nntrain evaluate --dataset fashion-mnist --predictions answers.csv
    """
    blas_threads.one_unless_set()
    from nntrain.workflows.evaluate import SEEN_IN_TRAINING, calibrated, evaluate_run
    from nntrain.workflows.evaluation_files import SCHEMA

    report.check()
    terminal = display.terminal()
    run, settings, data = run_and_dataset(terminal, runs_dir, run_name, source, dataset)
    if settings.train_on == "all" and dataset is None and (split == "validation" or calibrate):
        terminal.warning("SEEN IN TRAINING", SEEN_IN_TRAINING)
    evaluated = evaluate_run(run, settings, data, split)
    if calibrate:
        evaluated = calibrated(evaluated)
    if label_errors:
        evaluated = _with_label_errors(terminal, evaluated)
    document = report_on(terminal, run, evaluated, report, show=not display.as_json)
    index.refresh(terminal, runs_dir)
    if display.as_json:
        terminal.document(SCHEMA, document)
    display.save_picture(terminal, "nntrain evaluate")


def _with_label_errors(terminal: "Terminal", evaluated: "EvaluatedRun") -> "EvaluatedRun":
    """Train on five folds, saying how long first; return the run with the suspects."""
    from nntrain.show.formatting import duration, percent
    from nntrain.workflows import label_errors as looking

    settings, dataset = evaluated.settings, evaluated.dataset
    if not evaluated.history:
        raise NntrainError(
            f"--label-errors trains with a run's settings, and {evaluated.name} was imported: its "
            f"settings are not known. Use a run that was trained here."
        )
    n, own = len(looking.examples(settings, dataset).labels), evaluated.provenance
    seconds = sum(epoch["seconds"] for epoch in evaluated.history)
    seconds *= n / own.get("training_examples", n)
    # each of the five learns from four fifths
    terminal.message(
        f"Training {looking.FOLDS} networks with the settings of {evaluated.name}, each on "
        f"{looking.FOLDS - 1} fifths of the {n:,} training examples of {dataset.title}: about "
        f"{duration((looking.FOLDS - 1) * seconds)}."
    )
    folds = []
    for number, fold in enumerate(looking.answered_folds(settings, dataset), start=1):
        folds.append(fold)
        terminal.message(f"fold {number} of {looking.FOLDS}: {percent(fold.accuracy)} as labelled")
    found = looking.label_errors(settings, dataset, folds, evaluated.predictions.distribution)
    return replace(evaluated, label_errors=found)
