import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from nntrain.data.catalogue import CATALOGUE, RAW_NAMES, ROLES

entries = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE.keys())


def test_the_three_datasets_are_known_under_their_own_names():
    assert list(CATALOGUE) == ["mnist", "fashion-mnist", "kmnist"]
    assert all(name == entry.name for name, entry in CATALOGUE.items())


@entries
def test_an_entry_has_each_role_once_with_the_size_of_its_shape(entry):
    assert [file.role for file in entry.files] == list(ROLES)
    rows, columns = entry.image_shape
    sizes = [file.raw_size_bytes for file in entry.files]
    assert sizes == [
        16 + 60_000 * rows * columns,
        8 + 60_000,
        16 + 10_000 * rows * columns,
        8 + 10_000,
    ]
    assert all(file.raw_name == RAW_NAMES[file.role] for file in entry.files)
    assert all(file.name == f"{file.raw_name}.gz" for file in entry.files)
    assert all(0 < file.size_bytes < file.raw_size_bytes for file in entry.files)


@entries
def test_classes_are_ten_different_names(entry):
    assert len(set(entry.classes)) == len(entry.classes) == 10


@entries
def test_mirrors_are_base_addresses_and_never_the_lapsed_host(entry):
    assert entry.mirrors
    for mirror in entry.mirrors:
        assert urlsplit(mirror).scheme in ("http", "https")
        assert mirror.endswith("/")
        assert "lecun" not in mirror


def test_every_checksum_is_a_sha256_of_one_file_only():
    checksums = [file.sha256 for entry in CATALOGUE.values() for file in entry.files]
    assert all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in checksums)
    assert len(set(checksums)) == len(checksums) == 12


def test_published_figures():
    figures = {
        name: " ".join(f"{file.size_bytes}:{file.sha256[:8]}" for file in entry.files)
        for name, entry in CATALOGUE.items()
    }
    assert figures == {
        "mnist": "9912422:440fcabf 28881:3552534a 1648877:8d422c7b 4542:f7ae60f9",
        "fashion-mnist": "26421880:3aede38d 29515:a04f1713 4422102:346e55b9 5148:67da17c7",
        "kmnist": "18165135:51467d22 29497:e38f9ebc 3041136:edd7a857 5120:20bb9a0e",
    }


def test_the_catalogue_does_not_load_numpy():
    code = "import nntrain.data.catalogue, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
