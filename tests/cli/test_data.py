from dataclasses import replace

import numpy as np
import pytest

from nntrain.data import idx
from nntrain.data.catalogue import CATALOGUE
from tests.cli.helpers import run, run_json, serving
from tests.data.made import tiny
from tests.faultserver import FaultServer, refusing_base


def test_list_names_every_dataset_and_its_state(home):
    shown = run("data", "list").stdout
    for name in ("mnist", "fashion-mnist", "kmnist", "synthetic", "absent"):
        assert name in shown
    document = run_json("data", "list")
    assert {row["name"] for row in document["datasets"]} >= {"mnist", "kmnist"}


def test_show_draws_digits(home, tiny):
    shown = run("data", "show", tiny, "--count", "2", "--class", "3").stdout
    assert shown.count(": 3") == 2
    assert len(shown.splitlines()) >= 12


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--class", "x"], "has the classes 0, 1"), (["--start", "5000"], "500 examples")],
)
def test_show_says_what_there_is(home, tiny, words, message):
    assert message in run("data", "show", tiny, *words, expect=2).stderr


def test_show_augment_draws_each_image_and_its_distorted_versions(home, tiny):
    words = ("data", "show", tiny, "--count", "2", "--augment")
    shown = run(*words).stdout
    assert shown.count("#0: ") == shown.count("#1: ") == 1
    assert shown.count("distorted ") == 10
    plain = run("data", "show", tiny, "--count", "1").stdout.splitlines()
    assert plain[0].strip()
    for line, drawn in zip(plain[:12], shown.splitlines(), strict=False):
        assert drawn.startswith(line)  # the original comes first
    assert run(*words, "mild").stdout == shown
    assert run(*words, "--seed", "1").stdout != shown
    assert run(*words, "strong").stdout != shown
    few = run("data", "show", tiny, "--augment", "none").stdout
    assert "#2: " in few
    assert "#3: " not in few


@pytest.mark.parametrize(
    ("text", "message"),
    [("mildd", "Did you mean 'mild'?"), ("shif=1", "'shift'"), ("shift=-1", "whole number ≥ 0")],
)
def test_show_augment_says_what_it_knows(home, tiny, text, message):
    assert message in run("data", "show", tiny, "--augment", text, expect=2).stderr


def test_verify_of_a_good_folder_and_of_a_damaged_one(home, tiny, tmp_path):
    assert "ok" in run("data", "verify", tiny).stdout
    bad = tmp_path / "bad"
    bad.mkdir()
    for path in tiny.iterdir():
        (bad / path.name).write_bytes(path.read_bytes())
    idx.write(bad / "train-labels-idx1-ubyte", np.zeros(3, np.uint8))
    assert "600" in run("data", "verify", bad, expect=1).stderr


def test_verify_of_an_absent_dataset_says_how_to_get_it(home):
    result = run("data", "verify", "mnist", expect=1)
    assert "nntrain data download mnist\n" in result.stderr
    assert "MISSING" in result.stdout
    assert "train-images-idx3-ubyte.gz is missing" in " ".join(result.stdout.split())
    result = run("data", "verify", "mnist", "--data-dir", "my data", expect=1)
    assert "nntrain data download mnist --data-dir 'my data'" in result.stderr


def test_download_refuses_when_offline(home):
    assert "--offline" in run("data", "download", "mnist", "--offline", expect=1).stderr


@pytest.mark.parametrize("words", [("fit", "--dataset"), ("data", "show")])
def test_offline_without_a_cache_asks_nobody_and_is_exit_1(home, words):
    with serving(home) as (address, asked):
        shown = run(*words, "mnist", "--mirror", address, "--offline", expect=1)
    assert "offline" in shown.stderr
    assert not asked


@pytest.fixture
def mirror(real_mnist):
    with serving(real_mnist) as served:
        yield served


def test_the_real_mnist_is_downloaded_once_and_verified(home, mirror):
    url, asked = mirror
    result = run("data", "download", "mnist", "--mirror", url)
    assert "complete in data/mnist" in result.stdout
    assert len(asked) == 4
    assert "WRONG" not in run("data", "verify", "mnist").stdout
    run("data", "show", "mnist", env={"NNTRAIN_MIRROR": url})
    assert len(asked) == 4


def test_each_failure_of_a_mirror_is_reported_once(home, monkeypatch):
    made = tiny()
    with FaultServer(made.files) as server, refusing_base() as refusing:
        bad = [refusing, server.base("forbidden"), server.base("truncated")]
        monkeypatch.setitem(CATALOGUE, "mnist", replace(made.entry, name="mnist", mirrors=bad))
        failed = run("data", "download", "mnist", expect=1)
        assert [failed.stderr.count(f"{base}/") for base in bad] == [1, 1, 3]  # 2 to try again
        good = (*bad, server.base("good"))
        monkeypatch.setitem(CATALOGUE, "mnist", replace(made.entry, name="mnist", mirrors=good))
        done = run("data", "download", "mnist")
    assert [done.stderr.count(f"{base}/") for base in bad] == [1, 4, 12]


@pytest.mark.parametrize("address", ["http://user:se/cret@127.0.0.1:1", "user:secret@127.0.0.1"])
def test_a_malformed_mirror_is_refused_without_its_password(home, address):
    for words, env in [(["--mirror", address], {}), ([], {"NNTRAIN_MIRROR": address})]:
        result = run("data", "download", "mnist", *words, env=env, expect=2)
        assert "mirror number 1 (not shown" in result.stderr
        assert "cret" not in result.output
