"""Files and folders given to ``nntrain predict`` -> the pictures in them."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nntrain.images.read import SUFFIXES, UNREAD_SUFFIXES


@dataclass(frozen=True)
class Picture:
    """A file to be read; ``true`` is the class named by its folder."""

    path: Path
    true: int | None = None

    @property
    def name(self) -> str:
        """The path, with unprintable characters escaped."""
        letters = (c if c.isprintable() else ascii(c)[1:-1] for c in str(self.path))
        return "".join(letters)


def find_pictures(paths: Iterable[Path], classes: Sequence[str]) -> Iterator[Picture]:
    """Yield the pictures in ``paths``: each file, and all pictures below a folder, sorted.

    In folders only visible files with a picture's suffix count, and HEIC files, so that they are
    reported. One in a folder named after a class, or its number unless all classes are numbers, is
    labelled with it; ``/`` in a class is ``_`` there. A folder without pictures, or that cannot be
    read, is yielded itself: reading it reports the problem.
    """
    labels = {name.replace("/", "_").casefold(): label for label, name in enumerate(classes)}
    if not all(name.lstrip("-").isdecimal() for name in classes):
        labels = {str(label): label for label in range(len(classes))} | labels
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112 - Path's raises without permission
            yield Picture(path)
            continue
        found = False
        for file in _files_below(path):
            found = True
            yield Picture(file, labels.get(file.absolute().parent.name.casefold()))
        if not found:
            yield Picture(path)


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the pictures below ``folder``, sorted, and each folder that cannot be read."""
    unreadable: list[Path] = []

    def keep(error: OSError) -> None:
        unreadable.append(Path(error.filename))

    for parent, folders, files in os.walk(folder, onerror=keep):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.lower().endswith(SUFFIXES + UNREAD_SUFFIXES) and not name.startswith("."):
                yield Path(parent) / name
    yield from unreadable
