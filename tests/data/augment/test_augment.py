"""Distorted images: the documented amounts, against slow sums and the statistics of fields."""

import math
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nntrain.data.augment import POSE_DRAWS, Distorter, memory_bytes, poses
from nntrain.data.augment.warping import Pose, Sampler, affine_map, bumps
from nntrain.settings.distortions import (
    AMOUNTS,
    MILD,
    NONE,
    PRESETS,
    SHIFTS,
    SIMARD,
    Distortions,
    parsed,
)


def noise_images(n, rows=28, columns=28, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, rows, columns), dtype=np.uint8)


def slowly_sampled(image, x, y):
    """Bilinear interpolation of one image in float64, pixel by pixel, 0 outside; unrounded."""
    rows, columns = image.shape

    def pixel(row, column):
        inside = 0 <= row < rows and 0 <= column < columns
        return float(image[row, column]) if inside else 0.0

    result = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        top, left = math.floor(y[place]), math.floor(x[place])
        down, right = float(y[place]) - top, float(x[place]) - left
        result[place] = (1 - down) * (
            (1 - right) * pixel(top, left) + right * pixel(top, left + 1)
        ) + down * ((1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1))
    return result


def placed(images, **pose):
    """Return ``images`` through the affine map of one pose for all, read by the sampler."""
    n, *shape = images.shape
    amounts = {name: 1.0 if "scale" in name else 0.0 for name in Pose._fields} | pose
    columns = {name: np.full(n, value, np.float32) for name, value in amounts.items()}
    affine = affine_map(Pose(**columns), shape)
    out = np.empty_like(images)
    x = affine.x_of_column + affine.x_of_row
    Sampler(n, shape).sample(images, x, affine.y_of_column + affine.y_of_row, out)
    return out


def rolled(image, down, right):
    """Move an image by whole pixels; what comes in from outside is 0."""
    moved = np.zeros_like(image)
    for row, column in np.ndindex(image.shape):
        source = row - down, column - right
        if 0 <= source[0] < image.shape[0] and 0 <= source[1] < image.shape[1]:
            moved[row, column] = image[source]
    return moved


# Reading an image along a map


@pytest.mark.parametrize(("rows", "columns", "reach"), [(28, 28, 3), (9, 14, 40), (1, 5, 2)])
def test_the_sampler_agrees_with_slow_bilinear_sums(rows, columns, reach):
    rng = np.random.default_rng(1)
    images = noise_images(3, rows, columns)
    x = (np.arange(columns) + rng.uniform(-reach, reach, images.shape)).astype(np.float32)
    y = (np.arange(rows)[:, None] + rng.uniform(-reach, reach, images.shape)).astype(np.float32)
    expected = [slowly_sampled(*three) for three in zip(images, x, y, strict=True)]
    out = np.empty_like(images)
    Sampler(4, (rows, columns)).sample(images, x, y, out)
    np.testing.assert_allclose(out, expected, rtol=0, atol=0.501)  # rounded to the nearest


def test_white_stays_white_and_nothing_wraps_around():
    white = np.full((200, 28, 28), 255, np.uint8)
    strong = Distorter(Distortions(rotation=20, scale=0.2, elastic_strength=1.5))
    middle = strong.distort(white, np.random.default_rng(0))[:, 10:18, 10:18]
    assert (middle == 255).all()
    left_edge = np.zeros((1, 28, 28), np.uint8)
    left_edge[:, :, 0] = 255
    assert (placed(left_edge, shift_x=-1) == 0).all()
    assert (placed(left_edge, shift_x=-28.5) == 0).all()


# Poses


def test_the_identity_pose_changes_nothing():
    images = noise_images(2, 13, 20)
    assert (placed(images) == images).all()


@given(st.integers(-30, 30), st.integers(-30, 30))
def test_a_shift_by_whole_pixels_is_exact(down, right):
    images = noise_images(1, 12, 17)
    moved = placed(images, shift_x=right, shift_y=down)
    assert (moved[0] == rolled(images[0], down, right)).all()


@pytest.mark.parametrize("side", [7, 28])
@pytest.mark.parametrize("quarters", [1, 2, -1])
def test_a_quarter_turn_is_counter_clockwise_and_exact(side, quarters):
    images = noise_images(2, side, side)
    turned = placed(images, angle=quarters * np.pi / 2)
    assert (turned == np.rot90(images, quarters, axes=(1, 2))).all()


