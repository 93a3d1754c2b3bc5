"""How long a command takes to start, and ``nntrain fit`` to train its first mini-batches."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which
from statistics import median
from time import perf_counter

import click

from benchmarks import machine
from benchmarks.first_batch import TRAINED
from benchmarks.options import (
    ROOT,
    dataset_options,
    fetched,
    json_option,
    rounds_option,
    write_json,
)
from benchmarks.tables import table

SCHEMA = "nntrain-benchmarks/startup/1"
HELP, VERSION, FIRST = "nntrain --help", "nntrain --version", "nntrain fit, first mini-batches"
AT_MOST_S = {HELP: 0.1, FIRST: 0.5}


@click.command()
@rounds_option(20)
@dataset_options
@json_option
def command(
    rounds: int, dataset: str, data_dir: Path, mirrors: tuple[str, ...], json_path: Path | None
) -> None:
    """Time from the start of a process: help, version, and fit to its first mini-batches.

    The dataset is in the cache, and a first round, which is not counted, warms the system's file
    cache. The first mini-batches are the first block that training yields, about 128 examples;
    the process ends there.
    """
    about = machine.describe()
    click.echo(machine.in_words(about))
    dataset, folder = fetched(dataset, data_dir, mirrors)
    with tempfile.TemporaryDirectory() as scratch:
        ways = _ways(dataset, folder, scratch)
        spent: dict[str, list[float]] = {name: [] for name in ways}
        for counted in [False] + [True] * rounds:
            for name, words in ways.items():
                seconds = _seconds(words, TRAINED if name == FIRST else "")
                if counted:
                    spent[name].append(seconds)
    click.echo(f"\nseconds from the start of the process, {rounds} interleaved rounds")
    click.echo(
        table(("", "min s", "median s", "wanted", ""), [_row(*item) for item in spent.items()])
    )
    write_json(json_path, {"schema": SCHEMA, "machine": about, "seconds": spent})


def _ways(dataset: str, folder: str, scratch: str) -> dict[str, list[str]]:
    python = sys.executable
    script = which("nntrain", path=str(Path(python).parent))
    nntrain = [script] if script else [python, "-m", "nntrain"]
    fit = ["fit", "--dataset", dataset, "--data-dir", folder, "--offline", "-q", "--no-report"]
    return {
        "python -c pass": [python, "-c", "pass"],
        'python -c "import click"': [python, "-c", "import click"],
        'python -c "import numpy"': [python, "-c", "import numpy"],
        HELP: [*nntrain, "--help"],
        VERSION: [*nntrain, "--version"],
        FIRST: [python, "-m", "benchmarks.first_batch", *fit, "--runs-dir", scratch],
    }


def _seconds(words: list[str], answer: str) -> float:
    """Return the seconds that a process takes; its output must start with ``answer``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = perf_counter()
    done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True)
    seconds = perf_counter() - started
    if done.returncode or not done.stdout.startswith(answer):
        raise click.ClickException(f"{' '.join(words)} failed with {done.returncode}.")
    return seconds


def _row(name: str, seconds: list[float]) -> tuple[str, ...]:
    middle = median(seconds)
    wanted = AT_MOST_S.get(name)
    verdict = "" if wanted is None else "met" if middle <= wanted else "MISSED"
    limit = "" if wanted is None else f"≤ {wanted:g}"
    return name, f"{min(seconds):.3f}", f"{middle:.3f}", limit, verdict
