"""A run's page: its result and the pad on top, then chapters, with one panel for chosen digits."""

from collections.abc import Sequence
from dataclasses import dataclass

from nntrain.show.blocks import Section
from nntrain.show.page.page import LIVE_SCRIPTS, SCRIPTS, rendered, shown
from nntrain.show.page.run.data import run_data
from nntrain.show.sections import sections
from nntrain.show.sections.run.result import headline, noun, story
from nntrain.workflows.evaluate import EvaluatedRun

TOP = ("result", "pad")
"""The sections of the page's top."""


@dataclass(frozen=True)
class Chapter:
    """Sections under one heading; ``beside``: the panel of chosen digits is beside them."""

    name: str
    title: str
    sections: Sequence[Section]
    beside: bool = False


CHAPTERS = (
    ("errors", "Where it errs", ("confusion", "pairs", "classes"), True),
    ("sure", "How sure it is", ("confidence", "reliability", "temperature", "sums"), True),
    ("close", "Closest calls", ("hesitations",), False),
    ("labels", "Suspected label errors", ("label_errors",), False),
    ("learned", "How it learned", ("curves", "weights"), False),
)


def run_page(run: EvaluatedRun, warning: str | None) -> str:
    """Return the page of an evaluated run, with its network to try out, as HTML."""
    made = {section.name: section for section in shown(sections("run", run))}
    linked = run.dataset.distortable
    figure, rest = headline(run)
    return rendered(
        "run.html",
        styles=("page", "run"),
        scripts=(*SCRIPTS, *LIVE_SCRIPTS) if linked else SCRIPTS,
        title=f"{figure} · {run.name}",
        figure=figure,
        rest=rest,
        name=run.name,
        dataset=run.dataset.title,
        story=story(run),
        top=[made.pop(name) for name in TOP if name in made],
        chapters=_chapters(made),
        noun=noun(run),
        data=run_data(run) if linked else None,
        warning=warning,
    )


def _chapters(made: dict[str, Section]) -> list[Chapter]:
    """Return the chapters that have sections; a section of no chapter is one by itself."""
    chapters = []
    for name, title, names, beside in CHAPTERS:
        found = [made.pop(one) for one in names if one in made]
        if found:
            chapters.append(Chapter(name, title, found, beside))
    others = [Chapter(f"of-{one.name}", one.title, [one]) for one in made.values()]
    return [*chapters, *others]