def test_scales_stretch_and_shear_moves_the_top_to_the_right():
    square = np.zeros((1, 28, 28), np.uint8)
    square[:, 10:18, 10:18] = 255
    wide = placed(square, scale_x=1.5)[0]
    assert wide[14].sum() / 255 == pytest.approx(8 * 1.5, abs=0.02)
    assert wide[:, 14].sum() / 255 == 8
    high = placed(square, scale_y=0.5)[0]
    assert high[:, 14].sum() / 255 == pytest.approx(8 * 0.5, abs=0.02)
    line = np.zeros((1, 29, 29), np.uint8)
    line[:, :, 14] = 255
    slanted = placed(line, shear=0.5)[0]
    assert [int(slanted[row].argmax()) for row in (4, 14, 24)] == [19, 14, 9]


@given(
    st.tuples(*[st.floats(-3, 3)] * 3),
    st.tuples(st.floats(0.3, 2), st.floats(0.3, 2)),
    st.floats(-1, 1),
)
def test_the_map_undoes_stretch_then_slant_then_turn_then_shift(moves, scales, shear):
    right, down, angle = moves
    pose = Pose(*(np.array([v], np.float32) for v in (right, down, angle, *scales, shear)))
    cos, sin = np.cos(angle), np.sin(angle)
    forward = [[cos, sin], [-sin, cos]] @ np.array([[1, -shear], [0, 1]]) @ np.diag(scales)
    middle = np.array([8.0, 5.5])  # of 12 rows and 17 columns
    affine = affine_map(pose, (12, 17))
    for row, column in ((0, 0), (3, 16), (11, 5)):
        expected = np.linalg.solve(forward, [column, row] - middle - [right, down]) + middle
        got = (
            affine.x_of_column[0, 0, column] + affine.x_of_row[0, row, 0],
            affine.y_of_column[0, 0, column] + affine.y_of_row[0, row, 0],
        )
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-3)


def test_poses_are_uniform_between_their_limits():
    most = {"shift": 2, "rotation": 30, "scale": 0.25, "shear": 0.5}
    draws = np.random.default_rng(0).random((40_000, POSE_DRAWS), dtype=np.float32)
    pose = poses(draws, Distortions(**most))
    for shift in (pose.shift_x, pose.shift_y):
        values, counts = np.unique(shift, return_counts=True)
        assert values.tolist() == [-2, -1, 0, 1, 2]
        assert (abs(counts / 40_000 - 0.2) < 0.01).all()
    limits = (
        (pose.angle, -np.pi / 6, np.pi / 6),
        (pose.scale_x, 0.75, 1.25),
        (pose.scale_y, 0.75, 1.25),
        (pose.shear, -0.5, 0.5),
    )
    for values, low, high in limits:
        counts, _ = np.histogram(values, bins=5, range=(low, high))
        assert counts.sum() >= 39_999  # all within, to a rounding at the limit
        assert (abs(counts / 40_000 - 0.2) < 0.01).all()
    assert abs(np.corrcoef(pose) - np.eye(6)).max() < 0.03


def test_the_largest_draw_is_the_largest_shift():
    last = np.full((1, POSE_DRAWS), np.nextafter(np.float32(1), np.float32(0)))
    for most in range(1, 101):
        assert poses(last, Distortions(shift=most)).shift_x == most


# Elastic displacements


def displacements(strength, smoothness, n=600, side=48):
    """Read the displacement along x off a ramp that the distorter has bent, (n, side, side).

    Near the edge, from where the ramp may be read outside the image, it is left out.
    """
    ramp = np.tile(np.arange(side) * 5, (n, side, 1)).astype(np.uint8)
    bend = Distortions(elastic_strength=strength, elastic_smoothness=smoothness)
    bent = {}
    for axis, images in (("x", ramp), ("y", ramp.transpose(0, 2, 1))):
        distorter = Distorter(bend, (side, side))
        bent[axis] = distorter.distort(images, np.random.default_rng(2)) / 5 - images / 5
    margin = math.ceil(5 * strength)
    return {axis: d[:, margin:-margin, margin:-margin] for axis, d in bent.items()}


