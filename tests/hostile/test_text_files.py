"""settings.toml, history.jsonl, the JSON files and experiment.toml under every named attack."""

import json
import os
import time
from contextlib import suppress

import pytest

from nntrain.errors import RunError, SettingsError
from nntrain.experiments.store import Store, experiments
from nntrain.runs import directory, run
from nntrain.settings.toml import MAX_TOML_BYTES, read_toml
from tests.hostile.bounds import memory_below
from tests.hostile.conftest import READERS, file_of, load_all

JSON_FILES = ("evaluation.json", "provenance.json", "history.jsonl")
MIB = 1 << 20

NO_JSON = {
    "empty braces cut": b"{",
    "a list": b"[]",
    "a number": b"3",
    "null": b"null",
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "zeros": bytes(100),
    "a page": b"<!doctype html>",
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": [-Infinity]}',
    "beyond every float": b'{"a": 1e999}',
    "beyond 64 bits": b'{"a": 1' + b"0" * 30 + b"}",
    "5000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "nested lists": b'{"a": ' + b"[" * 100_000,
    "nested objects": b'{"a": ' * 100_000,
    "two documents": b"{} {}",
    "a control character": b'{"a": "\x1b[31m"}',
}


@pytest.mark.parametrize("attack", NO_JSON)
@pytest.mark.parametrize("name", JSON_FILES)
def test_any_other_json_is_refused_on_one_short_line(place, name, attack):
    path = file_of(place, name)
    path.write_bytes(NO_JSON[attack] + b"\n")
    with pytest.raises(RunError) as caught:
        READERS[name][1](place)
    message = str(caught.value)
    assert message.startswith(f"Cannot read {path}: ")
    without = "remove it to continue without information about the data"
    advice = without if name == "provenance.json" else "train again"
    assert message.endswith(f"Restore it, or {advice}.")
    assert message.isprintable()
    assert len(message) < len(str(path)) + 400
    assert place.run.summary()["problem"] == message


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "loop"])
@pytest.mark.parametrize("name", JSON_FILES)
def test_anything_but_an_ordinary_file_is_refused_immediately(place, name, kind, odd_file):
    path = file_of(place, name)
    path.unlink()
    odd_file(path, kind)
    with pytest.raises(RunError, match=name):
        READERS[name][1](place)


@pytest.mark.parametrize(
    ("name", "bound"),
    [("evaluation.json", directory.MAX_JSON_BYTES), ("history.jsonl", run.MAX_HISTORY_BYTES)],
)
def test_a_file_that_is_too_long_is_not_even_read(place, name, bound):
    path = file_of(place, name)
    os.truncate(path, bound + 1)
    with memory_below(MIB), pytest.raises(RunError, match=f"expected at most {bound:,} bytes"):
        READERS[name][1](place)


@pytest.mark.parametrize(
    "accuracy",
    [
        *(None, 3, "x", [], {}, {"estimate": None}, {"estimate": "0.9"}, {"estimate": True}),
        *({"estimate": -0.1}, {"estimate": 1.1}, {"estimate": [1]}, {"estimate": {}}),
    ],
)
def test_an_invalid_accuracy_is_a_problem_of_its_run(place, accuracy):
    file_of(place, "evaluation.json").write_text(json.dumps({"accuracy": accuracy}))
    assert "expected an accuracy from 0 to 1" in place.run.summary()["problem"]


WRONG_IN_A_LINE = [
    *(("epoch", value) for value in (0, -1, 1.0, "1", None, True, [1], 2)),
    *(("train_cost", value) for value in ("1", None, True, [])),
    *(("train_accuracy", value) for value in (-0.1, 1.5, "1")),
    *(("validation_accuracy", value) for value in (-0.1, 1.5, "1", False)),
    *(("seconds", value) for value in (-1, 1e300, "1", None)),
    *(("gradient_norms", value) for value in (None, 3, "ab", {}, ["x"], [None], [[1]])),
    *(("best", value) for value in (1, "true", None)),
    ("more", 1),
]


