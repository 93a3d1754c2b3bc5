"""The confusion matrix, each class's figures, and the most confused pairs with their digits."""

import math
from typing import Any

from nntrain.show.formatting import percent
from nntrain.show.page.images import grey_png
from nntrain.show.page.section import Section
from nntrain.show.page.subject import RunSubject

PAIRS = 12


def confusion(subject: RunSubject) -> Section:
    """Return the confusion matrix as a table whose cells are shaded."""
    evaluation = subject.evaluation
    rows = [
        [_cell(i == j, count, sum(row)) for j, count in enumerate(row)]
        for i, row in enumerate(evaluation.confusion.tolist())
    ]
    per_class = {
        "head": ("class", "examples", "precision", "recall", "F1"),
        "rows": [
            (c.name, f"{c.support:,}", percent(c.precision), percent(c.recall), percent(c.f1))
            for c in evaluation.per_class
        ],
    }
    content = {"classes": evaluation.classes, "rows": rows, "per_class": per_class}
    return Section("confusion", "Confusion matrix", "confusion", content=content)


def _cell(right: bool, count: int, support: int) -> dict[str, Any]:
    """Return a count and its shade: of errors one step a doubling, from a thousandth on."""
    if not count:
        return {"count": 0, "shade": "zero"}
    share = count / support
    if right:
        return {"count": f"{count:,}", "shade": "r2" if share >= 0.9 else "r1"}
    step = min(6, max(1, 1 + math.floor(math.log2(share / 0.001))))
    return {"count": f"{count:,}", "shade": f"w{step}"}


def confused_pairs(subject: RunSubject) -> Section:
    """Return the most confused pairs, true called said, with the digits themselves."""
    evaluation = subject.evaluation
    pairs = [
        {
            "true": evaluation.classes[pair.true],
            "said": evaluation.classes[pair.predicted],
            "words": f"{pair.count} times, {percent(pair.share, 1)} of them",
            "images": [
                {"index": index, "src": grey_png(subject.images[index])} for index in pair.examples
            ],
        }
        for pair in evaluation.confused_pairs[:PAIRS]
    ]
    note = "The direction counts: the first is what it was. The surest of each pair are shown."
    return Section("pairs", "Most confused pairs", "pairs", note, {"pairs": pairs})
