"""nntrain import, as typed: round trips, and files that are not networks."""

import pytest

from nntrain.runs.run import find
from tests.cli.helpers import run, run_json
from tests.exchange.test_network2 import HOSTILE

SMALL = ["--hidden", "12", "--epochs", "1", "--activation", "sigmoid"]


@pytest.fixture
def exported(home, tiny):
    """A working directory with a run, book, and its network as book.json."""
    words = ["--output", "sigmoid+cross-entropy", "--name", "book", "-q"]
    run("fit", "--dataset", tiny, *SMALL, *words)
    run("export", "book", "--format", "json", "-q")
    return home


def test_there_and_back_answers_the_same(exported, tiny):
    shown = run("import", "book.json", "--name", "back", "--dataset", tiny)
    assert "nntrain evaluate back" in shown.stderr
    for name in ("book", "back"):
        run("evaluate", name, "--predictions", f"{name}.csv")
    assert (exported / "book.csv").read_bytes() == (exported / "back.csv").read_bytes()
    mine, back = (find(exported / "runs", name).model() for name in ("book", "back"))
    for before, after in zip(mine.parameters, back.parameters, strict=True):
        assert before.tobytes() == after.tobytes()


def test_the_other_commands_take_it(exported, tiny):
    run("import", "book.json", "--name", "back", "--dataset", tiny)
    assert "back, imported from book.json" in run("evaluate", "back").stdout
    assert "imported" in run("runs").stdout
    (row,) = [row for row in run_json("runs")["runs"] if row["name"] == "back"]
    assert row["imported_from"] == "book.json"
    assert run_json("evaluate")["run"] == "runs/back"  # it is the newest
    run("verify", "back")
    run("export", "back", "--format", "json")
    assert (exported / "back.json").read_bytes() == (exported / "book.json").read_bytes()


def test_json(exported):
    document = run_json("import", "book.json", "--name", "back")
    assert document["schema"] == "nntrain/import/1"
    assert document["run"] == "runs/back"
    assert document["sizes"] == [784, 12, 10]
    assert document["dataset"] == "mnist"
    assert (document["activation"], document["output"]) == ("sigmoid", "sigmoid+cross-entropy")
    assert (document["imported_from"], document["dtype"]) == ("book.json", "float32")


def test_a_run_of_that_name_is_not_overwritten_unasked(exported):
    shown = run("import", "book.json", "--name", "book", expect=1).stderr
    assert "is not overwritten. Choose another --name, or replace it with --overwrite" in shown
    run("import", "book.json", "--name", "book", "--overwrite")
    assert find(exported / "runs", "book").settings().dataset == "mnist"


@pytest.mark.parametrize(
    "name", ["empty", "deep list", "no weights", "cost that is no text", "NaN"]
)
def test_a_file_that_is_not_a_network_is_one_line_and_makes_no_run(home, name):
    (home / "net.json").write_bytes(HOSTILE[name][0])
    shown = run("import", "net.json", expect=1)
    assert shown.stderr.startswith("Error: net.json")
    assert shown.stderr.count("\n") == 1
    assert not (home / "runs").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "Missing argument 'FILE'"),
        (["nothing.json"], 1, "Cannot read nothing.json: No such file"),
        (["."], 1, "not an ordinary file"),
        (["book.json", "--name", "../up"], 2, "plain name"),
        (["book.json", "--dataset", "mnst"], 2, "Did you mean 'mnist'?"),
    ],
)
def test_an_impossible_request_is_one_line(exported, words, code, said):
    shown = run("import", *words, expect=code)
    assert said in shown.stderr
    assert shown.stderr.splitlines()[-1].startswith("Error: ")


def test_what_to_type_next_is_quoted_for_the_shell(exported):
    shown = run("import", "book.json", "--name", "my run")
    assert "nntrain evaluate 'my run'" in shown.stderr
