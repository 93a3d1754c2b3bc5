"""A recipe of nntrain's in PyTorch: the same start, order, schedule, descent and cost.

With a learning rate that changes, nntrain's V ← μV − η∇, W ← W + V and PyTorch's b ← μb + ∇,
W ← W − ηb differ. With b = −V/η they are the same if each step's μ is μ η_before/η, which costs
nothing here: so both learn the same, rounding apart, and only their speed differs.
"""

from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np
import torch
from torch.nn import functional

from benchmarks.peers.pytorch import sequential
from nntrain.data.dataset import Dataset, Split
from nntrain.fitting import ORDER_STREAM, build_network
from nntrain.nn.schedules import Schedule
from nntrain.settings import FitSettings

Cost = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(z^L, targets) -> the mean cost of a mini-batch."""


def cross_entropy(z: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    summed = functional.binary_cross_entropy_with_logits(z, targets, reduction="sum")
    return summed / len(z)


def quadratic(z: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return functional.mse_loss(torch.sigmoid(z), targets, reduction="sum") / (2 * len(z))


COSTS: dict[str, Cost] = {
    "softmax+log-likelihood": functional.cross_entropy,
    "sigmoid+cross-entropy": cross_entropy,
    "sigmoid+quadratic": quadratic,
}
HIDDEN = {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}


class Recipe:
    """A training in progress; ``seconds`` are those of its training alone."""

    def __init__(self, settings: FitSettings, dataset: Dataset, threads: int) -> None:
        torch.set_num_threads(threads)
        network = build_network(settings, dataset)
        layers = list(zip(network.weights, network.biases, strict=True))
        self.settings = settings
        self.model = sequential(layers, HIDDEN[settings.activation])
        self.cost = COSTS[settings.output]
        self.images, labels = _tensors(dataset.train)
        softmax = settings.output == "softmax+log-likelihood"
        self.targets = labels if softmax else torch.eye(len(dataset.classes))[labels]
        self.validation = _tensors(dataset.validation)
        self.schedule = Schedule(
            settings.schedule,
            settings.epochs,
            settings.warmup_epochs,
            settings.step_epochs,
            settings.step_factor,
        )
        decay = settings.weight_decay / len(labels)
        linear = self.model[::2]
        self.optimiser = torch.optim.SGD(
            [
                {"params": [part.weight for part in linear], "weight_decay": decay},
                {"params": [part.bias for part in linear]},
            ],
            lr=settings.learning_rate,
            momentum=settings.momentum,
        )
        self.rng = np.random.default_rng([settings.seed, ORDER_STREAM])
        self.rate = settings.learning_rate
        self.seconds = 0.0

    def run_epoch(self, epoch: int) -> Iterator[int]:
        """Train one epoch; yield the examples done after each step, off the clock."""
        begun = perf_counter()
        order = torch.from_numpy(self.rng.permutation(len(self.images)))
        done = 0
        for indices in order.split(self.settings.batch_size):
            self._set_rate(epoch + (done + len(indices) / 2) / len(order))
            images, targets = (t.index_select(0, indices) for t in (self.images, self.targets))
            self.optimiser.zero_grad(set_to_none=True)
            self.cost(self.model(images), targets).backward()
            self.optimiser.step()
            done += len(indices)
            self.seconds += perf_counter() - begun
            yield done
            begun = perf_counter()

    def _set_rate(self, t: float) -> None:
        before, self.rate = self.rate, self.settings.learning_rate * self.schedule.factor(t)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
            group["momentum"] = self.settings.momentum * before / self.rate

    def accuracy(self) -> float:
        """Return the share of right answers on the validation set."""
        images, labels = self.validation
        with torch.no_grad():
            right = sum(
                int((self.model(some).argmax(1) == wanted).sum())
                for some, wanted in zip(images.split(1000), labels.split(1000), strict=True)
            )
        return right / len(labels)


def _tensors(split: Split) -> tuple[torch.Tensor, torch.Tensor]:
    pixels = split.images.reshape(len(split.images), -1).astype(np.float32) / np.float32(255)
    return torch.from_numpy(pixels), torch.from_numpy(split.labels.astype(np.int64))
