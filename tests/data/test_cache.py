import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from nntrain.data import idx
from nntrain.data.cache import cached_arrays, cached_state
from nntrain.data.catalogue import RAW_NAMES
from nntrain.data.loading import load_entry
from nntrain.errors import DatasetError, DownloadError
from tests.cli.disks import longest_file
from tests.data.made import (
    BOTH,
    SHAPE,
    TRAIN,
    Recorder,
    examples,
    fill,
    map_below,
    names,
    same,
    tiny,
)
from tests.faultserver import FaultServer, refusing_base
from tests.kills import lonely


def test_a_download_leaves_the_published_and_the_raw_files_and_nothing_else(tmp_path, mirror):
    server, entry = mirror
    dataset = load_entry(entry, tmp_path)
    assert same(dataset)
    assert names(tmp_path / "tiny") == BOTH
    assert server.gets("good") == 4
    assert (dataset.name, dataset.title, dataset.classes) == ("tiny", "Tiny", ("a", "b", "c"))
    assert dataset.image_shape == SHAPE
    assert dataset.folder == tmp_path / "tiny"
    assert not dataset.synthetic
    assert dataset.substituted_because is None


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize(("gz", "raw"), [(True, True), (True, False), (False, True)])
def test_a_complete_cache_never_touches_the_network(tmp_path, offline, gz, raw):
    fill(tmp_path / "tiny", gz=gz, raw=raw)
    entry = replace(tiny().entry, mirrors=("http://127.0.0.1:1/",))
    assert cached_state(entry, tmp_path) == "complete"
    dataset = load_entry(entry, tmp_path, offline=offline)
    assert same(dataset)
    assert map_below(dataset.train.images) is not None
    assert names(tmp_path / "tiny") == (BOTH if gz else sorted(RAW_NAMES.values()))


@pytest.mark.alone
def test_a_complete_cache_loads_quickly_without_a_network_library(tmp_path):
    fill(tmp_path / "tiny")
    code = f"""
import sys, time
from pathlib import Path
from nntrain.data.catalogue import CatalogueEntry, DataFile
from nntrain.data.loading import load_entry
entry = {tiny().entry!r}
began = time.perf_counter()
load_entry(entry, Path({str(tmp_path)!r}))
assert time.perf_counter() - began < 0.1
heavy = {{"requests", "urllib3", "ssl", "http.client", "zipfile"}}
heavy.add("nntrain.data.synthetic.generate")
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert result.stderr.decode() == ""


@pytest.mark.usefixtures("no_network")
def test_offline_and_incomplete_lists_what_is_missing(tmp_path):
    fill(tmp_path / "tiny")
    for name in ("train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"):
        (tmp_path / "tiny" / name).unlink()
        (tmp_path / "tiny" / f"{name}.gz").unlink()
    with pytest.raises(DownloadError) as caught:
        load_entry(tiny().entry, tmp_path, offline=True)
    text = str(caught.value)
    assert "missing train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz" in text
    for word in ("offline=True", "nntrain data download tiny", str(tmp_path / "tiny")):
        assert word in text


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("gz", [True, False])
def test_offline_and_damaged_says_what_to_do(tmp_path, gz):
    fill(tmp_path / "tiny")
    victim = tmp_path / "tiny" / "t10k-labels-idx1-ubyte"
    victim.write_bytes(b"")
    other = victim.with_name(f"{victim.name}.gz")
    other.write_bytes(b"no gzip") if gz else other.unlink()
    with pytest.raises(DatasetError, match="offline=True forbids downloading it again") as caught:
        load_entry(tiny().entry, tmp_path, offline=True)
    assert not isinstance(caught.value, DownloadError)
    assert str(other) in str(caught.value)


@pytest.mark.parametrize("damage", ["cut", "header", "empty", "folder"])
def test_a_damaged_raw_file_is_unpacked_again(tmp_path, damage):
    fill(tmp_path / "tiny")
    victim = tmp_path / "tiny" / "train-images-idx3-ubyte"
    content = victim.read_bytes()
    wrong_header = idx.header((*SHAPE, TRAIN)) + content[16:]
    victim.write_bytes({"cut": content[:-1], "header": wrong_header}.get(damage, b""))
    if damage == "folder":
        victim.unlink()
        victim.symlink_to(tmp_path / "nowhere")
    report = Recorder()
    assert same(load_entry(tiny().entry, tmp_path, offline=True, report=report))
    assert report.told("unpacking it again")
    assert victim.read_bytes() == content
    assert names(tmp_path / "tiny") == BOTH


def test_a_damaged_gzip_file_is_set_aside_and_fetched_again_once(tmp_path, mirror):
    server, entry = mirror
    fill(tmp_path / "tiny", raw=False)
    victim = tmp_path / "tiny" / "t10k-images-idx3-ubyte.gz"
    bad = bytes(victim.stat().st_size)
    victim.write_bytes(bad)
    report = Recorder()
    assert same(load_entry(entry, tmp_path, report=report))
    assert [request.name for request in server.requests] == [victim.name]
    assert report.told("renamed to t10k-images-idx3-ubyte.gz.bad")
    assert victim.with_name(f"{victim.name}.bad").read_bytes() == bad
    assert names(tmp_path / "tiny") == sorted([*BOTH, f"{victim.name}.bad"])


def test_own_mirrors_come_before_the_published_ones(tmp_path):
    made = tiny()
    with FaultServer(made.files) as server, refusing_base() as nobody:
        entry = replace(made.entry, mirrors=(server.base("good_chunked"),))
        load_entry(entry, tmp_path / "a", mirrors=[server.base("good")])
        assert (server.gets("good"), server.gets("good_chunked")) == (4, 0)
        report = Recorder()
        load_entry(entry, tmp_path / "b", mirrors=[nobody], report=report)
        assert (server.gets("good"), server.gets("good_chunked")) == (4, 4)
        # found unreachable once: the other three files do not wait for it
        assert sum("connection refused" in text for text in report.messages) == 1


def test_state_of_the_cache(tmp_path):
    entry, folder = tiny().entry, tmp_path / "tiny"
    assert cached_state(entry, tmp_path) == "absent"
    fill(folder)
    assert cached_state(entry, tmp_path) == "complete"
    (folder / "t10k-images-idx3-ubyte").write_bytes(b"cut")
    assert cached_state(entry, tmp_path) == "complete", "it can be unpacked again"
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    assert cached_state(entry, tmp_path) == "partial"


PROCESS = """
import sys
from pathlib import Path
from tests.data.made import tiny
from nntrain.data.loading import load_entry
load_entry(tiny(mirrors=(sys.argv[1],)).entry, Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_six_processes_fill_a_damaged_cache_and_fetch_each_file_once(tmp_path):
    with FaultServer(tiny().files) as server:
        base = server.base("slow_but_honest")
        fill(tmp_path / "tiny", raw=False)
        for path in (tmp_path / "tiny").iterdir():
            path.write_bytes(b"bad")
        command = [sys.executable, "-c", PROCESS, base, str(tmp_path)]
        processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(6)]
        assert [process.communicate()[1].decode() for process in processes] == [""] * 6
        assert server.gets("slow_but_honest") == 4
    assert names(tmp_path / "tiny") == sorted([*BOTH, *(f"{n}.bad" for n in tiny().files)])


