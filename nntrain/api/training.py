"""Training from Python: ``fit``, and ``load_run`` for what is saved."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Unpack

from nntrain.api import progress as shown
from nntrain.api.datasets import expect_dataset, where
from nntrain.api.options import FitOptions, checked_name, checked_settings
from nntrain.api.run import Run
from nntrain.data.dataset import Dataset
from nntrain.experiments.executors import end_if_importing_main
from nntrain.nn.training import EpochResult, Trainer
from nntrain.runs import provenance
from nntrain.runs import run as runs
from nntrain.settings.fit import FitSettings
from nntrain.workflows import evaluation_files, train


def fit(
    dataset: Dataset,
    *,
    save: str | None = None,
    runs_dir: str | Path = "runs",
    overwrite: bool = False,
    progress: bool = False,
    **settings: Unpack[FitOptions],
) -> Run:
    """Train a network on ``dataset``, from ``load_dataset`` or ``Dataset.from_arrays``.

    The settings have the names and defaults of ``nntrain fit``; all are optional. For example,
    ``fit(digits, hidden=[100], epochs=3)`` trains one hidden layer of 100 neurons. Arrays that are
    not uint8 images are not distorted (``augment="none"``). The same settings, data, engine and
    number of BLAS threads give the same network.

    Nothing is printed or written unless it is asked for. ``save`` is the name of a run directory
    in ``runs_dir``, as the command makes it but without the page, which ``run.page().save(path)``
    writes; an existing one is an error unless ``overwrite``.
    ``progress`` shows a bar: on standard error in a terminal, as HTML in a notebook.

    Raises ``SettingsError`` for an unknown setting or a value out of range, ``DivergenceError`` if
    training diverges, ``RunError`` if the run cannot be saved.
    """
    data, name = expect_dataset(dataset), checked_name(save)
    if name is not None:
        end_if_importing_main()
    asked = checked_settings(FitSettings, settings, data, where(data))
    trainer = train.start(asked, data, shown.teller(progress))
    used = replace(asked, learning_rate=asked.rate, engine=trainer.engine)
    started = used, data, trainer
    if name is None:
        return _trained(*started, None, progress)
    with train.new_run(*started, Path(runs_dir), name, overwrite) as run:
        trained = _trained(*started, run, progress)
        evaluation_files.save(run, trained.evaluated(None, "test"))
        return trained


def _trained(
    settings: FitSettings,
    dataset: Dataset,
    trainer: Trainer,
    run: runs.Run | None,
    progress: bool,
) -> Run:
    """Train to the end; return the run, which is ``run`` if it is saved."""
    history: list[dict[str, Any]] = []
    with shown.of_training(progress, trainer) as view:
        for event in train.drive(trainer, run):
            if isinstance(event, EpochResult):
                history.append(asdict(event))
                view.epoch(event)
            else:
                view.tick(event)
    network, examples = trainer.best.network(), len(trainer.batches)
    if run is not None:
        return Run(run.name, network, settings, history, run.provenance(), dataset, run.path)
    name = "-".join([Path(dataset.name).name, *map(str, settings.hidden)])
    origin = {"training_examples": examples, **provenance.of_arrays(dataset)}
    return Run(name, network, settings, history, origin, dataset)


def load_run(name: str | None = None, *, runs_dir: str | Path = "runs") -> Run:
    """Return a saved run: of this name in ``runs_dir``, at this path, or the newest.

    Its dataset is loaded when it is needed, and must then be where it was. Raises ``RunError`` if
    there is no such run, or if its files are damaged.
    """
    run = runs.find(Path(runs_dir), None if name is None else str(name))
    about = run.settings(), run.history(), run.provenance()
    return Run(run.name, run.model(), *about, path=run.path)
