"""What the experiment commands share: options, start, training and results."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from nntrain.cli import index
from nntrain.cli import options as shared
from nntrain.cli.blas_threads import available_cores
from nntrain.cli.settings_options import given
from nntrain.cli.values import OutputFile, complete_experiments
from nntrain.errors import SettingsError
from nntrain.settings.fields import Spec, checked
from nntrain.settings.fit import FitSettings, TrainingSettings

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.experiments.executors import Work
    from nntrain.experiments.experiment import Experiment, TrainingRuns
    from nntrain.experiments.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])
Settings = TypeVar("Settings", bound=TrainingSettings)
Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class ExperimentOptions:
    """An experiment's options besides its settings: where it runs, what is saved and shown.

    Each field is the option of that name; ``as_json`` is ``--json``. ``resume`` is "" if
    ``--resume`` names no experiment.
    """

    jobs: int
    cluster: str | None
    name: str | None
    resume: str | None
    overwrite: bool
    full: bool
    csv: Path | None
    no_report: bool
    runs_dir: Path
    mirrors: tuple[str, ...]
    offline: bool
    as_json: bool
    svg: Path | None
    quiet: bool

    def __post_init__(self) -> None:
        """Raise ``SettingsError`` for options that contradict each other."""
        if self.resume is not None and self.overwrite:
            raise SettingsError("--resume and --overwrite cannot be combined. Leave one out.")
        if self.resume and self.name not in (None, self.resume):
            raise SettingsError("--resume and --name name different experiments. Leave one out.")

    @property
    def name_to_resume(self) -> str | None:
        """The name of the experiment to resume; None without ``--resume`` or without a name."""
        return None if self.resume is None else self.resume or self.name


experiment_options = shared.gathered(
    "options",
    ExperimentOptions,
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=available_cores,
        help="Number of processes, each with one BLAS thread. [default: one per core]",
    ),
    click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Run on the Dask cluster with this scheduler. Scheduler, workers and this command "
        "can run any code on each other's machines: use tls:// or a private network.",
    ),
    click.option("--name", help="The experiment's name. [default: time and a short slug]"),
    click.option(
        "--resume",
        is_flag=False,
        flag_value="",
        metavar="[EXPERIMENT]",
        shell_complete=complete_experiments,
        help="Train only what this experiment still lacks; options left out keep their values. "
        "Without a name: the newest experiment with the same options.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace the experiment of that name."),
    shared.full_option,
    click.option(
        "--csv",
        type=OutputFile(),
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
"""Add the options of every experiment; the command gets them as ``options``."""


FEWEST_SEEDS, MOST_SEEDS = 1, 1000


def seeds_option(text: str) -> Callable[[Command], Command]:
    """Return the option ``--seeds``, with ``text`` as its help."""
    return click.option(
        "--seeds",
        type=click.IntRange(FEWEST_SEEDS, MOST_SEEDS),
        default=3,
        show_default=True,
        help=text,
    )


def checked_seeds(count: Any) -> int:
    """Return the number of seeds, checked because it may come from a file."""
    return int(checked("seeds", count, Spec("", int, low=FEWEST_SEEDS, high=MOST_SEEDS)))


class Session:
    """One call of an experiment command; its output goes to ``terminal``."""

    def __init__(self, kind: str, options: ExperimentOptions) -> None:
        from nntrain.show.terminal.terminal import Terminal

        self.kind, self.options = kind, options
        self._compile: Callable[[], object] = lambda: None
        self.terminal = Terminal(
            quiet=options.quiet or options.as_json, picture=options.svg is not None
        )

    def dataset(self, name: str, data_dir: Path) -> "Dataset":
        """Return the dataset."""
        options = self.options
        return shared.load_dataset(self.terminal, name, data_dir, options.mirrors, options.offline)

    def on_dataset(self, settings: Settings) -> "tuple[Settings, Dataset]":
        """Return ``settings``, made valid in every process, and their dataset."""
        folder = Path(settings.data_dir).absolute()
        dataset = self.dataset(settings.dataset, folder)
        return replace(settings, dataset=dataset.lasting_name, data_dir=str(folder)), dataset

    def as_before(self, ctx: click.Context, values: dict[str, Any]) -> dict[str, Any]:
        """Return ``values``; those not given come from the experiment that is resumed by name."""
        from nntrain.experiments import store

        if (name := self.options.name_to_resume) is None:
            return values
        old = store.named(self.options.runs_dir, name, self.kind)
        old.check_not_arrays(self.kind.replace("-", "_"))
        before = old.settings()
        kept = {n: before[n] for n in values if n in before and not given(ctx, n)}
        return {**values, **kept}

    def check_memory(self, every: Iterable[FitSettings], runs: int, dataset: "Dataset") -> None:
        """Raise ``NntrainError`` if this machine is to train and has too little memory.

        There are ``runs`` training runs with settings of ``every``.
        """
        from nntrain.workflows.memory import check_memory

        if self.options.cluster is None:
            jobs = min(self.options.jobs, runs)
            check_memory(every, dataset, jobs if jobs > 1 else 0)

    @contextmanager
    def store(
        self, settings: Mapping[str, Any] | TrainingSettings, origin: Mapping[str, Any]
    ) -> "Iterator[Store]":
        """Yield the experiment, new or resumed; its lock is held for the block.

        ``origin`` is the result of ``provenance.collect``. If the requested cluster cannot be
        used, no directory is made or replaced.
        """
        refreshed = index.refreshed(self.terminal, self.options.runs_dir)
        with refreshed, self._opened(settings, origin) as store:
            yield store

    def _opened(
        self, settings: Mapping[str, Any] | TrainingSettings, origin: Mapping[str, Any]
    ) -> "AbstractContextManager[Store]":
        from nntrain.experiments import store

        options = self.options
        about = self.kind, settings, origin
        if options.resume is not None:
            return store.resume(options.runs_dir, options.name_to_resume, *about)
        if options.cluster is not None:
            from nntrain.experiments.cluster import check

            check(options.cluster)  # before there is a directory
        return store.create(options.runs_dir, options.name, *about, overwrite=options.overwrite)

    def choose_engine(self, every: Sequence[FitSettings], times: int, dataset: "Dataset") -> str:
        """Return the engine for training each of ``every`` ``times`` times.

        If there is a loop to compile, ``train`` does it once for all processes.
        """
        from nntrain.nn.engine import NUMBA
        from nntrain.workflows.train import choose_engine, start

        tell = self.terminal.message
        engine = choose_engine(every, times, dataset, tell)
        if engine == NUMBA and self.options.cluster is None:
            self._compile = lambda: start(replace(every[0], engine=engine), dataset, tell)
        return engine

    def train(
        self,
        runs: "TrainingRuns[Task, Result]",
        work: "Work[Task]",
        describe: Callable[[str, Result], str],
        amounts: Mapping[str, float],
    ) -> dict[str, Result]:
        """Do the missing training runs, with a line for each; return all results in order.

        ``describe(key, result)`` is the line; ``amounts``, the work of each training run, serve
        to estimate the time left. On Ctrl-C raises ``Interrupted``, which says how to continue.
        """
        from nntrain.experiments.progress import new_counter
        from nntrain.show.formatting import plural
        from nntrain.show.terminal.progress import TrainingRunsProgress

        terminal, total, to_go = self.terminal, len(runs.tasks), len(runs.to_go)
        terminal.message(f"{plural(total, 'training run')}, {to_go} to go, in {runs.store.path}")
        for damage in runs.store.damaged.values():
            terminal.message(damage)
        if not to_go:
            return runs.complete()
        self._compile()
        left = {key: amounts[key] for key in runs.to_go}
        counter = new_counter() if terminal.animated else None  # for the bar
        options = self.options
        results = runs.train(work, jobs=options.jobs, cluster=options.cluster, counter=counter)
        try:
            with (
                TrainingRunsProgress(terminal, left, counter) as progress,
                closing(results),
            ):
                for key, result in results:
                    number = f"{len(runs.results):>{len(str(total))}}/{total}"
                    progress.done(key, f"{number}  {describe(key, result)}")
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
        """Show the experiment's result in every requested form.

        ``document`` is what ``--json`` prints, ``csv`` what ``--csv`` writes; ``read`` is the
        result, and ``about`` says what was done.
        """
        from nntrain.cli import pages
        from nntrain.storage.atomic import write_asked

        options, terminal = self.options, self.terminal
        experiment, page = pages.described(store, read, about), {}
        if options.csv is not None:
            write_asked(options.csv, csv)
        if not options.as_json:
            with pages.faults_as_warnings(terminal):
                self._print(store, experiment)
        if not options.no_report:
            page = pages.try_to_write_experiment(terminal, store, experiment)
        if options.as_json:
            terminal.document(str(document["schema"]), {**document, **page})
        if options.svg is not None:
            terminal.save_picture(options.svg, f"nntrain {self.kind}")

    def _print(self, store: "Store", experiment: "Experiment[Any]") -> None:
        """Print the full result, its summary or, when quiet, one line."""
        from nntrain.show.sections import BRIEF, lead, sections

        kind, terminal = self.kind.replace("-", "_"), self.terminal
        if self.options.full:
            terminal.result(*sections(kind, experiment))
        elif terminal.quiet:
            terminal.result(lead(kind, experiment))
        else:
            terminal.result(*sections(kind, experiment, BRIEF))
            again = f"nntrain {self.kind} --resume {store.typed} --full"
            terminal.message(f"\nFull report: {again}")
