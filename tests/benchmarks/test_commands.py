"""The benchmark programs run on tiny sizes, and report what their help promises."""

import json
import re
import subprocess
import sys
import time
import warnings
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks import peers
from benchmarks.__main__ import COMMANDS, main
from benchmarks.classifiers import OWN as OWN_CLASSIFIER
from benchmarks.classifiers import PEER, _table
from benchmarks.climb import moments, own, pytorch, to_the_top
from benchmarks.enlarged import SHIFTS, shifted, write_enlarged
from benchmarks.memory import _grown
from benchmarks.peers import BOOK, OWN, PEERS, PRODUCTS
from benchmarks.peers.race import Runner
from benchmarks.peers.targets import best, verdicts
from benchmarks.shapes import SHAPES
from benchmarks.tables import table
from benchmarks.watching import available, watch
from nntrain.data.loading import load
from nntrain.settings.fit import FitSettings

linux = pytest.mark.skipif(not available(), reason="reads /proc")


def run(*words, expect=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == expect, result.output
    return result


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name):
    assert f"{name} [OPTIONS]" in run(name, "--help").stdout


def test_the_programs_run_as_a_module():
    words = [sys.executable, "-m", "benchmarks", "peers", "--help"]
    shown = subprocess.check_output(words, text=True, cwd=Path(__file__).parents[2])
    assert "python -m benchmarks peers" in shown


def test_a_race_gives_times_ratios_and_verdicts(tiny, tmp_path):
    out, picture = tmp_path / "race.json", tmp_path / "race.svg"
    words = ["--shape", "A", "--rounds", 2, "--dataset", tiny, "--json", out]
    if plots := find_spec("matplotlib") is not None:  # of the extra bench
        words += ["--plot", picture]
    shown = run("peers", *words, "--peer", PRODUCTS, "--peer", BOOK).stdout
    document = json.loads(out.read_text())
    shape = document["shapes"]["A"]
    names = [one["name"] for one in shape["contestants"]]
    assert names[0] == OWN
    assert names[1] == PRODUCTS
    assert BOOK in names
    assert all(len(one["seconds"]) == 2 for one in shape["contestants"])
    assert all(one["images_a_round"] == 500 for one in shape["contestants"])
    own = np.array(shape["contestants"][0]["seconds"])
    (target,) = shape["targets"]
    best = next(
        one
        for one in shape["contestants"]
        if target["contestant"].endswith(f"{one['name']}/{one['threads']}")
    )
    assert target["ratios"] == pytest.approx(own / np.array(best["seconds"]))
    assert target["wanted"] == "≤ 1.3"
    assert "nntrain / matrix products alone" in shown
    assert 1e8 < document["multiplications_per_second"] < 1e14
    assert document["machine"]["packages"]["numpy"] == np.__version__
    if plots:
        ET.fromstring(picture.read_text())
        assert "nntrain (1)" in picture.read_text()


def test_a_missing_library_is_reported_and_the_others_still_run(tiny, monkeypatch):
    monkeypatch.setattr(peers, "find_spec", lambda package: None if package == "torch" else True)
    words = ("--shape", "A", "--rounds", 1, "--dataset", tiny)
    result = run("peers", *words, "--peer", "pytorch")
    assert "PyTorch is not installed: pip install torch" in result.stderr
    assert re.search(r"^ *nntrain +1 ", result.stdout, re.MULTILINE)


def test_an_unknown_shape_is_named():
    assert "E: expected some of A, B" in run("peers", "--shape", "A,E", expect=2).stderr


def test_every_contestant_makes_updates_of_one_size():
    for shape in SHAPES.values():
        assert shape.cut(50_000, shape.examples) == shape.examples
        assert shape.book_examples % shape.batch_size == 0
        assert shape.cut(500, shape.examples) % shape.batch_size == 0


def runner(name, threads, *seconds):
    return Runner(PEERS[name], threads, 100, list(seconds))


def test_a_target_is_judged_by_the_median_of_the_rounds_ratios_and_the_best_thread_count():
    runners = [
        runner(OWN, 1, 1.0, 2.0, 1.0),
        runner(PRODUCTS, 1, 0.5, 0.8, 0.6),
        runner("pytorch", 1, 9.0, 14.0, 9.0),
        runner("pytorch", 2, 5.0, 30.0, 30.0),
        runner("jax", 1, 2.0, 5.0, 2.0),
    ]
    assert best(runners, "pytorch").threads == 1
    found = {verdict.runner.peer.name: verdict for verdict in verdicts("A", runners)}
    assert found["pytorch"].ratio.values == (9, 7, 9)
    assert not found["pytorch"].met  # 9 < 14
    assert found["jax"].met  # 2 ≥ 1.6
    assert found[PRODUCTS].ratio.median == 2  # 1 / 0.5, 2 / 0.8 and 1 / 0.6
    assert not found[PRODUCTS].met  # 2 > 1.3
    assert "scikit-learn" not in found


