"""``nntrain compare-costs``: output layers trained from the same start."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import options, threads
from nntrain.settings import CompareSettings, make

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.compare_costs import Trained
    from nntrain.show.terminal.terminal import Terminal


@click.command("compare-costs")
@options.settings_file(CompareSettings)
@options.settings_options(CompareSettings)
@options.network_options
@options.json_option
@options.svg_option
@options.quiet_option
def compare_costs(
    mirrors: tuple[str, ...],
    offline: bool,
    as_json: bool,
    svg: Path | None,
    quiet: bool,
    **values: Any,
) -> None:
    """Train three output layers from the same start.

    They begin with the same weights and see the same mini-batches, by default on the book's
    [784, 30, 10] network with the book's learning rates, in about a minute. Accuracies are on
    the validation set; the test set is read once at the end, with the weights that were best
    on validation.

    \b
    nntrain compare-costs
    nntrain compare-costs --seeds 1 --epochs 3 --learning-rate 0.5
    nntrain compare-costs --output sigmoid+quadratic --output sigmoid+cross-entropy \\
        --learning-rate sigmoid+quadratic=3 --learning-rate sigmoid+cross-entropy=0.3
    """
    threads.choose_from(values)
    from nntrain.cli.loading import load_dataset
    from nntrain.experiments.compare_costs import SCHEMA, summarise, to_json
    from nntrain.show.terminal.comparison import comparison
    from nntrain.show.terminal.terminal import Terminal

    settings = make(CompareSettings, values)
    terminal = Terminal(quiet=quiet or as_json, picture=svg is not None)
    dataset = load_dataset(terminal, settings.dataset, Path(settings.data_dir), mirrors, offline)
    trainings = _train_all(terminal, settings, dataset)
    if as_json:
        terminal.document(SCHEMA, to_json(settings, dataset, trainings))
    else:
        terminal.result(comparison(summarise(trainings), settings, dataset.title))
    if svg:
        terminal.save_picture(svg, "nntrain compare-costs")


def _train_all(
    terminal: "Terminal", settings: CompareSettings, dataset: "Dataset"
) -> "list[Trained]":
    from nntrain.experiments.compare_costs import Trained, train_all
    from nntrain.show.terminal.comparison import ComparisonProgress

    trainings = []
    with ComparisonProgress(terminal, settings) as progress:
        for event in train_all(settings, dataset):
            if isinstance(event, Trained):
                trainings.append(event)
                progress.trained(event)
            else:
                progress.epoch(*event)
    return trainings
