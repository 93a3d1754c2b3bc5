"""A run's line in the list of runs."""

from typing import Any

from nntrain.errors import NntrainError
from nntrain.runs.directory import unreadable
from nntrain.runs.run import EVALUATION_FILE, Run


def summary(run: Run) -> dict[str, Any]:
    """Return what a list of runs shows of one, as JSON-able types; None where not there yet.

    A run that cannot be read has only its name and a ``problem`` that says why.
    """
    try:
        return {**_summary(run), "problem": None}
    except NntrainError as error:
        return {"name": run.name, "problem": str(error)}


def _summary(run: Run) -> dict[str, Any]:
    settings, history = run.settings(), run.history()
    source = run.provenance().get("imported_from")
    imported_from = source if isinstance(source, str) else None
    best: dict[str, Any] = next((line for line in reversed(history) if line["best"]), {})
    return {
        "name": run.name,
        "dataset": settings.dataset,
        "hidden": list(settings.hidden),
        "output": settings.output,
        "epochs": len(history),
        "of_epochs": settings.epochs if imported_from is None else 0,
        "validation_accuracy": best.get("validation_accuracy"),
        "test_accuracy": _test_accuracy(run),
        "training_seconds": sum(epoch["seconds"] for epoch in history),
        "best_epoch": best.get("epoch"),
        "imported_from": imported_from,
    }


def _test_accuracy(run: Run) -> float | None:
    """Return the accuracy in evaluation.json; None where the run has not been evaluated."""
    document = run.read_json(EVALUATION_FILE)
    if document is None:
        return None
    accuracy = document.get("accuracy")
    estimate: Any = accuracy.get("estimate") if isinstance(accuracy, dict) else None
    if type(estimate) not in (int, float) or not 0 <= estimate <= 1:
        error = ValueError(f"expected an accuracy from 0 to 1, got {estimate}")
        raise unreadable(run.path / EVALUATION_FILE, error)
    return float(estimate)
