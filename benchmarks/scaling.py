"""The cost of distributing training runs: per task, and for a real sweep with more workers.

    python -m benchmarks scaling [--data-dir data] [--dataset mnist] [--rounds 3] [--tasks 2000]

Starts its own Dask scheduler and workers on loopback (the extra ``cluster``). Rounds are
interleaved: each measures every way once, so that a noisy moment affects all of them.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import mean, median
from time import perf_counter

# before NumPy is loaded, as the commands do
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import click

from benchmarks.options import dataset_options, fetched, rounds_option
from nntrain.data.loading import load
from nntrain.experiments.executors import Outcome, Task, Work
from nntrain.experiments.running import run
from nntrain.experiments.store import create
from nntrain.experiments.sweep import train
from nntrain.settings.fit import FitSettings

PORT = 18_790
TRAININGS = 8


def nothing(_: int) -> Outcome:
    return Outcome({})


def memory(settings: FitSettings) -> Outcome:
    """Train, then return this process's private and shared memory in KiB (Linux)."""
    train.train(settings)
    rows = Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
    kib = {row.split(":")[0]: int(row.split()[1]) for row in rows}
    private = kib["Private_Clean"] + kib["Private_Dirty"]
    return Outcome({"private": private, "shared": kib["Rss"] - private})


@contextmanager
def cluster(workers: int, port: int) -> Iterator[str]:
    address = f"tcp://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        scheduler = ("scheduler", "--host", "127.0.0.1", "--port", str(port))
        worker = ("worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", folder)
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "dask", *words, "--no-dashboard"],
                env=environment,
                stderr=subprocess.DEVNULL,
            )
            for words in (scheduler, *[worker] * workers)
        ]
        try:
            yield address
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait()


def seconds(work: Work[Task], tasks: dict[str, Task], **where: object) -> float:
    started = perf_counter()
    for _ in run(work, tasks, **where):  # type: ignore[arg-type]  # jobs or cluster
        pass
    return perf_counter() - started


def per_task(count: int, ways: dict[str, dict[str, object]], rounds: int) -> None:
    few, many = ({str(number): number for number in range(n)} for n in (2, count + 2))
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, where in ways.items():
            startup = seconds(nothing, few, **where)  # starting processes, or joining the cluster
            spent[name].append((seconds(nothing, many, **where) - startup) / count)
    print(f"\nempty tasks, {count} per round, {rounds} interleaved rounds")
    for name, values in spent.items():
        print(f"  {name:<15}  {1e3 * median(values):8.3f} ms per task  ({shown(values, 1e3)})")


def starting(ways: dict[str, dict[str, object]], rounds: int) -> None:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, where in ways.items():
            count = int(str(where["jobs"])) if "cluster" not in where else 1
            todo = {str(number): number for number in range(count)}
            spent[name].append(seconds(nothing, todo, **where))
    print(f"\nfrom the call to the first results of empty tasks, {rounds} interleaved rounds")
    for name, values in spent.items():
        print(f"  {name:<15}  {median(values):8.2f} s  ({shown(values, 1)})")


def a_sweep(settings: FitSettings, ways: dict[str, dict[str, object]], rounds: int) -> None:
    points = train.grid(settings, train.parse_vary(["hidden=30,100"]))
    todo = train.tasks(points, range(TRAININGS // 2))
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, where in ways.items():
            spent[name].append(seconds(train.train, todo, **where))
    first = next(iter(spent.values()))
    print(
        f"\na sweep of {len(todo)} training runs ([784, 30, 10] and [784, 100, 10], "
        f"{settings.epochs} epochs of {settings.dataset}), {rounds} interleaved rounds"
    )
    for name, values in spent.items():
        ratio = median(a / b for a, b in zip(first, values, strict=True))
        print(
            f"  {name:<15}  {median(values):8.2f} s  ({shown(values, 1)})  "
            f"{ratio:.2f} times as fast"
        )


def sizes(settings: FitSettings) -> None:
    """Print the bytes sent to and from a worker, and how long saving them takes."""
    import pickle

    outcome = train.train(replace(settings, epochs=1, hidden=(100,)))
    with tempfile.TemporaryDirectory() as folder:
        with create(Path(folder), "a", "sweep", {}, {}) as store:
            started = perf_counter()
            for number in range(20):
                store.save(str(number), outcome)
            saving = (perf_counter() - started) / 20
        stored = (store.path / "trainings" / "0.npz").stat().st_size
    dataset = load(settings.dataset, Path(settings.data_dir), offline=True)
    parts = (dataset.train, dataset.validation, dataset.test)
    raw = sum(part.images.nbytes + part.labels.nbytes for part in parts)
    print("\nbytes")
    print(f"  a task, pickled              {len(pickle.dumps(settings)):>12,}")
    print(f"  an outcome, pickled          {len(pickle.dumps(outcome)):>12,}")
    print(f"  an outcome, stored           {stored:>12,}  in {1e3 * saving:.1f} ms")
    print(f"  the dataset, memory-mapped   {raw:>12,}")
    if sys.platform == "linux":
        one = replace(settings, epochs=1)
        for _, outcome in run(memory, {"1": one, "2": one}, jobs=2):
            kib = outcome.document
            print(f"  a process: {kib['private']:,} KiB private, {kib['shared']:,} KiB shared")


def shown(values: list[float], scale: float) -> str:
    return (
        ", ".join(f"{scale * value:.3g}" for value in values)
        + f"; mean {scale * mean(values):.3g}"
    )


@click.command()
@dataset_options
@rounds_option(3)
@click.option("--tasks", default=2000, show_default=True, help="Empty tasks per round.")
@click.option("--epochs", default=4, show_default=True, help="Epochs of each training run.")
def command(
    dataset: str, data_dir: Path, mirrors: tuple[str, ...], rounds: int, tasks: int, epochs: int
) -> None:
    """Measure the cost of distributing training runs, per task and for a real sweep."""
    dataset, folder = fetched(dataset, data_dir, mirrors)
    settings = FitSettings(dataset=dataset, data_dir=folder, epochs=epochs)

    with cluster(1, PORT) as one, cluster(2, PORT + 1) as two:
        ways: dict[str, dict[str, object]] = {
            "this process": {"jobs": 1},
            "2 processes": {"jobs": 2},
            "Dask, 1 worker": {"jobs": 1, "cluster": one},
            "Dask, 2 workers": {"jobs": 1, "cluster": two},
        }
        measures: list[Callable[[], None]] = [
            lambda: sizes(settings),
            lambda: per_task(tasks, ways, rounds),
            lambda: starting(ways, rounds),
            lambda: a_sweep(settings, ways, rounds),
        ]
        for measure in measures:
            measure()
