"""Lists: runs, experiments, datasets, presets, and the checks of a dataset's files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nntrain.data.verification import FileCheck
from nntrain.errors import harmless
from nntrain.settings.presets import Preset
from nntrain.show.blocks import Block, Cell, Section, Table, Text
from nntrain.show.formatting import short_output


def runs(rows: Sequence[dict[str, Any]], runs_dir: str) -> Section:
    """Return the runs as a table, and below it those that cannot be read."""
    if not rows:
        return Section("runs", "", [Text(f"No runs in {runs_dir} yet. Train one: nntrain fit")])
    head = ("run (dataset)", "output", "epochs", "valid. %", "test %")
    lines = [
        (
            # escaped before the table measures it
            harmless(_with_dataset(row["name"], row["dataset"])),
            short_output(row["output"]),
            "imported" if row["imported_from"] else f"{row['epochs']}/{row['of_epochs']}",
            _percent(row["validation_accuracy"]),
            _percent(row["test_accuracy"]),
        )
        for row in rows
        if not row["problem"]
    ]
    blocks: list[Block] = [Table(head, lines, (0, 1))]
    problems = [f"{row['name']}: {row['problem']}" for row in rows if row["problem"]]
    if problems:
        blocks.append(Text("\n".join(problems), "warning"))
    return Section("runs", "", blocks)


def _with_dataset(name: str, dataset: str) -> str:
    """Return the name of a run with its dataset, unless the name contains it."""
    dataset = Path(dataset).name
    return name if f"-{dataset}-" in f"{name}-" else f"{name} ({dataset})"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f}"


def experiments(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the experiments, each with the command that made it."""
    lines = [
        (harmless(row["name"]), harmless(row["kind"]) or Cell("damaged", "warning"))
        for row in rows
    ]
    return Table(("experiment", "command"), lines, (0, 1))


def datasets(rows: Sequence[dict[str, Any]]) -> Table:
    """Return the known datasets and whether they are in the cache."""
    lines = []
    for row in rows:
        size = row["download_bytes"]
        download = f"{size / 1e6:.1f} MB" if size else "none"
        lines.append((row["name"], row["title"], download, row["state"]))
    return Table(("name", "dataset", "download", "in the cache"), lines, (0, 1, 3))


def checks(of: Sequence[FileCheck]) -> Section:
    """Return the result of each check; expected and got only where they differ."""
    lines: list[tuple[str | Cell, ...]] = []
    faults = []
    for check in of:
        missing = check.got == "missing"
        state = Cell("ok", "right") if check.ok else Cell("MISSING" if missing else "WRONG")
        lines.append((check.file.name, check.checked, state))
        if missing:
            faults.append(f"{check.file} is missing")
        elif not check.ok:
            differs = f"expected {check.expected}, got {check.got}"
            faults.append(f"{check.file}: {check.checked}: {differs}")
    blocks: list[Block] = [Table(("file", "checked", ""), lines, (0, 1, 2))]
    if faults:
        blocks.append(Text("\n".join(faults), "wrong"))
    return Section("checks", "", blocks)


def presets(known: Sequence[Preset]) -> Table:
    """Return the presets, each with its published figure and who published it."""
    lines = [
        (
            one.name,
            ",".join(map(str, one.settings.hidden)),
            one.expected.figure,
            f"{one.expected.accuracy:.2f}",
            one.expected.source,
        )
        for one in known
    ]
    return Table(("preset", "hidden", "figure", "%", "source"), lines, (0, 1, 2, 4))
