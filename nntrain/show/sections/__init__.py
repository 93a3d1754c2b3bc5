"""Sections: results as blocks, once, for every renderer.

Each kind of document is a module here, or a folder of modules. A section is a function of its
name: it takes the document's subject and returns a ``Section``, or None where there is nothing to
show. The kind's ``ORDER`` says which module has which section. A file of the folder that is not
in ``ORDER`` is a section of the file's name, and comes last. A module may have ``NOTHING``, the
reason to give when its section is asked for by name.
"""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nntrain.show.blocks import Section

BRIEF = ("setup", "summary")
"""Sections that a terminal shows by default; among all sections they would repeat the others."""

NOT_OFFERED = {"setup", "pad", "temperature", "weights", "settings"}
"""Sections of a run that ``--section`` does not offer: but for ``setup`` they are the page's."""


def names(kind: str) -> tuple[str, ...]:
    """Return the names of a kind's sections in their order; a folder's are not imported."""
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
