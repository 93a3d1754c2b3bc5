"""HTML of results for notebooks, where the extra ``report`` is installed."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nntrain.errors import NntrainError

NEEDED = ("jinja2", "PIL")


class Page:
    """A whole report page; a notebook shows it in a frame, ``save`` writes it to a file."""

    def __init__(self, html: str) -> None:
        self.html = html

    def save(self, path: str | Path) -> None:
        """Write the page, one HTML file that needs no network; replace an existing file."""
        from nntrain.storage.atomic import write_asked

        write_asked(Path(path), self.html)

    def _repr_html_(self) -> str:
        from nntrain.show.page.notebook import framed

        return framed(self.html)

    def __repr__(self) -> str:
        """Return what it is in one line."""
        return f"<Page of {len(self.html):,} characters; write it with save('report.html')>"


def check_extra() -> None:
    """Raise ``NntrainError`` if the extra is missing."""
    if not _installed():
        raise NntrainError(
            "A report page needs an extra that is not installed: pip install 'nntrain[report]'"
        )


def html_of(
    kind: str, subject: Any, title: str, chosen: Sequence[str], warning: str | None = None
) -> str | None:
    """Return the sections ``chosen`` of a document's kind; None without the extra.

    A notebook then shows the text of ``repr``.
    """
    if not _installed():
        return None
    from nntrain.show.page.notebook import fragment
    from nntrain.show.sections import lead, names, sections

    ordered = [name for name in names(kind) if name in chosen]
    found = [one for name in ordered for one in sections(kind, subject, (name,)) if one.title]
    return fragment(title, lead(kind, subject), found, warning)


def _installed() -> bool:
    return all(find_spec(name) is not None for name in NEEDED)
