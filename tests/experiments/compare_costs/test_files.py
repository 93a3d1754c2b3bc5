import pytest

from nntrain.errors import RunError
from nntrain.experiments.compare_costs.files import read_compare_costs
from nntrain.experiments.store import Store
from tests.cli.helpers import run, run_json

SMALL = ("--hidden", "8", "--epochs", "2", "--jobs", "1")


@pytest.mark.parametrize("words", [(), ("--tune", "--output", "softmax+log-likelihood")])
def test_what_was_written_is_read_back(where, tmp_path, words):
    made = run_json("compare-costs", *where, *SMALL, "--seeds", "2", *words)
    read = read_compare_costs(Store(tmp_path / "a"))
    for output, one in zip(made["outputs"], read.result.outputs, strict=True):
        assert [vars(s) for s in one.accuracy] == output["accuracy"]
        assert one.learning_rate == output["learning_rate"]
    assert [pair.verdict for pair in read.result.pairs] == [p["verdict"] for p in made["pairs"]]
    tuned = {name: one["candidates"] for name, one in made["tuning"].items()}
    assert {n: [list(c) for c in t.candidates] for n, t in (read.tuned or {}).items()} == tuned


def test_another_trainings_outcome_does_not_count(where, tmp_path):
    run("compare-costs", *where, *SMALL, "--seeds", "1")
    path = tmp_path / "a" / "experiment.toml"
    path.write_text(path.read_text().replace("epochs = 2\n", "epochs = 3\n"))
    with pytest.raises(RunError, match="has 0 of its 3 training runs"):
        read_compare_costs(Store(tmp_path / "a"))
