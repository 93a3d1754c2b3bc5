import pytest

from nntrain.settings import presets
from tests.cli.helpers import run, run_json

SMALL = """
hidden = [8]
epochs = 2
batch_size = 10

[expected]
figure = "best test"
accuracy = 95.0
source = "somebody"
"""


@pytest.fixture
def own(home, monkeypatch):
    """A folder of presets of our own."""
    folder = home / "configs"
    folder.mkdir()
    (folder / "small.toml").write_text(SMALL)
    (folder / "all.toml").write_text(SMALL.replace("best test", "test").strip().join(
        ['train_on = "all"\n', ""]
    ))  # fmt: skip
    monkeypatch.setattr(presets, "folder", lambda: folder)
    return home


def test_a_table_with_the_published_figure_ours_and_the_honest_one(own, tiny):
    words = ("reproduce", "--dataset", tiny, "--jobs", "1", "--seeds", "2", "--name", "a")
    result = run(*words, "--csv", "out.csv", "--full")
    for word in ("small", "all", "test*", "95.00", "another", "±", "the best epoch on the test"):
        assert word in result.stdout
    assert "4/4" in result.stderr
    assert len((own / "out.csv").read_text().splitlines()) == 5
    assert {p.name for p in (own / "runs" / "a").iterdir()} >= {
        "experiment.toml", "provenance.json", "reproduce.json",
    }  # fmt: skip


def test_resumes_what_is_missing(own, tiny):
    words = ("reproduce", "small", "--dataset", tiny, "--jobs", "1", "--seeds", "2")
    run(*words, "--name", "a")
    (one, two) = sorted((own / "runs" / "a" / "trainings").iterdir())
    kept = two.stat().st_mtime_ns
    for again in ((*words, "--name", "a", "--resume"), ("reproduce", "--resume", "a")):
        one.unlink()
        result = run(*again)
        assert "2 training runs, 1 to go" in result.stderr
        assert two.stat().st_mtime_ns == kept
        assert one.is_file()


def test_json(own, tiny):
    document = run_json("reproduce", "small", "--dataset", tiny, "--seeds", "1", "--jobs", "1")
    assert document["schema"] == "nntrain/reproduce/2"
    (one,) = document["presets"]
    assert one["name"] == "small"
    known = {"figure": "best test", "accuracy": 95.0, "source": "somebody"}
    assert one["expected"] == {**known, "same_network": True}
    assert one["settings"]["hidden"] == [8]


def test_the_list_and_an_unknown_name(home):
    shown = run("reproduce", "--list").stdout
    assert all(name in shown for name in presets.names())
    assert all(source in shown for source in ("Nielsen ch. 3 ", "Cireşan 2010 "))
    assert max(map(len, shown.splitlines())) <= 80
    listed = run_json("reproduce", "--list")["presets"]
    assert [one["name"] for one in listed] == list(presets.names())
    assert listed[0]["expected"]["source"] == "Cireşan 2010"
    assert "Did you mean 'quick'" in run("reproduce", "quik", expect=2).stderr


def test_fit_takes_a_preset_by_its_name(own, tiny):
    run("fit", "small", "--dataset", tiny, "--name", "by-name", "-q")
    run("fit", own / "configs" / "small.toml", "--dataset", tiny, "--name", "by-path", "-q")
    models = [(own / "runs" / name / "model.npz").read_bytes() for name in ("by-name", "by-path")]
    assert models[0] == models[1]
