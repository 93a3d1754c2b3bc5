"""What ``nntrain fit`` says before it trains: the dataset, the network and the settings."""

from typing import TYPE_CHECKING

from nntrain.settings.fit import FitSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.nn.training import Trainer
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal


def announce(
    terminal: "Terminal",
    settings: FitSettings,
    dataset: "Dataset",
    training: "Trainer",
    own_rate: bool,
) -> None:
    """Show the essential settings; ``own_rate``: the learning rate is the output's default."""
    from nntrain.show.blocks import Facts
    from nntrain.show.formatting import network_in_words, plural

    steps = [
        plural(settings.epochs, "epoch"),
        f"mini-batches of {settings.batch_size}",
        f"η = {settings.rate:g}" + (" (default)" if own_rate else ""),
        f"μ = {settings.momentum:g}",
        f"λ = {settings.weight_decay:g}" if settings.weight_decay else "",
    ]
    rows = [
        ("dataset", f"{dataset.title}, {plural(len(training.batches), 'training image')}"),
        ("network", network_in_words(training.network)),
        ("output", settings.output),
        ("training", ", ".join(filter(None, steps))),
    ]
    terminal.message(Facts(rows), "")


def announce_more(
    terminal: "Terminal", settings: FitSettings, training: "Trainer", run: "Run"
) -> None:
    """Show the details of training: schedule, regularisation, arithmetic."""
    from nntrain.show.blocks import Facts
    from nntrain.show.formatting import plural, regularised

    schedule = settings.schedule
    if settings.warmup_epochs:
        schedule += f", warm-up over {settings.warmup_epochs:g} epochs"
    validation = 0 if training.validation is None else len(training.validation[1])
    rows = {
        "validation": plural(validation, "image"),
        "schedule": schedule,
        **regularised(settings),
        "seed": str(settings.seed),
        "arithmetic": f"{settings.dtype}; BLAS threads: "
        f"{settings.threads or 'set by the environment'}; engine: {settings.engine}",
        "run": str(run.path),
    }
    terminal.message(Facts(list(rows.items())), "")
