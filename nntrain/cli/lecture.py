"""``nntrain lecture``: the lecture as one page to explore."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, options, pages
from nntrain.cli.values import OutputFile
from nntrain.errors import NntrainError, SettingsError

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.workflows.evaluate import EvaluatedRun

SCHEMA = "nntrain/lecture/1"
LANGUAGES = ("en", "cs")


@click.command()
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="English or Czech.",
)
@click.option(
    "--output",
    type=OutputFile(".html"),
    default="lecture.html",
    metavar="FILE.html",
    show_default=True,
    help="The file to write.",
)
@click.option("--open", "open_it", is_flag=True, help="Open the page in the browser.")
@options.runs_dir_option
@options.data_dir_option
@options.plain_display_options
def lecture(
    lang: str,
    output: Path,
    open_it: bool,
    runs_dir: Path,
    data_dir: Path | None,
    display: options.Display,
) -> None:
    """Write the lecture as a page to explore: one HTML file that works offline.

    Why some networks learn and others stall: sliders for every formula, proofs line by line, a
    laboratory in which networks learn while you watch, and exercises that check your number.

    The laboratory learns MNIST if it is in the data folder, otherwise synthetic digits; nothing
    is downloaded. The page shows the digits that your newest run hesitated about. An existing
    file is replaced only if this command wrote it.

    \b
    nntrain lecture --open
    nntrain lecture --lang cs --output prednaska.html
    """
    blas_threads.one_unless_set()
    pages.require()
    terminal = display.terminal()
    _write(output, lang, runs_dir, data_dir)
    if display.as_json:
        terminal.document(SCHEMA, {"page": str(output), "language": lang})
    else:
        terminal.result(str(output))
    if open_it:
        pages.open_in_browser(output)


def _write(path: Path, language: str, runs_dir: Path, data_dir: Path | None) -> None:
    """Write the page to ``path``, unless that is a file which this command did not write."""
    _refuse_to_replace(path)
    from nntrain.storage.atomic import write_asked

    with pages.faults_as_errors():
        from nntrain.show.page.lecture.page import lecture_page

        page = lecture_page(language, _mnist(data_dir), _newest_run(runs_dir, data_dir))
    write_asked(path, page)


def _refuse_to_replace(path: Path) -> None:
    """Raise ``SettingsError`` if ``path`` is a file that this command did not write."""
    from nntrain.show.page.lecture.page import was_written_here

    try:
        ours = not path.exists() or was_written_here(path)
    except OSError as error:
        raise NntrainError(f"Cannot read {path}: {error.strerror or error}.") from error
    if not ours:
        raise SettingsError(
            f"{path} exists, and nntrain lecture did not write it. Name another file with "
            f"--output, or remove this one."
        )


def _mnist(data_dir: Path | None) -> "Dataset | None":
    """Return MNIST if it is in the data folder."""
    from nntrain.data.dataset import load

    try:
        return load("mnist", data_dir or Path("data"), offline=True)
    except NntrainError:
        return None


def _newest_run(runs_dir: Path, data_dir: Path | None) -> "EvaluatedRun | None":
    """Return the newest run evaluated on its test set, None without a run or without its data."""
    from nntrain.data.dataset import load
    from nntrain.runs.run import find
    from nntrain.workflows.evaluate import evaluate_run

    try:
        run = find(runs_dir, None)
        settings = run.settings()
        dataset = load(settings.dataset, data_dir or Path(settings.data_dir), offline=True)
        return evaluate_run(run, settings, dataset, "test")
    except NntrainError:
        return None
