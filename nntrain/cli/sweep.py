"""``nntrain sweep``: a grid of settings, each trained with several seeds."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, settings_options
from nntrain.cli.experiments import (
    ExperimentOptions,
    Session,
    checked_seeds,
    experiment_options,
    seeds_option,
)
from nntrain.cli.sections import Sectioned
from nntrain.errors import DivergenceError, SettingsError
from nntrain.settings.fields import Spec, checked
from nntrain.settings.fit import FitSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.store import Store
    from nntrain.experiments.sweep.train import Point

NOTHING_TO_SWEEP = (
    "Nothing to sweep: expected --vary, as in nntrain sweep --vary hidden=30,100. To train the "
    "same settings with several seeds, give --seeds."
)


@click.command(cls=Sectioned, epilog=settings_options.the_presets())
@settings_options.settings_file(FitSettings)
@settings_options.settings_options(FitSettings)
@click.option(
    "--vary",
    multiple=True,
    metavar="SETTING=VALUE,…",
    help="Try these values of a setting; repeatable. Put several layers in brackets: "
    "hidden=30,[100,30] is two values.",
)
@seeds_option("Train each combination this many times, with seeds from --seed on.")
@experiment_options
@click.pass_context
def sweep(
    ctx: click.Context,
    /,
    settings_path: Path | None,
    vary: tuple[str, ...],
    seeds: int,
    options: ExperimentOptions,
    **values: Any,
) -> None:
    """Train a grid of settings and rank them.

    Trains every combination of the --vary values with every seed and ranks them by mean
    validation accuracy. Other settings are as in fit. The test set is used once, for the
    winner. Results are saved under --runs-dir as they arrive: after an interruption, --resume
    with the experiment's name trains only what is missing.

    \b
    nntrain sweep --vary learning_rate=0.1,0.3,1 --vary hidden=30,100 --seeds 3
    nntrain sweep --vary hidden=0,100,[100,30] --epochs 5 --jobs 4 --name layers
    nntrain sweep --resume layers
    nntrain sweep --vary momentum=0,0.9 --cluster tcp://scheduler:8786
    """
    blas_threads.choose_from({"threads": values["threads"]})  # one unless --threads is given
    from nntrain.experiments.sweep.result import described
    from nntrain.experiments.sweep.train import check, grid, parse_vary
    from nntrain.runs.provenance import collect

    session = Session("sweep", options)
    asked = session.as_before(ctx, {**values, "vary": vary, "seeds": seeds})
    varied = parse_vary(checked("vary", asked.pop("vary"), Spec("", list)))
    seeds = checked_seeds(asked.pop("seeds"))
    base = settings_options.checked_as(FitSettings, ctx, asked)
    if options.resume is None and not varied and not settings_options.given(ctx, "seeds"):
        raise SettingsError(NOTHING_TO_SWEEP)
    grid(base, varied)  # before anything is downloaded
    base, dataset = session.on_dataset(base)
    points = grid(base, varied)
    check(points, dataset)
    every = [point.settings for point in points]
    session.check_memory(every, len(points) * seeds, dataset)
    base = replace(base, engine=session.choose_engine(every, seeds, dataset))
    points = grid(base, varied)
    origin = collect(base, dataset, len(dataset.train.images))
    with session.store(described(base, points, seeds), origin) as store:
        _sweep(session, points, range(base.seed, base.seed + seeds), dataset, store)


def _sweep(
    session: Session, points: "list[Point]", seeds: range, dataset: "Dataset", store: "Store"
) -> None:
    from nntrain.experiments import progress
    from nntrain.experiments.sweep import result
    from nntrain.experiments.sweep.train import train
    from nntrain.show.sections.sweep import swept as words
    from nntrain.show.sections.sweep import training_line

    runs = result.training_runs(store, points, seeds, dataset)
    amounts = progress.amounts(runs.tasks, dataset)
    read = session.train(runs, train, lambda key, read: training_line(key, read[0]), amounts)
    swept = result.ranked_and_tested(store, points, seeds, read, dataset)
    document, table = result.write(store, swept, dataset)
    session.show(store, document, table, swept, words(points, seeds, dataset.title))
    if swept.tested is None:
        raise DivergenceError(
            f"Every training run diverged: {swept.ranked[0].trainings[0].diverged}"
        )
    session.terminal.message(f"Train the winner with: nntrain fit {store.path / 'winner.toml'}")
