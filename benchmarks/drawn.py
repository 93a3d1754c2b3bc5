"""Random datasets and settings for the soak."""

import random
from pathlib import Path
from typing import Any

import numpy as np

from nntrain.data import idx
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.initialisation import INITIALISATIONS
from nntrain.nn.outputs import OUTPUTS
from nntrain.nn.schedules import SCHEDULES
from nntrain.settings.distortions import PRESETS
from nntrain.settings.fit import TRAIN_ON


def write_dataset(folder: Path, rng: random.Random) -> Path:
    """Write four IDX files of random size: noisy copies of one picture per class."""
    noise = np.random.default_rng(rng.randrange(2**32))
    side, classes = rng.randint(4, 16), rng.randint(2, 10)
    pictures = noise.integers(0, 200, (classes, side, side))
    for prefix, count in (("train", rng.randint(100, 800)), ("t10k", rng.randint(20, 200))):
        labels = (np.arange(count) % classes).astype(np.uint8)
        noise.shuffle(labels)
        images = np.clip(pictures[labels] + noise.normal(0, 60, (count, side, side)), 0, 255)
        idx.write(folder / f"{prefix}-images-idx3-ubyte", images.astype(np.uint8))
        idx.write(folder / f"{prefix}-labels-idx1-ubyte", labels)
    return folder


def random_settings(rng: random.Random) -> dict[str, Any]:
    """Return a random value for every setting that matters, sometimes the default."""
    output = rng.choice(list(OUTPUTS))
    drawn = {
        "output": output,
        "hidden": rng.choice(["0", "1", "10", "30,7", "60"]),
        "activation": rng.choice(list(ACTIVATIONS)),
        "initialisation": rng.choice(["auto", *INITIALISATIONS]),
        "batch_size": rng.choice([1, 7, 10, 64, 5000]),
        "epochs": rng.randint(2, 8),
        "learning_rate": rng.choice([0, 0.003, 0.03]),
        "momentum": rng.choice([0, 0.5, 0.9]),
        "weight_decay": rng.choice([0, 1]),
        "schedule": rng.choice(list(SCHEDULES)),
        "warmup_epochs": rng.choice([0, 0.25, 1.5]),
        "step_epochs": rng.choice([1.5, 3]),
        "dtype": rng.choice(["float32", "float64"]),
        "seed": rng.randrange(1000),
        "augment": rng.choice(["none", *PRESETS]),
        "dropout": rng.choice([0, 0.3]),
        "input_dropout": rng.choice([0, 0.1]),
        "max_norm": rng.choice([None, 2]),
        "label_smoothing": rng.choice([0, 0.1]),
        "average_epochs": rng.choice([0, 0.5, 3]),
        "train_on": rng.choice(TRAIN_ON),
        "inverse_temperature": 2 if output.startswith("softmax") else 1,
    }
    if drawn["train_on"] == "train":
        drawn["patience"] = rng.choice([None, 2])
    return {name: value for name, value in drawn.items() if value is not None}
