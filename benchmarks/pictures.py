"""How well ``nntrain predict`` classifies image files: as PNG, enlarged, and photographed.

    python -m benchmarks pictures RUN

The thresholds of uneven light, noise and thin pens were chosen on validation digits. Those of
lines, lossy formats and several digits were tried on the first 1,000 test digits. Their figures
are therefore of later digits, on other sheets: ``--skip 5000`` also changes what is random.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click
import numpy as np
from PIL import Image

from benchmarks.photographs import THICK_PEN, THIN_PEN, Pixels, photograph
from nntrain.analysis.metrics import wilson
from nntrain.data.loading import load
from nntrain.errors import DatasetError
from nntrain.images.normal_form import normalised
from nntrain.images.read import read_picture
from nntrain.runs import run

SEED = 0
Made = Callable[[Pixels, np.random.Generator], Pixels]


@dataclass(frozen=True)
class Kind:
    """How a file is made of a digit: its pixels, its format, and the quality of a lossy one.

    ``count``: how many are made; 0: as many as the option says.
    """

    make: Made = lambda digit, rng: digit
    format: str = "PNG"
    quality: int = 95
    count: int = 0


LOSSY = {
    f"{format} {quality}, {size}": Kind(make, format, quality, count=1000)
    for size, make in {
        "28×28": lambda digit, rng: digit,
        "32×32, padded": lambda digit, rng: np.pad(digit, 2),
        "32×32, enlarged": lambda digit, rng: enlarged(digit, 32 / 28),
    }.items()
    for format in ("JPEG", "WebP")
    for quality in (75, 85, 95)
}
KINDS = {
    "PNG, 28×28": Kind(count=10_000),
    "PNG, 28×28, dark on light": Kind(lambda digit, rng: 255 - digit, count=10_000),
    **LOSSY,
    "enlarged 3 times": Kind(lambda digit, rng: enlarged(digit, 3)),
    "enlarged 15 times": Kind(lambda digit, rng: enlarged(digit, 15)),
    "photographs": Kind(photograph, "JPEG"),
    "photographs, thick pen": Kind(partial(photograph, pen=THICK_PEN), "JPEG"),
    "photographs, thin pen": Kind(partial(photograph, pen=THIN_PEN), "JPEG"),
    "photographs, ruled paper": Kind(partial(photograph, lines="ruled"), "JPEG"),
    "photographs, squared paper": Kind(partial(photograph, lines="squared"), "JPEG"),
}


def enlarged(digit: Pixels, times: float) -> Pixels:
    size = tuple(round(times * length) for length in digit.shape)
    return np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BICUBIC))


@click.command("pictures")
@click.argument("run_name", metavar="RUN", required=False)
@click.option("--runs-dir", type=click.Path(path_type=Path), default=Path("runs"))
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("data"))
@click.option("--split", type=click.Choice(["validation", "test"]), default="test")
@click.option("--skip", type=click.IntRange(0), default=0, help="Leave out the first digits.")
@click.option("--photographs", "count", type=click.IntRange(1), default=300, show_default=True)
def command(
    run_name: str | None, runs_dir: Path, data_dir: Path, split: str, skip: int, count: int
) -> None:
    """Measure how well a run classifies MNIST's digits from image files."""
    network = run.find(runs_dir, run_name).model()
    images, labels = (part[skip:] for part in load("mnist", data_dir).split(split))
    answers = network.weighted_inputs(images).argmax(axis=1)
    click.echo(f"MNIST's {split} digits; same: the prediction is the same as from IDX")
    with TemporaryDirectory() as scratch:
        for name, kind in KINDS.items():
            n = min(kind.count or count, len(images))
            read, seconds = read_all(kind, images[:n], Path(scratch) / "digit", (SEED, skip))
            predicted = network.weighted_inputs(read).argmax(axis=1)
            right = wilson(int((predicted == labels[:n]).sum()), n)
            from_idx = (answers[:n] == labels[:n]).mean()
            identical = (read == images[:n]).all(axis=(1, 2)).mean()
            click.echo(
                f"{name}, {n:,}: accuracy {right.estimate:.2%} "
                f"({right.low:.2%} to {right.high:.2%}), from IDX {from_idx:.2%}; "
                f"same {(predicted == answers[:n]).mean():.2%}; identical pixels {identical:.2%}; "
                f"{1000 * seconds / n:.1f} ms each"
            )


def read_all(
    kind: Kind, digits: Pixels, file: Path, seed: tuple[int, int]
) -> tuple[Pixels, float]:
    """Return the images (n, 28, 28) as read back, blank if refused, and the seconds taken."""
    rng = np.random.default_rng(seed)
    read, seconds = np.zeros_like(digits), 0.0
    for index, digit in enumerate(digits):
        made = Image.fromarray(kind.make(np.asarray(digit), rng))
        made.save(file, kind.format, quality=kind.quality)
        start = perf_counter()
        with suppress(DatasetError):
            decoded = read_picture(file)
            read[index] = normalised(decoded.grey, digit.shape, decoded.lossy)
        seconds += perf_counter() - start
    return read, seconds
