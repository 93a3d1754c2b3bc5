import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from benchmarks.photographs import photograph
from nntrain.data import idx
from nntrain.data.synthetic.generate import generate
from nntrain.errors import DatasetError
from nntrain.images.normal_form import letterboxed, normalised, resized

SHAPE = (28, 28)


def a_four(side=200, pen=16, paper=255, ink=0):
    """A digit of straight lines on a square sheet."""
    image = np.full((side, side), paper, np.uint8)
    image[40:160, 110 : 110 + pen] = ink
    image[100 : 100 + pen, 60:150] = ink
    image[40:110, 60 : 60 + pen] = ink
    return image


def likeness(a, b):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


def extent(image):
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre_of_mass(image):
    where = np.indices(image.shape).reshape(2, -1)
    return (where * image.ravel()).sum(axis=1) / image.sum(dtype=float)


@pytest.fixture(scope="module")
def digits():
    return generate(60, seed=3)[0]


@pytest.fixture(scope="module")
def clean():
    return normalised(a_four(), SHAPE)


def test_real_digits_are_unchanged(real_mnist):
    images = idx.read(real_mnist / "t10k-images-idx3-ubyte.gz")[:400]
    read = np.stack([normalised(np.asarray(image), SHAPE) for image in images])
    assert (read == images).all(axis=(1, 2)).mean() >= 0.99
    assert np.abs(read.astype(int) - images).max() <= 30


def compressed(digit, kind, quality):
    file = io.BytesIO()
    Image.fromarray(digit).save(file, kind, quality=quality)
    return np.asarray(Image.open(file).convert("L"))


@pytest.mark.parametrize("frame", [0, 2])
@pytest.mark.parametrize(("kind", "quality"), [("JPEG", 75), ("JPEG", 95), ("WEBP", 75)])
def test_waves_of_lossy_compression_are_not_strokes(digits, kind, quality, frame):
    alike = []
    for digit in (normalised(digit, SHAPE) for digit in digits[:30]):
        file = compressed(np.pad(digit, frame), kind, quality)
        image = normalised(file, SHAPE, lossy=True)
        assert max(extent(image)) == 20
        alike.append(likeness(image, digit))  # low where it lies a pixel beside
    assert np.median(alike) > 0.97


def test_digits_in_normal_form_are_unchanged(digits):
    once = [normalised(digit, SHAPE) for digit in digits]
    assert np.mean([(normalised(image, SHAPE) == image).all() for image in once]) >= 0.95


def test_the_longer_side_is_20_and_the_centre_of_mass_in_the_middle(digits):
    for digit in digits[::3]:
        image = normalised(np.kron(digit, np.ones((7, 7), np.uint8)), SHAPE)
        assert max(extent(image)) == 20
        assert (centre_of_mass(image) >= 13.5).all()
        assert (centre_of_mass(image) < 14.5).all()


def test_dark_on_light_is_light_on_dark(digits):
    for digit in digits:
        assert (normalised(255 - digit, SHAPE) == normalised(digit, SHAPE)).all()


def test_aspect_ratio_is_kept():
    sheet = np.full((300, 200), 255, np.uint8)
    sheet[50:250, 80:130] = 0
    assert extent(normalised(sheet, SHAPE)) == (20, 5)
    assert extent(normalised(sheet.T, SHAPE)) == (5, 20)


def test_place_and_size_do_not_matter(clean):
    elsewhere = np.full((500, 400), 255, np.uint8)
    elsewhere[290:490, 190:390] = a_four()
    assert likeness(normalised(elsewhere, SHAPE), clean) > 0.999
    larger = np.kron(a_four(), np.ones((3, 3), np.uint8))
    assert likeness(normalised(larger, SHAPE), clean) > 0.98
    cut_out_tightly = a_four()[38:162, 58:152]
    assert likeness(normalised(cut_out_tightly, SHAPE), clean) > 0.99


def lights():
    y, x = np.mgrid[-1:1:200j, -1:1:200j]
    return {
        "from one side": 0.7 + 0.25 * x - 0.1 * y * y,
        "a shadow with an edge": np.where(x < -0.1, 1.0, 0.75),
    }


@pytest.mark.parametrize("light", lights())
def test_uneven_light(clean, light):
    lit = (a_four(paper=240, ink=50) * lights()[light]).astype(np.uint8)
    assert likeness(normalised(lit, SHAPE), clean) > 0.97


