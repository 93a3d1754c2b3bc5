"""Output layers compared from Python: ``compare_costs``, and its result as an object."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from nntrain.api import progress as shown
from nntrain.api.datasets import expect_dataset, where
from nntrain.api.html import Page, check_extra, html_of
from nntrain.api.options import CompareOptions, checked_name, checked_settings
from nntrain.data.dataset import Dataset
from nntrain.experiments import progress as work_of
from nntrain.experiments import store as stores
from nntrain.experiments.compare_costs import files
from nntrain.experiments.compare_costs.pairs import PairResult
from nntrain.experiments.compare_costs.result import OutputResult
from nntrain.experiments.compare_costs.train import Diverged, Task, Trained, train_on
from nntrain.experiments.executors import Outcome, end_if_importing_main
from nntrain.experiments.experiment import Experiment
from nntrain.experiments.running import run
from nntrain.nn.engine import NUMBA
from nntrain.runs.provenance import collect, of_arrays
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fields import Spec, checked
from nntrain.show.sections import lead
from nntrain.show.sections.compare_costs.result import compared, training_line
from nntrain.workflows.memory import check_memory
from nntrain.workflows.train import choose_engine, start

if TYPE_CHECKING:
    from pandas import DataFrame

KIND = "compare_costs"
SECTIONS = ("result", "escape", "accuracy", "levels", "confidence")
JOBS = Spec("", int, low=1, high=1000)


class Comparison:
    """Output layers trained from the same starts, from ``compare_costs``.

    ``path`` is the directory of the experiment, None if nothing was saved. A notebook shows the
    verdict and the charts.
    """

    def __init__(
        self,
        experiment: Experiment[files.CompareCosts],
        trainings: Sequence[Trained],
        path: Path | None,
    ) -> None:
        self._experiment, self._trainings, self.path = experiment, trainings, path

    @property
    def settings(self) -> CompareSettings:
        """All settings, checked."""
        return self._experiment.read.settings

    @property
    def verdict(self) -> str:
        """The result in one or two sentences."""
        return lead(KIND, self._experiment)

    @property
    def outputs(self) -> tuple[OutputResult, ...]:
        """The result of each output: from the random start, unless only the saturated is used."""
        return self._experiment.read.result.outputs

    @property
    def pairs(self) -> tuple[PairResult, ...]:
        """Every pair of these outputs, with its verdict."""
        return self._experiment.read.result.pairs

    @property
    def saturated_outputs(self) -> tuple[OutputResult, ...]:
        """The result of each output from the saturated start; empty without it."""
        escape = self._experiment.read.escape
        return () if escape is None else escape.outputs

    @property
    def saturated_pairs(self) -> tuple[PairResult, ...]:
        """Every pair of these outputs."""
        escape = self._experiment.read.escape
        return () if escape is None else escape.pairs

    def page(self) -> Page:
        """Return the whole report page, as ``nntrain report`` writes it.

        Raises ``NntrainError`` if the extra ``report`` is not installed.
        """
        check_extra()
        from nntrain.show.page.pages import experiment_page

        return Page(experiment_page(KIND, self._experiment))

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON-able types, as in ``nntrain compare-costs --json``."""
        document = files.document(self._experiment.read, self._trainings)
        plain: dict[str, Any] = json.loads(json.dumps(document))
        return {"dataset_title": self._experiment.dataset, **plain}

    def to_frame(self) -> "DataFrame":
        """Return a table of pandas with one row per start, output, seed and epoch.

        Epoch 0 is before training. Raises ``NntrainError`` if pandas is not installed.
        """
        from nntrain.api.frames import read_csv

        return read_csv(StringIO(files.epochs_csv(self._trainings)))

    def __repr__(self) -> str:
        """Return the verdict in one line."""
        return f"<Comparison: {' '.join(self.verdict.split())}>"

    def _repr_html_(self) -> str | None:
        return html_of(KIND, self._experiment, "Comparison of output layers", SECTIONS)


