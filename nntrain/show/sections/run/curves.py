"""Learning curves: cost and accuracy by epoch, each for training and validation."""

from nntrain.show.blocks import Axis, Beside, Block, Curves, Guide, Section, Table, Text
from nntrain.show.formatting import number, percent, plural
from nntrain.show.sections.lines import EPOCHS, of_history
from nntrain.workflows.evaluate import EvaluatedRun

NOTHING = "No curves: the network was not trained here."


def curves(run: EvaluatedRun) -> Section | None:
    """Return both charts and every epoch's figures; None for a network not trained here."""
    if not run.history:
        return None
    guides, note = (
        [],
        "Measured after each epoch, with fixed weights; each chart has its own axis.",
    )
    best = [epoch["epoch"] for epoch in run.history if epoch["best"]]
    if best and run.history[0]["validation_accuracy"] is not None:
        note += f" The dotted line marks the best epoch on validation, {best[-1]}."
        guides = [Guide("best epoch", x=best[-1])]
    charts = [
        _chart(run, "cost", "cost (mean per example)", 1, guides),
        _chart(run, "accuracy", "accuracy (%)", 100, guides),
    ]
    drawn: list[Block] = [Beside(charts)]
    if len(run.history) == 1:
        few = Text("No curves: the network was trained for one epoch only.", only="terminal")
        drawn, note = [few, Beside(charts, only="page")], ""
    return Section("curves", "Learning curves", [*drawn, _table(run)], note)


def _chart(
    run: EvaluatedRun, figure: str, label: str, scale: float, guides: list[Guide]
) -> Curves:
    parts = (("train", "training"), ("validation", "validation"))
    both = [of_history(name, run.history, f"{part}_{figure}", scale) for part, name in parts]
    lines = [line for line in both if line.x]
    ends = "; ".join(f"{line.name} from {line.y[0]:.4g} to {line.y[-1]:.4g}" for line in lines)
    words = f"{label} by epoch over {plural(len(run.history), 'epoch')}: {ends}."
    title = figure.capitalize()
    return Curves(f"curve-{figure}", title, words, EPOCHS, Axis(label), lines, guides)


def _table(run: EvaluatedRun) -> Table:
    head = ("epoch", "cost, training", "validation", "accuracy, training", "validation", "seconds")
    rows = [
        (
            str(epoch["epoch"]),
            number(epoch["train_cost"]),
            number(epoch["validation_cost"]),
            percent(epoch["train_accuracy"]),
            percent(epoch["validation_accuracy"]),
            f"{epoch['seconds']:.2f}",
        )
        for epoch in run.history
    ]
    return Table(head, rows, summary="All epochs", only="page")
