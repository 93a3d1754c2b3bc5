"""Catalogue: the datasets that have a name, with the size and SHA-256 of each of their files.

A dataset is four IDX files. Since their SHA-256 is known, it does not matter which mirror a file
comes from. To add a dataset, add an entry at the foot of this file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from nntrain.errors import quoted

Role = Literal["train_images", "train_labels", "test_images", "test_labels"]
ROLES: tuple[Role, ...] = get_args(Role)

RAW_NAMES: dict[Role, str] = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}


@dataclass(frozen=True)
class DataFile:
    """One gzipped IDX file: the bytes as published, and what they unpack to.

    ``size_bytes`` and ``sha256`` are of the ``.gz``; ``raw_size_bytes`` and ``raw_sha256``
    (None if nobody published it) are of the unpacked file.
    """

    role: Role
    name: str
    size_bytes: int
    sha256: str
    raw_size_bytes: int
    raw_sha256: str | None = None

    @property
    def raw_name(self) -> str:
        """The name of the unpacked file."""
        return self.name.removesuffix(".gz")


@dataclass(frozen=True)
class CatalogueEntry:
    """One dataset: its four files, the base addresses of its mirrors, and its classes in order.

    ``normalised``: its images have MNIST's normal form, so image files must be converted to it
    too.
    """

    name: str
    title: str
    files: tuple[DataFile, ...]
    mirrors: tuple[str, ...]
    classes: tuple[str, ...]
    image_shape: tuple[int, int]
    normalised: bool = False


DEFAULT_DIR = Path("data")
"""The default folder of the datasets, relative to the working directory."""


def download_command(name: str, data_dir: Path) -> str:
    """Return the command that downloads the dataset and replaces its damaged files."""
    if data_dir in (DEFAULT_DIR, DEFAULT_DIR.absolute()):
        return f"nntrain data download {name}"
    return f"nntrain data download {name} --data-dir {quoted(str(data_dir))}"


DIGITS = tuple("0123456789")

_RAW_SIZES: dict[Role, int] = {
    "train_images": 16 + 60_000 * 28 * 28,
    "train_labels": 8 + 60_000,
    "test_images": 16 + 10_000 * 28 * 28,
    "test_labels": 8 + 10_000,
}


def _like_mnist(
    *published: tuple[int, str], raw_sha256: tuple[str | None, ...] = (None,) * 4
) -> tuple[DataFile, ...]:
    """Return files with MNIST's names and shapes, given (size, SHA-256) of each ``.gz``.

    The files are in the order of ``ROLES``.
    """
    rows = zip(ROLES, published, raw_sha256, strict=True)
    return tuple(
        DataFile(role, f"{RAW_NAMES[role]}.gz", size_bytes, sha256, _RAW_SIZES[role], raw)
        for role, (size_bytes, sha256), raw in rows
    )


CATALOGUE: dict[str, CatalogueEntry] = {
    "mnist": CatalogueEntry(
        name="mnist",
        title="MNIST handwritten digits",
        files=_like_mnist(
            (9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            (28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            (1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            raw_sha256=(
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
        ),
        mirrors=(
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://dataset.bj.bcebos.com/mnist/",
            "https://raw.githubusercontent.com/fgnt/mnist/master/",
        ),
        classes=DIGITS,
        image_shape=(28, 28),
        normalised=True,
    ),
    "fashion-mnist": CatalogueEntry(
        name="fashion-mnist",
        title="Fashion-MNIST articles of clothing",
        files=_like_mnist(
            (26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            (29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            (4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ),
        mirrors=(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
            "https://dataset.bj.bcebos.com/fashion_mnist/",
            # Plain HTTP is acceptable here and below because every file's SHA-256 is verified.
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        classes=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        image_shape=(28, 28),
    ),
    "kmnist": CatalogueEntry(
        name="kmnist",
        title="Kuzushiji-MNIST cursive hiragana",
        files=_like_mnist(
            (18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
            (29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
            (3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
            (5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
        ),
        mirrors=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        classes=tuple("おきすつなはまやれを"),
        image_shape=(28, 28),
    ),
}
