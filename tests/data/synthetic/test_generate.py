import hashlib
import os
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from nntrain.data.synthetic.generate import BLOCK, BOX, SIZE, centre, fit_into_box, generate, ink
from nntrain.data.synthetic.skeletons import (
    SAMPLES,
    catmull_rom,
    compile_families,
    parse,
    skeletons,
)
from nntrain.data.synthetic.strokes import FAMILIES, Family
from nntrain.errors import SettingsError

COUNT = 2 * BLOCK + 37


@pytest.fixture(scope="module")
def digits():
    return generate(COUNT, 5)


def digest(images, labels):
    return hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()


class TestArrays:
    def test_shapes_and_dtypes(self, digits):
        images, labels = digits
        assert images.shape == (COUNT, 28, 28)
        assert labels.shape == (COUNT,)
        assert images.dtype == labels.dtype == np.uint8
        assert images.flags.c_contiguous

    @pytest.mark.parametrize("count", [1, 9, 10, 123, COUNT])
    def test_every_prefix_is_balanced_to_within_one(self, digits, count):
        per_class = np.bincount(digits[1][:count], minlength=10)
        assert per_class.max() - per_class.min() <= 1

    def test_labels_are_shuffled(self, digits):
        tens = digits[1][: COUNT // 10 * 10].reshape(-1, 10)
        assert len({tuple(ten) for ten in tens}) == len(tens)

    def test_no_digit_is_drawn_twice(self, digits):
        assert len({image.tobytes() for image in digits[0]}) == COUNT

    @pytest.mark.parametrize(("count", "seed"), [(-1, 0), (10, -1)])
    def test_negative_numbers_are_refused(self, count, seed):
        with pytest.raises(SettingsError, match=r"expected 0 or more, got -1"):
            generate(count, seed)


class TestDeterminism:
    def test_a_seed_gives_the_same_bytes_in_another_process_with_other_threads(self, digits):
        code = (
            "import hashlib; from nntrain.data.synthetic.generate import generate; "
            f"a, b = generate({COUNT}, 5); "
            "print(hashlib.sha256(a.tobytes() + b.tobytes()).hexdigest())"
        )
        variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        other = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            env={**os.environ, **dict.fromkeys(variables, "3")},
            capture_output=True,
            text=True,
            check=True,
        )
        assert other.stdout.strip() == digest(*digits)

    @pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1])
    def test_fewer_digits_are_a_prefix_of_more(self, digits, count):
        images, labels = generate(count, 5)
        assert np.array_equal(images, digits[0][:count])
        assert np.array_equal(labels, digits[1][:count])

    def test_another_seed_gives_other_digits(self, digits):
        images, labels = generate(BLOCK, 6)
        assert not np.array_equal(labels, digits[1][:BLOCK])
        known = {image.tobytes() for image in digits[0]}
        assert not any(image.tobytes() in known for image in images)

    def test_global_random_state_is_left_alone(self):
        before = np.random.get_state()[1].tobytes()  # noqa: NPY002 - the global one is meant
        generate(1, 0)
        assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002 - as above

    def test_memory_beyond_the_result_does_not_grow_with_the_count(self):
        generate(1, 0)
        peaks = []
        for count in (BLOCK, 4 * BLOCK):
            tracemalloc.start()
            images, labels = generate(count, 0)
            peaks.append(tracemalloc.get_traced_memory()[1] - images.nbytes - labels.nbytes)
            tracemalloc.stop()
        assert peaks[1] < 1.1 * peaks[0] < 40e6


class TestMnistForm:
    def test_ink_fills_a_box_of_twenty_pixels(self, digits):
        inked = digits[0] >= 64
        rows = inked.any(axis=2).sum(axis=1)
        columns = inked.any(axis=1).sum(axis=1)
        longer = np.maximum(rows, columns)
        assert longer.max() <= BOX
        assert np.quantile(longer, 0.01) >= BOX - 1

    def test_centre_of_mass_is_at_pixel_fourteen(self, digits):
        images = digits[0].astype(float)
        mass = images.sum(axis=(1, 2))
        row = (images.sum(axis=2) * np.arange(SIZE)).sum(axis=1) / mass
        column = (images.sum(axis=1) * np.arange(SIZE)).sum(axis=1) / mass
        assert np.abs(row - 14).max() <= 0.5
        assert np.abs(column - 14).max() <= 0.5

    def test_ink_is_bright_on_black_with_soft_edges(self, digits):
        images = digits[0]
        assert images.max(axis=(1, 2)).min() >= 200
        assert (images == 0).mean() > 0.7
        assert 0.05 < ((images > 0) & (images < 255)).mean() < 0.2

    def test_centre_moves_a_box_by_whole_pixels(self):
        box = np.zeros((1, BOX, BOX), np.uint8)
        box[0, 3:5, 10:13] = [[10, 20, 10], [10, 20, 10]]  # mass centre: row 3.5, column 11
        (image,) = centre(box)
        assert image.sum() == box.sum()
        assert image[13, 14] == 0  # rint(14 - 3.5) would be 10 or 11, held back to 8
        assert np.array_equal(image[8 : 8 + BOX, 3 : 3 + BOX], box[0])


