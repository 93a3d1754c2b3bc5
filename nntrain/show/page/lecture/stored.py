"""The comparison from the saturated start that the lecture page replays: stored with nntrain.

It takes too long to make while a page is written. To make it again:

    nntrain compare-costs --output all --start saturated --seeds 3 --epochs 2 --json > new.json
    python -m nntrain.show.page.lecture.stored new.json
"""

import json
import sys
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

from nntrain import lecture

COMMAND = "nntrain compare-costs --output all --start saturated --seeds 3 --epochs 2"
FILE = Path(lecture.__file__).parent / "results" / "saturated.json"


@cache
def saturated_start() -> dict[str, Any]:
    """Return the stored comparison: ``seeds``, and for each of ``outputs`` its curve.

    An output has its ``name``, ``learning_rate``, and ``curve``, pairs of updates and the mean
    validation accuracy after them; ``half`` is the updates until 50 %, None if never.
    """
    stored: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return stored


def condensed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the part of ``compare-costs --json`` that is stored."""
    runs = document["trainings"]
    return {
        "command": COMMAND,
        "seeds": len(document["seeds"]),
        "outputs": [
            {
                "name": one["output"],
                "learning_rate": one["learning_rate"],
                "half": (one["reached"]["0.50"] or {}).get("updates"),
                "curve": _mean_curve([t for t in runs if t["output"] == one["output"]]),
            }
            for one in document["outputs"]
        ],
    }


def _mean_curve(runs: list[dict[str, Any]]) -> list[tuple[int, float]]:
    """Return the updates of the checks that every run made, and the mean accuracy there."""
    checks = [{check["updates"]: check["accuracy"] for check in run["checks"]} for run in runs]
    shared = sorted(set.intersection(*map(set, checks)))
    return [(at, round(mean(one[at] for one in checks), 4)) for at in shared]


if __name__ == "__main__":
    made = condensed(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    FILE.write_text(json.dumps(made, ensure_ascii=False) + "\n", "utf-8")
