"""``python -m benchmarks peers``: the same work for each contestant, in interleaved rounds."""

from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks import machine
from benchmarks.options import dataset_options, fetched, json_option, rounds_option, write_json
from benchmarks.peers import OWN, PEERS
from benchmarks.peers.race import Runner, race
from benchmarks.peers.targets import Ratio, best, verdicts
from benchmarks.shapes import EPOCH, SHAPES, Shape
from benchmarks.tables import table

SCHEMA = "nntrain-benchmarks/peers/1"


@click.command()
@click.option("--shape", "names", default="A,B,C,D,A1", show_default=True)
@click.option(
    "--peer",
    "chosen",
    type=click.Choice(list(PEERS)),
    multiple=True,
    help="Only this one; repeatable. nntrain always runs.",
)
@rounds_option(7)
@dataset_options
@json_option
@click.option("--plot", type=Path, help="Draw the ratios into this file, as in peers.svg.")
def command(
    names: str,
    chosen: tuple[str, ...],
    rounds: int,
    dataset: str,
    data_dir: Path,
    mirrors: tuple[str, ...],
    json_path: Path | None,
    plot: Path | None,
) -> None:
    """Race nntrain against its peers and against the matrix products alone.

    Every contestant runs in its own process, prepared and warmed up before the first round.
    """
    shapes = _shapes(names)
    peers = [peer for name, peer in PEERS.items() if not chosen or name in (*chosen, OWN)]
    about = machine.describe()
    peak = machine.peak_multiplications()
    click.echo(machine.in_words(about))
    click.echo(f"limit: {peak:.3g} multiplications a second, in a large product by NumPy")
    where = fetched(dataset, data_dir, mirrors)
    document: dict[str, Any] = {"schema": SCHEMA, "machine": about, "rounds": rounds, "shapes": {}}
    document["multiplications_per_second"] = peak
    for shape in shapes:
        runners, lines = race(peers, shape, rounds, *where)
        for line in lines:
            click.echo(line, err=True)
        click.echo(_in_words(shape, runners, peak))
        document["shapes"][shape.name] = _as_json(shape, runners)
    write_json(json_path, document)
    if plot:
        from benchmarks.peers.plot import draw

        draw(document, plot)


def _shapes(names: str) -> list[Shape]:
    unknown = [name for name in names.split(",") if name not in SHAPES]
    if unknown:
        raise click.BadParameter(f"{unknown[0]}: expected some of {', '.join(SHAPES)}.")
    return [SHAPES[name] for name in names.split(",")]


def _in_words(shape: Shape, runners: list[Runner], peak: float) -> str:
    own = best(runners, OWN)
    rows = []
    for runner in runners:
        ratio = str(Ratio.of(runner, own)) if own and runner is not own else ""
        evaluation = median(runner.evaluation_seconds)
        rows.append(
            (
                runner.peer.title,
                str(runner.threads),
                f"{runner.examples:,}",
                f"{min(runner.seconds):.3f}",
                f"{median(runner.seconds):.3f}",
                f"{100 * EPOCH * shape.multiplications / median(runner.seconds) / peak:.0f} %",
                f"{evaluation:.3f}" if evaluation else "",
                ratio,
            )
        )
    header = (
        *("contestant", "threads", "images a round", "min s", "median s", "of the limit"),
        *("evaluation s", "times nntrain's"),
    )
    title = (
        f"\n{shape.name}  {list(shape.sizes)}, mini-batches of {shape.batch_size}: seconds for "
        f"{EPOCH:,} images, extrapolated from a round's;\nratios are taken within each round: "
        f"median (lowest–highest) of {len(runners[0].seconds)}"
    )
    return "\n".join([title, table(header, rows), *_targets(shape, runners)])


def _targets(shape: Shape, runners: list[Runner]) -> list[str]:
    rows = []
    for verdict in verdicts(shape.name, runners):
        title, threads = verdict.runner.peer.title, verdict.runner.threads
        way = f"{title} / nntrain" if verdict.sign == "≥" else f"nntrain / {title}"
        outcome = "met" if verdict.met else "MISSED"
        wanted = f"{verdict.sign} {verdict.wanted:g}"
        rows.append((way, str(threads), wanted, str(verdict.ratio), outcome))
    header = ("target", "threads", "wanted", "measured", "")
    return ["", table(header, rows)] if rows else []


def _as_json(shape: Shape, runners: list[Runner]) -> dict[str, Any]:
    return {
        "sizes": shape.sizes,
        "batch_size": shape.batch_size,
        "contestants": [
            {
                "name": runner.peer.name,
                "title": runner.peer.title,
                "threads": runner.threads,
                "images_a_round": runner.examples,
                "seconds": runner.seconds,
                "evaluation_seconds": runner.evaluation_seconds,
                "best_of_its_kind": runner is best(runners, runner.peer.name),
            }
            for runner in runners
        ],
        "targets": [
            {
                "contestant": verdict.runner.key,
                "wanted": f"{verdict.sign} {verdict.wanted:g}",
                "ratios": verdict.ratio.values,
                "median": verdict.ratio.median,
                "met": verdict.met,
            }
            for verdict in verdicts(shape.name, runners)
        ],
    }
