"""Tests, with BLAS as the commands have it: decided here, before anything loads NumPy."""

from nntrain.cli import blas_threads

blas_threads.one_unless_set()