@pytest.mark.parametrize(("strength", "smoothness"), [(1.38, 4), (0.7, 2.5), (2, 6)])
def test_displacements_have_the_requested_strength_and_smoothness(strength, smoothness):
    fields = displacements(strength, smoothness)
    for field in fields.values():
        assert np.sqrt((field**2).mean()) == pytest.approx(strength, rel=0.03)
        assert abs(field.mean()) < 0.05 * strength
        at_each_pixel = np.sqrt((field**2).mean(axis=0))
        assert at_each_pixel.min() > 0.85 * strength
        assert at_each_pixel.max() < 1.15 * strength
        for distance in (1, 3, 6, 12):
            expected = np.exp(-(distance**2) / (4 * smoothness**2))
            for axis in (1, 2):
                near = np.moveaxis(field, axis, 0)
                product = (near[distance:] * near[:-distance]).mean()
                assert product / strength**2 == pytest.approx(expected, abs=0.06)
    assert abs((fields["x"] * fields["y"]).mean()) < 0.05 * strength**2


@pytest.mark.parametrize("smoothness", [1, 2.5, 4, 30])
@pytest.mark.parametrize("size", [28, 31])
def test_the_bumps_are_as_good_as_smoothed_noise(smoothness, size):
    basis = bumps(size, smoothness).astype(np.float64)
    distance = np.subtract.outer(np.arange(size), np.arange(size))
    smoothed_noise = np.exp(-(distance**2) / (4 * smoothness**2))
    np.testing.assert_allclose(basis.T @ basis, smoothed_noise, rtol=0, atol=0.01)
    np.testing.assert_allclose((basis**2).sum(axis=0), 1, rtol=1e-5)


def test_the_simard_preset_has_simards_strength():
    offset = np.arange(-20, 21)
    gaussian = np.exp(-(offset**2) / (2 * 4**2))
    gaussian /= gaussian.sum()
    smooth = np.random.default_rng(0).uniform(-1, 1, (20, 200, 200))
    for axis in (1, 2):
        smooth = np.apply_along_axis(np.convolve, axis, smooth, gaussian, mode="valid")
    alpha = 34
    assert np.sqrt(((alpha * smooth) ** 2).mean()) == pytest.approx(
        SIMARD.elastic_strength, rel=0.02
    )
    assert SIMARD.elastic_smoothness == 4


# The distorter


def test_without_distortion_bytes_stay_the_same_and_nothing_is_drawn():
    images, rng = noise_images(100), np.random.default_rng(0)
    assert (Distorter(NONE).distort(images, rng) == images).all()
    assert rng.random() == np.random.default_rng(0).random()


def test_shifts_alone_are_every_shift_and_exact():
    image = noise_images(1, 10, 12)[0]
    distorter = Distorter(Distortions(shift=2), image.shape)
    many = distorter.distort(np.tile(image, (5000, 1, 1)), np.random.default_rng(0))
    found, counts = np.unique(many, axis=0, return_counts=True)
    steps = range(-2, 3)
    expected = {rolled(image, down, right).tobytes() for down in steps for right in steps}
    assert {shifted.tobytes() for shifted in found} == expected
    assert counts.min() > 5000 / 25 * 0.7


def test_shifts_are_whole_pixels_beside_other_distortions_too():
    # A distortion too small to see makes the distorter interpolate.
    images = noise_images(200)
    alone = Distorter(SHIFTS).distort(images, np.random.default_rng(0))
    both = Distorter(Distortions(shift=1, rotation=1e-6)).distort(images, np.random.default_rng(0))
    assert (alone == both).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_the_same_seed_gives_the_same_bits_however_the_images_are_divided(preset):
    images = noise_images(200)
    whole = Distorter(PRESETS[preset]).distort(images, np.random.default_rng(5))
    for sizes in ((1, 63, 64, 72), (130, 7, 63), (199, 1)):
        distorter, rng = Distorter(PRESETS[preset]), np.random.default_rng(5)
        parts = np.split(images, np.cumsum(sizes))
        again = np.concatenate([distorter.distort(part, rng) for part in parts])
        assert (again == whole).all()
    other = Distorter(PRESETS[preset]).distort(images, np.random.default_rng(6))
    assert (other != whole).any() == PRESETS[preset].any


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "none"])
def test_every_image_is_distorted_in_its_own_way(preset):
    images = np.tile(noise_images(1), (300, 1, 1))
    distorted = Distorter(PRESETS[preset]).distort(images, np.random.default_rng(0))
    kinds = len(np.unique(distorted.reshape(300, -1), axis=0))
    assert kinds == (9 if preset == "shifts" else 300)


