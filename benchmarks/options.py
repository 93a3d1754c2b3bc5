"""Options that several commands share: the dataset, the number of rounds, the output file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from nntrain.errors import NntrainError

ROOT = Path(__file__).parent.parent


def dataset_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--mirror", "mirrors", envvar="NNTRAIN_MIRROR", multiple=True),
        click.option("--data-dir", default="data", show_default=True, type=Path),
        click.option("--dataset", default="mnist", show_default=True, help="Name or folder."),
    ):
        function = option(function)
    return function


def rounds_option(default: int) -> Callable[..., Any]:
    rounds = click.IntRange(min=1)
    return click.option("--rounds", default=default, show_default=True, type=rounds)


json_option = click.option("--json", "json_path", type=Path, help="Write the figures here.")


def fetched(dataset: str, data_dir: Path, mirrors: tuple[str, ...]) -> tuple[str, str]:
    """Put the dataset into the cache; return its name and folder, valid in other processes."""
    from nntrain.data.loading import load

    try:
        found = load(dataset, data_dir, mirrors=mirrors)
    except NntrainError as error:
        raise click.ClickException(str(error)) from error
    return found.lasting_name, str(data_dir.absolute())


def write_json(path: Path | None, document: dict[str, Any]) -> None:
    if path:
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
