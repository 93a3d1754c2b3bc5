"""``nntrain evaluate``: the report on a run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, options
from nntrain.cli import options as run_names

if TYPE_CHECKING:
    from nntrain.show.terminal.terminal import Terminal


@click.command()
@run_names.argument
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

    It is the best one of the newest run, unless RUN names another. A run is evaluated on its
    own dataset unless --dataset names another; the report says which.

    \b
    nntrain evaluate
    nntrain evaluate book --split validation --section confidence
    nntrain evaluate --calibrate
    nntrain evaluate --dataset fashion-mnist --predictions answers.csv
    """
    blas_threads.one_unless_set()
    from nntrain.cli.support import load_dataset, report_on
    from nntrain.show.sections.calibration import calibration as calibration_section
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows import evaluate as evaluating

    options.checked_sections(sections)
    terminal = Terminal(quiet=quiet or as_json, picture=svg is not None)
    run = run_names.find(terminal, runs_dir, run_name)
    settings = run.settings()
    if settings.train_on == "all" and dataset is None and (split == "validation" or calibrate):
        _warn_that_it_knows_them(terminal)
    folder = data_dir or Path(settings.data_dir)
    data = load_dataset(terminal, dataset or settings.dataset, folder, mirrors, offline)
    calibration = evaluating.calibrate(run.model(), data, split) if calibrate else None
    document = report_on(
        terminal,
        run,
        data,
        split,
        predictions=predictions,
        sections=sections,
        show=not as_json,
        save=False,
        page=not no_report,
    )
    if calibration is not None:
        document["calibration"] = evaluating.calibration_document(calibration)
        if not as_json:
            terminal.result(calibration_section(calibration, split))
    if as_json:
        terminal.document(evaluating.SCHEMA, document)
    if svg:
        terminal.save_picture(svg, "nntrain evaluate")


def _warn_that_it_knows_them(terminal: "Terminal") -> None:
    terminal.warning(
        "NOT NEW TO IT",
        "The run was trained on the validation images too (train_on = all): what it does "
        "with them says nothing about images that it has not seen.",
    )
