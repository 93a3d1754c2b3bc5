"""Commands that write files, killed at random moments and repeated until they finish."""

import pickle
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lives import ENVIRONMENT, start, temporaries
from nntrain.data.cache import cached_arrays
from nntrain.data.catalogue import CatalogueEntry
from nntrain.data.disk import sha256_of
from nntrain.runs.run import Run
from tests.data.made import examples, tiny

if TYPE_CHECKING:
    from benchmarks.trouble import Round

MOST_KILLS = 4
LONGEST_LIFE_S = 1.0
UNPACKED = 1_000_000
"""Images of 20 pixels: unpacking 20 MB takes about 0.1 s, when most kills come."""
UNPACK = """
import pickle, sys
from pathlib import Path
from nntrain.data.cache import cached_arrays
cached_arrays(pickle.loads(Path("entry").read_bytes()), Path(), offline=True)
"""


def exported_and_imported(soak: "Round") -> None:
    """Export the run and import the file; the network must be the run's."""
    file = soak.work / f"out.{soak.rng.choice(['npz', 'safetensors'])}"
    places = soak.places[:2]
    _finish_despite_kills(soak, "export", "run", "--output", file, "--overwrite", *places)
    if file.suffix != ".npz":
        return
    words = ("--name", "imported", "--dataset", soak.dataset, "--overwrite")
    _finish_despite_kills(soak, "import", file, *words, *places)
    run, imported = (Run(soak.work / name).model() for name in ("run", "imported"))
    for ours, theirs in zip(run.parameters, imported.parameters, strict=True):
        assert np.array_equal(ours, theirs), "an imported network differs"
    soak.run("evaluate", "imported", "--json", *places)


def write_packed(folder: Path) -> Path:
    """Write the gzipped files of a made-up dataset as if published; return ``folder``."""
    made = tiny(examples(train=UNPACKED), raw_known=True)
    (folder / "tiny").mkdir(parents=True)
    (folder / "entry").write_bytes(pickle.dumps(made.entry))
    for name, content in made.files.items():
        (folder / "tiny" / name).write_bytes(content)
    return folder


def unpacked(soak: "Round") -> None:
    """Unpack the files of a dataset; the raw files must be what was packed."""
    packed = soak.packed
    folder = shutil.copytree(packed, soak.work / packed.name)
    soak.log.append("unpacking is killed")
    for _ in range(soak.rng.randint(1, MOST_KILLS)):
        process = subprocess.Popen([sys.executable, "-c", UNPACK], cwd=folder, env=ENVIRONMENT)
        time.sleep(soak.rng.uniform(0.1, LONGEST_LIFE_S))
        process.kill()
        process.communicate()
        soak.counts["fault: killed unpacking"] += process.returncode != 0
    entry: CatalogueEntry = pickle.loads((packed / "entry").read_bytes())
    cached_arrays(entry, folder, offline=True)
    for file in entry.files:
        raw = folder / entry.name / file.raw_name
        assert sha256_of(raw) == file.raw_sha256, f"{raw} differs from what was packed"


def _finish_despite_kills(soak: "Round", *words: object) -> None:
    """Kill the command a few times, each at a random moment; then let it finish."""
    for _ in range(soak.rng.randint(1, MOST_KILLS)):
        soak.log.append(f"nntrain {' '.join(map(str, words))}  # killed")
        process = start(*words)
        time.sleep(soak.rng.uniform(0.1, LONGEST_LIFE_S))
        process.kill()
        process.communicate()
        soak.counts[f"fault: killed {words[0]}"] += process.returncode != 0
    soak.run(*map(str, words))
    assert not temporaries(soak.work), temporaries(soak.work)


BROKEN_OFF: tuple[Callable[["Round"], None], ...] = (exported_and_imported, unpacked)
