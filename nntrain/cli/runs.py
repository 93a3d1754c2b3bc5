"""``nntrain runs``: list, remove and rename runs and experiments."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nntrain.cli import blas_threads, index, options
from nntrain.cli.values import complete_all
from nntrain.errors import NntrainError, harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "nntrain/runs/1"


@click.group(invoke_without_command=True)
@click.option(
    "--sort",
    type=click.Choice(("age", "accuracy")),
    default="age",
    show_default=True,
    help="Oldest first, or best validation accuracy first.",
)
@options.runs_dir_option
@options.json_option
@click.pass_context
def runs(ctx: click.Context, sort: str, runs_dir: Path, as_json: bool) -> None:
    """List, remove and rename runs and experiments.

    \b
    nntrain runs
    nntrain runs --sort accuracy
    nntrain runs --json
    nntrain runs rm first second
    nntrain runs mv first best
    """
    if ctx.invoked_subcommand is not None:
        return
    blas_threads.one_unless_set()
    from nntrain.experiments.store import experiments
    from nntrain.runs.run import all_runs
    from nntrain.show.sections import listings
    from nntrain.show.terminal.terminal import Terminal

    terminal = Terminal()
    rows = [run.summary() for run in all_runs(runs_dir)]
    if sort == "accuracy":
        rows.sort(key=_accuracy, reverse=True)
    stores = reversed(experiments(runs_dir))
    others = [{"name": store.path.name, "kind": store.kind} for store in stores]
    if as_json:
        listed = {"runs_dir": str(runs_dir), "runs": rows, "experiments": others}
        terminal.document(SCHEMA, listed)
        return
    terminal.result(listings.runs(rows, str(runs_dir)))
    if others:
        terminal.result(listings.experiments(others))


def _accuracy(row: "Mapping[str, Any]") -> float:
    """Return the validation accuracy to sort by: the test set is never used to choose."""
    return float(row.get("validation_accuracy") or 0.0)


def _parents_folder() -> Path:
    """Return the --runs-dir typed before the name of the subcommand, or its default."""
    parent = click.get_current_context().parent
    return Path("runs") if parent is None else parent.params["runs_dir"]


runs_dir_option = click.option(
    "--runs-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=_parents_folder,
    help="Where runs are kept.  [default: runs]",
)


@runs.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete_all)
@click.option("-y", "--yes", is_flag=True, help="Remove without asking.")
@runs_dir_option
def rm(names: tuple[str, ...], yes: bool, runs_dir: Path) -> None:
    """Remove runs and experiments.

    Asks first, then deletes the directory of each NAME with everything in it. If one of them is
    neither a run nor an experiment, nothing is removed.

    \b
    nntrain runs rm first second
    nntrain runs rm first --yes
    """
    blas_threads.one_unless_set()
    from nntrain.runs import upkeep
    from nntrain.runs.directory import Directory

    paths = list(dict.fromkeys(upkeep.find(runs_dir, name) for name in names))
    listed = harmless(", ".join(map(str, paths)))
    if not yes:
        click.echo(f"Remove {listed}? [y/N]: ", nl=False, err=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise NntrainError("Nothing was removed. To remove without being asked, add --yes.")
    for path in paths:
        with Directory(path).alone():
            pass  # before the first is removed, none is in use
    for path in paths:
        upkeep.remove(path)
        click.echo(harmless(f"Removed {path}"), err=True)
    _refresh_index(runs_dir)


@runs.command()
@click.argument("old", shell_complete=complete_all)
@click.argument("new")
@runs_dir_option
def mv(old: str, new: str, runs_dir: Path) -> None:
    """Rename the run or experiment OLD to NEW.

    \b
    nntrain runs mv first best
    """
    blas_threads.one_unless_set()
    from nntrain.runs import upkeep

    path = upkeep.rename(upkeep.find(runs_dir, old), new)
    click.echo(harmless(f"Renamed {old} to {path}"), err=True)
    _refresh_index(runs_dir)


def _refresh_index(runs_dir: Path) -> None:
    from nntrain.show.terminal.terminal import Terminal

    index.refresh(Terminal(), runs_dir)