def test_seconds_are_stated_for_sixty_thousand_images():
    one = runner("jax", 1)
    one.add(0.2, 0.1)
    assert (one.seconds, one.evaluation_seconds) == ([120], [60])  # 100 images a round


@pytest.mark.alone
def test_startup_times_every_way(tiny, tmp_path):
    out = tmp_path / "startup.json"
    shown = run("startup", "--rounds", 1, "--dataset", tiny, "--json", out).stdout
    seconds = json.loads(out.read_text())["seconds"]
    assert len(seconds) == 6
    assert all(len(values) == 1 and values[0] > 0 for values in seconds.values())
    assert seconds["nntrain fit, first mini-batches"] > seconds["python -c pass"]
    assert "≤ 0.5" in shown


def test_classifiers_share_their_splits_and_are_compared_pair_by_pair(tmp_path):
    pytest.importorskip("sklearn")
    out = tmp_path / "classifiers.json"
    with warnings.catch_warnings(action="ignore"):  # MLPClassifier's defaults do not converge
        shown = run("classifiers", "--data", "table", "--rounds", 2, "--json", out).stdout
    rounds = json.loads(out.read_text())["data"]["table"]
    own, peer = ([one[name]["accuracy"] for one in rounds] for name in (OWN_CLASSIFIER, PEER))
    assert f"{100 * (sum(own) - sum(peer)) / 2:+.2f} points" in shown
    assert all(0.5 < accuracy < 1 for accuracy in [*own, *peer])
    one, other = _table(5, "", ""), _table(5, "", "")
    np.testing.assert_array_equal(one.test[0], other.test[0])
    assert len(one.train[0]) == 3 * len(one.test[0]) == 1500
    assert "expected some of mnist" in run("classifiers", "--data", "mnst", expect=2).stderr


def test_time_to_accuracy_checks_both_programs_at_the_same_moments(tiny, tmp_path):
    out = tmp_path / "climb.json"
    words = ("--recipe", "default", "--seeds", 1, "--checks", 3, "--dataset", tiny)
    run("time-to-accuracy", *words, "--program", "nntrain", "--json", out)
    (climber,) = json.loads(out.read_text())["recipes"]["default"]
    (climb,) = climber["climbs"]
    seconds, images, accuracies = zip(*climb, strict=True)
    assert list(images[:6]) == [256, 384, 500, 756, 884, 1000]  # blocks of 128
    assert len(images) == 3 * 5
    assert list(seconds) == sorted(seconds)
    assert all(0 <= accuracy <= 1 for accuracy in accuracies)
    assert moments(500, 3) == [166, 333]


@pytest.mark.parametrize("program", [own, pytorch], ids=lambda program: program.__name__)
def test_a_block_is_checked_once_and_the_end_of_an_epoch_always(tiny, program):
    if program is pytorch:
        pytest.importorskip("torch", reason="PyTorch comes with the extra bench")
    settings = FitSettings(dataset=str(tiny), hidden=(4,), epochs=2, batch_size=250)
    more = (1,) if program is pytorch else ()
    images = [at for _, at, _ in program(settings, load(str(tiny), Path("data")), 10, *more)]
    assert images == [250, 500, 750, 1000]


def test_a_climb_ends_at_the_highest_level():
    climb = [(1.0, 128, 0.97), (2.0, 256, 0.985), (3.0, 384, 0.9901), (4.0, 512, 0.992)]
    assert list(to_the_top(climb)) == climb[:3]
    assert list(to_the_top(climb[:2])) == climb[:2]


@pytest.mark.alone
@linux
def test_measured_memory_grows_with_allocated_memory():
    program = "b = bytearray({}); b[::4096] = b'1' * len(b[::4096]); import time; time.sleep(0.1)"
    small, large = (
        watch([sys.executable, "-c", program.format(size)], {}) for size in (1, 100_000_000)
    )
    assert large.anonymous_mb - small.anonymous_mb == pytest.approx(100, rel=0.1)
    assert large.total_mb - small.total_mb == pytest.approx(100, rel=0.1)


