"""Memory still available to this process: by the system, its control groups and its own limit.

Unknown limits are left out, so that nothing is refused on a guess. Needs no NumPy.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path("/")
CGROUPS = (
    ("", "", "memory.max", "memory.current", ""),
    ("memory", "memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
)
"""Version 2 and version 1: the controller in ``/proc/self/cgroup``, the folder of its groups, the
files with limit and usage, and the prefix of the names in ``memory.stat``."""


class Limit(NamedTuple):
    """``left`` bytes are still available; ``source`` names the limit."""

    left: int
    source: str


def tightest_limit(processes: int = 1, root: Path = ROOT) -> Limit | None:
    """Return the limit that leaves each of ``processes`` least; None if none is known.

    The system's and the control groups' memory is shared by all; the limit of the address space
    applies to each process.
    """
    shared = [*_of_system(root), *_of_cgroups(root)]
    limits = [Limit(left // processes, source) for left, source in shared]
    address_space = address_space_left(root)
    if address_space is not None:
        limits.append(Limit(address_space, "ulimit -v"))
    return min(limits, default=None)


def in_bytes(size: int) -> str:
    """Return a size as text: ``41.2 GB``, ``350 MB``."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def address_space_left(root: Path = ROOT) -> int | None:
    """Return the bytes that ``ulimit -v`` leaves this process; None if unknown."""
    if sys.platform == "win32":
        return None
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit == resource.RLIM_INFINITY:
            return None
        pages = int((root / "proc/self/statm").read_text("utf-8").split()[0])
        return max(0, limit - pages * resource.getpagesize())
    except (ImportError, OSError, ValueError, IndexError):
        return None


def _of_system(root: Path) -> list[Limit]:
    """Return the memory that Linux can give without killing a process: free, caches and swap.

    On other systems it is all of the machine's memory.
    """
    with suppress(OSError, ValueError, LookupError):
        table = _table(root / "proc/meminfo")
        kilobytes = table["MemAvailable:"] + table["SwapFree:"]
        return [Limit(kilobytes * 1024, "free memory")]
    if sys.platform == "win32":
        return []
    with suppress(OSError, ValueError):
        pages = os.sysconf("SC_PHYS_PAGES")
        return [Limit(pages * os.sysconf("SC_PAGE_SIZE"), "memory of this machine")]
    return []


def _of_cgroups(root: Path) -> Iterator[Limit]:
    """Yield what each readable control group of this process leaves.

    In a container the path in ``/proc/self/cgroup`` may be the host's; the container's own limit
    then lies in the folder of the groups itself.
    """
    with suppress(OSError, ValueError):
        for line in (root / "proc/self/cgroup").read_text("utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            for controller, folder, *files in CGROUPS:
                if controller in controllers.split(","):
                    top = root / "sys/fs/cgroup" / folder
                    group = top / path.lstrip("/")
                    for one in (group, *group.parents):
                        if one.is_relative_to(top):
                            yield from _of_cgroup(one, *files)


def _of_cgroup(group: Path, limit: str, usage: str, prefix: str) -> Iterator[Limit]:
    """Yield what a control group leaves; its file cache does not count."""
    with suppress(OSError, ValueError, LookupError):  # "max" is not a number: no limit
        most, used = (int((group / name).read_text("utf-8")) for name in (limit, usage))
        table = _table(group / "memory.stat")
        cached = table[f"{prefix}inactive_file"] + table[f"{prefix}active_file"]
        yield Limit(max(0, most - used + cached), "limit of the control group")


def _table(path: Path) -> dict[str, int]:
    """Return the lines of ``path``, each a name and a whole number, as a dictionary."""
    rows = (line.split() for line in path.read_text("utf-8").splitlines())
    return {row[0]: int(row[1]) for row in rows}
