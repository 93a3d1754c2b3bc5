"""Train fully connected networks on MNIST from scratch, and see how they learn.

>>> import nntrain
>>> digits = nntrain.load_dataset("mnist")
>>> run = nntrain.fit(digits, hidden=[100], epochs=5)
>>> nntrain.evaluate(run).accuracy
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # type checkers take it for true; typing takes milliseconds to load

if TYPE_CHECKING:
    from nntrain.api.comparison import Comparison, compare_costs
    from nntrain.api.datasets import load_dataset
    from nntrain.api.evaluation import Evaluation, evaluate
    from nntrain.api.html import Page
    from nntrain.api.network import SoftmaxNetwork, TrainedNetwork, load_network
    from nntrain.api.run import Run
    from nntrain.api.training import fit, load_run
    from nntrain.data.dataset import Dataset
    from nntrain.errors import (
        DatasetError,
        DivergenceError,
        DownloadError,
        NntrainError,
        RunError,
        SettingsError,
    )
else:
    _HOMES = {
        "nntrain.api.comparison": ("compare_costs", "Comparison"),
        "nntrain.api.datasets": ("load_dataset",),
        "nntrain.api.evaluation": ("evaluate", "Evaluation"),
        "nntrain.api.html": ("Page",),
        "nntrain.api.network": ("TrainedNetwork", "SoftmaxNetwork", "load_network"),
        "nntrain.api.run": ("Run",),
        "nntrain.api.training": ("fit", "load_run"),
        "nntrain.data.dataset": ("Dataset",),
        "nntrain.errors": (
            *("NntrainError", "SettingsError", "DatasetError", "DownloadError"),
            *("RunError", "DivergenceError"),
        ),
    }
    _HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

    def __getattr__(name):
        """Load the part of the API that has ``name``, on first use."""
        if name not in _HOME_OF:
            raise AttributeError(f"module 'nntrain' has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value

    def __dir__():
        return [*globals(), *_HOME_OF]


__all__ = [
    "Comparison",
    "Dataset",
    "DatasetError",
    "DivergenceError",
    "DownloadError",
    "Evaluation",
    "NntrainError",
    "Page",
    "Run",
    "RunError",
    "SettingsError",
    "SoftmaxNetwork",
    "TrainedNetwork",
    "__version__",
    "compare_costs",
    "evaluate",
    "fit",
    "load_dataset",
    "load_network",
    "load_run",
]
