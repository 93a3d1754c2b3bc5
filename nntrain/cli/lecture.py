"""``nntrain lecture``: the lecture as one page to explore."""

import webbrowser
from pathlib import Path

import click

from nntrain.cli import blas_threads, options, pages
from nntrain.cli.values import OutputFile
from nntrain.errors import NntrainError

LANGUAGES = ("en", "cs")


@click.command()
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="The language.")
@click.option("--output", type=OutputFile(".html"), default="lecture.html", help="The file.")
def lecture(**values: object) -> None:
    """Write it."""
