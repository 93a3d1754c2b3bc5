"""Tests, with BLAS as the commands have it: decided here, before anything loads NumPy."""

from nntrain.cli import threads

threads.one_unless_set()
