import pytest

from nntrain.errors import RunError
from nntrain.experiments.reproduce.result import read_reproduction
from nntrain.experiments.store import Store
from nntrain.settings import presets
from tests.cli.helpers import run_json


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


def test_what_was_written_is_read_back(made, tmp_path):
    (tmp_path / "configs" / "small.toml").unlink()  # its settings are in the experiment
    read = read_reproduction(Store(tmp_path / "a"))
    (one,), (told,) = read.judged, made["presets"]
    assert (one.verdict, one.low, vars(one.ours)) == (told["verdict"], told["low"], told["ours"])
    assert one.preset.settings.hidden == (8,)
    assert [len(curves) for curves in read.epochs["small"]] == [2, 2]


@pytest.mark.parametrize("spoil", ["", "[]", "{}", '{"presets": [{"name": 1}]}'])
def test_a_damaged_table_is_refused(made, tmp_path, spoil):
    (tmp_path / "a" / "reproduce.json").write_text(spoil)
    with pytest.raises(RunError, match=r"reproduce.json is missing or damaged.*--resume"):
        read_reproduction(Store(tmp_path / "a"))
