import pytest

from nntrain.data import synthetic
from nntrain.data.catalogue import RAW_NAMES
from nntrain.data.loading import load
from tests.data.made import map_below, names


@pytest.mark.usefixtures("no_network")
def test_synthetic_digits_are_drawn_once_and_kept(tmp_path, drawings, monkeypatch):
    first = load("synthetic", tmp_path)
    monkeypatch.setattr(
        synthetic, "locked", None
    )  # not needed any more: the folder may be read-only
    assert [count for count, _ in drawings] == [12_000, 2_000]
    assert len({seed for _, seed in drawings}) == 2, "test digits are drawn from another seed"
    second = load("synthetic", tmp_path)
    assert len(drawings) == 2
    assert first.sha256() == second.sha256()
    for dataset in (first, second):
        assert dataset.synthetic
        assert dataset.name == "synthetic"
        assert dataset.substituted_because is None
        assert len(dataset.train.labels) == 10_000
        assert len(dataset.validation.labels) == 2_000
        assert len(dataset.test.labels) == 2_000
        assert map_below(dataset.train.images) is not None
    assert names(tmp_path) == sorted(f"synthetic/v1/{name}" for name in RAW_NAMES.values())


def test_damaged_or_other_drawings_are_drawn_again(tmp_path, drawings, monkeypatch):
    load("synthetic", tmp_path)
    (tmp_path / "synthetic/v1/t10k-images-idx3-ubyte").write_bytes(b"cut")
    load("synthetic", tmp_path)
    assert len(drawings) == 4
    monkeypatch.setattr(synthetic, "VERSION", 2)
    load("synthetic", tmp_path)
    assert len(drawings) == 6, "a later version of the drawing is not mixed up with this one"
