import pytest

pytest.importorskip("matplotlib")

from matplotlib.figure import Figure

from nntrain.show.page.charts import lines


@pytest.mark.parametrize("epochs", [[1], [1, 2], list(range(1, 101))])
def test_epochs_are_whole_numbers_however_few(epochs):
    axes = Figure().subplots()
    lines(axes, [("a", epochs, [0.5] * len(epochs))], x="epoch", y="accuracy")
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks
    assert all(tick == round(tick) for tick in ticks)
