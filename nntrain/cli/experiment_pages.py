"""Writes the report page of an experiment, from what its directory holds."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nntrain.cli import pages
from nntrain.errors import NntrainError, RunError

if TYPE_CHECKING:
    from nntrain.experiments.experiment import Experiment
    from nntrain.experiments.store import Store
    from nntrain.show.terminal.terminal import Terminal


def write_page(store: "Store") -> Path:
    """Write report.html into the experiment, and return its path."""
    kind = store.kind
    if kind not in PAGES:
        raise RunError(
            f"{store.path} holds no experiment that has a page: expected one of "
            f"{', '.join(PAGES)}, got {kind or 'a damaged experiment.toml'!r}."
        )
    store.write_text(pages.REPORT_FILE, PAGES[kind](store))
    return store.path / pages.REPORT_FILE


def try_to_write(terminal: "Terminal", store: "Store", no_report: bool) -> dict[str, str]:
    """Write the page where it is wanted and the extra is there; return where it is, if it is.

    What stands in its way is a message, for the results are saved already.
    """
    if no_report or not pages.installed():
        return {}
    try:
        path = write_page(store)
    except NntrainError as error:
        terminal.message(f"No report page: {error}")
        return {}
    terminal.message(f"The report as a page: {path}")
    return {"page": str(path)}


def _compare_costs(store: "Store") -> str:
    from nntrain.experiments.compare_costs.files import read_compare_costs
    from nntrain.show.descriptions import compared
    from nntrain.show.page.pages import compare_costs_page

    read, origin = read_compare_costs(store), _provenance(store)
    title = str(origin.get("dataset_title") or read.settings.dataset)
    about = compared(read.settings, title, origin.get("training_examples"), read.tuned)
    return compare_costs_page(described(store, read, about))


def _sweep(store: "Store") -> str:
    from nntrain.experiments.sweep.files import read_sweep
    from nntrain.show.descriptions import swept
    from nntrain.show.page.pages import sweep_page

    read, origin = read_sweep(store), _provenance(store)
    title = str(origin.get("dataset_title") or read.points[0].settings.dataset)
    about = swept(read.points, read.seeds, title)
    return sweep_page(described(store, read, about))


def _reproduce(store: "Store") -> str:
    from nntrain.experiments.reproduce.files import read_reproduction
    from nntrain.show.page.pages import reproduce_page

    return reproduce_page(described(store, read_reproduction(store), {}))


def described(store: "Store", read: Any, about: Mapping[str, str]) -> "Experiment[Any]":
    """Return what was read of the experiment with its name, settings and provenance."""
    from nntrain.experiments.experiment import Experiment

    return Experiment(store.path.name, read, about, store.settings(), _provenance(store))


def _provenance(store: "Store") -> dict[str, Any]:
    """Return provenance.json; nothing where it is damaged, for the results do not need it."""
    try:
        return store.provenance()
    except RunError:
        return {}


PAGES: dict[str, "Callable[[Store], str]"] = {
    "compare-costs": _compare_costs,
    "sweep": _sweep,
    "reproduce": _reproduce,
}
