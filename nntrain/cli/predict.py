"""``nntrain predict``: classify image files."""

from pathlib import Path

import click

from nntrain.cli import blas_threads, options
from nntrain.cli.support import find_run
from nntrain.cli.values import OutputFile, complete_runs


@click.command()
@click.argument(
    "images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--run",
    "run_name",
    metavar="RUN",
    shell_complete=complete_runs,
    help="Use this run's network. [default: the newest]",
)
@click.option(
    "--as-is",
    is_flag=True,
    help="Only scale images: no cropping, centring, cleaning or inverting.",
)
@click.option(
    "--line",
    is_flag=True,
    help="Read each image as a row of digits: cut it, and classify each digit.",
)
@click.option(
    "--csv",
    "csv_path",
    type=OutputFile(),
    metavar="FILE",
    help="Also write the answers and all outputs as CSV.",
)
@options.runs_dir_option
@options.display_options
@click.pass_context
def predict(
    ctx: click.Context,
    images: tuple[Path, ...],
    run_name: str | None,
    as_is: bool,
    line: bool,
    csv_path: Path | None,
    runs_dir: Path,
    display: options.Display,
) -> None:
    """Classify image files.

    IMAGE is a PNG, JPEG, BMP, GIF or WebP file of at most 64 million pixels, or a folder of
    them. A digit of any size, dark on light or light on dark, is normalised like MNIST: scaled to
    a 20×20 box, with its centre of mass in the middle. For a run on a dataset not in that form,
    images are only scaled, as with --as-is. Images in a folder named after a class (7, or Coat)
    are labelled with that class, and accuracy is reported. A run on your own arrays answers with
    their labels, if they were images: pixels, or numbers from 0 to 1. Each file that cannot be
    classified is reported on stderr, and the exit code is 1.

    Ruled and squared lines are removed. An image that may hold more than one digit is
    noted beside its answer. With --line the digits of a row are classified one by one, from
    left to right; digits that seem to touch are noted.

    \b
    nntrain predict seven.png
    nntrain predict --run first scans/ --csv answers.csv
    nntrain predict photo.jpg --json
    nntrain predict --line postcode.jpg
    """
    if line and as_is:
        raise click.UsageError("--line and --as-is exclude each other.")
    blas_threads.one_unless_set()
    from nntrain.images.read import HEIC
    from nntrain.show.formatting import plural
    from nntrain.show.sections.answers import answers as answers_report
    from nntrain.show.terminal.progress import with_progress
    from nntrain.workflows import answer_files, reading
    from nntrain.workflows import predict as predicting
    from nntrain.workflows.pictures import find_pictures

    terminal = display.terminal()
    run = find_run(terminal, runs_dir, run_name)
    network = run.model()
    about = run.settings().dataset, as_is, run.provenance()
    reader = reading.Reader(network, *about, row=line)
    pictures = list(find_pictures(images, reader.classes))
    read = with_progress(terminal, reading.read_all(reader, pictures), len(pictures))
    answers = predicting.predict(network, reader.classes, read)
    for failure in answers.failures:
        click.echo(f"Error: {failure.picture.name}: {failure.problem}.", err=True)
    unread = sum(failure.problem == HEIC for failure in answers.failures)
    if unread > 1:
        click.echo(f"Error: {plural(unread, 'HEIC file')} not read.", err=True)
    if csv_path and answers.answers:
        answer_files.write_csv(csv_path, answers)
    if display.as_json:
        document = answer_files.document(answers, network, reader)
        terminal.document(answer_files.SCHEMA, {"run": str(run.path), **document})
    else:
        terminal.result(*answers_report(answers))
    display.save_picture(terminal, "nntrain predict")
    if answers.failures:
        ctx.exit(1)
