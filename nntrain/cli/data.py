"""``nntrain data``: the datasets, fetched, checked and looked at."""

from pathlib import Path

import click

from nntrain.cli import options, threads
from nntrain.errors import DatasetError

LIST_SCHEMA = "nntrain/data-list/1"
VERIFY_SCHEMA = "nntrain/data-verify/1"
DEFAULT_DIR = Path("data")


@click.group()
def data() -> None:
    """List, download, verify and show the datasets.

    \b
    nntrain data list
    nntrain data download fashion-mnist
    nntrain data verify mnist
    nntrain data show mnist --count 6
    """


@data.command("list")
@options.data_dir_option
@options.json_option
def list_(data_dir: Path | None, as_json: bool) -> None:
    """List the datasets known by name and whether they are in the cache.

    \b
    nntrain data list
    """
    threads.one_unless_set()
    from nntrain.data.browse import overview
    from nntrain.show.terminal.listings import datasets_table
    from nntrain.show.terminal.terminal import Terminal

    folder = data_dir or DEFAULT_DIR
    rows = overview(folder)
    if as_json:
        Terminal().document(LIST_SCHEMA, {"data_dir": str(folder), "datasets": rows})
    else:
        Terminal().result(datasets_table(rows))


@data.command()
@click.argument("name")
@options.data_dir_option
@options.network_options
@options.quiet_option
def download(
    name: str, data_dir: Path | None, mirrors: tuple[str, ...], offline: bool, quiet: bool
) -> None:
    """Download the dataset NAME, or make its cache right where a file is damaged.

    \b
    nntrain data download mnist
    nntrain data download fashion-mnist --mirror http://localhost:8000/{dataset}/
    """
    threads.one_unless_set()
    from nntrain.data import upkeep
    from nntrain.show.terminal.download import DownloadProgress
    from nntrain.show.terminal.terminal import Terminal

    if offline:
        raise DatasetError(
            "--offline forbids a download. Leave it out, or set no NNTRAIN_OFFLINE."
        )
    terminal = Terminal(quiet=quiet)
    report = DownloadProgress(terminal)
    dataset = upkeep.download(name, data_dir or DEFAULT_DIR, mirrors=mirrors, report=report)
    terminal.result(f"{dataset.title} is complete in {dataset.folder}")


@data.command()
@click.argument("name", default="mnist")
@options.data_dir_option
@options.json_option
def verify(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Hash every cached file of the dataset NAME; exit 1 if one is wrong or missing.

    \b
    nntrain data verify mnist
    """
    threads.one_unless_set()
    from nntrain.data import upkeep
    from nntrain.show.terminal.listings import checks_table
    from nntrain.show.terminal.terminal import Terminal

    checks = upkeep.verify(name, data_dir or DEFAULT_DIR)
    if as_json:
        rows = [{**check._asdict(), "file": str(check.file)} for check in checks]
        Terminal().document(VERIFY_SCHEMA, {"dataset": name, "checks": rows})
    else:
        Terminal().result(checks_table(checks))
    wrong = sum(not check.ok for check in checks)
    if wrong:
        raise DatasetError(
            f"{wrong} of {len(checks)} checks failed. "
            f"Put it right with: nntrain data download {name}"
        )


@data.command()
@click.argument("name", default="auto")
@options.data_dir_option
@options.network_options
@click.option("--split", type=click.Choice(options.SPLITS), default="train", show_default=True)
@click.option("--count", type=click.IntRange(1, 1000), default=9, show_default=True)
@click.option("--start", type=click.IntRange(0), default=0, show_default=True, help="First index.")
@click.option("--class", "label", help="Only this class.")
def show(
    name: str,
    data_dir: Path | None,
    mirrors: tuple[str, ...],
    offline: bool,
    split: str,
    count: int,
    start: int,
    label: str | None,
) -> None:
    """Draw some images of the dataset NAME in the terminal.

    \b
    nntrain data show mnist --split test --class 7 --count 6
    """
    threads.one_unless_set()
    from nntrain.cli.loading import load_dataset
    from nntrain.data.browse import chosen
    from nntrain.show.terminal.digits import Digits
    from nntrain.show.terminal.terminal import Terminal

    terminal = Terminal()
    dataset = load_dataset(terminal, name, data_dir or DEFAULT_DIR, mirrors, offline)
    indices = chosen(dataset, split, start, count, label)
    images, labels = dataset.split(split)
    captions = [f"#{i}: {dataset.classes[labels[i]]}" for i in indices]
    terminal.message(f"{dataset.title}, {split}\n")
    terminal.result(Digits([images[i] for i in indices], captions))
