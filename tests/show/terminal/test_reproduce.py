from nntrain.experiments.reproduce.judge import judge
from nntrain.experiments.reproduce.train import Reproduced
from nntrain.settings import presets as known
from nntrain.show.terminal.reproduce import presets, reproduced
from tests.show.terminal.helpers import shown


def test_the_table_of_all_presets_is_whole_in_80_columns():
    trainings = [Reproduced(s, None, 61.0, 3, 0.98, 0.99, 0.9, 0.98, 0.97) for s in (0, 1)]
    judged = [judge(known.load(name), trainings, 10_000, True) for name in known.names()]
    text = shown(reproduced(judged, "MNIST"))
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
    for one in judged:
        assert f" {one.preset.name} " in text
        assert one.verdict in text
    for word in ("published", "95 % interval of ours", "1 min 01 s", "last validation"):
        assert word in text


def test_the_star_is_explained_where_there_is_one():
    trainings = [Reproduced(0, None, 61.0, 3, 0.98, 0.99, 0.9, 0.98, 0.97)]
    for name, starred in (("one-second", True), ("default", False)):
        text = shown(reproduced([judge(known.load(name), trainings, 10_000, True)], "MNIST"))
        assert ("test* " in text) == ("* trained on" in text) == starred


def test_the_list_of_presets_is_whole_in_80_columns():
    text = shown(presets([known.load(name) for name in known.names()]))
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
    for name in known.names():
        sizes = ",".join(map(str, known.load(name).settings.hidden))
        assert any(line.split()[:2] == [name, sizes] for line in text.splitlines())
