"""The report page on one run."""

from collections.abc import Callable

from nntrain.show.report.page import page
from nntrain.show.report.section import Section
from nntrain.show.report.sections.confidence import activation_sums, confidence, reliability
from nntrain.show.report.sections.confusion import confused_pairs, confusion
from nntrain.show.report.sections.curves import curves
from nntrain.show.report.sections.hesitations import sure, torn
from nntrain.show.report.sections.pad import pad
from nntrain.show.report.sections.provenance import settings_and_provenance
from nntrain.show.report.sections.result import lead, result
from nntrain.show.report.sections.temperature import temperature
from nntrain.show.report.sections.weights import weights
from nntrain.show.report.subject import RunSubject

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
    from nntrain.show.report.live import live_data

    last = settings_and_provenance(subject.settings, subject.provenance)
    sections = [*(build(subject) for build in SECTIONS), last]
    warning = None
    if subject.substituted:
        warning = f"These are not MNIST's digits, but {subject.dataset}. {subject.substituted}"
    return page(subject.name, lead(subject), sections, data=live_data(subject), warning=warning)
