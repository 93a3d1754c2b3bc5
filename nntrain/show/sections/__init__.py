"""Sections: results as blocks, one file a section, for every renderer.

Each module of a folder here is a section of one kind of document. It has ``section(subject)``,
which returns a ``Section``, or None where there is nothing to show; the module's name is the
section's. A module may have ``NOTHING``, the reason to give when it is asked for by name.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nntrain.show.blocks import Section

ORDER: dict[str, tuple[str, ...]] = {
    "run": (
        *("result", "pad", "curves", "classes", "confusion", "pairs", "confidence"),
        *("temperature", "reliability", "hesitations", "sums", "weights", "settings"),
    ),
    "compare_costs": (
        *("result", "accuracy", "levels", "escape", "slowdown", "pairs", "confidence"),
        *("neuron", "settings"),
    ),
    "sweep": ("result", "ranking", "curves", "settings"),
    "reproduce": ("result", "curves", "sources", "settings"),
    "side_by_side": ("figures", "curves", "reliability", "settings"),
}
"""Each kind's sections in their order; others come after them, by name."""

PAGE_ONLY = {"pad", "temperature", "weights", "settings"}
"""Sections with nothing for a terminal, which ``--section`` therefore does not offer."""


def names(kind: str) -> tuple[str, ...]:
    """Return the names of a kind's sections, in their order, without importing them."""
    order = ORDER[kind]
    folder = import_module(f"{__name__}.{kind}").__path__
    found = sorted(module.name for module in iter_modules(folder))
    return tuple(
        sorted(found, key=lambda name: order.index(name) if name in order else len(order))
    )


def offered(kind: str) -> tuple[str, ...]:
    """Return the names of the sections that a terminal can show."""
    return tuple(name for name in names(kind) if name not in PAGE_ONLY)


def sections(kind: str, subject: Any, chosen: Sequence[str] = ()) -> "list[Section]":
    """Return the sections of ``subject``: the ``chosen``, or all that have something to show."""
    from nntrain.show.blocks import Section, Text

    made = []
    for name in names(kind):
        if chosen and name not in chosen:
            continue
        module = import_module(f"{__name__}.{kind}.{name}")
        section = module.section(subject)
        if section is None and chosen:
            section = Section(name, "", [Text(getattr(module, "NOTHING", "Nothing to show."))])
        if section is not None:
            made.append(section)
    return made
