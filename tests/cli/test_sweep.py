import json
import os
import signal
import socketserver
import threading
import time
from pathlib import Path

import pytest

from nntrain.settings.fit import FitSettings, make
from nntrain.settings.toml import read_toml
from tests.cli.helpers import process, run, run_json
from tests.conftest import make_idx_folder

JOBS = ["--jobs", "1"]
FAST = ["--epochs", "2", "--hidden", "8", "--batch-size", "10", *JOBS, "--augment", "none"]
GRID = [*FAST, "--vary", "learning_rate=0.000001,0.1", "--seeds", "2"]


EACH = [["sweep", *FAST], ["compare-costs", *FAST[:-2]], ["reproduce", "one-second", *JOBS]]


def outcomes(home, name):
    return {
        p.name: (p.stat().st_mtime_ns, p.read_bytes())
        for p in (home / "runs" / name / "trainings").iterdir()
    }


def test_a_table_by_rank_and_the_winners_test_figure(home, tiny):
    words = ["--name", "rates", "--csv", "out.csv", "--full"]
    result = run("sweep", "--dataset", tiny, *GRID, *words)
    ranking = result.stdout.partition("Ranking")[2]
    first, second = (ranking.index(f" {rank}  ") for rank in (1, 2))
    assert first < ranking.index("0.1 ") < second < ranking.index("1e-06")
    for words in ("validation", "±", "test accuracy", "95 % interval", "learning_rate=0.1"):
        assert words in result.stdout
    assert "4/4  learning_rate=0.1 seed=1  validation" in result.stderr
    folder = home / "runs" / "rates"
    assert {p.name for p in folder.iterdir()} >= {
        "experiment.toml", "provenance.json", "sweep.csv", "sweep.json", "winner.toml",
    }  # fmt: skip
    assert (home / "out.csv").read_text() == (folder / "sweep.csv").read_text()
    assert make(FitSettings, read_toml(folder / "winner.toml")).learning_rate == 0.1
    run("fit", folder / "winner.toml", "-q")


def test_json(home, tiny):
    document = run_json("sweep", "--dataset", tiny, *GRID, "--seed", "5", "--name", "a")
    assert document["schema"] == "nntrain/sweep/2"
    assert document["seeds"] == [5, 6]
    assert [p["rank"] for p in document["points"]] == [1, 2]
    assert document["winner"]["values"] == {"learning_rate": 0.1}
    stored = json.loads((home / "runs" / "a" / "sweep.json").read_text())
    assert stored == {k: v for k, v in document.items() if k != "experiment"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--vary", "learning_rat=1"], "Did you mean 'learning_rate'"),
        (["--vary", "epochs=1,x"], "epochs = x"),
        (["--vary", "hidden=[8,4"], "hidden"),
        (["--vary", "train_size=10,9999"], "train_size = 9999"),
        (["--seeds", "0"], "--seeds"),
        (["--jobs", "0"], "--jobs"),
        (["--epochs", "0"], "epochs = 0"),
    ],
)
def test_bad_words_are_exit_2_before_any_training(home, tiny, words, message):
    assert message in run("sweep", "--dataset", tiny, *words, expect=2).stderr
    assert not (home / "runs").exists()


def test_resume_trains_only_what_is_missing(home, tiny):
    words = ["sweep", "--dataset", tiny, *GRID, "--name", "a"]
    first = run_json(*words)
    before = outcomes(home, "a")
    kept, lost, spoilt, _ = sorted(before)
    trainings = home / "runs" / "a" / "trainings"
    (trainings / lost).unlink()
    (trainings / spoilt).write_bytes(b"spoilt")
    assert "--resume" in run(*words, expect=1).stderr
    result = run(*words, "--resume")
    assert "4 training runs, 2 to go" in result.stderr
    assert "damaged" in result.stderr
    after = outcomes(home, "a")
    assert after[kept] == before[kept]
    assert after[lost] != b""
    again = run_json(*words[:-2], "--resume", "--jobs", "2")  # the newest with these settings
    assert again["experiment"] == first["experiment"]
    assert again["winner"] == first["winner"]
    assert outcomes(home, "a") == after


def test_resumed_by_its_name_alone_it_goes_on_as_it_was(home, tiny):
    run("sweep", "--dataset", tiny, *GRID, "--seed", "7", "--name", "a")
    before = outcomes(home, "a")
    for words in (["--resume", "a"], ["--name", "a", "--resume"], ["--resume", "runs/a"]):
        lost = sorted(before)[0]
        (home / "runs" / "a" / "trainings" / lost).unlink()
        assert "4 training runs, 1 to go" in run("sweep", *words, *JOBS).stderr
        assert outcomes(home, "a").keys() == before.keys()
    assert "differs in epochs" in run("sweep", "--resume", "a", "--epochs", "9", expect=2).stderr


def test_an_experiment_that_cannot_be_resumed_is_reported_before_any_download(home, tiny):
    run("sweep", "--dataset", tiny, *FAST, "--seeds", "1", "--name", "a")
    for words, code, message in (
        (["sweep", "--resume", "b"], 1, "No experiment 'b' in runs to resume"),
        (["compare-costs", "--resume", "a"], 2, "Resume it with: nntrain sweep --resume a"),
        (["sweep", "--resume", "a", "--name", "b"], 2, "different experiments"),
    ):
        assert run(*words, expect=code).stderr.startswith("Error: ")
        assert message in run(*words, expect=code).stderr


