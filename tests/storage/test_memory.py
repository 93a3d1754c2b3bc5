"""The memory left: with a real limit, and from copies of Linux's files in a folder."""

import subprocess
import sys

import pytest

from nntrain.storage.memory import in_bytes, tightest_limit

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what is in use")


def machine(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def group(folder, most, used, version=2):
    limit, usage, total = {
        2: ("memory.max", "memory.current", ""),
        1: ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
    }[version]
    return {
        f"{folder}/{limit}": f"{most}\n",
        f"{folder}/{usage}": f"{used}\n",
        # what the group itself caches is not what all below it cache
        f"{folder}/memory.stat": f"cache 9\ninactive_file {7 if total else 30}\nactive_file "
        f"{7 if total else 20}\ntotal_inactive_file 30\ntotal_active_file 20\n",
    }


MEMINFO = {"proc/meminfo": "MemTotal: 9 kB\nMemAvailable:   1000 kB\nSwapFree:  24 kB\n"}
V2 = {**MEMINFO, "proc/self/cgroup": "0::/a/b\n"}
V1 = {**MEMINFO, "proc/self/cgroup": "5:cpu,memory:/a/b\n1:name=systemd:/x:y\n0::/\n"}


@pytest.mark.parametrize(
    ("files", "left", "source"),
    [
        (MEMINFO, 1024 * 1024, "free memory"),
        ({**V2, **group("sys/fs/cgroup/a/b", 1000, 300)}, 750, "control group"),
        # of all groups above it, the tightest
        ({**V2, **group("sys/fs/cgroup/a", 500, 300)}, 250, "control group"),
        ({**V2, **group("sys/fs/cgroup", 400, 300)}, 150, "control group"),
        ({**V2, **group("sys/fs/cgroup/a", 500, 900)}, 0, "control group"),
        ({**V2, **group("sys/fs/cgroup/a", "max", 300)}, 1024 * 1024, "free memory"),
        ({**V1, **group("sys/fs/cgroup/memory/a/b", 1000, 300, 1)}, 750, "control group"),
        # a container that sees the host's path, and only its own group
        ({**V1, **group("sys/fs/cgroup/memory", 1000, 300, 1)}, 750, "control group"),
        ({**V1, **group("sys/fs/cgroup/a/b", 1, 1)}, 1024 * 1024, "free memory"),
        ({**MEMINFO, "proc/self/cgroup": "nonsense\n"}, 1024 * 1024, "free memory"),
    ],
)
def test_the_tightest_limit_counts(tmp_path, files, left, source):
    limit = tightest_limit(root=machine(tmp_path, files))
    assert limit.left == left
    assert source in limit.source


def test_processes_share(tmp_path):
    assert tightest_limit(4, machine(tmp_path, MEMINFO)).left == 256 * 1024


@linux
def test_without_meminfo_it_is_the_memory_of_the_machine(tmp_path):
    with open("/proc/meminfo") as file:  # noqa: PTH123 - no path of the test's own
        total = int(file.readline().split()[1]) * 1024
    assert tightest_limit(root=tmp_path).left == pytest.approx(total, rel=0.05)


@linux
@pytest.mark.parametrize("processes", [1, 4])
def test_the_limit_of_the_address_space_is_each_process_s_own(processes):
    code = (
        "import resource, mmap; from nntrain.storage.memory import tightest_limit\n"
        "resource.setrlimit(resource.RLIMIT_AS, (200_000_000,) * 2)\n"
        f"limit = tightest_limit({processes}); print(limit.source)\n"
        "taken = mmap.mmap(-1, limit.left - 1_000_000)\n"
        "try: mmap.mmap(-1, 2_000_000)\n"
        "except OSError: print('full')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["ulimit -v", "full"]


def test_sizes_in_words():
    assert [in_bytes(size) for size in (4_400_000, 41_240_000_000)] == ["4 MB", "41.2 GB"]
