"""Verification: every byte of a cached dataset is checked, and damaged files are replaced."""

import hashlib
from collections.abc import Iterator, Sequence
from os.path import lexists  # Path.exists raises if the folder may not be searched
from pathlib import Path
from typing import NamedTuple

from nntrain.data import idx
from nntrain.data.cache import read_raw, shape_of
from nntrain.data.catalogue import CATALOGUE, RAW_NAMES, CatalogueEntry, DataFile
from nntrain.data.dataset import AUTO, AUTO_MEANS, Dataset
from nntrain.data.disk import set_aside, sha256_of
from nntrain.data.download import SILENT, DownloadReport
from nntrain.data.loading import load, read_given
from nntrain.data.synthetic import NAME as SYNTHETIC
from nntrain.data.synthetic import draw, drawn_folder
from nntrain.errors import DatasetError, SettingsError, did_you_mean

SIZE_ONLY = "size and header only (no checksum of the unpacked file is known)"


class FileCheck(NamedTuple):
    """One check of one file, as the texts of a row in a table."""

    file: Path
    checked: str
    expected: str
    got: str
    ok: bool


def verify(name_or_path: str, data_dir: Path) -> list[FileCheck]:
    """Return one row per check of each file of the dataset; every byte is read.

    A catalogue dataset is compared with its known checksums, the synthetic one with freshly drawn
    digits. The user's own files have no checksums; raises DatasetError if they do not belong
    together. Downloads nothing.
    """
    if name_or_path == AUTO:
        name_or_path = AUTO_MEANS
    if name_or_path in CATALOGUE:
        entry = CATALOGUE[name_or_path]
        folder = data_dir / entry.name
        return [check for file in entry.files for check in _verify_file(entry, file, folder)]
    if name_or_path == SYNTHETIC:
        return _verify_drawn(data_dir)
    load(name_or_path, data_dir, offline=True)
    arrays, origins, _ = read_given(name_or_path)
    checked = "format, counts and labels (no checksum is known)"
    return [
        FileCheck(Path(origins[role]), checked, shape, shape, True)
        for role in RAW_NAMES
        if (shape := str(getattr(arrays, role).shape))
    ]


def _verify_file(entry: CatalogueEntry, file: DataFile, folder: Path) -> Iterator[FileCheck]:
    raw, gz = folder / file.raw_name, folder / file.name
    raw_sha256 = file.raw_sha256
    if not lexists(raw) and not lexists(gz):
        yield _missing(gz)
    if lexists(gz):
        check = _hash_check(gz, "SHA-256 of the gzip file", file.sha256)
        yield check
        if check.ok and lexists(raw) and raw_sha256 is None:
            raw_sha256 = hashlib.sha256(idx.encode(idx.read(gz))).hexdigest()
    if lexists(raw):
        if raw_sha256 is not None:
            yield _hash_check(raw, "SHA-256 of the unpacked file", raw_sha256)
        else:
            array, fault = read_raw(entry, file, raw)
            shape = str(shape_of(entry, file))
            yield FileCheck(raw, SIZE_ONLY, shape, fault or shape, array is not None)


def _verify_drawn(data_dir: Path) -> list[FileCheck]:
    checks = []
    for name, array in zip(RAW_NAMES.values(), draw(), strict=True):
        path = drawn_folder(data_dir) / name
        expected = hashlib.sha256(idx.encode(array)).hexdigest()
        checks.append(
            _hash_check(path, "SHA-256 of freshly drawn digits", expected)
            if lexists(path)
            else _missing(path)
        )
    return checks


def _missing(path: Path) -> FileCheck:
    return FileCheck(path, "present", "a file", "missing", False)


def _hash_check(path: Path, checked: str, expected: str) -> FileCheck:
    try:
        got = sha256_of(path)
    except DatasetError as error:
        got = str(error)
    return FileCheck(path, checked, expected, got, got == expected)


def download(
    name: str,
    data_dir: Path,
    *,
    mirrors: Sequence[str] = (),
    report: DownloadReport = SILENT,
) -> Dataset:
    """Make the cache of a named dataset complete and correct in every byte, and return it.

    Unlike ``load``, hashes existing files first; a damaged file is renamed to ``<name>.bad`` and
    downloaded, unpacked or drawn again. An unpacked file whose ``.gz`` is missing and whose
    checksum is unknown is kept, with a message. Raises SettingsError for an unknown name, and
    otherwise what ``load`` raises.
    """
    known = (*CATALOGUE, SYNTHETIC)
    if name == AUTO:
        name = AUTO_MEANS
    if name not in known:
        raise SettingsError(
            f"dataset {name!r}: expected one of {', '.join(known)}.{did_you_mean(name, known)}"
        )
    for check in verify(name, data_dir):
        if not check.ok and lexists(check.file):
            bad = set_aside(check.file)
            report.message(f"{check.file} is damaged; renamed to {bad.name}")
        elif check.ok and check.checked == SIZE_ONLY:
            report.message(
                f"{check.file}: checked {SIZE_ONLY}. To check every byte, remove it and download."
            )
    return load(name, data_dir, mirrors=mirrors, report=report)