@pytest.mark.alone
@linux
def test_memory_of_fit_beside_a_peer(tiny, tmp_path, monkeypatch):
    for large in ("C", "F"):
        monkeypatch.setitem(SHAPES, large, SHAPES["A"])
    out = tmp_path / "memory.json"
    words = ("--dataset", tiny, "--largest", 0, "--peer", BOOK, "--json", out)
    shown = run("memory", *words).stdout
    peaks = json.loads(out.read_text())["peaks"]
    assert [one["program"] for one in peaks] == ["nntrain fit", "the book's loop"] * 2
    assert all(20 < one["anonymous_mb"] < one["total_mb"] for one in peaks)
    assert "≤ 150" in shown


@pytest.mark.alone
@linux
def test_growth_is_measured_on_files_that_are_removed_afterwards(tiny, tmp_path):
    row = _grown(str(tiny), "data", 1500, tmp_path)
    assert row["trained_on"] == 1250
    assert row["megabytes"] == pytest.approx((1500 + 200) * 785 / 1e6, rel=1e-3)
    assert row["us_an_image"] > 0
    assert not list((tmp_path / "1500").iterdir())


def test_an_enlarged_dataset_has_shifted_copies_of_the_images(tiny, tmp_path):
    original = load(str(tiny), Path("data"))
    images = np.concatenate([original.train.images, original.validation.images])
    labels = np.concatenate([original.train.labels, original.validation.labels])
    made = load(str(write_enlarged(original, 1500, tmp_path / "large")), Path("data"))
    large = np.concatenate([made.train.images, made.validation.images])
    assert large.shape == (1500, 28, 28)
    assert (large[:600] == images).all()
    down, right = SHIFTS[1]
    assert (large[600:1200] == shifted(images, down, right)).all()
    assert (large[600:1200] != images).any()
    assert (np.concatenate([made.train.labels, made.validation.labels])[600:1200] == labels).all()
    assert (made.test.images == original.test.images).all()


def test_a_shift_moves_whole_pixels_and_fills_with_zeros():
    images = np.arange(1, 10, dtype=np.uint8).reshape(1, 3, 3)
    assert shifted(images, 1, -1).tolist() == [[[0, 0, 0], [2, 3, 0], [5, 6, 0]]]


def test_a_table_is_as_wide_as_its_cells():
    lines = table(("", "s"), [("one", "1.00"), ("three", "10.00")]).splitlines()
    assert lines[0] == "             s"
    assert lines[2:] == ["  one     1.00", "  three  10.00"]


@pytest.mark.slow
def test_a_kill_that_loses_data_is_a_failure(tiny, monkeypatch):
    def lose(found, dataset):
        (found.path / "history.jsonl").write_text("")

    monkeypatch.setattr("benchmarks.kills.check_loads", lose)
    words = ("--kills", 4, "--seed", 3, "--dataset", tiny, "--train-size", 400)
    assert re.search("[1-9]  failures", run("kills", *words, expect=1).stdout)


@pytest.mark.slow
def test_two_hundred_kills(tiny, tmp_path):
    out = tmp_path / "kills.json"
    words = ("--kills", 200, "--dataset", tiny, "--train-size", 500, "--json", out)
    shown = run("kills", *words).stdout
    counts = json.loads(out.read_text())["counts"]
    assert (counts["kills"], counts["failures"]) == (200, 0)
    inside = re.findall(r"(\d+)  kills while writing checkpoint", shown)
    assert int(inside[0]) >= 20


@linux
def test_one_round_of_the_soak(tmp_path):
    out = tmp_path / "soak.json"
    run("soak", "--minutes", 0, "--seed", 6, "--json", out)
    document = json.loads(out.read_text())
    assert document["failures"] == []
    assert document["counts"]["undisturbed runs"] == len(document["rounds"]) == 1
    assert any(name.startswith("fault: ") for name in document["counts"])


@linux
def test_failures_and_leaks_of_a_round_are_reported(monkeypatch, tmp_path):
    from benchmarks import soak, trouble

    def fail(self):
        raise AssertionError("differs")

    monkeypatch.setattr(trouble.Round, "one_round", fail)
    assert "1  failures" in run("soak", "--minutes", 0, expect=1).stdout
    steady = [(50.0, 7, 0)] * 100
    assert soak._leaks(steady, 0) == []
    assert len(soak._leaks([(50.0 + n, 7 + n, n) for n in range(100)], 1)) == 4


@pytest.mark.alone
@linux
@pytest.mark.parametrize("leaks", [True, False])
def test_only_memory_that_rounds_do_not_release_is_reported(monkeypatch, leaks):
    from benchmarks import trouble

    kept = []

    def one_round(self):
        kept.append(b"x" * 20_000_000)
        if not leaks:
            kept.clear()
        time.sleep(0.02)

    monkeypatch.setattr(trouble.Round, "one_round", one_round)
    shown = run("soak", "--minutes", 0.01, expect=int(leaks)).stdout
    assert ("memory grew by" in shown) is leaks
