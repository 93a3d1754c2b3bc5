"""Which kinds and scales of inputs are warned of beside those of the training."""

import warnings

import numpy as np
import pytest

from nntrain.data.scale import Scale, warn_of_another

BYTES, SIXTEENTHS = Scale(True, 0, 255), Scale(True, 0, 16)
UNIT, SIXTEEN, SPREAD = Scale(False, 0, 1), Scale(False, 0, 16), Scale(False, -3, 5)


def floats(*values):
    return np.array([values], np.float64)


def pixels(*values):
    return np.array([values], np.uint8)


def warned(inputs, trained):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_another(inputs, trained, "x")
    return [str(one.message) for one in caught]


@pytest.mark.parametrize(
    ("trained", "inputs"),
    [
        (SIXTEENTHS, floats(0, 16)),
        (SIXTEENTHS, floats(0, 1)),  # divided by 16
        (SIXTEENTHS, floats(0, 16 / 255**2)),  # divided by 255 twice
        (BYTES, floats(0, 16)),
        (BYTES, floats(0, 300)),
        (BYTES, floats(-0.42, 2.8)),  # standardised
        (BYTES, floats(-1, 1)),
        (BYTES, floats(0, 1 / 255)),
        (SIXTEEN, pixels(0, 16)),
        (SIXTEEN, pixels(0, 255)),
        (UNIT, pixels(0, 16)),
        (Scale(False, 5, 6), pixels(0, 255)),
        (Scale(False, -200, 0), pixels(0, 255)),
    ],
)
def test_what_a_network_trained_on_the_other_kind_has_not_seen_is_warned_of(trained, inputs):
    (message,) = warned(inputs, trained)
    assert message.startswith("x is ")
    assert "Give " in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("trained", "inputs"),
    [
        (SIXTEENTHS, floats(0, 16) / 255),
        (BYTES, floats(0, 1)),
        (BYTES, floats(0.2, 0.3)),
        (BYTES, floats(0, 0)),
        (BYTES, floats(-0.4, 1.4)),  # by less than half the width
        (BYTES, floats(0, 255)),  # checked_inputs warned
        (SIXTEEN, pixels(0, 1)),  # so it did here
        (UNIT, pixels(0, 255)),
        (UNIT, pixels(0, 26)),
        (UNIT, pixels(0, 0)),
        (SPREAD, pixels(0, 255)),
        (SPREAD, floats(-100, 100)),  # of the same kind
        (SIXTEENTHS, pixels(0, 255)),
        (Scale(False), pixels(0, 255)),
        (None, floats(0, 16)),
    ],
)
def test_the_same_pixels_in_the_other_kind_and_what_is_unknown_are_not(trained, inputs):
    assert warned(inputs, trained) == []


def test_the_message_says_what_was_given_expected_and_what_to_do():
    assert warned(floats(0, 16), SIXTEENTHS) == [
        "x is from 0 to 16, and no uint8, so not divided by 255. The network was trained on "
        "uint8, divided by 255: from 0 to 0.0627. Give the pixels as uint8, or divided by 255."
    ]
    assert warned(pixels(0, 16), SIXTEEN) == [
        "x is uint8, divided by 255: from 0 to 0.0627. The network was trained on other numbers: "
        "from 0 to 16. Give numbers that are not uint8, scaled as in training."
    ]