def test_a_sweep_of_nothing_is_refused_with_an_example(home, tiny):
    for words in ([], ["--epochs", "1", "--dataset", tiny]):
        assert "as in nntrain sweep --vary hidden=30,100" in run("sweep", *words, expect=2).stderr
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("words", EACH)
def test_other_data_than_before_is_refused(home, words):
    words = [*words, "--dataset", home / "own", "--seeds", "1", "--name", "a"]
    make_idx_folder(home / "own")
    run(*words)
    before = outcomes(home, "a")
    make_idx_folder(home / "own", seed=1)
    result = run(*words, "--resume", expect=1)
    assert "is not what a was trained on" in " ".join(result.stderr.split())
    assert outcomes(home, "a") == before


@pytest.mark.parametrize("words", EACH)
def test_a_cluster_that_cannot_be_used_is_one_line_and_leaves_no_directory(home, tiny, words):
    pytest.importorskip("distributed")
    with socketserver.TCPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"tcp://127.0.0.1:{server.server_address[1]}"
        options = ("--seeds", "1", "--dataset", tiny, "--cluster", address)
        result = process(*words, *options, cwd=home)
        server.shutdown()
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: Cannot reach a Dask scheduler at {address}: ")
    assert result.stderr.count("\n") == 1
    assert not (home / "runs").exists()


class Stranger(socketserver.BaseRequestHandler):
    """What a message of Dask's cannot be: one of no bytes."""

    def handle(self):
        self.request.sendall(bytes(8))
        self.request.recv(1000)


def test_a_cluster_that_cannot_be_used_replaces_nothing(home, tiny):
    pytest.importorskip("distributed")
    words = ["sweep", "--dataset", tiny, *FAST, "--seeds", "1", "--name", "a"]
    run(*words)
    before = outcomes(home, "a")
    run(*words, "--overwrite", "--cluster", "no address", expect=1)
    assert outcomes(home, "a") == before
    assert "1 training run, 0 to go" in run(*words, "--resume", "--cluster", "no address").stderr


def test_amounts_of_distortion_can_be_varied_and_reported_again(home, tiny):
    words = ["--vary", "augment=none,[rotation=10,shift=2]", "--seeds", "1", "--name", "a"]
    run("sweep", "--dataset", tiny, *FAST[:-2], *words)
    run("report", "a")
    assert (
        "2 training runs, 0 to go"
        in run("sweep", "--dataset", tiny, *FAST[:-2], *words, "--resume").stderr
    )


def test_overwrite(home, tiny):
    words = ["sweep", "--dataset", tiny, *FAST, "--seeds", "1", "--name", "a"]
    run(*words)
    before = outcomes(home, "a")
    run(*words, "--overwrite")
    assert outcomes(home, "a").keys() == before.keys()
    assert outcomes(home, "a") != before


def test_a_diverged_point_is_ranked_last_and_not_fatal(home, tiny):
    words = ["--output", "sigmoid+cross-entropy", "--vary", "learning_rate=1e30,0.1"]
    result = run("sweep", "--dataset", tiny, *FAST, *words, "--seeds", "1", "--full")
    assert "1 of 2 training runs" in result.stdout
    assert "learning_rate=0.1" in result.stdout


def test_if_all_points_diverge_that_is_exit_3(home, tiny):
    words = ["--output", "sigmoid+cross-entropy", "--learning-rate", "1e30", "--seeds", "1"]
    result = run("sweep", "--dataset", tiny, *FAST, *words, expect=3)
    assert "Every training run diverged" in result.stderr


def workers(started):
    """Return the ids of the processes that train: the children that were begun by spawning."""
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
    return [
        c for c in map(int, children) if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()
    ]


def interrupt(started):
    os.kill(started.pid, signal.SIGINT)


def terminate_all(started):
    for process_id in (started.pid, *workers(started)):
        os.kill(process_id, signal.SIGTERM)


def kill_a_worker(started):
    os.kill(workers(started)[0], signal.SIGKILL)


@pytest.mark.parametrize(
    ("end", "code", "says"),
    [
        (interrupt, 130, "Interrupted. "),
        (terminate_all, 130, "Interrupted. "),
        (kill_a_worker, 1, "A worker process died: "),
    ],
)
def test_however_it_ends_it_says_how_to_resume(home, tiny, end, code, says):
    words = ["sweep", "--dataset", tiny, *FAST[:-2], "--jobs", "2", "--name", "a"]
    words += ["--vary", "epochs=1,100000", "--seeds", "2"]
    started = process(*words, start=True)
    folder, until = home / "runs" / "a" / "trainings", time.monotonic() + 30
    while len(list(folder.glob("*.npz"))) < 2:
        assert time.monotonic() < until
        assert started.poll() is None, started.stderr.read()
        time.sleep(0.02)
    end(started)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, out) == (code, "")
    assert f"Error: {says}" in err
    assert err.endswith(
        "2 of 4 training runs are saved. Train the rest with: nntrain sweep --resume a\n"
    )
    assert "Traceback" not in err
