"""The peak memory of a process, from Linux's /proc, watched from outside while it runs.

Total is VmHWM, which the kernel keeps: all resident pages, including those of memory-mapped files
and libraries, which the system may drop and share. Anonymous is the largest RssAnon, sampled
every 5 ms: the process's private memory.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import click

INTERVAL_S = 0.005


@dataclass(frozen=True)
class Peak:
    """In MB of 10^6 bytes; ``seconds`` is the life of the process."""

    total_mb: float
    anonymous_mb: float
    seconds: float


def available() -> bool:
    return sys.platform == "linux"


def watch(words: list[str], environment: dict[str, str]) -> Peak:
    """Run a command to its end, without showing its output; ClickException if it fails."""
    started = perf_counter()
    total_kib = anonymous_kib = 0
    quiet = subprocess.DEVNULL
    with subprocess.Popen(words, env=environment, stdin=quiet, stdout=quiet) as process:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            kib = _kib(status)
            total_kib = max(total_kib, kib.get("VmHWM", 0))
            anonymous_kib = max(anonymous_kib, kib.get("RssAnon", 0))
            sleep(INTERVAL_S)
    seconds = perf_counter() - started
    if process.returncode:
        raise click.ClickException(f"{' '.join(words)} failed with {process.returncode}.")
    return Peak(total_kib * 1024 / 1e6, anonymous_kib * 1024 / 1e6, seconds)


def _kib(status: Path) -> dict[str, int]:
    """Return the process's memory figures, none after it has ended."""
    try:
        rows = status.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = (row.split(":") for row in rows if row.endswith(" kB"))
    return {name: int(value.split()[0]) for name, value in pairs}
