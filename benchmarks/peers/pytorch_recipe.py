"""A recipe of nntrain's in PyTorch: the same start, order, schedule, descent and cost.

If the learning rate changes, nntrain's V ← μV − η∇, W ← W + V and PyTorch's b ← μb + ∇,
W ← W − ηb differ. With b = −V/η they are the same if each step's μ is μ η_before/η, which costs
nothing here. So apart from rounding both learn the same, and only their speed differs. Distorted
images come from nntrain's own thread, as they do for nntrain.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from itertools import chain
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from benchmarks.peers.pytorch import sequential
from nntrain.data.dataset import Dataset
from nntrain.nn.arrays import Array, Integers
from nntrain.nn.averaging import share
from nntrain.settings.fit import FitSettings
from nntrain.workflows.train import start

Cost = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""(z^L, targets) -> the mean cost of a mini-batch."""


def cross_entropy(z: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    summed = functional.binary_cross_entropy_with_logits(z, targets, reduction="sum")
    return summed / len(z)


def quadratic(z: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return functional.mse_loss(torch.sigmoid(z), targets, reduction="sum") / (2 * len(z))


def softmax_quadratic(z: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return functional.mse_loss(z.softmax(dim=1), targets, reduction="sum") / (2 * len(z))


COSTS: dict[str, Cost] = {
    "softmax+log-likelihood": functional.cross_entropy,
    "sigmoid+cross-entropy": cross_entropy,
    "sigmoid+quadratic": quadratic,
    "softmax+quadratic": softmax_quadratic,
}
HIDDEN = {"sigmoid": torch.nn.Sigmoid, "relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}


class Recipe:
    """A training run in progress; ``seconds`` counts training only."""

    def __init__(self, settings: FitSettings, dataset: Dataset, threads: int) -> None:
        torch.set_num_threads(threads)
        ours = start(settings, dataset)  # for its parameters, order, rates and distorted images
        layers = list(zip(ours.network.weights, ours.network.biases, strict=True))
        self.settings = settings
        self.model = sequential(layers, HIDDEN[settings.activation])
        self.averaged = deepcopy(self.model) if settings.average_epochs else self.model
        self.cost = COSTS[settings.output]
        self.batches = ours.batches
        self.images, labels = _tensors(self.batches.inputs, self.batches.labels)
        self.targets = self._targets(labels, len(dataset.classes))
        self.validation = _tensors(*dataset.validation)
        decay = settings.weight_decay / len(labels)
        linear = self.model[::2]
        self.optimiser = torch.optim.SGD(
            [
                {"params": [part.weight for part in linear], "weight_decay": decay},
                {"params": [part.bias for part in linear]},
            ],
            lr=settings.rate,
            momentum=settings.momentum,
        )
        self.rng = ours.rng
        self.sgd = ours.sgd
        self.rate = settings.rate
        self.seconds = 0.0

    def _targets(self, labels: torch.Tensor, classes: int) -> torch.Tensor:
        """Return class indices (n,) if the cost accepts them, else ỹ (n, classes)."""
        smoothing = self.settings.label_smoothing
        if self.settings.output == "softmax+log-likelihood" and not smoothing:
            return labels
        return ((1 - smoothing) * torch.eye(classes) + smoothing / classes)[labels]

    def run_epoch(self, epoch: int) -> Iterator[int]:
        """Train one epoch; yield the examples done after each step, with the clock stopped."""
        order = self.rng.permutation(len(self.images))
        done = 0
        started = perf_counter()
        for images, targets in self._mini_batches(order, epoch):
            self._set_rate(epoch + (done + len(images) / 2) / len(order))
            self.optimiser.zero_grad(set_to_none=True)
            self.cost(self.model(images), targets).backward()
            self.optimiser.step()
            before, done = done, done + len(images)
            self._average(epoch, before, done)
            self.seconds += perf_counter() - started
            yield done
            started = perf_counter()

    def _mini_batches(
        self, order: NDArray[np.int64], epoch: int
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        indices = torch.from_numpy(order).split(self.settings.batch_size)
        if self.batches.distort is None:
            for some in indices:
                yield self.images.index_select(0, some), self.targets.index_select(0, some)
            return
        with closing(self.batches.blocks(order, epoch)) as blocks:
            distorted = chain.from_iterable(blocks)
            for some, (images, _) in zip(indices, distorted, strict=True):
                yield torch.from_numpy(images), self.targets.index_select(0, some)

    def _average(self, epoch: int, before: int, done: int) -> None:
        """Average as ``nntrain.nn.averaging`` does, but after each mini-batch, not each block."""
        if self.averaged is self.model:
            return
        s = share(self.sgd.average_epochs, len(self.images), epoch, before, done)
        if not s:
            return
        with torch.no_grad():
            both = zip(self.averaged.parameters(), self.model.parameters(), strict=True)
            for mean, parameter in both:
                mean.lerp_(parameter, s)

    def _set_rate(self, t: float) -> None:
        before, self.rate = self.rate, self.sgd.rate(t)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
            group["momentum"] = self.settings.momentum * before / self.rate

    def accuracy(self) -> float:
        """Return the accuracy on the validation set."""
        images, labels = self.validation
        with torch.no_grad():
            right = sum(
                int((self.averaged(some).argmax(1) == wanted).sum())
                for some, wanted in zip(images.split(1000), labels.split(1000), strict=True)
            )
        return right / len(labels)


def _tensors(images: Array, labels: Integers) -> tuple[torch.Tensor, torch.Tensor]:
    pixels = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
    return torch.from_numpy(pixels), torch.from_numpy(labels.astype(np.int64))
