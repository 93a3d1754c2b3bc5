"""Options shared by several commands, and the objects that hold them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from nntrain.cli.values import OutputFile, SettingType, complete_runs
from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings.fields import Spec

if TYPE_CHECKING:
    from nntrain.data.dataset import Dataset
    from nntrain.show.terminal.terminal import Terminal

Command = TypeVar("Command", bound=Callable[..., Any])
SPLITS = ("train", "validation", "test")


def report_sections() -> tuple[str, ...]:
    """Return the names of the sections of a run's report."""
    from nntrain.show.sections import offered

    return offered()


run_argument = click.argument(
    "run_name", metavar="[RUN]", required=False, shell_complete=complete_runs
)
json_option = click.option(
    "as_json", "--json", is_flag=True, help="Print one JSON document instead of tables."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print only the result.")
svg_option = click.option(
    "--svg",
    type=OutputFile(".svg"),
    metavar="FILE.svg",
    help="Also save what is shown as an SVG image.",
)
name_option = click.option("--name", help="The run's name. [default: time and a short slug]")
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace the run of that name.")
full_option = click.option("--full", is_flag=True, help="Print the whole report.")
verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="Also print the schedule, seed and threads."
)
predictions_option = click.option(
    "--predictions",
    type=OutputFile(),
    metavar="FILE.csv",
    help="Write the index, true class, predicted class and outputs of each example.",
)
page_option = click.option(
    "--no-report",
    is_flag=True,
    envvar="NNTRAIN_NO_REPORT",
    help="Do not write report.html. (It needs the extra: pip install 'nntrain[report]')",
)
section_option = click.option(
    "--section",
    "sections",
    multiple=True,
    type=SettingType(Spec("", str, choices=report_sections)),
    help="Show only this part of the report; repeatable.",
)
runs_dir_option = click.option(
    "--runs-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("runs"),
    envvar="NNTRAIN_RUNS_DIR",
    show_default=True,
    help="Where runs are kept.",
)
data_dir_option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="NNTRAIN_DATA_DIR",
    help="Where datasets are kept. [default: data]",
)
offline_option = click.option(
    "--offline", is_flag=True, envvar="NNTRAIN_OFFLINE", help="Never access the network."
)
mirror_option = click.option(
    "--mirror",
    "mirrors",
    multiple=True,
    metavar="URL",
    envvar="NNTRAIN_MIRROR",
    help="Try this address before the known mirrors; {dataset} stands for the name.",
)


def split_option(default: str) -> Callable[[Command], Command]:
    """Return a decorator that adds ``--split``."""
    return click.option(
        "--split",
        type=click.Choice(SPLITS),
        default=default,
        show_default=True,
        help="The part of the dataset.",
    )


def load_dataset(
    terminal: "Terminal", name: str, data_dir: Path, mirrors: Sequence[str], offline: bool
) -> "Dataset":
    """Return the dataset; warn if it replaces another."""
    from nntrain.data.loading import load
    from nntrain.show.terminal.progress import DownloadProgress

    report = DownloadProgress(terminal)
    dataset = load(name, data_dir, offline=offline, mirrors=mirrors, report=report)
    if dataset.substituted_because:
        terminal.warning(
            "NOT MNIST",
            f"Could not download MNIST; using {dataset.title.lower()} instead. "
            f"Figures on them say nothing about MNIST.\n\n{dataset.substituted_because}",
        )
    return dataset


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where datasets come from, as typed: ``--data-dir``, ``--mirror``, ``--offline``."""

    data_dir: Path | None
    mirrors: tuple[str, ...]
    offline: bool

    def load(self, terminal: "Terminal", name: str, data_dir: str | Path) -> "Dataset":
        """Return the dataset, from ``data_dir`` unless another folder was typed."""
        folder = self.data_dir or Path(data_dir)
        return load_dataset(terminal, name, folder, self.mirrors, self.offline)


@dataclass(frozen=True, kw_only=True)
class Display:
    """How a command shows its results, as typed: ``--json``, ``--svg``, ``--quiet``."""

    as_json: bool
    svg: Path | None = None
    quiet: bool = False

    def terminal(self) -> "Terminal":
        """Return the terminal that the command prints to."""
        from nntrain.show.terminal.terminal import Terminal

        return Terminal(quiet=self.quiet or self.as_json, picture=self.svg is not None)

    def save_picture(self, terminal: "Terminal", title: str) -> None:
        """Save what ``terminal`` showed, if ``--svg`` is given."""
        if self.svg is not None:
            terminal.save_picture(self.svg, title)


@dataclass(frozen=True, kw_only=True)
class Report:
    """The options of a run's report, as typed.

    Each field is the option of that name; ``sections`` is ``--section``.
    """

    predictions: Path | None
    sections: tuple[str, ...]
    full: bool
    no_report: bool

    def check(self) -> None:
        """Raise ``SettingsError`` for an unknown section."""
        for name in self.sections:
            if name not in (known := report_sections()):
                raise SettingsError(
                    f"Unknown --section {name}: expected one of {', '.join(known)}."
                    f"{did_you_mean(name, known)}"
                )


def gathered(
    name: str, kind: type, *options: Callable[[Any], Any]
) -> Callable[[Command], Command]:
    """Return a decorator that adds ``options``; the command gets them as one ``kind``, ``name``.

    Each option is a field of the dataclass ``kind``.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def collected(*words: Any, **values: Any) -> Any:
            typed = {f.name: values.pop(f.name) for f in fields(kind) if f.name in values}
            return command(*words, **{name: kind(**typed)}, **values)

        decorated: Any = collected
        for option in reversed(options):
            decorated = option(decorated)
        return cast(Command, decorated)

    return decorate


source_options = gathered("source", Source, data_dir_option, mirror_option, offline_option)
display_options = gathered("display", Display, json_option, svg_option, quiet_option)
report_options = gathered(
    "report", Report, full_option, section_option, predictions_option, page_option
)
plain_display_options = gathered("display", Display, json_option, quiet_option)
