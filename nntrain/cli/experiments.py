"""What the experiment commands share: their options, how they begin, train and end."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nntrain.cli import options as shared
from nntrain.cli.blas_threads import available_cores
from nntrain.errors import SettingsError
from nntrain.settings.fit import TrainingSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.executors import Work
    from nntrain.experiments.experiment import TrainingRuns
    from nntrain.experiments.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])
Settings = TypeVar("Settings", bound=TrainingSettings)
Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class ExperimentOptions:
    """What is typed for an experiment besides its settings: where it runs, what is kept and shown.

    Each field is the option of that name; ``as_json`` is ``--json``.
    """

    jobs: int
    cluster: str | None
    name: str | None
    resume: bool
    overwrite: bool
    csv: Path | None
    no_report: bool
    runs_dir: Path
    mirrors: tuple[str, ...]
    offline: bool
    as_json: bool
    svg: Path | None
    quiet: bool


experiment_options = shared.gathered(
    "options",
    ExperimentOptions,
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=available_cores,
        help="Processes, each with one BLAS thread. [default: the cores]",
    ),
    click.option(
        "--cluster", metavar="ADDRESS", help="Run on the Dask cluster with this scheduler."
    ),
    click.option("--name", help="The experiment's name. [default: time and a short slug]"),
    click.option("--resume", is_flag=True, help="Do only what an earlier try left undone."),
    click.option("--overwrite", is_flag=True, help="Replace the experiment of that name."),
    click.option(
        "--csv",
        type=shared.OutputFile(),
        metavar="FILE",
        help="Also write the table of results as CSV.",
    ),
    shared.page_option,
    shared.runs_dir_option,
    shared.mirror_option,
    shared.offline_option,
    shared.json_option,
    shared.svg_option,
    shared.quiet_option,
)
"""Add what every experiment has; the command gets it as ``options``."""


def seeds_option(text: str) -> Callable[[Command], Command]:
    """Return the option ``--seeds``, with ``text`` as its help."""
    return click.option(
        "--seeds", type=click.IntRange(1, 1000), default=3, show_default=True, help=text
    )


class Session:
    """One experiment command at work. Raises ``SettingsError`` for options that contradict.

    ``terminal`` is where it shows something.
    """

    def __init__(self, kind: str, options: ExperimentOptions) -> None:
        from nntrain.show.terminal.terminal import Terminal

        if options.resume and options.overwrite:
            raise SettingsError("--resume and --overwrite exclude each other. Leave one out.")
        self.kind, self.options = kind, options
        self.terminal = Terminal(
            quiet=options.quiet or options.as_json, picture=options.svg is not None
        )

    def dataset(self, name: str, data_dir: Path) -> "Dataset":
        """Return the dataset."""
        from nntrain.cli.support import load_dataset

        options = self.options
        return load_dataset(self.terminal, name, data_dir, options.mirrors, options.offline)

    def on_dataset(self, settings: Settings) -> "tuple[Settings, Dataset]":
        """Return the dataset of ``settings``, and the settings that mean it in every process."""
        folder = Path(settings.data_dir).absolute()
        dataset = self.dataset(settings.dataset, folder)
        return replace(settings, dataset=dataset.lasting_name, data_dir=str(folder)), dataset

    def store(
        self, settings: Mapping[str, Any] | TrainingSettings, origin: Mapping[str, Any]
    ) -> "AbstractContextManager[Store]":
        """Return the experiment to work in, new or resumed; its lock is held for the block.

        ``origin`` is what ``provenance.collect`` says of this process.
        """
        from nntrain.experiments import store

        where = self.options.runs_dir, self.options.name, self.kind, settings, origin
        if self.options.resume:
            return store.resume(*where)
        return store.create(*where, overwrite=self.options.overwrite)

    def train(
        self,
        runs: "TrainingRuns[Task, Result]",
        work: "Work[Task]",
        describe: Callable[[str, Result], str],
    ) -> dict[str, Result]:
        """Train what is to go, with a line for each; return all results in their order.

        ``describe(key, result)`` is the line. Raises ``Interrupted``, which says how to go on, at
        Ctrl-C.
        """
        from nntrain.show.formatting import duration, plural
        from nntrain.show.terminal.progress import TrainingsProgress

        terminal, total, to_go = self.terminal, len(runs.tasks), len(runs.to_go)
        terminal.message(f"{plural(total, 'training run')}, {to_go} to go, in {runs.store.path}")
        for damage in runs.store.damaged.values():
            terminal.message(damage)
        begun = monotonic()
        results = runs.train(work, jobs=self.options.jobs, cluster=self.options.cluster)
        try:
            with TrainingsProgress(terminal, to_go) as progress, closing(results):
                for new, (key, result) in enumerate(results, start=1):
                    left_s = (monotonic() - begun) / new * (to_go - new)
                    left = f"  about {duration(left_s)} left" if new < to_go else ""
                    number = f"{len(runs.results):>{len(str(total))}}/{total}"
                    progress.done(f"{number}  {describe(key, result)}{left}")
        except KeyboardInterrupt:
            raise runs.interrupted() from None
        return runs.complete()

    def show(
        self,
        store: "Store",
        document: Mapping[str, Any],
        csv: str,
        read: Any,
        about: Mapping[str, str],
    ) -> None:
        """Show what came of the experiment, in every form that is asked for.

        ``document`` is what ``--json`` prints, ``csv`` what ``--csv`` writes; ``read`` is the
        result, and ``about`` says what was done.
        """
        from nntrain.cli import pages
        from nntrain.show.sections import sections
        from nntrain.storage.atomic import write_asked

        options, terminal = self.options, self.terminal
        experiment, page = pages.described(store, read, about), {}
        if options.csv is not None:
            write_asked(options.csv, csv)
        if not options.as_json:
            with pages.faults_as_warnings(terminal):
                terminal.result(*sections(self.kind.replace("-", "_"), experiment))
        terminal.message(f"\nSaved in {store.path}")
        if not options.no_report:
            page = pages.try_to_write_experiment(terminal, store, experiment)
        if options.as_json:
            terminal.document(str(document["schema"]), {**document, **page})
        if options.svg is not None:
            terminal.save_picture(options.svg, f"nntrain {self.kind}")
