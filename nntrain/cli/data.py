"""``nntrain data``: list, download, verify and show the datasets."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, options
from nntrain.cli.values import complete_datasets, complete_distortions
from nntrain.data.catalogue import DEFAULT_DIR, download_command
from nntrain.errors import DatasetError
from nntrain.settings.distortions import AMOUNTS, PRESETS, parsed

LIST_SCHEMA = "nntrain/data-list/1"
VERIFY_SCHEMA = "nntrain/data-verify/1"


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
    """List the datasets and whether each is in the cache.

    \b
    nntrain data list
    """
    blas_threads.one_unless_set()
    from nntrain.data.listing import list_datasets
    from nntrain.show.sections import listings
    from nntrain.show.terminal.terminal import Terminal

    folder = data_dir or DEFAULT_DIR
    rows = list_datasets(folder)
    if as_json:
        Terminal().document(LIST_SCHEMA, {"data_dir": str(folder), "datasets": rows})
    else:
        Terminal().result(listings.datasets(rows))


@data.command()
@click.argument("name", shell_complete=complete_datasets)
@options.source_options
@options.quiet_option
def download(name: str, source: options.Source, quiet: bool) -> None:
    """Download the dataset NAME, or repair its cache.

    Files in the cache are hashed first; a damaged file is renamed and downloaded again.

    \b
    nntrain data download mnist
    nntrain data download fashion-mnist --mirror http://localhost:8000/{dataset}/
    """
    blas_threads.one_unless_set()
    from nntrain.data import verification
    from nntrain.show.terminal.progress import DownloadProgress
    from nntrain.show.terminal.terminal import Terminal

    if source.offline:
        raise DatasetError("--offline forbids downloads. Leave it out, and unset NNTRAIN_OFFLINE.")
    terminal = Terminal(quiet=quiet)
    report = DownloadProgress(terminal)
    folder = source.data_dir or DEFAULT_DIR
    dataset = verification.download(name, folder, mirrors=source.mirrors, report=report)
    terminal.result(f"{dataset.title} is complete in {dataset.folder}")


@data.command()
@click.argument("name", default="mnist", shell_complete=complete_datasets)
@options.data_dir_option
@options.json_option
def verify(name: str, data_dir: Path | None, as_json: bool) -> None:
    """Check the cached files of the dataset NAME by their hashes.

    The exit code is 1 if a file is damaged or missing.

    \b
    nntrain data verify mnist
    """
    blas_threads.one_unless_set()
    from nntrain.data import verification
    from nntrain.show.sections import listings
    from nntrain.show.terminal.terminal import Terminal

    checks = verification.verify(name, data_dir or DEFAULT_DIR)
    if as_json:
        rows = [{**check._asdict(), "file": str(check.file)} for check in checks]
        Terminal().document(VERIFY_SCHEMA, {"dataset": name, "checks": rows})
    else:
        Terminal().result(listings.checks(checks))
    wrong = sum(not check.ok for check in checks)
    if wrong:
        raise DatasetError(
            f"{wrong} of {len(checks)} checks failed. "
            f"Repair the cache with: {download_command(name, data_dir or DEFAULT_DIR)}"
        )


@data.command()
@click.argument("name", default="auto", shell_complete=complete_datasets)
@options.source_options
@options.split_option("train")
@click.option(
    "--count",
    type=click.IntRange(1, 1000),
    help="Number of images. [default: 9; with --augment 3]",
)
@click.option(
    "--start", type=click.IntRange(0, 10**9), default=0, show_default=True, help="First image."
)
@click.option("--class", "label", help="Show only this class.")
@click.option(
    "--augment",
    is_flag=False,
    flag_value="mild",
    metavar="[DISTORTIONS]",
    shell_complete=complete_distortions,
    help=f"Show distorted versions beside each image. Give a preset, {', '.join(PRESETS)} "
    f"(default: mild), amounts as in rotation=10,shift=2, or both as in mild,shear=0.3. "
    f"The amounts are {', '.join(AMOUNTS)}.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the distortions."
)
def show(
    name: str,
    source: options.Source,
    split: str,
    count: int | None,
    start: int,
    label: str | None,
    augment: str | None,
    seed: int,
) -> None:
    """Draw some images of the dataset NAME in the terminal.

    \b
    nntrain data show mnist --split test --class 7 --count 6
    nntrain data show mnist --augment
    nntrain data show mnist --augment strong --seed 1
    """
    blas_threads.one_unless_set()
    from nntrain.data.listing import distorted_versions, select_examples
    from nntrain.show.blocks import Digit, Digits
    from nntrain.show.terminal.terminal import Terminal

    terminal = Terminal()
    distortions = None if augment is None else parsed(augment)
    count = count or (9 if augment is None else 3)
    dataset = source.load(terminal, name, DEFAULT_DIR)
    indices = select_examples(dataset, split, start, count, label)
    images, labels = dataset.split(split)
    terminal.result(f"{dataset.title}, {split}\n")
    digits = [Digit(images[i], f"#{i}: {dataset.classes[labels[i]]}") for i in indices]
    if distortions is None:
        terminal.result(Digits(digits))
        return
    all_versions = distorted_versions(images[indices], distortions, seed)
    for digit, distorted in zip(digits, all_versions, strict=True):
        versions = [Digit(image, f"distorted {k}") for k, image in enumerate(distorted, start=1)]
        terminal.result(Digits([digit, *versions]))
