"""The contestants by name, one file each; none is imported here, so that all can be listed."""

from dataclasses import dataclass
from importlib.util import find_spec

from nntrain.cli.blas_threads import available_cores

OWN_RULE, ONE, EACH = "the program's own rule", "one", "one, and all cores"


@dataclass(frozen=True)
class Peer:
    """``place`` is module:class. ``threads`` says how many threads it may use."""

    name: str
    title: str
    place: str
    threads: str = EACH
    package: str = "numpy"
    pip_name: str = "numpy"

    def thread_counts(self) -> list[int | None]:
        """Return each thread count to measure; None leaves the number to nntrain's rule."""
        if self.threads == OWN_RULE:
            return [None]
        return [1] if self.threads == ONE else sorted({1, available_cores()})

    def missing(self) -> str | None:
        """Return a message if it is not installed, else None."""
        if find_spec(self.package):
            return None
        return f"{self.title} is not installed: pip install {self.pip_name}"


OWN, OWN_NUMPY, PRODUCTS, BOOK = "nntrain", "nntrain-numpy", "products", "book"

PEERS = {
    peer.name: peer
    for peer in (
        Peer(OWN, "nntrain", "benchmarks.peers.own:Own", OWN_RULE),
        Peer(OWN_NUMPY, "nntrain --engine numpy", "benchmarks.peers.own:OwnNumpy", OWN_RULE),
        Peer(PRODUCTS, "matrix products alone", "benchmarks.peers.products:Products"),
        Peer("pytorch", "PyTorch", "benchmarks.peers.pytorch:PyTorch", EACH, "torch", "torch"),
        Peer(
            "pytorch-loader",
            "PyTorch + DataLoader",
            "benchmarks.peers.pytorch:PyTorchLoader",
            EACH,
            "torch",
            "torch",
        ),
        Peer("jax", "JAX jit + scan", "benchmarks.peers.jax_scan:JaxScan", EACH, "jax", "jax"),
        Peer(
            "scikit-learn",
            "scikit-learn",
            "benchmarks.peers.sklearn_mlp:ScikitLearn",
            EACH,
            "sklearn",
            "scikit-learn",
        ),
        Peer(BOOK, "the book's loop", "benchmarks.peers.book:Book", ONE),
    )
}
