import numpy as np
import pytest

from nntrain.errors import RunError
from nntrain.experiments.reproduce.result import judge, read_reproduction
from nntrain.experiments.reproduce.train import Reproduced
from nntrain.experiments.store import Store
from nntrain.settings import presets
from nntrain.settings.fit import FitSettings
from nntrain.settings.presets import Expected, Preset
from tests.cli.helpers import run_json

SETTINGS = FitSettings(hidden=(8,), epochs=4, batch_size=10)


def preset(accuracy, figure="test", same_network=True):
    return Preset("some", SETTINGS, Expected(figure, accuracy, "somebody", same_network))


def trainings(*accuracies):
    return [
        Reproduced(seed, None, 1.0, 3, a / 100, 0.99, 0.9, 0.98, 0.97)
        for seed, a in enumerate(accuracies)
    ]


class TestVerdict:
    """A published figure is one more training: t₀.₉₇₅,₂ s √(1 + 1/3) = 4.303 × 0.1 × 1.155."""

    @pytest.mark.parametrize(
        ("published", "verdict"),
        [
            (98.0, "reproduced"),
            (98.5, "reproduced"),
            (97.5, "reproduced"),
            (98.51, "worse"),
            (97.49, "better"),
        ],
    )
    def test_three_seeds(self, published, verdict):
        judged = judge(preset(published), trainings(97.9, 98.0, 98.1), 10_000, True)
        assert judged.verdict == verdict
        assert judged.ours.mean == pytest.approx(98.0)
        assert judged.ours.sd == pytest.approx(0.1)
        # Student's interval of the mean: 4.303 × 0.1/√3
        assert judged.low == pytest.approx(98 - 0.24841, abs=1e-4)
        assert judged.high == pytest.approx(98 + 0.24841, abs=1e-4)
        # and of one more training: ± 0.4968, and half a unit of a figure's last digit
        assert judged.accepts == (97.5, 98.5)

    def test_a_figure_of_another_network_is_matched_not_reproduced(self):
        about = trainings(97.9, 98.0, 98.1), 10_000, True
        assert judge(preset(98.0, same_network=False), *about).verdict == "matched"
        assert judge(preset(99.0, same_network=False), *about).verdict == "worse"

    def test_the_prediction_interval_has_its_nominal_coverage(self):
        rng, hits = np.random.default_rng(0), 0
        for _ in range(1000):
            *ours, more = rng.normal(98, 0.1, 4)
            low, high = judge(preset(98.0), trainings(*ours), 10_000, True).accepts
            hits += low <= more <= high
        assert hits / 1000 == pytest.approx(0.95, abs=0.02)

    def test_one_seed_has_the_interval_over_examples(self):
        judged = judge(preset(98.3), trainings(98.0), 10_000, True)
        assert judged.verdict == "worse"
        assert judged.low < 98 < judged.high < 98.3
        assert judged.accepts == (round(judged.low, 2), round(judged.high, 2))
        assert judge(preset(98.2), trainings(98.0), 10_000, True).verdict == "reproduced"

    def test_the_honest_figure_accompanies_the_published_kind_of_figure(self):
        judged = judge(preset(99.0, "best test"), trainings(97.0, 98.0), 10_000, True)
        assert judged.ours.mean == pytest.approx(99)
        assert judged.test.mean == pytest.approx(97.5)

    def test_another_dataset_has_no_verdict(self):
        judged = judge(preset(98.0), trainings(97.9, 98.1), 10_000, False)
        assert judged.verdict == "another dataset"

    def test_one_that_diverged(self):
        lost = Reproduced(2, "too fast", 1.0, *[None] * 6)
        judged = judge(preset(98.0), [*trainings(97.9, 98.1), lost], 10_000, True)
        assert judged.verdict == "diverged"
        assert judged.ours is judged.accepts is None


@pytest.fixture
def made(where, tmp_path, monkeypatch):
    """The document of a reproduction of two seeds, in ``tmp_path / "a"``."""
    configs = tmp_path / "configs"
    configs.mkdir()
    (configs / "small.toml").write_text(
        'hidden = [8]\nepochs = 2\n[expected]\nfigure = "test"\naccuracy = 95.0\nsource = "we"\n'
    )
    monkeypatch.setattr(presets, "folder", lambda: configs)
    return run_json("reproduce", "small", *where, "--jobs", "1", "--seeds", "2")


def test_a_written_result_is_read_back(made, tmp_path):
    (tmp_path / "configs" / "small.toml").unlink()  # its settings are in the experiment
    read = read_reproduction(Store(tmp_path / "a"))
    (one,), (told,) = read.judged, made["presets"]
    assert (one.verdict, one.low, vars(one.ours)) == (told["verdict"], told["low"], told["ours"])
    assert list(one.accepts) == told["accepts"]
    assert one.preset.settings.hidden == (8,)
    assert [len(curves) for curves in read.epochs["small"]] == [2, 2]


@pytest.mark.parametrize(
    "spoil", ["", "[]", "{}", '{"presets": [{"name": 1}]}', '{"presets": [{"expected": 1}]}']
)
def test_a_damaged_table_is_refused(made, tmp_path, spoil):
    (tmp_path / "a" / "reproduce.json").write_text(spoil)
    with pytest.raises(RunError, match=r"reproduce.json is missing or damaged.*--resume"):
        read_reproduction(Store(tmp_path / "a"))
