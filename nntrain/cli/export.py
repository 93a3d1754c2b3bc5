"""``nntrain export``: a run's network as a file for other programs."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, options, values
from nntrain.cli.support import find_run
from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings.fields import Spec, checked

SCHEMA = "nntrain/export/1"


def _formats() -> tuple[str, ...]:
    from nntrain.exchange.formats import FORMATS

    return tuple(FORMATS)


FORMAT = Spec("", str, choices=_formats)


@click.command()
@options.run_argument
@click.option(
    "--format",
    "format_name",
    type=values.SettingType(FORMAT),
    help="The file's format. [default: the ending of --output]",
)
@click.option(
    "--output",
    type=values.OutputFile(),
    metavar="FILE",
    help="The file to write. [default: RUN.FORMAT in the current folder]",
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@options.runs_dir_option
@options.plain_display_options
def export(
    run_name: str | None,
    format_name: str | None,
    output: Path | None,
    overwrite: bool,
    runs_dir: Path,
    display: options.Display,
) -> None:
    """Write a trained network as a file for other programs.

    Exports the best network of RUN (default: the newest run). onnx is for any ONNX runtime and
    includes the softmax or sigmoid; safetensors is for a PyTorch nn.Sequential; npz is nntrain's
    own format; json is that of the book's network2.save, for sigmoid networks only.

    \b
    nntrain export --format onnx
    nntrain export first --format safetensors
    nntrain export first --output digits.npz
    """
    blas_threads.one_unless_set()
    from nntrain.exchange import formats
    from nntrain.exchange.model_card import card_of, structure
    from nntrain.show.formatting import network_in_words

    name = _format(format_name, output)
    terminal = display.terminal()
    run = find_run(terminal, runs_dir, run_name)
    network = run.model()
    card = card_of(run, network)
    path = output or Path(f"{run.name}.{name}")
    formats.export(path, network, card, name, overwrite)
    recipe = formats.FORMATS[name].recipe(network, path, card.noun)
    if display.as_json:
        document = {
            "run": str(run.path),
            "format": name,
            "recipe": recipe,
            "file": str(path),
            "size_bytes": path.stat().st_size,
            **structure(network),
            "classes": list(card.classes),
        }
        terminal.document(SCHEMA, document)
        return
    terminal.message(
        f"Wrote {path}: {network_in_words(network)}, {network.output.name}, {network.dtype}.\n"
        f"Opens in {formats.FORMATS[name].opens}. Read it in Python with:\n"
    )
    terminal.message(recipe)


def _format(given: str | None, output: Path | None) -> str:
    """Return the given format, or the one of the output's extension."""
    ending = output.suffix.removeprefix(".") if output else ""
    if given is None:
        if ending not in _formats():
            raise SettingsError(
                f"Cannot tell the format{f' of {output}' if output else ''}: expected --format, "
                f"or an --output that ends in .{', .'.join(_formats())}."
                f"{did_you_mean(ending, _formats())}"
            )
        return ending
    name = str(checked("format", given, FORMAT))
    if ending in _formats() and ending != name:
        raise SettingsError(
            f"--format {name} and --output {output} disagree. Leave --format out, or end the "
            f"name in .{name}."
        )
    return name
