"""``nntrain lecture``: the lecture as one page to explore."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, options, pages
from nntrain.cli.values import OutputFile
from nntrain.errors import NntrainError, SettingsError

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows.evaluate import EvaluatedRun

SCHEMA = "nntrain/lecture/1"
LANGUAGES = ("en", "cs")
MOST_MULTIPLICATIONS = 10**11
"""Of the evaluation of the newest run: 10,000 images by ten million parameters take 2 s."""


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
    if str(output) == "-":
        raise SettingsError("The page is a file: name one with --output, as in lecture.html.")
    terminal = display.terminal()
    about = _write(terminal, output, lang, runs_dir, data_dir)
    if display.as_json:
        terminal.document(SCHEMA, {"page": str(output), "language": lang, **about})
    else:
        terminal.result(str(output))
    if open_it:
        pages.open_in_browser(output)


def _write(
    terminal: "Terminal", path: Path, language: str, runs_dir: Path, data_dir: Path | None
) -> dict[str, str | None]:
    """Write the page to ``path``, unless that is a file which this command did not write.

    Returns whose digits the laboratory learns, and the run whose hesitations are shown, if any.
    """
    _refuse_to_replace(path)
    from nntrain.storage.atomic import write_asked

    with pages.faults_as_errors():
        from nntrain.show.page.lecture.page import lecture_page

        run = _newest_run(terminal, runs_dir, data_dir)
        dataset = _mnist(data_dir, run)
        page = lecture_page(language, dataset, run)
    write_asked(path, page)
    digits = "MNIST" if dataset is not None else "synthetic digits (MNIST is not here)"
    whose = f"run {run.name}" if run is not None else "a network stored with nntrain"
    terminal.message(f"The laboratory learns {digits}; the hesitations are those of {whose}.")
    about = {"digits": "synthetic" if dataset is None else "mnist"}
    return {**about, "run": None if run is None else run.name}


def _refuse_to_replace(path: Path) -> None:
    """Raise ``SettingsError`` if ``path`` is anything that this command did not write."""
    from nntrain.show.page.lecture.page import was_written_here

    try:
        ours = not path.exists() or (path.is_file() and was_written_here(path))
    except OSError as error:
        raise NntrainError(f"Cannot read {path}: {error.strerror or error}.") from error
    if not ours:
        raise SettingsError(
            f"{path} exists, and nntrain lecture did not write it. Name another file with "
            f"--output, or remove this one."
        )


def _mnist(data_dir: Path | None, run: "EvaluatedRun | None") -> "Dataset | None":
    """Return MNIST if the run was evaluated on it, or if it is in the data folder."""
    from nntrain.data.loading import load

    if run is not None and run.dataset.name == "mnist":
        return run.dataset
    try:
        return load("mnist", data_dir or Path("data"), offline=True)
    except NntrainError:
        return None


def _newest_run(
    terminal: "Terminal", runs_dir: Path, data_dir: Path | None
) -> "EvaluatedRun | None":
    """Return the newest run evaluated on its test set; None if there is none, or it cannot be."""
    from nntrain.runs.run import find

    try:
        run = find(runs_dir, None)
    except NntrainError:
        return None
    try:
        return _evaluated(run, data_dir)
    except (NntrainError, MemoryError) as error:
        reason = str(error) or "Out of memory."
        terminal.message(f"Your newest run, {run.name}, is not on the page: {reason}")
        return None


def _evaluated(run: "Run", data_dir: Path | None) -> "EvaluatedRun":
    from nntrain.data.loading import load
    from nntrain.workflows.evaluate import evaluate_run

    settings = run.settings()
    dataset = load(settings.dataset, data_dir or Path(settings.data_dir), offline=True)
    parameters = sum(array.size for array in run.model().parameters)
    if parameters * len(dataset.test.labels) > MOST_MULTIPLICATIONS:
        raise NntrainError(f"to evaluate its {parameters:,} parameters takes too long.")
    return evaluate_run(run, settings, dataset, "test")
