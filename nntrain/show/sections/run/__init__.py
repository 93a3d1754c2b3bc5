"""The sections on one evaluated run, and the modules that have them."""

ORDER = {
    "setup": "run.summary",
    "summary": "run.summary",
    "result": "run.result",
    "pad": "run.pad",
    "curves": "run.curves",
    "classes": "run.confusion",
    "confusion": "run.confusion",
    "pairs": "run.confusion",
    "confidence": "run.confidence",
    "temperature": "run.temperature",
    "reliability": "run.confidence",
    "hesitations": "run.hesitations",
    "label_errors": "run.label_errors",
    "sums": "run.sums",
    "weights": "run.weights",
    "settings": "settings",
}
