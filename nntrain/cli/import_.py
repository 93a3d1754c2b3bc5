"""``nntrain import``: import a trained network as a run."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, index, options
from nntrain.cli.values import complete_datasets

SCHEMA = "nntrain/import/1"


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@options.name_option
@click.option(
    "--dataset",
    show_default="mnist",
    shell_complete=complete_datasets,
    help="The dataset to evaluate the network on: a name or a path.",
)
@options.overwrite_option
@options.runs_dir_option
@options.plain_display_options
def import_(
    file: Path,
    name: str | None,
    dataset: str | None,
    overwrite: bool,
    runs_dir: Path,
    display: options.Display,
) -> None:
    """Import a trained network as a run.

    FILE is the JSON of the book's network2.save, or an npz file from nntrain export or a run's
    directory. Weights are kept exactly. evaluate and the other commands accept the run like one
    trained here, but it cannot be resumed.

    \b
    nntrain import book.json --name book
    nntrain import clothes.npz --dataset fashion-mnist
    """
    blas_threads.one_unless_set()
    from nntrain.exchange.model_card import structure
    from nntrain.runs.latest import note_on_latest
    from nntrain.show.formatting import network_in_words
    from nntrain.workflows import import_model

    terminal = display.terminal()
    imported = import_model.read(file)
    run = import_model.make_run(imported, dataset, runs_dir, name, overwrite)
    index.refresh(terminal, runs_dir)
    network = imported.network
    if note := note_on_latest(runs_dir):
        terminal.message(note)
    if display.as_json:
        document = {
            "run": str(run.path),
            "imported_from": str(imported.path),
            "imported_sha256": imported.sha256,
            "dataset": run.settings().dataset,
            **structure(network),
        }
        terminal.document(SCHEMA, document)
        return
    evaluating = f"with: nntrain evaluate {run.typed}"
    if imported.about and dataset is None:
        evaluating = f"in Python: nntrain.evaluate(nntrain.load_run({run.name!r}), dataset)"
    terminal.message(
        f"Imported {file} as {run.path}: {network_in_words(network)}, {network.output.name}, "
        f"{network.dtype}. Evaluate it {evaluating}"
    )
