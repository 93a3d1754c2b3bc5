"""Options that several commands share, and the kinds of values that options take."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal


from nntrain.errors import SettingsError, did_you_mean
from nntrain.settings.fields import Spec

Command = TypeVar("Command", bound=Callable[..., Any])


class OutputFile(click.Path):
    """A file written at the end: its folder must exist before the work begins."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; fail where it cannot be written."""
        path = Path(str(super().convert(value, param, ctx)))
        if not path.name:
            self.fail("expected the name of a file.", param, ctx)
        if not path.absolute().parent.is_dir():
            self.fail(f"the folder {path.parent} does not exist.", param, ctx)
        return path


SPLITS = ("train", "validation", "test")


class SettingType(click.ParamType[Any]):
    """Passes a value on as typed: the settings check it, whether typed or read from a file."""

    name = "setting"

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return the choices, or the kind of value."""
        if self.spec.choices:
            return "[" + "|".join(self.spec.choices()) + "]"
        kinds = {int: "INTEGER", float: "NUMBER", tuple: "INTEGER,…", list: "NUMBER"}
        return kinds.get(self.spec.kind, "TEXT")

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the choices that begin as typed."""
        names = self.spec.choices() if self.spec.choices else ()
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option(
        "as_json", "--json", is_flag=True, help="Print one JSON document instead of tables."
    )(command)


def quiet_option(command: Command) -> Command:
    """Add ``-q``."""
    return click.option(
        "-q", "--quiet", is_flag=True, help="No progress and no messages, only results."
    )(command)


def svg_option(command: Command) -> Command:
    """Add ``--svg``."""
    return click.option(
        "--svg",
        type=OutputFile(),
        metavar="FILE",
        help="Also save what is shown as an SVG image.",
    )(command)


def split_option(default: str) -> Callable[[Command], Command]:
    """Return a decorator that adds ``--split``."""
    return click.option(
        "--split",
        type=click.Choice(SPLITS),
        default=default,
        show_default=True,
        help="Which part of the dataset.",
    )


def predictions_option(command: Command) -> Command:
    """Add ``--predictions``."""
    return click.option(
        "--predictions",
        type=OutputFile(),
        metavar="FILE.csv",
        help="Write index, true and predicted class and all outputs of each example.",
    )(command)


def page_option(command: Command) -> Command:
    """Add ``--no-report``."""
    return click.option(
        "--no-report",
        is_flag=True,
        envvar="NNTRAIN_NO_REPORT",
        help="Write no report.html. (It needs the extra: pip install 'nntrain[report]')",
    )(command)


def section_option(command: Command) -> Command:
    """Add ``--section``."""
    return click.option(
        "--section",
        "sections",
        multiple=True,
        type=SettingType(Spec("", str, choices=_sections)),
        help="Show only this part of the report; repeatable.",
    )(command)


def _sections() -> tuple[str, ...]:
    from nntrain.show.sections import offered

    return offered()


def checked_sections(sections: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``sections`` if the report has them all; else raise ``SettingsError``."""
    for name in sections:
        if name not in (known := _sections()):
            raise SettingsError(
                f"--section {name} is not allowed: expected one of {', '.join(known)}."
                f"{did_you_mean(name, known)}"
            )
    return sections


def runs_dir_option(command: Command) -> Command:
    """Add ``--runs-dir``."""
    return click.option(
        "--runs-dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("runs"),
        envvar="NNTRAIN_RUNS_DIR",
        show_default=True,
        help="Where runs are kept.",
    )(command)


def data_dir_option(command: Command) -> Command:
    """Add ``--data-dir`` for commands that have no settings."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        envvar="NNTRAIN_DATA_DIR",
        help="Where datasets are kept. [default: data]",
    )(command)


def network_options(command: Command) -> Command:
    """Add ``--mirror`` and ``--offline``."""
    command = click.option(
        "--offline", is_flag=True, envvar="NNTRAIN_OFFLINE", help="Never touch the network."
    )(command)
    return click.option(
        "--mirror",
        "mirrors",
        multiple=True,
        metavar="URL",
        envvar="NNTRAIN_MIRROR",
        help="Try this address before the known mirrors; {dataset} stands for the name.",
    )(command)


def complete_runs(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of runs that begin as typed, without experiments: they have no network."""
    return _in_folder(ctx, incomplete, "settings.toml")


def complete_all(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of runs and experiments that begin as typed."""
    return _in_folder(ctx, incomplete, "settings.toml", "experiment.toml")


def _in_folder(ctx: click.Context, incomplete: str, *files: str) -> list[CompletionItem]:
    folder = ctx.params.get("runs_dir") or Path("runs")
    names = sorted(path.parent.name for file in files for path in folder.glob(f"*/{file}"))
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def run_reference(run: "Run") -> str:
    """Return what names the run on a command line: its path where --runs-dir was given."""
    return run.name if run.path.parent == Path("runs") else str(run.path)


def find_run(terminal: "Terminal", runs_dir: Path, name: str | None) -> "Run":
    """Return the run of that name, or the newest with a network; say if a newer one has none.

    Raises ``RunError`` when there is none.
    """
    from nntrain.runs import run as runs

    newest = runs.find(runs_dir, name, with_network=False)
    run = newest if newest.has_model else runs.find(runs_dir, name)
    if run.path != newest.path:
        terminal.message(
            f"{newest.name} is newer and has no network: its training is in its first epoch, was "
            f"stopped there, or diverged. This is {run.name}."
        )
    return run


def run_argument(command: Command) -> Command:
    """Add RUN, the name of a run, which a shell can complete."""
    return click.argument(
        "run_name", metavar="[RUN]", required=False, shell_complete=complete_runs
    )(command)
