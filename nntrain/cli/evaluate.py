"""``nntrain evaluate``: the report on a run."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, options
from nntrain.cli.sections import Sectioned
from nntrain.cli.support import report_on, run_and_dataset
from nntrain.cli.values import complete_datasets


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
@options.runs_dir_option
@options.source_options
@options.report_options
@options.display_options
def evaluate(
    run_name: str | None,
    dataset: str | None,
    split: str,
    calibrate: bool,
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
    document = report_on(terminal, run, evaluated, report, show=not display.as_json)
    if display.as_json:
        terminal.document(SCHEMA, document)
    display.save_picture(terminal, "nntrain evaluate")
