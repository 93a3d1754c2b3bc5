"""The sections on a comparison of output layers, and the modules that have them."""

ORDER = {
    "summary": "compare_costs.summary",
    "result": "compare_costs.result",
    "updates": "compare_costs.updates",
    "escape": "compare_costs.escape",
    "accuracy": "compare_costs.accuracy",
    "levels": "compare_costs.accuracy",
    "slowdown": "compare_costs.slowdown",
    "pairs": "compare_costs.result",
    "confidence": "compare_costs.confidence",
    "neuron": "compare_costs.neuron",
    "tested": "compare_costs.result",
    "settings": "settings",
}
