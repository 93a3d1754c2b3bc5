"""Lists: runs, datasets, and what verifying a dataset's files showed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from nntrain.errors import harmless
from nntrain.show.formatting import short_output
from nntrain.show.terminal.tables import table


def runs_table(rows: Sequence[dict[str, Any]], runs_dir: str) -> RenderableType:
    """Return the runs as a table."""
    if not rows:
        return Text(f"No runs in {runs_dir} yet. Train one: nntrain fit")
    runs = table("run", "dataset", "output", "epochs", "valid. %", "test %", left=(0, 1, 2))
    problems = []
    for row in rows:
        if row["problem"]:
            problems.append(Text(f"{row['name']}: {row['problem']}", style="yellow"))
            continue
        runs.add_row(
            # written out before the table measures them
            Text(harmless(row["name"]), overflow="fold"),
            Text(harmless(Path(row["dataset"]).name), overflow="fold"),
            short_output(row["output"]),
            "imported" if row["imported_from"] else f"{row['epochs']}/{row['of_epochs']}",
            _percent(row["validation_accuracy"]),
            _percent(row["test_accuracy"]),
        )
    return Group(runs, *problems)


def experiments_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """Return the experiments: which command made each."""
    experiments = table("experiment", "by", left=(0, 1))
    for row in rows:
        name = Text(harmless(row["name"]), overflow="fold")
        experiments.add_row(name, harmless(row["kind"]) or Text("damaged", style="yellow"))
    return experiments


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f}"


def datasets_table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """Return the known datasets and whether they are in the cache."""
    datasets = table("name", "what", "download", "in the cache", left=(0, 1, 3))
    for row in rows:
        size = row["download_bytes"]
        datasets.add_row(
            row["name"], row["title"], f"{size / 1e6:.1f} MB" if size else "none", row["state"]
        )
    return datasets


def checks_table(checks: Sequence[tuple[Path, str, str, str, bool]]) -> RenderableType:
    """Return the result of each check; expected and got only where they differ."""
    rows = table("file", "checked", "", left=(0, 1, 2))
    faults = []
    for file, checked, expected, got, ok in checks:
        missing = got == "missing"
        state = Text("ok", "green") if ok else Text("MISSING" if missing else "WRONG")
        rows.add_row(Text(file.name), Text(checked), state)
        if missing:
            faults.append(Text(f"{file} is missing", "red"))
        elif not ok:
            faults.append(Text(f"{file}: {checked}: expected {expected}, got {got}", "red"))
    return Group(rows, *faults)
