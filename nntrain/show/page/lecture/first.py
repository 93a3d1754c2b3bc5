"""The picture at the head of the lecture page: the stored curves from the saturated start."""

from collections.abc import Mapping
from math import log
from typing import Any

from nntrain.show.page.lecture.laboratory import COLOURS
from nntrain.show.page.lecture.numbers import written
from nntrain.show.page.svg import Svg, short, stroke, tag

WIDTH, HEIGHT = 1000, 100


def first_picture(
    stored: Mapping[str, Any], words: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """Return ``svg``, its ``ticks``, and an entry for each output layer, in ``language``.

    The picture has no text and may be stretched. An entry has a ``title``, a ``series`` colour
    number and ``half``, the updates until half its answers are right.
    """
    outputs = stored["outputs"]
    last = max(updates for one in outputs for updates, _ in one["curve"])
    decades = [10**power for power in range(len(str(last)))]

    def across(updates: int) -> float:
        return WIDTH * log(updates) / log(last)

    def line(name: str, curve: list[tuple[int, float]]) -> Svg:
        places = (f"{short(across(u))} {short(HEIGHT * (1 - share))}" for u, share in curve)
        return tag("path", class_=f"line series-{COLOURS[name]}", d="M" + "L".join(places))

    entries = [
        {
            "title": words["layers"][one["name"]],
            "series": COLOURS[one["name"]],
            "half": f"> {written(last, language)}"
            if one["half"] is None
            else written(round(one["half"]), language),
        }
        for one in outputs
    ]
    svg = tag(
        "svg",
        *(stroke("grid", across(at), across(at), 0, HEIGHT) for at in decades),
        stroke("grid", 0, WIDTH, HEIGHT / 2, HEIGHT / 2),
        *(line(one["name"], one["curve"]) for one in outputs),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=words["first"]["chart"],
    )
    return {"svg": svg, "ticks": [written(at, language) for at in decades], "entries": entries}
