from dataclasses import replace

import pytest

from nntrain.analysis.metrics import wilson
from nntrain.settings.fit import FitSettings
from nntrain.show import formatting


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *((0.084, "0.08 s"), (9.994, "9.99 s"), (9.996, "10.0 s"), (12.34, "12.3 s")),
        *((59.96, "1 min 00 s"), (245, "4 min 05 s"), (7380, "2 h 03 min")),
    ],
)
def test_duration(seconds, text):
    assert formatting.duration(seconds) == text


def test_shares_numbers_and_counts():
    assert formatting.percent(None) == formatting.number(None) == "–"
    assert formatting.percent(0.98214) == "98.21 %"
    assert [formatting.plural(n, "error") for n in (1, 1200)] == ["1 error", "1,200 errors"]


def test_interval_says_the_count_behind_it():
    assert formatting.interval(wilson(9821, 10000)) == (
        "98.21 %  (95 % interval 97.93–98.45 %, 9,821 of 10,000)"
    )


def test_only_active_regularisation_is_described():
    plain = replace(FitSettings(), augment="none")
    assert formatting.regularised(plain) == {}
    some = replace(plain, dropout=0.5, max_norm=3.0, augment="mild")
    assert formatting.regularised(some) == {
        "regularisation": "dropout of 0.5, max-norm 3",
        "augmentation": "mild, randomly distorted every epoch",
    }
