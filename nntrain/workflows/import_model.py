"""A file with a trained network -> a run, which other commands accept like one trained here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nntrain.data.dataset import known_names
from nntrain.errors import ModelFileError, SettingsError, did_you_mean
from nntrain.exchange import network2
from nntrain.exchange.model_card import structure
from nntrain.nn.network import Network
from nntrain.runs import provenance
from nntrain.runs.directory import PROVENANCE
from nntrain.runs.model_file import load_about, load_model
from nntrain.runs.run import SETTINGS_FILE, Run, create
from nntrain.settings.fit import FitSettings, make
from nntrain.settings.toml import as_toml
from nntrain.storage.atomic import read_bytes

MAX_BYTES = 2**30
ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True)
class Imported:
    """A network and the file it was read from; ``sha256`` is of the file's bytes.

    ``about`` is what the file says about a caller's arrays that the network was trained on.
    """

    network: Network
    path: Path
    sha256: str
    about: Mapping[str, Any]


def read(path: Path) -> Imported:
    """Return the network in ``path``: the book's JSON, or nntrain's npz.

    Raises ``ModelFileError`` when it is neither, is damaged, or is larger than 1 GiB.
    """
    try:
        content = read_bytes(path, MAX_BYTES)
    except OSError as error:
        raise ModelFileError(f"Cannot read {path}: {error.strerror or error}.") from error
    is_npz = content.startswith(ZIP_MAGIC)
    network = load_model(path) if is_npz else network2.decode(content, str(path))
    about = load_about(path) if is_npz else {}
    return Imported(network, path, hashlib.sha256(content).hexdigest(), about)


def make_run(
    imported: Imported, dataset: str | None, runs_dir: Path, name: str | None, overwrite: bool
) -> Run:
    """Return a new run with the imported network, to be evaluated on ``dataset``.

    By default that is MNIST, or the arrays that the network was trained on, which are not here.
    The settings contain only what the network determines. Raises ``RunError`` when a run of
    that name exists and ``overwrite`` is false, ``SettingsError`` when there is no such dataset.
    """
    about = structure(imported.network)
    hidden = about.pop("sizes")[1:-1]
    if dataset is None:
        lasting_name = "arrays" if imported.about else "mnist"
    else:
        lasting_name = _lasting_name(dataset)
    settings = {"dataset": lasting_name, "hidden": hidden, **about}
    make(FitSettings, settings)
    with create(runs_dir, name, "imported", overwrite, resumable=False) as run:
        origin = provenance.of_import(imported.path, imported.sha256)
        run.write_json(PROVENANCE, {**origin, **imported.about})
        run.save_model(imported.network)
        run.write_text(SETTINGS_FILE, as_toml(settings))  # last: it makes the directory a run
    return run


def _lasting_name(dataset: str) -> str:
    """Return the dataset's name, or the absolute path of a user's dataset."""
    if dataset in known_names():
        return dataset
    path = Path(dataset).absolute()
    if not path.exists():
        raise SettingsError(
            f"There is no dataset {dataset!r}, by name or as a path."
            f"{did_you_mean(dataset, known_names())}"
        )
    return str(path)
