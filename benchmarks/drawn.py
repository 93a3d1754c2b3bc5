"""What a round of the soak draws: a dataset, and settings."""

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


def write_dataset(folder: Path, dice: random.Random) -> Path:
    """Write four IDX files of random size: one noisy picture a class."""
    rng = np.random.default_rng(dice.randrange(2**32))
    side, classes = dice.randint(4, 16), dice.randint(2, 10)
    pictures = rng.integers(0, 200, (classes, side, side))
    for prefix, count in (("train", dice.randint(100, 800)), ("t10k", dice.randint(20, 200))):
        labels = (np.arange(count) % classes).astype(np.uint8)
        rng.shuffle(labels)
        images = np.clip(pictures[labels] + rng.normal(0, 60, (count, side, side)), 0, 255)
        idx.write(folder / f"{prefix}-images-idx3-ubyte", images.astype(np.uint8))
        idx.write(folder / f"{prefix}-labels-idx1-ubyte", labels)
    return folder


def random_settings(dice: random.Random) -> dict[str, Any]:
    """Return a value for every setting that decides something, now and then the default."""
    output = dice.choice(list(OUTPUTS))
    drawn = {
        "output": output,
        "hidden": dice.choice(["0", "1", "10", "30,7", "60"]),
        "activation": dice.choice(list(ACTIVATIONS)),
        "initialisation": dice.choice(["auto", *INITIALISATIONS]),
        "batch_size": dice.choice([1, 7, 10, 64, 5000]),
        "epochs": dice.randint(2, 8),
        "learning_rate": dice.choice([0, 0.003, 0.03]),
        "momentum": dice.choice([0, 0.5, 0.9]),
        "weight_decay": dice.choice([0, 1]),
        "schedule": dice.choice(list(SCHEDULES)),
        "warmup_epochs": dice.choice([0, 0.25, 1.5]),
        "step_epochs": dice.choice([1.5, 3]),
        "dtype": dice.choice(["float32", "float64"]),
        "seed": dice.randrange(1000),
        "augment": dice.choice(["none", *PRESETS]),
        "dropout": dice.choice([0, 0.3]),
        "input_dropout": dice.choice([0, 0.1]),
        "max_norm": dice.choice([None, 2]),
        "label_smoothing": dice.choice([0, 0.1]),
        "average_epochs": dice.choice([0, 0.5, 3]),
        "train_on": dice.choice(TRAIN_ON),
        "inverse_temperature": 2 if output.startswith("softmax") else 1,
    }
    if drawn["train_on"] == "train":
        drawn["patience"] = dice.choice([None, 2])
    return {name: value for name, value in drawn.items() if value is not None}
