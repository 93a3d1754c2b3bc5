"""Shared by the kills and the soak: runs in processes that are killed, and checks afterwards."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.options import ROOT
from nntrain.data.dataset import Dataset
from nntrain.nn.outputs import OUTPUTS
from nntrain.runs.run import Run
from nntrain.workflows import train

FILES = {
    *("settings.toml", "model.npz", "checkpoint.npz", "history.jsonl"),
    *("evaluation.json", "provenance.json"),
}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
EXTRAS = {
    "dropout": "0.2",
    "augment": "mild",
    "average_epochs": "3",
    "max_norm": "2",
    "label_smoothing": "0.1",
}
"""Settings of everything else that a training run draws, averages and limits."""


def flags(settings: dict[str, Any]) -> list[str]:
    """Return settings as command-line options."""
    pairs = ((f"--{name.replace('_', '-')}", str(value)) for name, value in settings.items())
    return [word for pair in pairs for word in pair]


def variants() -> list[dict[str, str]]:
    """Return settings with every output, with and without momentum, dropout and augmentation."""
    rich = {"momentum": "0.9", "weight_decay": "2", **EXTRAS}
    plain = {"momentum": "0", "schedule": "constant", "augment": "none"}
    return [{"output": output, **more} for output in OUTPUTS for more in (rich, plain)]


def start(*words: object, address_space: int | None = None) -> subprocess.Popen[str]:
    """Start ``nntrain`` as a process, if asked for with a limit of ``address_space`` bytes."""

    def limit() -> None:
        import resource

        if address_space is not None:
            resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))

    return subprocess.Popen(
        [sys.executable, "-m", "nntrain", *map(str, words)],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


def finish(*words: object) -> None:
    """Run ``nntrain`` to its end; raise ``AssertionError`` with its stderr if it fails."""
    process = start(*words)
    _, stderr = process.communicate()
    assert not process.returncode, f"exit {process.returncode} of {words}: {stderr}"


def temporaries(folder: Path) -> list[str]:
    """Return the hidden files under ``folder``: locks and half-written files."""
    return [path.name for path in folder.rglob(".*")]


def check_loads(run: Run, dataset: Dataset) -> None:
    """Read everything in a run's directory; raises what the program would raise."""
    settings = run.settings()
    run.history()
    if run.has_model:
        run.model()
    if (run.path / "checkpoint.npz").exists():
        run.restore_checkpoint(train.start(settings, dataset))


def without_times(run: Run) -> list[dict[str, Any]]:
    """Return the run's history without times."""
    return [{k: v for k, v in line.items() if "second" not in k} for line in run.history()]


def check_same(run: Run, whole: Run) -> None:
    """Raise ``AssertionError`` unless a run ended with the same result as the undisturbed one.

    Its last process must have finished: a killed one leaves half-written files and its lock file,
    which locks nothing any more, until the next process.
    """
    one, two = (each.path / "model.npz" for each in (run, whole))
    assert one.read_bytes() == two.read_bytes(), f"{one} differs from {two}"
    assert without_times(run) == without_times(whole), f"the histories of {one} and {two} differ"
    left = {path.name for path in run.path.iterdir()}
    assert left >= FILES, f"{run.path} lacks {FILES - left}"
    hidden = temporaries(run.path)
    assert not hidden, f"{run.path} holds {hidden}"