@pytest.mark.parametrize("distortions", [NONE, SHIFTS, MILD], ids=["none", "shifts", "mild"])
def test_flat_rows_images_of_any_shape_and_buffers_of_the_caller(distortions):
    images = noise_images(70, 20, 33)
    kept = images.copy()
    images.flags.writeable = False
    distorter = Distorter(distortions, (20, 33))
    expected = distorter.distort(images, np.random.default_rng(1))
    assert expected.dtype == np.uint8
    assert expected.shape == images.shape
    assert (images == kept).all()
    flat = distorter.distort(images.reshape(70, -1), np.random.default_rng(1))
    assert flat.shape == (70, 660)
    assert (flat.reshape(images.shape) == expected).all()
    out = np.full_like(images, 7)
    assert distorter.distort(images, np.random.default_rng(1), out) is out
    assert (out == expected).all()
    own = kept.copy()
    distorter.distort(own, np.random.default_rng(1), own)
    assert (own == expected).all()
    assert distorter.distort(images[:0], np.random.default_rng(1)).shape == (0, 20, 33)
    with pytest.raises(ValueError, match="contiguous"):
        distorter.distort(images, np.random.default_rng(1), np.empty((20, 33, 70), np.uint8).T)


def test_large_images_are_distorted_like_small_ones():
    large = np.zeros((2, 300, 400), np.uint8)
    large[:, 100:200, 150:250] = 200
    turned = Distorter(Distortions(rotation=5), (300, 400)).distort(
        large, np.random.default_rng(0)
    )
    assert turned.sum(dtype=int) == pytest.approx(large.sum(dtype=int), rel=0.01)
    assert (turned != large).any(axis=(1, 2)).all()


def test_nothing_is_allocated_that_grows_with_the_images():
    images, distorter, rng = noise_images(6400), Distorter(MILD), np.random.default_rng(0)
    out = np.empty_like(images)
    peaks = []
    for n in (640, 6400):
        tracemalloc.start()
        distorter.distort(images[:n], rng, out[:n])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 10_000
    assert peaks[1] < 28 * 28 * 64 * 4  # less than one of the buffers


@pytest.mark.parametrize("distortions", [SHIFTS, Distortions(rotation=10)])
def test_without_elastic_distortion_memory_does_not_grow_with_the_square_of_the_side(distortions):
    tracemalloc.start()
    Distorter(distortions, (1, 20_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000 * 500


@pytest.mark.alone
@pytest.mark.slow
def test_sixty_thousand_images_take_less_than_a_second():
    images = noise_images(60_000)
    distorter, out = Distorter(MILD), np.empty_like(images)
    seconds = []
    for _ in range(3):
        began = time.process_time()
        distorter.distort(images, np.random.default_rng(0), out)
        seconds.append(time.process_time() - began)
    assert min(seconds) < 1


def test_presets_have_their_documented_amounts():
    assert [name for name, preset in PRESETS.items() if not preset.any] == ["none"]
    assert [name for name, preset in PRESETS.items() if preset.whole_pixels] == ["none", "shifts"]
    for name in AMOUNTS:
        if name != "elastic_smoothness":
            assert Distortions(**{name: 1e-3 if name == "scale" else 1}).any
    assert not Distortions(elastic_smoothness=9).any


@pytest.mark.alone
@pytest.mark.parametrize("text", ["affine", "strong", "mild,elastic_smoothness=2"])
@pytest.mark.parametrize("shape", [(28, 28), (1, 784), (1500, 1), (200, 150)])
def test_a_distorter_takes_no_more_memory_than_estimated(text, shape):
    images = np.zeros((70, *shape), np.uint8)
    tracemalloc.start()
    distorter = Distorter(parsed(text), shape)
    distorter.distort(images, np.random.default_rng(0), out=images)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    estimate = memory_bytes(parsed(text), shape)
    assert 0.4 * estimate < peak < 1.02 * estimate
