"""How realistic the synthetic digits are, in one number, and how fast they are drawn.

    python -m benchmarks synthetic [MNIST_FOLDER] [--split test|train]

The number is the accuracy on real MNIST digits of a [784, 100, 10] network trained on 12,000
synthetic digits only. The recipe below is fixed; like the drawing, it was chosen on real training
digits. Use ``--split train`` when changing either.
"""

from pathlib import Path
from time import perf_counter

import click
import numpy as np

from nntrain.data.loading import load
from nntrain.data.synthetic import TEST_COUNT, TRAIN_COUNT, TRAIN_SEED
from nntrain.data.synthetic.generate import generate
from nntrain.errors import NntrainError
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.network import Network
from nntrain.nn.optimizer import SGD
from nntrain.nn.outputs import make_output
from nntrain.nn.schedules import Schedule
from nntrain.nn.training import Examples, Trainer

EPOCHS = 20
RECIPE = SGD(
    epochs=EPOCHS,
    batch_size=50,
    learning_rate=0.05,
    momentum=0.9,
    weight_decay=12.0,  # λ/n = 0.001
    schedule=Schedule("cosine", epochs=EPOCHS),
)
NETWORK_SEEDS = range(3)


def trained_network(examples: Examples, seed: int) -> Network:
    rng = np.random.default_rng(seed)
    network = Network.create(
        [784, 100, 10],
        ACTIVATIONS["relu"],
        make_output("softmax+log-likelihood"),
        INITIALISATIONS["he"],
        rng,
    )
    for _ in Trainer(network, examples, None, RECIPE, rng):
        pass
    return network


def real_digits(folder: str, split: str) -> Examples:
    folder = str(Path(folder).resolve())  # a path, even if called mnist: never downloaded
    dataset = load(folder, Path("data"))
    if split == "test":
        return dataset.test.images, dataset.test.labels
    parts = (dataset.train, dataset.validation)
    images, labels = zip(*parts, strict=True)
    return np.concatenate(images), np.concatenate(labels)


@click.command()
@click.argument("mnist_folder", default="data/mnist")
@click.option("--split", type=click.Choice(("test", "train")), default="test", show_default=True)
def command(mnist_folder: str, split: str) -> None:
    """Measure how realistic the synthetic digits are: train on them, test on MNIST."""
    start = perf_counter()
    generate(TRAIN_COUNT + TEST_COUNT, TRAIN_SEED)
    seconds = perf_counter() - start
    click.echo(f"drawing {TRAIN_COUNT + TEST_COUNT:,} digits: {seconds:.2f} s")
    try:
        images, labels = real_digits(mnist_folder, split)
    except NntrainError as error:
        raise click.ClickException(
            f"realism not measured, because MNIST is missing: {error}"
        ) from error

    drawn = generate(TRAIN_COUNT, TRAIN_SEED)
    accuracies = []
    for seed in NETWORK_SEEDS:
        _, accuracy = trained_network(drawn, seed).cost_and_accuracy(images, labels)
        click.echo(f"network seed {seed}: {accuracy:.2%} of {len(labels):,} real {split} digits")
        accuracies.append(accuracy)
    mean, spread = np.mean(accuracies), np.std(accuracies, ddof=1)
    click.echo(
        f"realism: {mean:.2%} ± {spread:.2%} (mean and standard deviation, n = {len(accuracies)})"
    )
