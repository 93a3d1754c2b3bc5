"""Training seconds to each validation accuracy: nntrain's recipes, and the same in PyTorch."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks import machine, recipes
from benchmarks.climb import LEVELS, OWN, PYTORCH, Check
from benchmarks.options import dataset_options, fetched, json_option, write_json
from benchmarks.tables import table
from benchmarks.threads import environment
from nntrain.cli.blas_threads import available_cores

SCHEMA = "nntrain-benchmarks/time-to-accuracy/2"
TITLES = {OWN: "nntrain", PYTORCH: "PyTorch"}


@dataclass
class Climber:
    """A program with a thread count, and the checks of each seed's training run."""

    program: str
    threads: int
    climbs: list[list[Check]]

    def seconds_to(self, level: float) -> list[float | None]:
        """Return each seed's seconds at the first check that reached the level."""
        return [
            next((seconds for seconds, _, accuracy in climb if accuracy >= level), None)
            for climb in self.climbs
        ]


@click.command()
@click.option("--recipe", "chosen", type=click.Choice(recipes.names()), multiple=True)
@click.option("--program", type=click.Choice([OWN, PYTORCH]), help="Only this one.")
@click.option("--seeds", default=3, show_default=True, type=click.IntRange(min=1))
@click.option("--checks", default=10, show_default=True, type=click.IntRange(min=1))
@dataset_options
@json_option
def command(
    chosen: tuple[str, ...],
    program: str | None,
    seeds: int,
    checks: int,
    dataset: str,
    data_dir: Path,
    mirrors: tuple[str, ...],
    json_path: Path | None,
) -> None:
    """Time to 95, 97, 98, 98.5 and 99 % validation accuracy, for nntrain and for PyTorch.

    Both start from the same parameters and take the same mini-batches in the same order; they
    take turns, seed by seed. Seconds are those of training alone. --checks is the number of
    accuracy checks per epoch. A training run ends when it reaches 99 %. In both, the distorting
    thread keeps working during a check.
    """
    about = machine.describe()
    click.echo(machine.in_words(about))
    where = fetched(dataset, data_dir, mirrors)
    ways = _ways(program)
    document: dict[str, Any] = {"schema": SCHEMA, "machine": about, "checks": checks}
    document["recipes"] = {}
    for recipe in chosen or recipes.SHORT:
        climbers = _climb(recipe, ways, seeds, checks, where)
        click.echo(_in_words(recipe, climbers))
        document["recipes"][recipe] = [vars(climber) for climber in climbers]
    write_json(json_path, document)


def _ways(program: str | None) -> list[tuple[str, int | None]]:
    """Return programs and thread counts; None leaves the number to nntrain."""
    ways: list[tuple[str, int | None]] = [(OWN, None)] if program != PYTORCH else []
    if program != OWN:
        if find_spec("torch"):
            ways += [(PYTORCH, count) for count in sorted({1, available_cores()})]
        else:
            click.echo("PyTorch is not installed: pip install torch", err=True)
    return ways


def _climb(
    recipe: str,
    ways: Sequence[tuple[str, int | None]],
    seeds: int,
    checks: int,
    where: tuple[str, str],
) -> list[Climber]:
    climbers: dict[tuple[str, int | None], Climber] = {}
    for seed in range(seeds):
        settings = recipes.settings_of(recipe, *where, seed)
        beyond = recipes.beyond_pytorch(settings)
        if beyond and seed == 0:
            click.echo(f"{recipe}: no PyTorch version, because of {', '.join(beyond)}", err=True)
        for program, count in ways:
            if program == PYTORCH and beyond:
                continue
            work = {
                "program": program,
                "recipe": recipe,
                "dataset": where[0],
                "data_dir": where[1],
                "seed": seed,
                "checks": checks,
                "hidden": settings.hidden,
                "batch_size": settings.batch_size,
                "augment": settings.augment,
            }
            threads, climb = _answer(work, count)
            new = Climber(program, threads, [])
            climbers.setdefault((program, count), new).climbs.append(climb)
    return list(climbers.values())


def _answer(work: dict[str, Any], threads: int | None) -> tuple[int, list[Check]]:
    words = [sys.executable, "-m", "benchmarks.climb", json.dumps(work)]
    done = subprocess.run(words, env=environment(threads), stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise click.ClickException(f"{work['program']} failed on {work['recipe']}; see above.")
    threads, climb = json.loads(done.stdout)
    return threads, climb


def _in_words(recipe: str, climbers: list[Climber]) -> str:
    rows = []
    for level in LEVELS:
        own = next((c.seconds_to(level) for c in climbers if c.program == OWN), [])
        for climber in climbers:
            seconds = climber.seconds_to(level)
            reached = [one for one in seconds if one is not None]
            cells = (f"{100 * level:g} %", TITLES[climber.program], str(climber.threads))
            figures = (f"{min(reached):.2f}", f"{median(reached):.2f}") if reached else ("–", "–")
            both = [(s, o) for s, o in zip(seconds, own, strict=False) if s and o]
            ratio = f"{median(s / o for s, o in both):.2f}" if both else ""
            if climber.program == OWN:
                ratio = ""
            rows.append((*cells, *figures, f"{len(reached)} of {len(seconds)}", ratio))
    highest = max(accuracy for c in climbers for climb in c.climbs for _, _, accuracy in climb)
    header = ("to", "program", "threads", "min s", "median s", "seeds", "times nntrain's")
    title = f"\n{recipe}: training seconds; highest accuracy seen {highest:.2%}"
    return f"{title}\n{table(header, rows, text_columns=2)}"
