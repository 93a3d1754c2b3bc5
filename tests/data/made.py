"""Small datasets on disk and on mirrors, and a report that records its messages."""

import gzip
import hashlib
import mmap
from types import SimpleNamespace

import numpy as np

from nntrain.data import idx
from nntrain.data.arrays import FourArrays
from nntrain.data.catalogue import RAW_NAMES, ROLES, CatalogueEntry, DataFile

TRAIN, TEST, SHAPE = 25, 7, (4, 5)
BOTH = sorted(name for role in RAW_NAMES.values() for name in (role, f"{role}.gz"))


def examples(train=TRAIN, test=TEST, shape=SHAPE, classes=3):
    rng = np.random.default_rng(11)
    return FourArrays(
        rng.integers(0, 256, (train, *shape), np.uint8),
        np.arange(train, dtype=np.uint8) % classes,
        rng.integers(0, 256, (test, *shape), np.uint8),
        np.arange(test, dtype=np.uint8) % classes,
    )


SOUND = examples()


def changed(**arrays):
    return SOUND._replace(**arrays)


def tiny(arrays=SOUND, mirrors=(), raw_known=False, name="tiny"):
    """A made-up dataset: its catalogue entry, and its published files by name."""
    files, described = {}, []
    for role, array in zip(ROLES, arrays, strict=True):
        raw = idx.encode(array)
        gz = gzip.compress(raw, mtime=0)
        hashes = hashlib.sha256(gz).hexdigest(), hashlib.sha256(raw).hexdigest()
        file_name = f"{RAW_NAMES[role]}.gz"
        files[file_name] = gz
        known = hashes[1] if raw_known else None
        described.append(DataFile(role, file_name, len(gz), hashes[0], len(raw), known))
    entry = CatalogueEntry(name, "Tiny", tuple(described), mirrors, ("a", "b", "c"), SHAPE)
    return SimpleNamespace(entry=entry, files=files)


def mnist(*mirrors):
    """The entry of a made-up dataset that stands for MNIST."""
    return tiny(mirrors=mirrors, name="mnist").entry


def fill(folder, *, gz=True, raw=True, arrays=SOUND):
    """Write the published files of ``arrays``, their unpacked ones, or both."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tiny(arrays).files.items():
        if gz:
            (folder / name).write_bytes(content)
        if raw:
            (folder / name.removesuffix(".gz")).write_bytes(gzip.decompress(content))


def write_npz(path, **changes):
    """Write the dataset as Keras does, with some arrays changed, or left out for None."""
    keys = ("x_train", "y_train", "x_test", "y_test")
    arrays = {**dict(zip(keys, SOUND, strict=True)), **changes}
    np.savez_compressed(path, **{k: v for k, v in arrays.items() if v is not None})


def names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def same(dataset, arrays=SOUND):
    """Whether the three parts of the dataset are these arrays."""
    train = [
        np.concatenate(parts) for parts in zip(dataset.train, dataset.validation, strict=True)
    ]
    return all(map(np.array_equal, (*train, *dataset.test), arrays))


def map_below(array):
    base = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, mmap.mmap) else None


class Recorder:
    """A download report that records its messages."""

    def __init__(self):
        self.starts, self.messages = [], []
        self.count_bytes = self.finished = 0

    def start(self, name, size_bytes):
        self.starts.append((name, size_bytes))
        self.count_bytes = 0

    def advance(self, count_bytes):
        self.count_bytes += count_bytes

    def finish(self):
        self.finished += 1

    def message(self, text):
        self.messages.append(text)

    def told(self, text):
        """Whether one of the messages contains this text."""
        return any(text in message for message in self.messages)
