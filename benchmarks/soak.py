"""A soak test: random training runs with random faults, one after another, for a given time."""

import gc
import random
import shutil
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from statistics import median

import click

from benchmarks import machine
from benchmarks.options import json_option, write_json
from benchmarks.tables import table
from nntrain.cli.blas_threads import one_unless_set

SCHEMA = "nntrain-benchmarks/soak/1"
DATASETS = 4
GROWTH_MB = 8.0
"""How much the process's memory may grow from half-way to the end, in MB of 10^6 bytes."""
MORE_FILES = 2
"""Likewise for open files: Python opens its resource tracker and random device once."""


@click.command()
@click.option("--minutes", default=10.0, show_default=True, type=click.FloatRange(min=0))
@click.option("--seed", default=0, show_default=True, help="Decides settings and faults.")
@json_option
def command(minutes: float, seed: int, json_path: Path | None) -> None:
    """Train, interrupt, resume, evaluate and compare with random settings and random faults.

    Most of it happens in this process, whose memory, open files, child processes and temporary
    files are watched; only what is killed runs in a process of its own. (Reads Linux's /proc.)
    """
    one_unless_set()  # as in the child processes, or the last bits of sums would differ
    from benchmarks.broken_off import write_packed
    from benchmarks.drawn import write_dataset
    from benchmarks.trouble import Round

    about = machine.describe()
    click.echo(machine.in_words(about))
    rng, failures = random.Random(seed), []
    rows: list[tuple[float, int, int]] = []
    with tempfile.TemporaryDirectory(prefix="nntrain-soak-") as scratch:
        home = Path(scratch)
        datasets = [write_dataset(home / f"data-{n}", rng) for n in range(DATASETS)]
        packed = write_packed(home / "packed")
        counts: Counter[str] = Counter()
        temporary = set(Path(tempfile.gettempdir()).iterdir())
        others = set(_children())
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end or not rows:
            work = home / "work"
            work.mkdir()
            which, rolled = rng.choice(datasets), random.Random(rng.random())
            this_round = Round(which, packed, work, rolled, counts)
            try:
                this_round.one_round()
            except Exception:
                failures.append(f"{this_round.commands()}\n{traceback.format_exc()}")
            shutil.rmtree(work)
            gc.collect()
            rows.append((_memory_mb(), _open_files(), len(set(_children()) - others)))
        counts["temporary files leaked"] = len(
            set(Path(tempfile.gettempdir()).glob("nntrain*")) - temporary
        )
    leaks = _leaks(rows, counts["temporary files leaked"])
    for failure in failures:
        click.echo(failure, err=True)
    _show(rows, counts, failures, leaks)
    write_json(
        json_path,
        {
            "schema": SCHEMA,
            "machine": about,
            "minutes": minutes,
            "counts": dict(counts),
            "failures": failures,
            "leaks": leaks,
            "rounds": rows,
        },
    )
    if failures or leaks:
        raise SystemExit(1)


def _leaks(rows: list[tuple[float, int, int]], temporaries: int) -> list[str]:
    """Return what grew between the middle and the last tenth of the rounds.

    The first half is ignored: Python loads modules and the allocator grows there, once.
    """
    tenth, middle = max(1, len(rows) // 10), len(rows) // 2
    early, late = rows[middle : middle + tenth], rows[-tenth:]
    leaks = []
    growth = median(row[0] for row in late) - median(row[0] for row in early)
    if growth > GROWTH_MB:
        leaks.append(f"memory grew by {growth:.1f} MB")
    if median(row[1] for row in late) > median(row[1] for row in early) + MORE_FILES:
        leaks.append(f"open files grew from {early[0][1]} to {late[-1][1]}")
    if rows[-1][2]:
        leaks.append(f"{rows[-1][2]} processes are left")
    if temporaries:
        leaks.append(f"{temporaries} temporary files are left")
    return leaks


def _show(
    rows: list[tuple[float, int, int]],
    counts: Counter[str],
    failures: list[str],
    leaks: list[str],
) -> None:
    injected = {name: n for name, n in counts.items() if name.startswith("fault: ")}
    for name, count in sorted(counts.items()):
        click.echo(f"{count:8,}  {name}")
    click.echo(f"{len(rows):8,}  rounds")
    click.echo(f"{sum(injected.values()):8,}  faults injected")
    click.echo(f"{len(failures):8,}  failures")
    step = max(1, len(rows) // 10)
    shown = [
        (f"{number + 1}", f"{memory:.1f}", str(files), str(children))
        for number, (memory, files, children) in enumerate(rows)
        if number % step == step - 1
    ]
    click.echo(table(("round", "MB", "open files", "child processes"), shown))
    click.echo("; ".join(leaks) or "nothing leaked")


def _memory_mb() -> float:
    """Return this process's private memory (RssAnon), in MB of 10^6 bytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    row = next(line for line in status.splitlines() if line.startswith("RssAnon"))
    return int(row.split()[1]) * 1024 / 1e6


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _children() -> list[str]:
    """Return this process's children, except Python's resource tracker, which never ends."""
    found = [
        child
        for thread in Path("/proc/self/task").iterdir()
        for child in (thread / "children").read_text().split()
    ]
    return [
        child
        for child in found
        if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
