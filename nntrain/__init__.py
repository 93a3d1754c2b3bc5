"""Train fully connected networks on MNIST from scratch, and see how they learn."""

__version__ = "0.1.0"