class TestInk:
    # A pen moved from (4, 5) to (15, 12), half-width 1.7: a capsule, whose coverage is counted
    # here on a grid 16 times finer, by the distance to a line segment.
    START, END, HALF_WIDTH = np.array([4.0, 5.0]), np.array([15.0, 12.0]), 1.7

    def drawn(self):
        t = np.linspace(0, 1, SAMPLES)
        path = (self.START[:, None] * (1 - t) + self.END[:, None] * t)[:, None]
        return ink(path, np.array([self.HALF_WIDTH]), np.ones((1, SAMPLES)))[0] / 255

    def covered(self):
        fine = (np.arange(16 * BOX) + 0.5) / 16
        point = np.stack(np.meshgrid(fine, fine), axis=-1) - self.START
        along = self.END - self.START
        t = np.clip(point @ along / (along @ along), 0, 1)
        inside = np.hypot(*np.moveaxis(point - t[..., None] * along, -1, 0)) <= self.HALF_WIDTH
        return inside.reshape(BOX, 16, BOX, 16).mean(axis=(1, 3))

    def test_ink_is_the_area_that_the_pen_covers(self):
        drawn, covered = self.drawn(), self.covered()
        assert drawn.sum() == pytest.approx(covered.sum(), rel=0.01)
        assert np.abs(drawn - covered).max() < 0.1

    def test_pressure_widens_the_line(self):
        path = np.stack([np.linspace(2, 18, SAMPLES), np.full(SAMPLES, 10.0)])[:, None]
        widths = [
            ink(path, np.array([1.5]), np.full((1, SAMPLES), pressure))[0, :, 10].sum() / 255
            for pressure in (0.8, 1.0, 1.2)
        ]
        assert widths == pytest.approx([2.4, 3.0, 3.6], abs=0.1)

    def test_fitting_keeps_the_aspect_ratio(self):
        path = np.array([[[0.0, 30.0, 50.0]], [[-40.0, 60.0, 0.0]]])  # 50 wide, 100 high
        x, y = fit_into_box(path, np.array([1.0]))
        assert (y.min(), y.max()) == pytest.approx((1, 19))
        assert (x.min(), x.max()) == pytest.approx((5.5, 14.5))


class TestSkeletons:
    @pytest.mark.parametrize("digit", range(10))
    def test_shares_of_a_digits_families_sum_to_one(self, digit):
        assert sum(family.share for family in FAMILIES[digit]) == pytest.approx(1)

    def test_shapes_of_a_family_have_the_same_strokes(self):
        for family in (family for group in FAMILIES.values() for family in group):
            counts = {tuple(map(len, parse(shape))) for shape in family.shapes}
            assert len(counts) == 1, family

    def test_all_families_are_drawn(self, monkeypatch):
        from nntrain.data.synthetic import generate as synthetic

        chosen = set()

        def spy(family, rng, write=synthetic._mix_shapes):
            chosen.update(family.tolist())
            return write(family, rng)

        monkeypatch.setattr(synthetic, "_mix_shapes", spy)
        generate(8 * BLOCK, 0)
        assert chosen == set(range(len(skeletons().digit)))

    def test_families_appear_by_their_share(self):
        from nntrain.data.synthetic.generate import _choose_families

        digits = np.tile(np.arange(10), 2000)
        family = _choose_families(digits, np.random.default_rng(0))
        assert np.array_equal(skeletons().digit[family], digits)
        found = np.bincount(family, minlength=len(skeletons().share)) / 2000
        assert found == pytest.approx(skeletons().share, abs=0.05)

    def test_curve_runs_through_its_points_and_is_smooth(self):
        points = np.array([[0, 0], [30, 10], [50, 60], [20, 90], [0, 40]], float)
        index, weight = catmull_rom(5, np.arange(5.0))
        assert (weight[:, :, None] * points[index]).sum(axis=1) == pytest.approx(points)
        step = 1e-6
        for t in (1.0, 2.0, 3.0):
            index, weight = catmull_rom(5, np.array([t - step, t, t + step]))
            before, at, after = (weight[:, :, None] * points[index]).sum(axis=1)
            assert (at - before) / step == pytest.approx((after - at) / step, abs=1e-3)

    def test_two_points_make_a_straight_stroke(self):
        _, weight = catmull_rom(2, np.array([0.25]))
        assert weight[0] == pytest.approx([0, 0.75, 0.25, 0])

    def test_samples_are_evenly_spaced_along_the_strokes(self):
        s = compile_families({0: [Family(1.0, ("0,0 10,0 90,0 | 90,0 90,50",))]})
        curve = (s.weight[0][..., None] * s.controls[0, 0][s.index[0]]).sum(axis=1)
        steps = np.hypot(*np.diff(curve, axis=0).T)
        assert steps.max() < 1.1 * 140 / SAMPLES
        assert curve[0] == pytest.approx([0, 0])
        assert curve[-1] == pytest.approx([90, 50])

    def test_points_that_meet_in_every_shape_are_tied(self):
        shapes = ("0,0 5,5 9,9 | 9,9 0,9 0,0", "0,0 5,5 8,8 | 8,8 0,9 1,0")
        s = compile_families({0: [Family(1.0, shapes)]})
        assert s.tie[0].tolist() == [0, 1, 2, 2, 4, 5]

    def test_tied_strokes_stay_together_when_deformed(self):
        from nntrain.data.synthetic.generate import _mix_shapes

        plain_seven = int(np.flatnonzero(skeletons().digit == 7)[0])
        x, y = _mix_shapes(np.full(200, plain_seven), np.random.default_rng(3))
        steps = np.hypot(np.diff(x), np.diff(y))
        assert (steps.min(axis=1) < 1e-9).all()  # the corner is sampled at the end of both


def test_digits_teach_their_class():
    # Nearest class mean, the simplest reader there is, on digits of another seed; 10 % is chance.
    images, labels = generate(1000, 1)
    unseen, expected = generate(500, 2)
    means = np.stack([images[labels == digit].mean(axis=0).ravel() for digit in range(10)])
    distance = ((unseen.reshape(-1, 1, SIZE * SIZE) - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == expected).mean() > 0.7