@pytest.mark.parametrize(("name", "value"), WRONG_IN_A_LINE)
def test_a_line_of_the_history_is_an_epoch(place, name, value):
    path = file_of(place, "history.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[0][name] = value
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(RunError, match=r"Cannot read .*history\.jsonl: "):
        place.run.history()


def test_a_line_of_the_history_has_every_word(place):
    path = file_of(place, "history.jsonl")
    line = json.loads(path.read_text().splitlines()[0])
    del line["best"]
    path.write_text(json.dumps(line) + "\n")
    with pytest.raises(RunError, match="expected a JSON object with epoch, learning_rate"):
        place.run.history()


NO_TOML = {
    "a page": b"<!doctype html>",
    "not UTF-8": b"dataset = '\xff'",
    "UTF-16": "epochs = 1".encode("utf-16"),
    "zeros": bytes(100),
    "a name twice": b"epochs = 1\nepochs = 2\n",
    "cut": b"epochs = ",
    "nested": b"hidden = " + b"[" * 50_000,
    "nested tables": b"hidden = " + b"{a=" * 10_000,
    "5000 digits": b"epochs = " + b"9" * 5000,
    "a dotted key": b"a" + b".a" * 20_000 + b" = 1",
    "a long table": b"[a" + b".a" * 20_000 + b"]",
    "too long": b"#" * (MAX_TOML_BYTES + 1),
}


@pytest.mark.parametrize("attack", NO_TOML)
@pytest.mark.parametrize("name", ["settings.toml", "experiment.toml"])
def test_invalid_toml_is_refused_quickly(place, name, attack):
    path = file_of(place, name)
    path.write_bytes(NO_TOML[attack])
    started = time.monotonic()
    with pytest.raises(SettingsError) as caught:
        read_toml(path)
    assert time.monotonic() - started < 2
    message = str(caught.value)
    assert message.startswith(f"{path} is not a TOML settings file: ")
    assert message.isprintable()
    assert len(message) < len(str(path)) + 300


@pytest.mark.alone
def test_no_toml_that_is_short_enough_takes_long(tmp_path):
    path = tmp_path / "s.toml"
    lines = [b"a%d" % number + b".a" * 499 + b" = 1\n" for number in range(64)]
    path.write_bytes(b"".join(lines)[:MAX_TOML_BYTES])
    started = time.monotonic()
    with suppress(SettingsError):
        read_toml(path)
    assert time.monotonic() - started < 5


WRONG_SETTINGS = [
    *("epochs = 0x1" + "0" * 20_000, "seed = 1" + "0" * 400, "threads = inf", "threads = nan"),
    *("threads = 1" + "0" * 30, "hidden = [inf]", "hidden = {a = 1}", "hidden = [[1]]"),
    *("hidden = 1979-05-27", "epochs = 1979-05-27T07:32:00Z", "epochs = {}", "epochs = []"),
    *("output = ['softmax+log-likelihood']", "activation = {}", "dataset = []", "dataset = 1"),
    *("learning_rate = '\\u001b[31mred'", "learning_rate = 'x\\ny'", "batch_size = inf"),
    *("momentum = nan", "learning_rate = 1e400", "warmup_epochs = -inf", "no_such = 1"),
    *('"\\u001b[31m" = 1', '"a\\nb" = 1', "[epochs]\na = 1", "step_epochs = 1e-320"),
]


@pytest.mark.parametrize(
    "line", WRONG_SETTINGS, ids=lambda line: line[:30].encode("unicode_escape")
)
def test_invalid_settings_name_the_file_on_one_printable_line(place, line):
    path = file_of(place, "settings.toml")
    path.write_text(line)
    with pytest.raises(SettingsError) as caught:
        READERS["settings.toml"][1](place)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    assert len(message) < len(str(path)) + 500


class TestExperiments:
    def test_a_damaged_description_is_not_an_experiment_of_any_kind(self, place):
        path = file_of(place, "experiment.toml")
        path.write_bytes(NO_TOML["nested"])
        store = Store(path.parent)
        assert store.kind == ""
        with pytest.raises(RunError, match="not a TOML"):
            store.settings()

    def test_anything_but_an_ordinary_file_is_not_an_experiment(self, place, odd_file):
        path = file_of(place, "experiment.toml")
        path.unlink()
        odd_file(path, "pipe")
        assert [store.path.name for store in experiments(place.runs_dir)] == ["compared"]

    def test_hostile_values_are_shown_on_one_line(self, place):
        path = file_of(place, "experiment.toml")
        path.write_text('kind = "sweep"\nepochs = "\\u001b[2J\\n' + "x" * 5000 + '"\n')
        (difference,) = Store(path.parent).differences({"epochs": 2})
        assert difference.isprintable()
        assert len(difference) < 400

    @pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 5000, '{"document": NaN}'])
    def test_an_outcome_that_is_not_a_document_is_trained_again(self, place, rewritten, text):
        store, keys = place.swept()
        rewritten(place.outcome_file(store), lambda document: text)
        assert load_all((store, keys)) == [None]
        assert store.damaged

    @pytest.mark.parametrize(
        "change",
        [
            *({"seed": 1}, {"seed": "0"}, {"seed": 0.0}, {"seed": None}, {"best_epoch": "1"}),
            *({"validation_accuracy": 1.5}, {"validation_accuracy": "0.9"}, {"seconds": None}),
            *({"validation_accuracy": None}, {"diverged": 3}, {"diverged": []}),
        ],
    )
    def test_a_sweeps_outcome_holds_what_the_sweep_reads(self, place, with_document, change):
        store, keys = place.swept()
        assert all(load_all((store, keys)))
        with_document(place.outcome_file(store), change)
        assert load_all((store, keys)) == [None]

    @pytest.mark.parametrize(
        "change",
        [
            *({"seed": 1}, {"output": "x"}, {"learning_rate": 7}, {"learning_rate": "x"}),
            *({"epochs": []}, {"epochs": None}, {"epochs": [3]}, {"slowdown": []}),
            *({"checks": []}, {"checks": [{}]}, {"first_gradient_norms": ["x", "y"]}),
            *({"first_gradient_norms": [1]}, {"slowdown": "abc"}),
        ],
    )
    def test_a_comparisons_outcome_holds_what_the_comparison_reads(
        self, place, with_document, change
    ):
        store, keys = place.compared()
        assert all(load_all((store, keys)))
        with_document(place.outcome_file(store), change)
        assert sum(outcome is None for outcome in load_all((store, keys))) == 1
