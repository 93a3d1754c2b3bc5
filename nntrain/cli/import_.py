"""``nntrain import``: import a trained network as a run."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, options

SCHEMA = "nntrain/import/1"


@click.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--name", help="The run's name. [default: time and a short slug]")
@click.option(
    "--dataset",
    default="mnist",
    show_default=True,
    help="The dataset that the network is evaluated on: a name or a path.",
)
@click.option("--overwrite", is_flag=True, help="Replace the run of that name.")
@options.runs_dir_option
@options.json_option
@options.quiet_option
def import_(
    file: Path,
    name: str | None,
    dataset: str,
    overwrite: bool,
    runs_dir: Path,
    as_json: bool,
    quiet: bool,
) -> None:
    """Import a trained network as a run.

    FILE is the JSON of the book's network2.save, or an npz file from nntrain export or a run's
    directory. Every number is kept. evaluate and the other commands take the run like one
    trained here, but it cannot be resumed.

    \b
    nntrain import book.json --name book
    nntrain import clothes.npz --dataset fashion-mnist
    """
    blas_threads.one_unless_set()
    from nntrain.show.formatting import network_in_words
    from nntrain.show.terminal.terminal import Terminal
    from nntrain.workflows import import_model

    terminal = Terminal(quiet=quiet or as_json)
    imported = import_model.read(file)
    run = import_model.make_run(imported, dataset, runs_dir, name, overwrite)
    network = imported.network
    if as_json:
        document = {
            "run": str(run.path),
            "imported_from": str(imported.path),
            "imported_sha256": imported.sha256,
            "dataset": run.settings().dataset,
            "sizes": list(network.sizes),
            "activation": network.hidden.name,
            "output": network.output.name,
            "inverse_temperature": network.output.inverse_temperature,
            "dtype": network.dtype.name,
        }
        terminal.document(SCHEMA, document)
        return
    terminal.message(
        f"{file} is now the run {run.path}: {network_in_words(network)}, {network.output.name}, "
        f"{network.dtype}. Look at it with: nntrain evaluate {options.run_reference(run)}"
    )
