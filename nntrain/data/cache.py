"""Cache: the folder of a catalogue dataset, with each file as published and unpacked.

``<data_dir>/<dataset>/`` holds ``<file>.gz``, whose SHA-256 is verified, and beside it the raw
file unpacked from it, which is memory-mapped. Either is enough. Loading checks only the size and
header of a raw file, which takes no time; ``verification.verify`` hashes every byte.
"""

import errno
import math
from collections.abc import Sequence
from os.path import lexists  # Path.exists raises if the folder may not be searched
from pathlib import Path
from typing import Literal

from nntrain.data import idx
from nntrain.data.arrays import FourArrays
from nntrain.data.catalogue import CatalogueEntry, DataFile, download_command
from nntrain.data.disk import is_the_file
from nntrain.data.download import SILENT, DownloadReport
from nntrain.errors import DatasetError, DownloadError, in_words

State = Literal["complete", "partial", "absent"]
OFFLINE = ("--offline", "offline=True")


def cached_arrays(
    entry: CatalogueEntry,
    data_dir: Path,
    *,
    offline: bool = False,
    mirrors: Sequence[str] = (),
    report: DownloadReport = SILENT,
) -> FourArrays:
    """Return the arrays of a catalogue dataset, downloading what the cache lacks.

    Downloads nothing if the cache is complete, or with ``offline``. Raises DownloadError if files
    are missing and cannot be downloaded, DatasetError if they are damaged and may not be
    downloaded again, or if the disk fails.
    """
    folder = data_dir / entry.name
    if offline:
        _check_nothing_missing(entry, data_dir)
    unreachable: dict[str, str] = {}

    def array(file: DataFile) -> idx.Bytes:
        raw, gz = folder / file.raw_name, folder / file.name
        raw_array, fault = read_raw(entry, file, raw)
        if raw_array is not None:
            return raw_array
        good_gz = lexists(gz) and is_the_file(gz, file.size_bytes, file.sha256)
        if not good_gz:
            if offline:
                raise _damaged_and_offline(raw, gz, file, fault)
            # Imported only now: a complete cache needs no network library.
            from nntrain.data.download.fetch import fetch
            from nntrain.data.download.mirrors import addresses

            urls = addresses(file.name, entry.name, mirrors, entry.mirrors)
            expected = file.size_bytes, file.sha256
            fetch(urls, gz, *expected, report=report, unreachable=unreachable)
        if fault:
            report.message(f"{raw} is damaged; unpacking it again from {gz.name}")
        return _unpacked(gz, raw)

    return FourArrays(**{file.role: array(file) for file in entry.files})


def read_raw(entry: CatalogueEntry, file: DataFile, raw: Path) -> tuple[idx.Bytes | None, str]:
    """Return the raw file's array, or None and what is wrong with it ("" if it is missing)."""
    if not lexists(raw):
        return None, ""
    try:
        array = idx.read(raw)
    except DatasetError as error:
        return None, str(error)
    expected = shape_of(entry, file)
    if array.shape != expected:
        return None, f"{raw}: expected an array of {expected}, got {array.shape}"
    return array, ""


def shape_of(entry: CatalogueEntry, file: DataFile) -> tuple[int, ...]:
    """Return the array's shape, which follows from the raw file's size and role."""
    image_shape = entry.image_shape if file.role.endswith("images") else ()
    header_bytes = 4 + 4 * (1 + len(image_shape))
    return ((file.raw_size_bytes - header_bytes) // math.prod(image_shape), *image_shape)


def _unpacked(gz: Path, raw: Path) -> idx.Bytes:
    """Write the raw file from a verified ``.gz`` and return it memory-mapped.

    If the folder is read-only, the array stays in memory instead.
    """
    array = idx.read(gz)
    try:
        idx.write(raw, array)
    except DatasetError as error:
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            return array
        raise
    return idx.read(raw)


def _check_nothing_missing(entry: CatalogueEntry, data_dir: Path) -> None:
    folder = data_dir / entry.name
    missing = [
        file.name
        for file in entry.files
        if not lexists(folder / file.raw_name) and not lexists(folder / file.name)
    ]
    if missing:
        raise DownloadError(
            f"{entry.name} is not complete in {folder}: missing {', '.join(missing)}. "
            f"{in_words(*OFFLINE)} forbids downloading. When online, run "
            f"`{download_command(entry.name, data_dir)}`; or copy the files there, or use "
            f"{in_words('--dataset synthetic', 'the dataset synthetic')}."
        )


def _damaged_and_offline(raw: Path, gz: Path, file: DataFile, fault: str) -> DatasetError:
    what = f"{gz}: expected {file.size_bytes} bytes with SHA-256 {file.sha256}, got other bytes"
    return DatasetError(
        f"{what if lexists(gz) else fault.rstrip('.')}. {in_words(*OFFLINE)} forbids downloading "
        f"it again: run once without it, or replace {gz} with a good copy."
    )


def cached_state(entry: CatalogueEntry, data_dir: Path) -> State:
    """Return how much of the dataset is cached, judged by sizes and headers, without hashes."""
    folder = data_dir / entry.name
    usable = [_seems_usable(entry, file, folder) for file in entry.files]
    if all(usable):
        return "complete"
    there = [lexists(folder / n) for file in entry.files for n in (file.name, file.raw_name)]
    return "partial" if any(there) else "absent"


def _seems_usable(entry: CatalogueEntry, file: DataFile, folder: Path) -> bool:
    if read_raw(entry, file, folder / file.raw_name)[0] is not None:
        return True
    try:
        return (folder / file.name).stat().st_size == file.size_bytes
    except OSError:
        return False
