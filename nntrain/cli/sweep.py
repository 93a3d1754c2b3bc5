"""``nntrain sweep``: a grid of settings, each trained with several seeds."""

from dataclasses import asdict, replace
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, options, settings_options
from nntrain.errors import DivergenceError
from nntrain.settings.fit import FitSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.executors.run import Outcome
    from nntrain.experiments.store import Store
    from nntrain.experiments.sweep.sweep import Point, Trained
    from nntrain.show.terminal.terminal import Terminal


@click.command()
@settings_options.settings_file(FitSettings)
@settings_options.settings_options(FitSettings)
@click.option(
    "--vary",
    multiple=True,
    metavar="SETTING=VALUE,…",
    help="Try these values of a setting; repeatable. Several layers stand in brackets: "
    "hidden=30,[100,30] is two values.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 1000),
    default=3,
    show_default=True,
    help="Trainings of each point, with this many seeds from --seed on, the same for all.",
)
@options.experiment_options
@options.runs_dir_option
@options.network_options
@options.json_option
@options.svg_option
@options.quiet_option
@click.pass_context
def sweep(
    ctx: click.Context,
    /,
    settings_path: Path | None,
    vary: tuple[str, ...],
    seeds: int,
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
    """Train a grid of settings and rank them.

    Every combination of the --vary values is trained with every seed, and ranked on mean
    validation accuracy; what is not varied is as in fit. The test set is read once, for the
    winner. Results are kept under --runs-dir as they arrive: after an interruption the same
    command with --resume does only what is missing.

    \b
    nntrain sweep --vary learning_rate=0.1,0.3,1 --vary hidden=30,100 --seeds 3
    nntrain sweep --vary hidden=0,100,[100,30] --epochs 5 --jobs 4 --name layers
    nntrain sweep --vary hidden=0,100,[100,30] --epochs 5 --name layers --resume
    nntrain sweep --vary momentum=0,0.9 --cluster tcp://scheduler:8786
    """
    blas_threads.choose_from({"threads": values["threads"]})  # one, unless something else is asked
    from nntrain.cli.support import load_dataset, opened
    from nntrain.experiments.sweep.sweep import check, grid, parse_vary, varied_words
    from nntrain.runs.provenance import collect
    from nntrain.show.terminal.terminal import Terminal

    options.refuse_both(resume, overwrite)
    base = settings_options.checked_as(FitSettings, ctx, values)
    grid(base, parse_vary(vary))  # before anything is downloaded
    terminal = Terminal(quiet=quiet or as_json, picture=svg is not None)
    folder = Path(base.data_dir).absolute()
    dataset = load_dataset(terminal, base.dataset, folder, mirrors, offline)
    base = replace(base, dataset=dataset.lasting_name, data_dir=str(folder))
    points = grid(base, parse_vary(vary))
    check(points, dataset)
    wanted = {**asdict(base), "vary": varied_words(points), "seeds": seeds}
    origin = collect(base, dataset, len(dataset.train.images))
    with opened(
        "sweep", wanted, origin, runs_dir, name, resume=resume, overwrite=overwrite
    ) as store:
        seed_list = range(base.seed, base.seed + seeds)
        trainings = _train(terminal, points, seed_list, dataset, store, jobs, cluster)
        _report(terminal, points, seed_list, trainings, store, dataset, csv, as_json, no_report)
    if svg:
        terminal.save_picture(svg, "nntrain sweep")


def _train(
    terminal: "Terminal",
    points: "list[Point]",
    seeds: range,
    dataset: "Dataset",
    store: "Store",
    jobs: int,
    cluster: str | None,
) -> "dict[str, Trained]":
    """Do the trainings that are not on disk yet; return all by key."""
    from nntrain.cli.support import run_all
    from nntrain.experiments.sound import check_swept
    from nntrain.experiments.sweep.sweep import tasks, train, trained
    from nntrain.show.sections.sweep.result import training_line

    def describe(key: str, outcome: "Outcome") -> str:
        return training_line(key, trained(outcome.document))

    check = partial(check_swept, prod(dataset.image_shape), len(dataset.classes))
    todo = tasks(points, seeds)
    outcomes = run_all(terminal, store, train, todo, describe, check, jobs=jobs, cluster=cluster)
    return {key: trained(outcome.document) for key, outcome in outcomes.items()}


def _report(
    terminal: "Terminal",
    points: "list[Point]",
    seeds: range,
    trainings: "dict[str, Trained]",
    store: "Store",
    dataset: "Dataset",
    csv: Path | None,
    as_json: bool,
    no_report: bool,
) -> None:
    """Rank, read the test set for the winner, write the files and show the tables."""
    from nntrain.cli import experiment_pages
    from nntrain.experiments.sweep.files import SCHEMA, document, read_sweep, trainings_csv
    from nntrain.experiments.sweep.sweep import key, rank, read_test_set
    from nntrain.settings.fit import to_toml
    from nntrain.show.descriptions import swept
    from nntrain.show.sections import sections
    from nntrain.storage.atomic import write_asked

    ranked, tested = rank(points, seeds, trainings), None
    winner = ranked[0]
    if winner.accuracy is not None:
        outcomes = [store.saved(key(winner.point, one.seed)) for one in winner.trainings]
        parameters = [outcome.arrays for outcome in outcomes if outcome.arrays]
        tested = read_test_set(winner, parameters, dataset)
        store.write_text("winner.toml", to_toml(winner.point.settings))
    whole = {"schema": SCHEMA, **document(ranked, tested, seeds, dataset)}
    store.write_json("sweep.json", whole)
    store.write_text("sweep.csv", trainings_csv(ranked))
    if csv is not None:
        write_asked(csv, trainings_csv(ranked))
    if not as_json:
        about = swept(points, seeds, dataset.title)
        experiment = experiment_pages.described(store, read_sweep(store), about)
        terminal.result(*sections("sweep", experiment))
        terminal.message(f"\nSaved in {store.path}")
    page = experiment_pages.try_to_write(terminal, store, no_report)
    if as_json:
        terminal.document(SCHEMA, {**whole, "experiment": str(store.path), **page})
    if tested is None:
        raise DivergenceError(f"Every training diverged: {winner.trainings[0].diverged}")
    terminal.message(f"Train the winner with: nntrain fit {store.path / 'winner.toml'}")
