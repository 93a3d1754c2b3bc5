"""``nntrain reproduce``: presets trained again, held against what is published of them."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from nntrain.cli import blas_threads, options
from nntrain.data.catalogue import DEFAULT_DIR
from nntrain.settings import presets as known_presets
from nntrain.settings.fit import to_toml

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.executors.run import Outcome
    from nntrain.experiments.reproduce.reproduce import Judged
    from nntrain.experiments.store import Store
    from nntrain.show.terminal.terminal import Terminal

SCHEMA = "nntrain/reproduce/1"
LIST_SCHEMA = "nntrain/presets/1"
PUBLISHED_ON = "mnist"


def _complete(ctx: click.Context, param: click.Parameter, start: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in known_presets.names() if name.startswith(start)]


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=_complete)
@click.option("--list", "only_list", is_flag=True, help="Show the presets, and train nothing.")
@click.option(
    "--seeds",
    type=click.IntRange(1, 1000),
    default=3,
    show_default=True,
    help="Trainings of each preset, with this many seeds from 0 on.",
)
@click.option(
    "--dataset", default=PUBLISHED_ON, show_default=True, help="Train on this one instead."
)
@options.data_dir_option
@options.experiment_options
@options.runs_dir_option
@options.network_options
@options.json_option
@options.svg_option
@options.quiet_option
def reproduce(
    names: tuple[str, ...],
    only_list: bool,
    seeds: int,
    dataset: str,
    data_dir: Path | None,
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
) -> None:
    """Train presets and compare them with what is published.

    Each NAME is a file of configs/ without its ending; without one it is all of them, which
    takes hours. For every preset there are the published accuracy, ours as mean ± sd over the
    seeds with an interval, and a verdict. Weights are chosen on validation; where a published
    figure is of the best epoch on the test set, both are shown. Results are kept as they arrive:
    the same command with --resume does only what is missing.

    \b
    nntrain reproduce --list
    nntrain reproduce one-second quick
    nntrain reproduce book-quadratic book-entropy --seeds 5 --name book
    nntrain reproduce book-quadratic book-entropy --seeds 5 --name book --resume
    """
    blas_threads.one_unless_set()
    from nntrain.cli.support import load_dataset, opened
    from nntrain.runs.provenance import collect
    from nntrain.show.sections import listings
    from nntrain.show.terminal.terminal import Terminal

    options.refuse_both(resume, overwrite)
    terminal = Terminal(quiet=quiet or as_json, picture=svg is not None)
    presets = [known_presets.load(one) for one in dict.fromkeys(names or known_presets.names())]
    if only_list:
        if as_json:
            listed = [_preset_document(one) for one in presets]
            terminal.document(LIST_SCHEMA, {"presets": listed})
        else:
            terminal.result(listings.presets(presets))
        return
    folder = (data_dir or DEFAULT_DIR).absolute()
    data = load_dataset(terminal, dataset, folder, mirrors, offline)
    wanted = {
        "presets": [f"{one.name}: {' '.join(to_toml(one.settings).split())}" for one in presets],
        "dataset": data.lasting_name,
        "seeds": seeds,
    }
    origin = collect(presets[0].settings, data, len(data.train.images))
    with opened(
        "reproduce", wanted, origin, runs_dir, name, resume=resume, overwrite=overwrite
    ) as store:
        judged = _judged(terminal, presets, seeds, data, folder, store, jobs, cluster)
        _report(terminal, judged, data, store, csv, as_json, no_report)
    if svg:
        terminal.save_picture(svg, "nntrain reproduce")


def _preset_document(preset: known_presets.Preset) -> dict[str, Any]:
    return {
        "name": preset.name,
        "expected": asdict(preset.expected),
        "settings": asdict(preset.settings),
    }


def _judged(
    terminal: "Terminal",
    presets: list[known_presets.Preset],
    seeds: int,
    data: "Dataset",
    folder: Path,
    store: "Store",
    jobs: int,
    cluster: str | None,
) -> "list[Judged]":
    """Do the trainings that are not on disk yet; return every preset with its verdict."""
    from nntrain.cli.support import run_all
    from nntrain.experiments.reproduce import reproduce as work
    from nntrain.show.sections.reproduce.result import training_line

    def describe(key: str, outcome: "Outcome") -> str:
        return training_line(key, work.reproduced(outcome.document))

    todo = work.tasks(presets, range(seeds), data.lasting_name, str(folder))
    outcomes = run_all(
        terminal, store, work.train, todo, describe, work.check, jobs=jobs, cluster=cluster
    )
    judged = []
    for preset in presets:
        own = [outcomes[work.key(preset.name, seed)] for seed in range(seeds)]
        part = data.test if "test" in preset.expected.figure else data.validation
        trainings = [work.reproduced(outcome.document) for outcome in own]
        published = data.name == PUBLISHED_ON
        judged.append(work.judge(preset, trainings, len(part.labels), published))
    return judged


def _report(
    terminal: "Terminal",
    judged: "list[Judged]",
    data: "Dataset",
    store: "Store",
    csv: Path | None,
    as_json: bool,
    no_report: bool,
) -> None:
    from nntrain.cli import experiment_pages
    from nntrain.experiments.reproduce.files import read_reproduction
    from nntrain.show.sections import sections
    from nntrain.storage.atomic import write_asked

    document: dict[str, Any] = {
        "schema": SCHEMA,
        "dataset": data.name,
        "substituted_because": data.substituted_because,
        "presets": [
            _preset_document(one.preset)
            | {name: value for name, value in asdict(one).items() if name != "preset"}
            for one in judged
        ],
    }
    store.write_json("reproduce.json", document)
    if csv is not None:
        lines = ["preset,seed,test,validation,seconds"]
        lines += [
            f"{one.preset.name},{t.seed},{t.test},{t.validation},{t.seconds}"
            for one in judged
            for t in one.trainings
        ]
        write_asked(csv, "\n".join(lines) + "\n")
    if not as_json:
        experiment = experiment_pages.described(store, read_reproduction(store), {})
        terminal.result(*sections("reproduce", experiment))
    terminal.message(f"\nSaved in {store.path}")
    page = experiment_pages.try_to_write(terminal, store, no_report)
    if as_json:
        terminal.document(SCHEMA, {**document, "experiment": str(store.path), **page})
