"""A section: a heading, a template and what the template shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Section:
    """One part of a page; ``content`` is what ``templates/sections/<template>.html`` shows.

    ``name`` is its anchor, unique in the page.
    """

    name: str
    title: str
    template: str
    note: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
