from dataclasses import replace

from nntrain.settings.fit import FitSettings
from nntrain.show.formatting import regularised


def test_only_what_is_on_is_described():
    plain = replace(FitSettings(), augment="none")
    assert regularised(plain) == {}
    some = replace(plain, dropout=0.5, max_norm=3.0, augment="mild")
    assert regularised(some) == {
        "regularisation": "dropout of 0.5, max-norm 3",
        "augmentation": "mild, randomly distorted every epoch",
    }
