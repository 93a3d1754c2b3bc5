"""The report page on one run."""

from collections.abc import Callable

from nntrain.show.page.page import page
from nntrain.show.page.section import Section
from nntrain.show.page.sections.confidence import activation_sums, confidence, reliability
from nntrain.show.page.sections.confusion import confused_pairs, confusion
from nntrain.show.page.sections.curves import curves
from nntrain.show.page.sections.hesitations import sure, torn
from nntrain.show.page.sections.pad import pad
from nntrain.show.page.sections.provenance import settings_and_provenance
from nntrain.show.page.sections.result import lead, result
from nntrain.show.page.sections.temperature import temperature
from nntrain.show.page.sections.weights import weights
from nntrain.show.page.subject import RunSubject

SECTIONS: tuple[Callable[[RunSubject], Section | None], ...] = (
    result,
    pad,
    curves,
    confusion,
    confused_pairs,
    confidence,
    temperature,
    reliability,
    torn,
    sure,
    activation_sums,
    weights,
)


def run_page(subject: RunSubject) -> str:
    """Return the page as HTML."""
    from nntrain.show.page.live import live_data

    last = settings_and_provenance(subject.settings, subject.provenance)
    sections = [*(build(subject) for build in SECTIONS), last]
    warning = None
    if subject.substituted:
        warning = f"These are not MNIST's digits, but {subject.dataset}. {subject.substituted}"
    return page(subject.name, lead(subject), sections, data=live_data(subject), warning=warning)