def test_noise_and_specks(clean):
    rng = np.random.default_rng(0)
    sheet = a_four(paper=220, ink=50) + rng.normal(0, 8, (200, 200))
    for row, column in rng.integers(5, 30, (5, 2)):
        sheet[row : row + 3, column : column + 3] = 40
    assert likeness(normalised(np.clip(sheet, 0, 255).astype(np.uint8), SHAPE), clean) > 0.97


def test_noise_around_a_small_digit(digits):
    rng = np.random.default_rng(0)
    alike = []
    for digit in digits[:20]:
        noisy = np.clip(30 + 0.8 * digit + rng.normal(0, 4, SHAPE), 0, 255).astype(np.uint8)
        image, clean = normalised(noisy, SHAPE), normalised(digit, SHAPE)
        assert extent(image) == extent(clean)
        alike.append(likeness(image, clean))  # low where it lies a pixel beside
    assert np.median(alike) > 0.95


def test_faint_ink_is_brought_to_full_strength(clean):
    assert normalised(a_four(paper=200, ink=150), SHAPE).max() >= 250
    assert likeness(normalised(a_four(paper=200, ink=150), SHAPE), clean) > 0.98


def test_a_thin_line_is_widened_and_a_usual_one_is_not():
    hairline = normalised(a_four(pen=2), SHAPE)
    row = hairline[np.flatnonzero(hairline.any(axis=1))[-3]]
    assert 1.2 <= row.sum() / 255 <= 2.2
    usual = normalised(a_four(pen=20), SHAPE)
    row = usual[np.flatnonzero(usual.any(axis=1))[-3]]
    assert row.sum() / 255 == pytest.approx(20 * 20 / 120, abs=0.3)


def test_another_shape_has_the_same_proportions():
    image = normalised(a_four(), (14, 14))
    assert image.shape == (14, 14)
    assert max(extent(image)) == 10
    assert (np.abs(centre_of_mass(image) - 6.75) <= 0.76).all()


def test_photographs_look_like_the_digits_they_are_of(digits):
    rng = np.random.default_rng(1)
    pairs = [(photograph(digit, rng), digit) for digit in digits[:3]]
    alike = [likeness(normalised(a, SHAPE), normalised(b, SHAPE)) for a, b in pairs]
    assert np.median(alike) > 0.9


def blanks():
    y, x = np.mgrid[-1:1:100j, -1:1:100j]
    rng = np.random.default_rng(0)
    return {
        "white": np.full((100, 100), 255),
        "black": np.zeros((28, 28)),
        "one pixel": np.full((1, 1), 9),
        "noise": 200 + rng.normal(0, 8, (300, 300)),
        "light from one side": 180 + 60 * x - 10 * x * y,
        "hardly any ink": np.where((np.abs(x) < 0.2) & (np.abs(y) < 0.5), 190, 200),
    }


@pytest.mark.parametrize("kind", blanks())
def test_a_blank_sheet(kind):
    with pytest.raises(DatasetError, match=r"^blank"):
        normalised(blanks()[kind].astype(np.uint8), SHAPE)


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
        lambda shape: arrays(np.uint8, shape, elements=st.sampled_from([0, 1, 100, 200, 255]))
    ),
    st.sampled_from([(28, 28), (8, 8), (5, 9), (1, 1)]),
)
def test_any_picture_has_a_form_or_is_blank(grey, shape):
    for form in (normalised, letterboxed):
        with suppress(DatasetError):  # blank
            image = form(grey, shape)
            assert image.shape == shape
            assert image.dtype == np.uint8


def test_whole_pictures_of_the_right_size_are_untouched(digits):
    for digit in digits[:5]:
        assert (letterboxed(digit, SHAPE) == digit).all()
        assert (letterboxed(255 - digit, SHAPE) == 255 - digit).all()


def test_whole_pictures_are_scaled_and_padded_with_their_border():
    wide = np.full((28, 56), 40, np.uint8)
    wide[10:18, 20:36] = 200
    image = letterboxed(wide, SHAPE)
    assert (image[:7] == 40).all()
    assert (image[21:] == 40).all()
    assert (image[12:16, 10:18] == 200).all()


@given(
    arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30))),
    st.integers(1, 30),
    st.integers(1, 30),
)
def test_each_pixel_is_the_mean_of_the_area_it_covers(image, rows, columns):
    mine = resized(image.astype(float), rows, columns)
    repeated = image.repeat(rows, axis=0).repeat(columns, axis=1).astype(float)
    shape = (rows, image.shape[0], columns, image.shape[1])
    np.testing.assert_allclose(mine, repeated.reshape(shape).mean(axis=(1, 3)), atol=1e-9)
