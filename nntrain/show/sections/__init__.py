"""Sections: results as blocks, once, for every renderer.

Each kind of document is a module here, or a folder of modules. A section is made by the function
of its name, which takes the document's subject and returns a ``Section``, or None if there is
nothing to show. The kind's ``ORDER`` gives the module of each section. A file in the folder that
is not in ``ORDER`` is a section of that name, and comes last. A module may have ``NOTHING``, the
text to show if its section is requested but empty.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nntrain.show.blocks import Section

BRIEF = ("setup", "summary")
"""Sections that a terminal shows by default; the full report leaves them out as repetitions."""

NOT_OFFERED = {"setup", "pad", "temperature", "weights", "settings", "label_errors"}
"""Sections of a run that ``--section`` does not offer.

``setup`` and ``label_errors`` are printed otherwise; the others are on the page only."""


def names(kind: str) -> tuple[str, ...]:
    """Return the names of a kind's sections in order, without importing a folder's modules."""
    home = import_module(f"{__name__}.{kind}")
    files = sorted(one.name for one in iter_modules(getattr(home, "__path__", ())))
    known = home.ORDER.values()
    return (*home.ORDER, *(name for name in files if f"{kind}.{name}" not in known))


def offered() -> tuple[str, ...]:
    """Return the names of a run's sections that a terminal can show."""
    return tuple(name for name in names("run") if name not in NOT_OFFERED)


def lead(kind: str, subject: Any) -> str:
    """Return the result in one line, from the module that has the kind's section ``result``."""
    home = import_module(f"{__name__}.{kind}").ORDER["result"]
    return str(import_module(f"{__name__}.{home}").lead(subject))


def sections(kind: str, subject: Any, chosen: Sequence[str] = ()) -> "list[Section]":
    """Return the sections of ``subject``: the ``chosen``, or all but the brief ones.

    A section without anything to show is left out, unless it is chosen.
    """
    from nntrain.show.blocks import Section, Text

    order, made = import_module(f"{__name__}.{kind}").ORDER, []
    for name in names(kind):
        if name not in chosen if chosen else name in BRIEF:
            continue
        module = import_module(f"{__name__}.{order.get(name, f'{kind}.{name}')}")
        section = getattr(module, name)(subject)
        if section is None and chosen:
            section = Section(name, "", [Text(getattr(module, "NOTHING", "Nothing to show."))])
        if section is not None:
            made.append(section)
    return made
