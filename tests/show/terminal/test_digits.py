import numpy as np
import pytest

from nntrain.show.blocks import Digit, Digits
from nntrain.show.terminal.digits import digits
from tests.show.terminal.helpers import shown


def drawn(images, captions, **options):
    """Digits of ``images`` above their captions."""
    pairs = zip(images, captions, strict=True)
    return digits(Digits([Digit(image, caption) for image, caption in pairs], **options), 80)


def picture(value=255):
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 14] = value
    return image


def test_without_colour_ink_is_shaded_and_paper_blank():
    lines = shown(drawn([picture()], ["#7: 1"])).splitlines()
    inked = [line for line in lines if "█" in line]
    assert len(inked) == 10  # twenty rows of pixels, two a line
    assert {line.index("█") for line in inked} == {12}  # column 14, less the cropped margin
    assert "#7: 1" in lines[-2]


@pytest.mark.parametrize(("value", "shade"), [(40, "░"), (180, "▓")])
def test_fainter_ink_is_a_lighter_shade(value, shade):
    assert shade in shown(drawn([picture(value)], [""]))


def test_as_many_side_by_side_as_fit():
    five = drawn([picture()] * 5, [f"caption {i}" for i in range(5)])
    lines = [line for line in shown(five).splitlines() if "caption" in line]
    assert [line.count("caption") for line in lines] == [3, 2]
    assert all(len(line) <= 80 for line in shown(five).splitlines())
    assert all(len(line) <= 40 for line in shown(five, width=40).splitlines())


def test_images_of_another_size_and_none_at_all():
    assert "█" in shown(drawn([np.full((5, 7), 255, np.uint8)], ["odd"]))
    assert shown(drawn([], [])) == ""


def test_the_first_ones_and_their_captions_below_that_of_the_group():
    captions = ["one\ntwo", "three", "four"]
    lines = shown(drawn([picture()] * 3, captions, first=2, caption="a group")).splitlines()
    assert lines[:2] == ["a group", ""]
    assert [line.split() for line in lines[-3:-1]] == [["one", "three"], ["two"]]


def test_with_colour_two_pixels_share_a_character_and_the_upper_is_its_foreground():
    image = np.zeros((2, 1), np.uint8)
    image[0, 0] = 255
    text = shown(drawn([image], [""]), colour=True)
    assert "38;2;255;255;255;48;2;0;0;0m▀" in text
