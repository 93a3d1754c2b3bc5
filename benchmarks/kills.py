"""Training runs that are killed (SIGKILL) at random moments, and resumed until they finish."""

import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path
from subprocess import Popen

import click

from benchmarks import machine
from benchmarks.lives import check_loads, check_same, finish, flags, start, temporaries, variants
from benchmarks.options import dataset_options, fetched, json_option, write_json
from nntrain.data.dataset import Dataset
from nntrain.data.loading import load
from nntrain.errors import NntrainError
from nntrain.runs.run import Run

SCHEMA = "nntrain-benchmarks/kills/1"
FIXED = {"hidden": "100", "batch_size": 50, "epochs": 40}
LONGEST_LIFE_S = 1.5
LONGEST_WAIT_S = 20.0
WRITTEN = ("checkpoint.npz", "model.npz")


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True, help="Decides the moments.")
@click.option("--train-size", default=2000, show_default=True, type=click.IntRange(min=1))
@dataset_options
@json_option
def command(
    kills: int,
    seed: int,
    train_size: int,
    dataset: str,
    data_dir: Path,
    mirrors: tuple[str, ...],
    json_path: Path | None,
) -> None:
    """Kill training runs at random moments; each must load, resume and end with the same bytes.

    Half of the kills come at any moment in a process's life, the other half while a checkpoint or
    a network is half written. Each run is killed and resumed until it finishes; the next one has
    another output, and other settings of momentum, dropout and augmentation.
    """
    about = machine.describe()
    click.echo(machine.in_words(about))
    dataset, folder = fetched(dataset, data_dir, mirrors)
    places = ("--dataset", dataset, "--data-dir", folder, "--offline")
    with tempfile.TemporaryDirectory() as scratch:
        found = load(dataset, Path(folder), offline=True)
        fixed = {**FIXED, "train_size": train_size}
        killing = Killing(places, fixed, found, Path(scratch), random.Random(seed))
        killing.until(kills)
    for name, count in sorted(killing.counts.items()):
        click.echo(f"{count:6,}  {name}")
    for failure in killing.failures:
        click.echo(failure, err=True)
    click.echo(f"{len(killing.failures):6,}  failures")
    counts = {**killing.counts, "failures": len(killing.failures)}
    write_json(json_path, {"schema": SCHEMA, "machine": about, "counts": counts})
    if killing.failures:
        raise SystemExit(1)


class Killing:
    """Kills runs in ``scratch``; ``counts`` has the number of each event."""

    def __init__(
        self,
        places: tuple[str, ...],
        fixed: dict[str, object],
        dataset: Dataset,
        scratch: Path,
        rng: random.Random,
    ) -> None:
        self.fixed = fixed
        self.places = (*places, "--runs-dir", str(scratch), "-q")
        self.dataset, self.scratch, self.rng = dataset, scratch, rng
        self.counts: Counter[str] = Counter()
        self.failures: list[str] = []
        self.whole: dict[int, Run] = {}

    def until(self, kills: int) -> None:
        """Start one run after another until there were ``kills`` kills; finish the last."""
        number = 0
        while self.counts["kills"] < kills:
            which = number % len(variants())
            settings = {**variants()[which], **self.fixed}
            if which not in self.whole:
                self.whole[which] = Run(self.scratch / f"whole-{which}")
                finish("fit", *self.places, *flags(settings), "--name", f"whole-{which}")
            run = Run(self.scratch / f"killed-{number}")
            first_command = ("fit", *self.places, *flags(settings), "--name", run.name)
            try:
                self._one_run(run, first_command, kills)
                check_same(run, self.whole[which])
                self.counts["runs that ended with the same bytes as undisturbed ones"] += 1
            except (AssertionError, NntrainError) as error:
                self.failures.append(f"{run.name}: {error}")
            number += 1

    def _one_run(self, run: Run, first_command: tuple[str, ...], kills: int) -> None:
        """Kill and resume one run until it finishes, or there were enough kills."""
        while self.counts["kills"] < kills:
            if self._survives(run, first_command):
                return
            self._look_at(run)
        finish(*self._words(run, first_command))

    def _words(self, run: Run, first_command: tuple[str, ...]) -> tuple[str, ...]:
        """Return the command that continues: the first one again if no run has begun."""
        resumable = (run.path / "settings.toml").exists()
        data_dir = self.places[2:4]
        resume = ("fit", "--resume", run.name, *data_dir, *self.places[4:])
        return resume if resumable else first_command

    def _survives(self, run: Run, first_command: tuple[str, ...]) -> bool:
        """Start a process and kill it; return whether it finished before the kill."""
        process = start(*self._words(run, first_command))
        if self.rng.random() < 0.5:
            time.sleep(self.rng.uniform(0, LONGEST_LIFE_S))
        else:
            self._wait_for_a_write(run, process)
        process.send_signal(signal.SIGKILL)
        _, stderr = process.communicate()
        if process.returncode != -signal.SIGKILL:
            assert process.returncode == 0, stderr
            self.counts["processes that finished before their kill"] += 1
            return True
        self.counts["kills"] += 1
        return False

    def _wait_for_a_write(self, run: Run, process: Popen[str]) -> None:
        """Wait until one of the next few files is half written, or the process ends."""
        target = self.rng.choice(WRITTEN)
        seen, wanted, last = 0, self.rng.randint(1, 5), False
        end = time.monotonic() + LONGEST_WAIT_S
        while process.poll() is None and time.monotonic() < end:
            now = any(run.path.glob(f".{target}.*.part"))
            seen += now and not last
            last = now
            if seen == wanted:
                time.sleep(self.rng.uniform(0, 0.003))
                return
            time.sleep(0.0001)

    def _look_at(self, run: Run) -> None:
        """Read what the kill left behind, and count it."""
        for name in temporaries(run.path):
            if name.endswith(".part"):  # .<name>.<process>-<thread>.part
                file = name[1:].rsplit(".", 2)[0]
                self.counts[f"kills while writing {file}"] += 1
        if (run.path / "settings.toml").exists():
            check_loads(run, self.dataset)
            history = len(run.history())
            self.counts["directories that loaded after a kill"] += 1
            self.counts["kills before the first epoch finished"] += history == 0
        else:
            self.counts["kills before a run had begun: the same command starts it"] += 1
