"""``nntrain reproduce``: train presets and compare them with published results."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads
from nntrain.cli.experiments import (
    ExperimentOptions,
    Session,
    checked_seeds,
    experiment_options,
    seeds_option,
)
from nntrain.cli.options import data_dir_option
from nntrain.cli.sections import Sectioned
from nntrain.cli.values import complete_datasets, complete_presets
from nntrain.data.catalogue import DEFAULT_DIR
from nntrain.settings import presets as known_presets
from nntrain.settings.fields import Spec, checked

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.store import Store
    from nntrain.settings.presets import Preset
    from nntrain.show.terminal.terminal import Terminal

LIST_SCHEMA = "nntrain/presets/1"


@click.command(cls=Sectioned)
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_presets)
@click.option("--list", "only_list", is_flag=True, help="List the presets; do not train.")
@seeds_option("Train each preset this many times, with seeds from 0 on.")
@click.option(
    "--dataset",
    default="mnist",
    show_default=True,
    shell_complete=complete_datasets,
    help="The dataset to train on.",
)
@data_dir_option
@experiment_options
@click.pass_context
def reproduce(
    ctx: click.Context,
    /,
    names: tuple[str, ...],
    only_list: bool,
    seeds: int,
    dataset: str,
    data_dir: Path | None,
    options: ExperimentOptions,
) -> None:
    """Train presets and compare them with published results.

    NAME is a file of configs/ without its extension; the default is all of them, which takes
    hours. The report gives for each preset the published accuracy, ours as mean ± sd over the
    seeds with an interval, and a verdict. Weights are chosen on validation; if the published
    figure is of the best epoch on the test set, both are shown. Results are saved as they arrive:
    after an interruption, --resume with the experiment's name trains only what is missing.

    \b
    nntrain reproduce --list
    nntrain reproduce one-second quick
    nntrain reproduce book-quadratic book-entropy --seeds 5 --name book
    nntrain reproduce --resume book
    """
    blas_threads.one_unless_set()
    from nntrain.experiments.reproduce.result import described
    from nntrain.runs.provenance import collect

    session = Session("reproduce", options)
    typed = {"presets": (), "dataset": dataset, "seeds": seeds, "data_dir": data_dir}
    before = session.as_before(ctx, typed)
    trained = checked("presets", before["presets"], Spec("", list))
    names = names or tuple(one.partition(":")[0] for one in trained)
    dataset, seeds = str(before["dataset"]), checked_seeds(before["seeds"])
    presets = [known_presets.load(one) for one in dict.fromkeys(names or known_presets.names())]
    if only_list:
        _list(session.terminal, presets, options.as_json)
        return
    folder = Path(before["data_dir"] or DEFAULT_DIR).absolute()
    data = session.dataset(dataset, folder)
    every = [preset.settings for preset in presets]
    session.check_memory(every, len(presets) * seeds, data)
    engine = session.choose_engine(every, seeds, data)
    presets = [replace(one, settings=replace(one.settings, engine=engine)) for one in presets]
    origin = collect(presets[0].settings, data, len(data.train.images))
    with session.store(described(presets, seeds, data, str(folder)), origin) as store:
        _reproduce(session, presets, seeds, data, folder, store)


def _list(terminal: "Terminal", presets: "list[Preset]", as_json: bool) -> None:
    from nntrain.experiments.reproduce.result import preset_document
    from nntrain.show.sections import listings

    if as_json:
        terminal.document(LIST_SCHEMA, {"presets": [preset_document(one) for one in presets]})
    else:
        terminal.result(listings.presets(presets))


def _reproduce(
    session: Session,
    presets: "list[Preset]",
    seeds: int,
    data: "Dataset",
    folder: Path,
    store: "Store",
) -> None:
    from nntrain.experiments import progress
    from nntrain.experiments.reproduce import result
    from nntrain.experiments.reproduce.train import train
    from nntrain.show.sections.reproduce import training_line

    runs = result.training_runs(store, presets, seeds, data, str(folder))
    amounts = progress.amounts(runs.tasks, data)
    read = session.train(runs, train, lambda key, read: training_line(key, read[0]), amounts)
    reproduction = result.reproduction(presets, seeds, read, data)
    document, table = result.write(store, reproduction.judged, data)
    session.show(store, document, table, reproduction, {})
