"""``nntrain evaluate``: the report on a run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, options

if TYPE_CHECKING:
    from nntrain.show.terminal.terminal import Terminal


@click.command()
@options.run_argument
@click.option("--dataset", help="Evaluate on this dataset. [default: the run's own]")
@options.split_option("test")
@click.option(
    "--calibrate",
    is_flag=True,
    help="Fit the softmax's c on validation; show confidence before and after.",
)
@options.runs_dir_option
@options.data_dir_option
@options.network_options
@options.predictions_option
@options.section_option
@options.page_option
@options.json_option
@options.svg_option
@options.quiet_option
def evaluate(
    run_name: str | None,
    dataset: str | None,
    split: str,
    calibrate: bool,
    runs_dir: Path,
    data_dir: Path | None,
    mirrors: tuple[str, ...],
    offline: bool,
    predictions: Path | None,
    sections: tuple[str, ...],
    no_report: bool,
    as_json: bool,
    svg: Path | None,
    quiet: bool,
) -> None:
    """Report on a trained network.

    Without RUN it is the best network of the newest run. A run is evaluated on its own dataset
    unless --dataset names another; the report says which.

    \b
    nntrain evaluate
    nntrain evaluate book --split validation --section confidence
    nntrain evaluate --calibrate
    nntrain evaluate --dataset fashion-mnist --predictions answers.csv
    """
    blas_threads.one_unless_set()
    from nntrain.cli.support import load_dataset, report_on
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import calibrated, evaluate_run
    from nntrain.workflows.evaluation_files import SCHEMA

    options.checked_sections(sections)
    terminal = Terminal(quiet=quiet or as_json, picture=svg is not None)
    run = options.find_run(terminal, runs_dir, run_name)
    settings = run.settings()
    if settings.train_on == "all" and dataset is None and (split == "validation" or calibrate):
        _warn_that_it_was_trained_on_them(terminal)
    folder = data_dir or Path(settings.data_dir)
    data = load_dataset(terminal, dataset or settings.dataset, folder, mirrors, offline)
    evaluated = evaluate_run(run, settings, data, split)
    if calibrate:
        evaluated = calibrated(evaluated)
    document = report_on(
        *(terminal, run, evaluated, sections),
        predictions=predictions,
        show=not as_json,
        page=not no_report,
    )
    if as_json:
        terminal.document(SCHEMA, document)
    if svg:
        terminal.save_picture(svg, "nntrain evaluate")


def _warn_that_it_was_trained_on_them(terminal: "Terminal") -> None:
    terminal.warning(
        "NOT NEW TO IT",
        "The run was trained on the validation images too (train_on = all): its accuracy on "
        "them says nothing about images that it has not seen.",
    )