@pytest.fixture
def readable_by_all():
    """A folder that a process without privileges may look into, but not write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def unprivileged(folder):
    """Load from ``folder`` as a user who may only read it; return what went wrong or "fine"."""
    code = f"""
import mmap, os
from pathlib import Path
from nntrain.data.cache import cached_arrays
from nntrain.data.catalogue import CatalogueEntry, DataFile
from nntrain.data.download.fetch import fetch
from nntrain.data.download.mirrors import addresses
from nntrain.errors import DatasetError
entry = {tiny().entry!r}
if os.geteuid() == 0:
    os.setuid(65534)  # Root may write everywhere; modules are imported before.
try:
    cached_arrays(entry, Path({str(folder)!r}))
    print("fine")
except DatasetError as error:
    print(type(error).__name__, error)
"""
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    assert result.stderr.decode() == ""
    return result.stdout.decode().strip()


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="permissions the POSIX way")
@pytest.mark.parametrize("raw", [True, False])
def test_a_complete_cache_that_may_only_be_read_works(readable_by_all, raw):
    fill(readable_by_all / "tiny", gz=not raw, raw=raw)
    before = names(readable_by_all)
    assert unprivileged(readable_by_all) == "fine"
    assert names(readable_by_all) == before


@pytest.mark.skipif(not hasattr(os, "setuid"), reason="permissions the POSIX way")
def test_an_empty_folder_that_may_only_be_read_is_a_clear_error(readable_by_all):
    said = unprivileged(readable_by_all)
    assert said.startswith(f"DatasetError cannot write {readable_by_all}/tiny")
    assert "Permission denied" in said
    assert "data_dir" in said


def test_a_disk_full_while_unpacking_is_a_clear_error(tmp_path):
    arrays = examples(train=6, test=1000)
    fill(tmp_path / "tiny", raw=False, arrays=arrays)
    message = r"cannot write .*t10k-images.*File too large"
    with longest_file(10_000), pytest.raises(DatasetError, match=message):
        cached_arrays(tiny(arrays).entry, tmp_path)
    assert not [name for name in names(tmp_path) if "part" in name or "lock" in name]


UNPACKED_AND_KILLED = """
from pathlib import Path
from nntrain.data.cache import cached_arrays
from tests.data.made import BOTH, fill, names, tiny
from tests.kills import at_every_access

def work():
    cached_arrays(tiny().entry, Path(), offline=True)

fill(Path("tiny"), raw=False)
temporaries = 0
for number in at_every_access(work):
    temporaries += len(list(Path("tiny").glob(".*.part")))
    work()
    assert names(Path("tiny")) == BOTH, (number, names(Path()))
    for raw in BOTH:
        if not raw.endswith(".gz"):
            Path("tiny", raw).unlink()
print(number, temporaries)
"""


@pytest.mark.skipif(os.name != "posix", reason="forks and SIGKILL")
def test_unpacking_killed_anywhere_leaves_nothing_behind_for_good(tmp_path):
    points, temporaries = map(int, lonely(UNPACKED_AND_KILLED, tmp_path).split())
    assert points > 20
    assert temporaries >= 4
