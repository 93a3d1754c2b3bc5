"""Names of runs on the command line: typed, completed by a shell, and shown to be typed again."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from nntrain.runs.run import Run
    from nntrain.show.terminal.terminal import Terminal

Command = TypeVar("Command", bound=Callable[..., Any])


def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of runs that begin as typed; experiments, which have no network, do not."""
    return _in_folder(ctx, incomplete, "settings.toml")


def complete_all(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the names of runs and experiments that begin as typed."""
    return _in_folder(ctx, incomplete, "settings.toml", "experiment.toml")


def _in_folder(ctx: click.Context, incomplete: str, *files: str) -> list[CompletionItem]:
    folder = ctx.params.get("runs_dir") or Path("runs")
    names = sorted(path.parent.name for file in files for path in folder.glob(f"*/{file}"))
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def reference(run: "Run") -> str:
    """Return what names the run on a command line: its path where --runs-dir was given."""
    return run.name if run.path.parent == Path("runs") else str(run.path)


def find(terminal: "Terminal", runs_dir: Path, name: str | None) -> "Run":
    """Return the run of that name, or the newest with a network; say where a newer one has none.

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


def argument(command: Command) -> Command:
    """Add RUN, the name of a run, which a shell can complete."""
    return click.argument("run_name", metavar="[RUN]", required=False, shell_complete=complete)(
        command
    )
