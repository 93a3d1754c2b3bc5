"""NNClassifier beside scikit-learn's MLPClassifier: the same splits, each with its defaults."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks import machine
from benchmarks.options import dataset_options, fetched, json_option, rounds_option, write_json
from benchmarks.tables import table

SCHEMA = "nntrain-benchmarks/classifiers/1"
OWN, PEER = "NNClassifier", "MLPClassifier"
TEST_SHARE = 0.25


@dataclass(frozen=True)
class Split:
    """Features (n, features) and labels (n,): to train on, then to test with."""

    train: tuple[NDArray[Any], NDArray[Any]]
    test: tuple[NDArray[Any], NDArray[Any]]


def _mnist(seed: int, dataset: str, folder: str) -> Split:
    """Return the 60,000 and 10,000 images of MNIST, pixels from 0 to 1, for every seed."""
    from nntrain.data.loading import load

    found = load(dataset, Path(folder), offline=True)
    parts = found.to_train_on("all"), found.test
    pixels = [part.images.reshape(len(part.images), -1) / np.float32(255) for part in parts]
    return Split((pixels[0], parts[0].labels), (pixels[1], parts[1].labels))


def _digits(seed: int, dataset: str, folder: str) -> Split:
    """Return a random split of the 1,797 digits of 8 × 8 pixels, standardised."""
    from sklearn.datasets import load_digits

    return _divided(*load_digits(return_X_y=True), seed)


def _table(seed: int, dataset: str, folder: str) -> Split:
    """Return a new table: 2,000 examples of 20 features, 8 of them informative, 3 classes."""
    from sklearn.datasets import make_classification

    made = make_classification(2000, 20, n_informative=8, n_classes=3, random_state=seed)
    return _divided(*made, seed)


def _divided(X: NDArray[Any], y: NDArray[Any], seed: int) -> Split:
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    parts = train_test_split(X, y, test_size=TEST_SHARE, stratify=y, random_state=seed)
    scaler = StandardScaler().fit(parts[0])
    return Split((scaler.transform(parts[0]), parts[2]), (scaler.transform(parts[1]), parts[3]))


DATA = {"mnist": _mnist, "digits": _digits, "table": _table}


@click.command()
@click.option("--data", default=",".join(DATA), show_default=True, help="Some of these.")
@click.option("--first-seed", default=0, show_default=True, type=click.IntRange(min=0))
@rounds_option(10)
@dataset_options
@json_option
def command(
    data: str,
    first_seed: int,
    rounds: int,
    dataset: str,
    data_dir: Path,
    mirrors: tuple[str, ...],
    json_path: Path | None,
) -> None:
    """Train NNClassifier and MLPClassifier in turn, each with its defaults.

    A round is a seed: of the split or the table, and of both classifiers. MNIST's split is fixed.
    """
    names = data.split(",")
    if unknown := set(names) - set(DATA):
        raise click.BadParameter(f"{min(unknown)}: expected some of {', '.join(DATA)}.")
    where = fetched(dataset, data_dir, mirrors) if "mnist" in names else ("", "")
    about = machine.describe()
    click.echo(machine.in_words(about))
    results = {}
    for name in names:
        results[name] = list(_rounds(name, range(first_seed, first_seed + rounds), where))
        click.echo(_in_words(name, results[name]))
    write_json(json_path, {"schema": SCHEMA, "machine": about, "data": results})


def _rounds(name: str, seeds: range, where: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """Yield seconds, accuracy and log loss of each classifier, for each seed."""
    from sklearn.neural_network import MLPClassifier

    from nntrain.sklearn import NNClassifier

    made = {OWN: NNClassifier, PEER: MLPClassifier}
    few = _table(0, *where)
    for kind in made.values():
        kind(random_state=0).fit(*few.train)  # warms both up
    for seed in seeds:
        split = DATA[name](seed, *where)
        order = sorted(made, reverse=bool(seed % 2))
        yield {"seed": seed, **{who: _measured(made[who], split, seed) for who in order}}


def _measured(kind: Any, split: Split, seed: int) -> dict[str, float]:
    from sklearn.metrics import log_loss

    classifier = kind(random_state=seed)
    begun = perf_counter()
    classifier.fit(*split.train)
    seconds = perf_counter() - begun
    inputs, labels = split.test
    return {
        "seconds": seconds,
        "epochs": classifier.n_iter_,
        "accuracy": classifier.score(inputs, labels),
        "log_loss": log_loss(labels, classifier.predict_proba(inputs)),
    }


def _in_words(name: str, rounds: list[dict[str, Any]]) -> str:
    from nntrain.analysis.statistics import paired_difference

    def of(who: str, figure: str) -> list[float]:
        return [one[who][figure] for one in rounds]

    rows = [
        (
            who,
            f"{100 * mean(of(who, 'accuracy')):.2f} %",
            f"{mean(of(who, 'log_loss')):.3f}",
            f"{median(of(who, 'epochs')):g}",
            f"{median(of(who, 'seconds')):.2f}",
        )
        for who in (OWN, PEER)
    ]
    ratios = [p / o for o, p in zip(of(OWN, "seconds"), of(PEER, "seconds"), strict=True)]
    lines = [
        f"\n{name}: {len(rounds)} rounds",
        table(("classifier", "accuracy", "log loss", "epochs", "median s"), rows),
        f"time: {PEER} / {OWN} {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})",
    ]
    found = paired_difference(of(OWN, "accuracy"), of(PEER, "accuracy"))
    within = "" if found.low is None else f" ({100 * found.low:+.2f} to {100 * found.high:+.2f})"
    lines.append(f"accuracy: {OWN} − {PEER} {100 * found.mean:+.2f} points{within}, 95 % interval")
    return "\n".join(lines)
