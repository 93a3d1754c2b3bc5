"""``nntrain verify``: the lecture's claims, checked numerically."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, options
from nntrain.cli.support import run_and_dataset
from nntrain.errors import NntrainError

if TYPE_CHECKING:
    from nntrain.lecture.claims import RunUnderTest
    from nntrain.show.terminal.terminal import Terminal


@click.command()
@options.run_argument
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of the random cases.",
)
@options.full_option
@options.runs_dir_option
@options.source_options
@options.display_options
def verify(
    run_name: str | None,
    seed: int,
    full: bool,
    runs_dir: Path,
    source: options.Source,
    display: options.Display,
) -> None:
    """Check the lecture's claims numerically.

    Checks the claims C1 to C12 on nntrain's own code, in float64, against closed forms and
    finite differences. It uses random networks, or the network of RUN and its test digits
    (latest is the newest run). C4 is a claim about data and needs a RUN. The exit code is 1 if
    a claim does not hold.

    \b
    nntrain verify
    nntrain verify latest
    nntrain verify --seed 7 --json
    """
    blas_threads.one_unless_set()
    from nntrain.lecture.claims import SCHEMA, failures, to_json
    from nntrain.lecture.claims import verify as check_claims
    from nntrain.show.blocks import Text
    from nntrain.show.sections.verify import in_a_sentence
    from nntrain.show.sections.verify import verify as claims_section

    terminal = display.terminal()
    run = None if run_name is None else _run_under_test(terminal, run_name, runs_dir, source)
    checks = check_claims(seed, run)
    if display.as_json:
        terminal.document(SCHEMA, to_json(checks, seed, run))
    elif terminal.quiet and not full:
        terminal.result(Text(f"{in_a_sentence(checks)}."))
    else:
        terminal.result(claims_section(checks, run, full=full))
    display.save_picture(terminal, "nntrain verify")
    if failed := failures(checks):
        raise NntrainError(
            f"{len(failed)} of {len(checks)} claims failed: {', '.join(failed)}. "
            f"See the notes in the table."
        )


def _run_under_test(
    terminal: "Terminal", name: str, runs_dir: Path, source: options.Source
) -> "RunUnderTest":
    """Return the run's network with its test examples."""
    from nntrain.lecture.claims import RunUnderTest
    from nntrain.workflows import evaluate

    run, _, dataset = run_and_dataset(terminal, runs_dir, name, source)
    network, (images, labels) = run.model(), dataset.test
    return RunUnderTest(
        name=run.name,
        network=network,
        images=images,
        labels=labels,
        z=evaluate.weighted_inputs(network, dataset, "test"),
        examples=f"the {len(labels):,} test examples of {dataset.title}",
    )
