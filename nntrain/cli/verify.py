"""``nntrain verify``: the lecture's claims, checked numerically."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nntrain.cli import blas_threads, options
from nntrain.cli.support import run_and_dataset
from nntrain.cli.values import SettingType
from nntrain.errors import NntrainError, SettingsError, did_you_mean, in_a_line
from nntrain.settings.fields import Spec

if TYPE_CHECKING:
    from nntrain.lecture.claims import RunUnderTest
    from nntrain.show.terminal.terminal import Terminal


def _breaks() -> tuple[str, ...]:
    """Return the names that ``--break`` takes."""
    from nntrain.lecture.claims import BREAKS

    return tuple(BREAKS)


@click.command()
@options.run_argument
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Seed of the random cases.",
)
@click.option(
    "--break",
    "break_name",
    type=SettingType(Spec("", str, choices=_breaks)),
    metavar="NAME",
    help="Break one equation on purpose: one of the names above.",
)
@options.full_option
@options.runs_dir_option
@options.source_options
@options.display_options
def verify(
    run_name: str | None,
    seed: int,
    break_name: str | None,
    full: bool,
    runs_dir: Path,
    source: options.Source,
    display: options.Display,
) -> None:
    """Check the lecture's claims numerically.

    Checks the claims C1 to C12, among them the lecture's exercises and problems, on nntrain's own
    code against closed forms and finite differences. It uses random networks, or the network of
    RUN and its test digits (latest is the newest run). The exit code is 1 if a claim does not
    hold. C4 is a finding on data: it needs a RUN, and the exit code is 0 whatever is found.

    --break NAME breaks one equation on purpose and shows which claims fail:

    \b
    quadratic-without-slope  δ of sigmoid+quadratic without σ'(z)
    softmax-without-sum      softmax without the division by Σ exp(z_k)
    softmax-without-c        δ of softmax without the factor c
    bp1-elementwise          BP1 for softmax as if a_j depended on z_j alone
    bp2-transposed           BP2 with W read column by column
    bp2-without-slope        BP2 without f'(z)
    bp3-doubled              BP3 twice as large
    bp4-without-a            BP4 without a_k

    \b
    nntrain verify
    nntrain verify latest
    nntrain verify --break bp2-transposed
    """
    blas_threads.one_unless_set()
    from nntrain.lecture.claims import BREAKS, SCHEMA, failures, to_json
    from nntrain.lecture.claims import verify as check_claims
    from nntrain.show.blocks import Text
    from nntrain.show.sections.verify import in_a_sentence
    from nntrain.show.sections.verify import verify as claims_section

    if break_name is not None and break_name not in BREAKS:
        raise SettingsError(
            f"Unknown --break {in_a_line(break_name)}: expected one of {', '.join(BREAKS)}."
            f"{did_you_mean(break_name, BREAKS)}"
        )
    terminal = display.terminal()
    run = None if run_name is None else _run_under_test(terminal, run_name, runs_dir, source)
    checks = check_claims(seed, run, break_name)
    if display.as_json:
        terminal.document(SCHEMA, to_json(checks, seed, run, break_name))
    elif terminal.quiet and not full:
        terminal.result(Text(f"{in_a_sentence(checks, run)}."))
    else:
        broken = BREAKS[break_name] if break_name else None
        terminal.result(claims_section(checks, run, full=full, broken=broken))
    display.save_picture(terminal, "nntrain verify")
    _fail(failures(checks), len(checks), break_name)


def _fail(failed: list[str], claims: int, break_name: str | None) -> None:
    """Raise ``NntrainError`` if claims failed, or if the product was broken on purpose."""
    text = f"{len(failed)} of {claims} claims failed: {', '.join(failed)}. "
    if break_name is not None:
        raise NntrainError(
            f"{text if failed else 'No claim failed. '}--break {break_name} broke nntrain on "
            f"purpose, for this command only."
        )
    if failed:
        raise NntrainError(f"{text}See the notes in the table.")


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
