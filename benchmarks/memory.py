"""Peak memory of ``nntrain fit`` and of the peers, and how it grows with the dataset."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benchmarks import machine
from benchmarks.enlarged import write_enlarged
from benchmarks.options import dataset_options, fetched, json_option, write_json
from benchmarks.peers import OWN, PEERS
from benchmarks.peers.race import work_of
from benchmarks.shapes import EPOCH, SHAPES
from benchmarks.tables import table
from benchmarks.threads import environment
from benchmarks.watching import Peak, available, watch

SCHEMA = "nntrain-benchmarks/memory/1"
AT_MOST_MB = 150
COUNTS = (60_000, 600_000, 6_000_000)
SHAPE_C = (
    *("--hidden", "800", "--activation", "sigmoid", "--momentum", "0", "--epochs", "1"),
    *("--schedule", "constant", "--warmup-epochs", "0"),
)


@click.command()
@dataset_options
@json_option
@click.option("--peer", "chosen", type=click.Choice(list(PEERS)), multiple=True)
@click.option("--largest", default=COUNTS[-1], show_default=True, help="Grow no further.")
@click.option("--scratch", type=Path, help="Put the large files here. [default: the system's]")
def command(
    dataset: str,
    data_dir: Path,
    mirrors: tuple[str, ...],
    json_path: Path | None,
    chosen: tuple[str, ...],
    largest: int,
    scratch: Path | None,
) -> None:
    """Peak memory of nntrain fit and of its peers, and its growth with the dataset.

    nntrain fit is the whole command without the report page, which is an extra. A peer is a
    process that only loads its library and the same examples and trains one epoch.
    6,000,000 images are a file of 4.7 GB, removed afterwards.
    """
    if not available():
        raise click.ClickException("Peak memory is read from /proc, which only Linux has.")
    about = machine.describe()
    click.echo(machine.in_words(about))
    name, folder = fetched(dataset, data_dir, mirrors)
    with tempfile.TemporaryDirectory(dir=scratch) as made:
        peaks = _beside_peers(name, folder, Path(made), chosen)
        growth = [_grown(name, folder, count, Path(made)) for count in COUNTS if count <= largest]
    _show_growth(growth)
    document = {"schema": SCHEMA, "machine": about, "peaks": peaks, "growth": growth}
    write_json(json_path, document)


def _beside_peers(
    dataset: str, folder: str, made: Path, chosen: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Measure and show ``nntrain fit`` twice, and each peer at the same two sizes."""
    given = ["--dataset", dataset, "--data-dir", folder, "--offline"]
    rows = []
    for settings, shape, options in (("default", "F", ()), ("shape C", "C", SHAPE_C)):
        peak = _fit([*given, *options], made / f"runs-{shape}")
        rows.append({"program": "nntrain fit", "settings": settings, **asdict(peak)})
        for peer in PEERS.values():
            wanted = peer.name in chosen if chosen else peer.package != "numpy"
            if not wanted or peer.name == OWN:
                continue
            if missing := peer.missing():
                click.echo(missing, err=True)
                continue
            work = work_of(peer, SHAPES[shape], EPOCH, dataset, folder)
            words = [sys.executable, "-m", "benchmarks.peers.worker", json.dumps(work)]
            peak = watch(words, environment(None))
            rows.append({"program": peer.title, "settings": settings, **asdict(peak)})
    _show_peaks(rows)
    return rows


def _fit(options: list[str], runs: Path) -> Peak:
    words = [sys.executable, "-m", "nntrain", "fit", *options, "--runs-dir", str(runs), "--name"]
    return watch([*words, "measured", "-q", "--no-report"], environment(None))


def _grown(dataset: str, folder: str, count: int, made: Path) -> dict[str, Any]:
    """Train one epoch on a dataset of ``count`` training images; return what it took."""
    from nntrain.data.loading import load

    enlarged = write_enlarged(load(dataset, Path(folder), offline=True), count, made / str(count))
    try:
        size_bytes = sum(file.stat().st_size for file in enlarged.iterdir())
        runs = made / f"runs-{count}"
        peak = _fit(["--dataset", str(enlarged), "--epochs", "1"], runs)
        history = json.loads((runs / "measured" / "history.jsonl").read_text(encoding="utf-8"))
    finally:
        for file in enlarged.iterdir():
            file.unlink()
    trained = count - count // 6
    return {
        "images": count,
        "megabytes": size_bytes / 1e6,
        "trained_on": trained,
        "us_an_image": 1e6 * history["seconds"] / trained,
        "evaluation_us_an_image": 1e6 * history["evaluation_seconds"] / count,
        **asdict(peak),
    }


def _show_peaks(rows: list[dict[str, Any]]) -> None:
    shown = []
    for row in rows:
        own = row["program"] == "nntrain fit"
        verdict = ("met" if row["total_mb"] <= AT_MOST_MB else "MISSED") if own else ""
        figures = (f"{row['total_mb']:.0f}", f"{row['anonymous_mb']:.0f}")
        limit = f"≤ {AT_MOST_MB}" if own else ""
        shown.append((row["program"], row["settings"], *figures, limit, verdict))
    header = ("program", "settings", "peak MB", "anonymous MB", "wanted", "")
    click.echo(
        "\npeak resident memory; for the peers, the default settings are the same sizes and\n"
        "mini-batches with sigmoid neurons and without momentum"
    )
    click.echo(table(header, shown, text_columns=2))


def _show_growth(rows: list[dict[str, Any]]) -> None:
    shown = [
        (
            f"{row['images']:,}",
            f"{row['megabytes']:,.0f}",
            f"{row['us_an_image']:.2f}",
            f"{row['evaluation_us_an_image']:.2f}",
            f"{row['seconds']:.1f}",
            f"{row['total_mb']:,.0f}",
            f"{row['anonymous_mb']:,.0f}",
        )
        for row in rows
    ]
    header = (
        *("images", "MB on disk", "training µs/image", "evaluation µs/image"),
        *("whole command s", "peak MB", "anonymous MB"),
    )
    click.echo("\nnntrain fit, one epoch with default settings, on datasets of increasing size")
    click.echo(table(header, shown, text_columns=0))