def compare_costs(
    dataset: Dataset,
    *,
    jobs: int = 1,
    save: str | None = None,
    runs_dir: str | Path = "runs",
    overwrite: bool = False,
    progress: bool = False,
    **settings: Unpack[CompareOptions],
) -> Comparison:
    """Train output layers from the same start, and compare how fast they learn.

    The settings have the names and defaults of ``nntrain compare-costs``; all are optional. For
    example, ``compare_costs(digits, start="saturated", seeds=3)`` leaves out the random start. For
    each seed all outputs start from the same weights and see the same mini-batches.

    With the default ``jobs=1`` everything runs in this process. More ``jobs`` are processes that
    import the main script, which must then protect its work with ``if __name__ == "__main__":``.
    Nothing is printed or written unless it is asked for: ``save`` is the name of an experiment's
    directory in ``runs_dir``, ``progress`` shows a bar.

    Raises ``SettingsError`` for an unknown setting or a value out of range, ``DivergenceError`` if
    a training run diverges, ``RunError`` if the experiment cannot be saved, and ``NntrainError``
    if the processes end too early, as they do in a script that is not protected.
    """
    data, name = expect_dataset(dataset), checked_name(save)
    count = int(checked("jobs", jobs, JOBS))
    if count > 1 or name is not None:
        end_if_importing_main()
    asked = checked_settings(CompareSettings, settings, data, where(data))
    one = asked.fit_settings(asked.outputs[0], asked.seed, 0.0)
    runs = len(asked.outputs) * asked.seeds * len(asked.starts)
    check_memory([one], data, min(count, runs) if count > 1 else 0)
    tell = shown.teller(progress)
    engine = choose_engine([one], runs, data, tell)
    used = replace(asked, engine=engine)
    if engine == NUMBA:  # the loop is compiled once for all processes
        start(replace(one, engine=engine), data, tell)
    if name is None:
        return _compared(used, data, count, progress)
    examples = used.train_size or len(data.train.images)
    origin = collect(replace(one, engine=engine), data, examples)
    about = "compare-costs", used, origin
    with stores.create(Path(runs_dir), name, *about, overwrite=overwrite) as store:
        return _compared(used, data, count, progress, store)


def _compared(
    settings: CompareSettings,
    dataset: Dataset,
    jobs: int,
    progress: bool,
    store: stores.Store | None = None,
) -> Comparison:
    """Train what the comparison needs; return it, saved in ``store`` if there is one."""

    def trained(todo: Mapping[str, Task]) -> list[Trained | Diverged]:
        amounts = work_of.amounts({key: task.fit for key, task in todo.items()}, dataset)
        results: dict[str, Trained | Diverged] = {}
        with (
            shown.of_training_runs(progress, amounts) as view,
            _results(todo, dataset, jobs, store) as finished,
        ):
            for key, result in finished:
                results[key] = result
                view.done(key, training_line(result))
        return [results[key] for key in todo]

    read, trainings = files.compare_costs(settings, trained)
    examples = settings.train_size or len(dataset.train.images)
    about = compared(settings, dataset.title, examples, read.tuned)
    origin = {
        "dataset_title": dataset.title,
        "substituted_because": dataset.substituted_because,
        **of_arrays(dataset),
    }
    if store is not None:
        files.write(store, read, trainings, dataset)
        origin = store.provenance()
    name = "not saved" if store is None else store.path.name
    experiment = Experiment(name, read, about, asdict(settings), origin)
    return Comparison(experiment, trainings, None if store is None else store.path)


@contextmanager
def _results(
    todo: Mapping[str, Task], dataset: Dataset, jobs: int, store: stores.Store | None
) -> Iterator[Iterator[tuple[str, Trained | Diverged]]]:
    """Yield an iterator over the key and result of each training run, as they finish."""
    work = partial(train_on, dataset)
    if store is not None:
        runs = files.training_runs(store, dataset, todo)
        with closing(runs.train(work, jobs=jobs)) as results:
            yield results
        return
    with closing(run(work, todo, jobs=jobs)) as outcomes:
        yield ((key, _read(todo[key], outcome, dataset)) for key, outcome in outcomes)


def _read(task: Task, outcome: Outcome, dataset: Dataset) -> Trained | Diverged:
    """Return the result in an outcome, whose document goes through JSON as in a store."""
    again = Outcome(json.loads(json.dumps(outcome.document)), outcome.arrays)
    return files.read_outcome(task, again, len(dataset.test.labels))
