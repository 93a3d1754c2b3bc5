"""One round of the soak: an undisturbed run, and the same run with faults until it finishes.

It needs POSIX's signals and limits.
"""

import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

from click.testing import CliRunner, Result

from benchmarks.broken_off import BROKEN_OFF
from benchmarks.drawn import random_settings
from benchmarks.lives import FILES, check_same, flags, start, temporaries
from nntrain.cli.main import cli
from nntrain.cli.signals import SIGNALS
from nntrain.data.download import Timeouts
from nntrain.data.download.fetch import fetch
from nntrain.errors import DownloadError
from nntrain.runs.run import Run
from nntrain.settings.compare import STARTS
from nntrain.workflows import train
from tests.faultserver import BEHAVIOURS, FaultServer

MOST_TRIES = 12
ADDRESS_SPACE = 150_000_000, 1_500_000_000
"""In bytes: from less than NumPy needs to more than these training runs do."""
LONGEST_S = 120
PAGES = 0.3
"""The share of the rounds with report pages, which take longer than training."""
BODY = random.Random(1).randbytes(20_000)
QUICK = Timeouts(0.5, 0.5, 0.5, 0.2, 2, 0.01, 0.1, 0.2, 4000.0)


class Round:
    """A round in the empty folder ``work``; it counts events in ``counts``.

    ``packed`` is a folder written by ``write_packed``.
    """

    def __init__(
        self, dataset: Path, packed: Path, work: Path, rng: random.Random, counts: Counter[str]
    ) -> None:
        self.dataset, self.packed, self.work = dataset, packed, work
        self.rng, self.counts = rng, counts
        self.settings = random_settings(rng)
        self.places = ["--runs-dir", str(work), "-q"]
        self.page = [] if rng.random() < PAGES else ["--no-report"]
        self.log: list[str] = []

    def commands(self) -> str:
        """Return the commands of the round so far."""
        return "\n".join(self.log)

    def one_round(self) -> None:
        """Train without and with faults, and check the results in every way."""
        first_command = [
            "fit",
            "--dataset",
            str(self.dataset),
            *flags(self.settings),
            *self.places,
            *self.page,
        ]
        self.run(*first_command, "--name", "whole")
        self.counts["undisturbed runs"] += 1
        self._with_faults(first_command)
        check_same(Run(self.work / "run"), Run(self.work / "whole"))
        self.counts["runs with faults that ended with the same bytes"] += 1
        self.run("evaluate", "run", "--json", *self.places[:2])
        self.run("runs", "--json", *self.places[:2])
        self.counts["evaluations"] += 1
        self._damage()
        self._download()
        self.rng.choice(BROKEN_OFF)(self)
        if self.rng.random() < 0.2:
            self._compare()
            self._barely_train()
        assert not temporaries(self.work), temporaries(self.work)

    def run(self, *words: str, expect: tuple[int, ...] = (0,)) -> Result:
        """Run a command in this process; raise ``AssertionError`` for output no user may see."""
        self.log.append(f"nntrain {' '.join(words)}")
        result = CliRunner().invoke(cli, list(words), prog_name="nntrain")
        fine = result.exception is None or isinstance(result.exception, SystemExit)
        about = f"{self.log[-1]}: exit {result.exit_code}, expected {expect}\n{result.stderr}"
        assert fine, f"{about}{result.exception!r}"
        assert result.exit_code in expect, about
        assert "Traceback" not in result.output, about
        assert "Warning" not in result.stderr, about
        return result

    def _with_faults(self, first_command: list[str]) -> None:
        """Start or resume the run until it finishes, each time but the last with a fault."""
        folder = self.work / "run"
        for number in range(MOST_TRIES):
            resumable = (folder / "settings.toml").exists()
            words = (
                ["fit", "--resume", "run", *self.places, *self.page]
                if resumable
                else [*first_command, "--name", "run"]
            )
            if number == MOST_TRIES - 1:
                self.run(*words)
            elif self.rng.choice(FAULTS)(self, words):
                return

    # Each fault returns whether training finished all the same.

    def _interrupt(self, words: list[str], *sent: int) -> bool:
        """Send signals to this process after a random event of the training run."""
        with self._at_event(lambda: [signal.raise_signal(number) for number in sent]):
            result = self.run(*words, expect=(0, 130))
        if result.exit_code:
            assert "nntrain fit --resume" in result.stderr
        self.counts[f"fault: interrupt {'twice' if len(sent) > 1 else 'once'}"] += 1
        return not result.exit_code

    def interrupt_once(self, words: list[str]) -> bool:
        return self._interrupt(words, self.rng.choice(SIGNALS))

    def interrupt_twice(self, words: list[str]) -> bool:
        return self._interrupt(words, signal.SIGINT, signal.SIGINT)

    def fill_the_disk(self, words: list[str]) -> bool:
        """Limit the size of files from a random event on."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        size = self.rng.choice([0, 1000, 5000, 20_000])
        no_byte_code = mock.patch.object(sys, "dont_write_bytecode", True)  # or it would be cut
        try:
            with (
                no_byte_code,
                self._at_event(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))),
            ):
                result = self.run(*words, expect=(0, 1))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        if result.exit_code:
            assert "Cannot write" in result.stderr, result.stderr
        self.counts["fault: no space on the disk"] += 1
        return not result.exit_code

    def kill(self, words: list[str]) -> bool:
        """Kill a separate process at a random moment."""
        self.log.append(f"nntrain {' '.join(words)}  # killed")
        process = start(*words)
        time.sleep(self.rng.uniform(0.2, 1.2))
        process.kill()
        _, stderr = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), stderr
        self.counts["fault: kill -9"] += 1
        return not process.returncode

    def stop_a_process(self, words: list[str]) -> bool:
        """Signal a separate process as a shell does, at a random moment of its life.

        Not in its first moments: while Python itself is loaded, Python handles the signal.
        """
        self.log.append(f"nntrain {' '.join(words)}  # stopped")
        process = start(*words)
        time.sleep(self.rng.uniform(0.3, 1.2))
        number = self.rng.choice(SIGNALS)
        process.send_signal(number)
        _, stderr = process.communicate()
        assert process.returncode in (0, 130), f"{process.returncode} {stderr}"
        assert "Traceback" not in stderr, stderr
        self.counts[f"fault: {number.name} to a process"] += 1
        return not process.returncode

    def small_memory(self, words: list[str]) -> bool:
        """Give a separate process little address space; it must finish or end with one message."""
        size = self.rng.randrange(*ADDRESS_SPACE)
        self.log.append(f"nntrain {' '.join(words)}  # in {size / 1e6:.0f} MB")
        process = start(*words, address_space=size)
        try:
            _, stderr = process.communicate(timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            process.kill()
            _, stderr = process.communicate()
        assert process.returncode in (0, 1), f"{process.returncode} {stderr}"
        assert "Traceback" not in stderr, stderr
        assert process.returncode == 0 or stderr.count("Error: ") == 1, stderr
        self.counts["fault: small memory"] += 1
        return not process.returncode

    @contextmanager
    def _at_event(self, action: Callable[[], object]) -> Iterator[None]:
        """Run ``action`` after a random event of the training runs in the block."""
        drive, when = train.drive, self.rng.randint(1, 30)

        def driven(training: Any, run: Run) -> Iterator[Any]:
            for number, event in enumerate(drive(training, run), start=1):
                if number == when:
                    action()
                yield event

        with mock.patch.object(train, "drive", driven):
            yield

    def _damage(self) -> None:
        """Damage one file of the run; commands must refuse it or succeed, without a traceback."""
        path = self.work / "run" / self.rng.choice(sorted(FILES))
        whole = path.read_bytes()
        content = bytearray(whole)
        for _ in range(self.rng.randint(1, 20)):
            content[self.rng.randrange(len(content))] = self.rng.randrange(256)
        path.write_bytes(content[: self.rng.randrange(len(content) + 1)])
        self.log.append(f"{path.name} is damaged")
        self.run("evaluate", "run", *self.places, expect=(0, 1, 2))
        self.run("runs", *self.places[:2])
        path.write_bytes(whole)
        self.counts["fault: damaged file"] += 1

    def _download(self) -> None:
        """Fetch a file from mirrors that misbehave, with or without a good one at the end."""
        good = self.rng.random() < 0.5
        kinds = self.rng.choices([k for k in BEHAVIOURS if not k.startswith("good")], k=2)
        self.log.append(f"download from {kinds}, {'then a good one' if good else 'nothing else'}")
        path = self.work / "download" / "file"
        with FaultServer({"file": BODY}) as server:
            urls = [f"{server.base(kind)}/file" for kind in [*kinds, *(["good"] if good else [])]]
            try:
                fetch(urls, path, len(BODY), sha256(BODY).hexdigest(), timeouts=QUICK)
            except DownloadError:
                assert not good
                assert not list(path.parent.iterdir())
            else:
                assert path.read_bytes() == BODY
        self.counts["fault: misbehaving mirror"] += len(kinds)

    def _compare(self) -> None:
        """Compare outputs in two processes, or sweep a grid; damage one outcome; resume."""
        shared = ["--dataset", str(self.dataset), "--hidden", "5", "--epochs", "2", "--jobs", "2"]
        kind = self.rng.choice(["compare-costs", "sweep"])
        more = ["--vary", "learning_rate=0.01,0.1"] if kind == "sweep" else []
        words = [kind, *shared, *more, "--seeds", "2", "--name", "many", *self.places]
        self.run(*words)
        outcomes = sorted((self.work / "many" / "trainings").iterdir())
        self.counts["training runs in comparisons and sweeps"] += len(outcomes)
        damaged = self.rng.choice(outcomes)
        damaged.write_bytes(damaged.read_bytes()[:100])
        self.run(*words, "--resume")
        assert damaged.stat().st_size > 100
        self.counts["fault: damaged file"] += 1
        shutil.rmtree(self.work / "many")

    def _barely_train(self) -> None:
        """Compare outputs that learn almost nothing, and make their page again."""
        words = ["--train-size", "50", "--epochs", "1", "--seeds", "1", "--jobs", "1"]
        words += ["--learning-rate", self.rng.choice(["1e-300", "0.0001", "0.01"])]
        words += ["--start", self.rng.choice(STARTS), "--name", "weak"]
        self.run("compare-costs", "--dataset", str(self.dataset), *words, *self.places)
        self.run("report", "weak", *self.places[:2])
        self.counts["comparisons that learn almost nothing, with page"] += 1
        shutil.rmtree(self.work / "weak")


FAULTS = (
    Round.interrupt_once,
    Round.interrupt_twice,
    Round.fill_the_disk,
    Round.kill,
    Round.stop_a_process,
    Round.small_memory,
)
