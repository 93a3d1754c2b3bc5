"""PyTorch, eager: a Sequential, CrossEntropyLoss and SGD, without a DataLoader and with one."""

from collections.abc import Iterator, Sized
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Sampler, TensorDataset

from benchmarks.peers.contestant import Contestant, Layers, Problem


class PyTorch(Contestant):
    """The whole set is one float tensor; a mini-batch is one ``index_select`` from it.

    This was the fastest of three ways to take a mini-batch; SGD's ``foreach`` and ``fused`` made
    no measurable difference.
    """

    def __init__(self, problem: Problem, threads: int) -> None:
        super().__init__(problem, threads)
        torch.set_num_threads(threads)
        self.images = torch.from_numpy(problem.pixels())
        self.labels = torch.from_numpy(problem.labels.astype(np.int64))
        self.model = sequential(problem.layers)
        self.loss = torch.nn.CrossEntropyLoss()
        self.optimiser = torch.optim.SGD(self.model.parameters(), lr=problem.learning_rate)

    def train(self, order: NDArray[Any]) -> None:
        for indices in torch.from_numpy(order).split(self.problem.batch_size):
            self.step(self.images.index_select(0, indices), self.labels.index_select(0, indices))

    def step(self, images: torch.Tensor, labels: torch.Tensor) -> None:
        self.optimiser.zero_grad(set_to_none=True)
        self.loss(self.model(images), labels).backward()
        self.optimiser.step()

    def layers(self) -> Layers:
        linear = self.model[::2]
        return [(part.weight.detach().numpy(), part.bias.detach().numpy()) for part in linear]


class PyTorchLoader(PyTorch):
    """A DataLoader in the same process: a second one would take a core from the training."""

    def __init__(self, problem: Problem, threads: int) -> None:
        super().__init__(problem, threads)
        self.sampler = Order(self.labels)
        dataset = TensorDataset(self.images, self.labels)
        self.loader = DataLoader(dataset, problem.batch_size, sampler=self.sampler)

    def train(self, order: NDArray[Any]) -> None:
        self.sampler.order = order
        for images, labels in self.loader:
            self.step(images, labels)


class Order(Sampler[int]):
    """Does what ``shuffle=True`` does, a permutation as a list, but with a given permutation."""

    def __init__(self, examples: Sized) -> None:
        self.order = np.arange(len(examples))

    def __len__(self) -> int:
        return len(self.order)

    def __iter__(self) -> Iterator[int]:
        return iter(self.order.tolist())


def sequential(
    layers: Layers, hidden: type[torch.nn.Module] = torch.nn.Sigmoid
) -> torch.nn.Sequential:
    """Return the network with these parameters; its output is z^L, which the losses expect."""
    parts: list[torch.nn.Module] = []
    sizes = [layers[0][0].shape[1], *(len(b) for _, b in layers)]
    for (fan_in, fan_out), (w, b) in zip(pairwise(sizes), layers, strict=True):
        linear = torch.nn.Linear(fan_in, fan_out)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(w))
            linear.bias.copy_(torch.from_numpy(b))
        parts += [linear, hidden()]
    return torch.nn.Sequential(*parts[:-1])
