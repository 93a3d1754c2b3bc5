"""model.npz, checkpoint.npz and the outcomes of experiments under every named attack."""

import json
import warnings
import zipfile

import numpy as np
import pytest

from nntrain.errors import ModelFileError, RunError
from nntrain.runs.model_file import load_model
from nntrain.storage import array_file
from nntrain.storage.array_file import read_arrays, write_arrays
from tests.hostile.archives import ATTACKS, announcing
from tests.hostile.bounds import memory_below
from tests.hostile.conftest import file_of, load_all

MIB = 1 << 20


def attacked(path, attack):
    """Damage the file; return what the message must hold."""
    change, reason = ATTACKS[attack]
    path.write_bytes(change(path.read_bytes()))
    return reason or ""


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_model_is_refused_with_the_reason_in_the_memory_that_is_stated(place, attack):
    path = file_of(place, "model.npz")
    reason = attacked(path, attack)
    bound = array_file.READING_FACTOR * path.stat().st_size + array_file.READING_BYTES
    with memory_below(bound), pytest.raises(ModelFileError, match=f"(?s){reason}") as caught:
        load_model(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.endswith("Train again, or restore it.")
    assert len(message) < len(str(path)) + 400
    assert "\n" not in message


# Every reader goes through read_arrays, so a few attacks show that each is wired to it.
SOME = (
    "empty",
    "a bomb",
    "objects in the place of numbers",
    "zip of nothing",
    "header of brackets",
)


@pytest.mark.parametrize("attack", SOME)
def test_a_checkpoint_is_refused_and_an_outcome_trained_again(place, attack):
    path = file_of(place, "checkpoint.npz")
    reason = attacked(path, attack)
    with pytest.raises(RunError, match=f"(?s){reason}") as caught:
        place.run.restore_checkpoint(place.training())
    assert str(caught.value).startswith(str(path))
    assert "estore it" in str(caught.value)

    store, keys = place.swept()
    attacked(place.outcome_file(store), attack)
    assert load_all((store, keys)) == [None]
    (message,) = store.damaged.values()
    assert "is damaged and will be trained again" in message
    assert "\n" not in message


@pytest.mark.parametrize("attack", ["header of Python 2", "header with a bad escape"])
def test_numpys_warnings_do_not_reach_stderr(place, attack, recwarn):
    attacked(file_of(place, "model.npz"), attack)
    warnings.simplefilter("always")
    with pytest.raises(ModelFileError):
        place.run.model()
    assert not recwarn.list


def test_a_decompression_bomb_is_never_unpacked(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        head = announcing((1 << 26,))
        info = zipfile.ZipInfo("weights_0.npy")
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as member:
            member.write(head)
            for _ in range(16):
                member.write(bytes(16 * MIB))
    with memory_below(MIB), pytest.raises(ModelFileError):
        read_arrays(path)


def test_reading_a_large_file_takes_memory_of_its_length_only(tmp_path):
    path = tmp_path / "large.npz"
    write_arrays(path, {"a": np.zeros(2 * MIB, np.float32), "b": np.zeros(MIB, np.float32)})
    with memory_below(1.1 * path.stat().st_size):
        assert read_arrays(path)["a"].nbytes == 8 * MIB


def test_numpy_reads_what_is_written_and_the_other_way_round(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {
        "c": rng.normal(size=(3, 4)),
        "f": np.asfortranarray(rng.normal(size=(3, 4)).astype(np.float32)),
        "scalar": np.float64(2.5),
        "none": np.zeros((0, 3), np.int8),
        "truth": np.array([True, False]),
    }
    write_arrays(tmp_path / "ours.npz", arrays)
    np.savez(tmp_path / "theirs.npz", **arrays)
    for name in ("ours", "theirs"):
        mine = read_arrays(tmp_path / f"{name}.npz")
        with np.load(tmp_path / f"{name}.npz") as theirs:
            assert list(mine) == theirs.files
            for key, array in mine.items():
                assert (array.dtype, array.shape) == (theirs[key].dtype, theirs[key].shape)
                np.testing.assert_array_equal(array, theirs[key])


def test_a_model_in_fortran_order_is_the_same_model(place):
    path = file_of(place, "model.npz")
    before = place.run.model()
    arrays = {name: np.asfortranarray(array) for name, array in read_arrays(path).items()}
    write_arrays(path, arrays)
    for a, b in zip(before.parameters, place.run.model().parameters, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "loop", "missing"])
@pytest.mark.parametrize("name", ["model.npz", "checkpoint.npz"])
def test_anything_but_an_ordinary_file_is_refused_immediately(place, kind, name, odd_file):
    path = file_of(place, name)
    path.unlink()
    odd_file(path, kind)
    with pytest.raises(ModelFileError, match=name):
        read_arrays(path)


def changed(path, **arrays):
    """Write a file again with some arrays replaced; None takes one away."""
    old = read_arrays(path)
    write_arrays(path, {k: v for k, v in {**old, **arrays}.items() if v is not None})


def as_bytes(value):
    return np.frombuffer(
        (value if isinstance(value, str) else json.dumps(value)).encode(), np.uint8
    )


class TestWhatAModelHolds:
    @pytest.mark.parametrize(
        ("arrays", "reason"),
        [
            ({"weights_0": None}, "biases_1"),
            ({"weights_1": None, "biases_1": None, "a": np.zeros(1)}, "is not a valid model"),
            ({"extra": np.zeros(3)}, "extra"),
            ({"weights_7": np.zeros((3, 3))}, "weights_7|no array"),
            ({"weights_0": np.zeros((3, 16), np.float64)}, "float32 or float64"),
            ({"weights_0": np.zeros((3, 16), np.int32)}, "float32 or float64"),
            ({"weights_0": np.zeros((3, 16), np.float16)}, "float32 or float64"),
            ({"weights_0": np.full((3, 16), np.nan, np.float32)}, "not a finite number"),
            ({"biases_1": np.full(3, np.inf, np.float32)}, "not a finite number"),
            ({"weights_0": np.float32(3)}, r"weights \(\)"),
            ({"weights_0": np.zeros((16, 3), np.float32)}, r"layer"),
            ({"weights_0": np.zeros((3, 16, 1), np.float32)}, r"layer 1 has weights \(3, 16, 1\)"),
            ({"weights_0": np.zeros((3, 0), np.float32)}, "layer 1"),
            ({"biases_0": np.zeros((0,), np.float32)}, "layer 1"),
            ({"biases_0": np.float32(1)}, "layer 1"),
            ({"description": as_bytes("[" * 100_000)}, "nested too deeply"),
            ({"description": as_bytes("[1]")}, "expected a JSON object"),
            ({"description": as_bytes("{}")}, "inverse_temperature"),
            ({"description": as_bytes("nonsense")}, "no readable description"),
            ({"description": np.zeros(0, np.uint8)}, "no readable description"),
            ({"description": np.full(10, 255, np.uint8)}, "no readable description"),
            ({"description": np.float64(1.5)}, "no readable description"),
        ],
    )
    def test_an_invalid_model_is_refused(self, place, arrays, reason):
        path = file_of(place, "model.npz")
        changed(path, **arrays)
        with pytest.raises(ModelFileError, match=reason) as caught:
            place.run.model()
        assert str(caught.value).endswith("Train again, or restore it.")

    @pytest.mark.parametrize(
        "change",
        [
            *({"format": "nntrain/model/2"}, {"format": ["nntrain/model/1"]}, {"output": None}),
            *({"activation": "softplus"}, {"activation": ["relu"]}, {"activation": "x" * 100_000}),
            *({"inverse_temperature": value} for value in ("1", 1, -1.0)),
        ],
    )
    def test_a_description_of_something_else_is_refused(self, place, change):
        path = file_of(place, "model.npz")
        description = json.loads(read_arrays(path)["description"].tobytes())
        changed(path, description=as_bytes({**description, **change}))
        with pytest.raises(ModelFileError, match="description") as caught:
            place.run.model()
        assert len(str(caught.value)) < 1000


class TestWhatACheckpointHolds:
    def refused(self, place, reason=None):
        before = place.training()
        with pytest.raises(RunError, match=reason) as caught:
            place.run.restore_checkpoint(before)
        assert "does not fit this training" in str(caught.value)
        assert str(caught.value).endswith("Restore it, or start a new run.")

    @pytest.mark.parametrize("group", ["parameter_0", "velocity_1", "best_2"])
    @pytest.mark.parametrize(
        ("like", "reason"),
        [
            (lambda a: a[:1], "expected float32"),
            (lambda a: np.float32(1), "expected float32"),
            (lambda a: a.astype(np.float64), "got float64"),
            (lambda a: a.astype(np.int32), "got int32"),
            (lambda a: a[None], "expected float32"),
            (lambda a: np.full_like(a, np.nan), "finite"),
            (lambda a: np.full_like(a, -np.inf), "finite"),
            (lambda a: None, ""),
        ],
    )
    def test_arrays_of_another_training_are_refused(self, place, group, like, reason):
        path = file_of(place, "checkpoint.npz")
        changed(path, **{group: like(read_arrays(path)[group])})
        self.refused(place, f"{group}.*{reason}")

    @pytest.mark.parametrize("name", ["epoch", "done", "best_epoch"])
    @pytest.mark.parametrize("value", [-1, 1.0, "1", True, None, [1], 10**10, 10**400])
    def test_counts_are_whole_numbers_in_their_range(self, place, name, value):
        self.with_progress(place, {name: value})
        self.refused(place, f"{name}: expected a whole number")

    @pytest.mark.parametrize("name", ["seconds", "past_seconds", "best_accuracy"])
    @pytest.mark.parametrize(
        "value", [-2, "1", True, None, [1], 1e300, 10**400, "NaN", "Infinity"]
    )
    def test_measures_are_numbers_in_their_range(self, place, name, value):
        self.with_progress(place, {name: float(value) if value in ("NaN", "Infinity") else value})
        self.refused(place, f"{name}: expected a number")

    @pytest.mark.parametrize(
        "generator",
        [
            *(None, 3, {}, {"bit_generator": "MT19937"}, {"state": None}),
            *(
                {"state": {"state": x, "inc": i}}
                for x, i in (("x", 1), (-1, -1), (2**200, 2**200))
            ),
            *({"state": {"state": 1.5, "inc": 1}}, {"uinteger": -1}, {"uinteger": "x"}),
            {"has_uint32": 10**30},
        ],
    )
    def test_a_generator_is_one(self, place, generator):
        path = file_of(place, "checkpoint.npz")
        sound = json.loads(read_arrays(path)["progress"].tobytes())["generator"]
        partly = generator and isinstance(generator, dict)
        self.with_progress(place, {"generator": {**sound, **generator} if partly else generator})
        self.refused(place)

    @pytest.mark.parametrize("text", ["", "[]", "3", "[" * 5000, "\udcff", "{"])
    def test_progress_is_a_json_object(self, place, text):
        content = np.frombuffer(text.encode(errors="surrogateescape"), np.uint8)
        changed(file_of(place, "checkpoint.npz"), progress=content)
        self.refused(place)

    def with_progress(self, place, change):
        path = file_of(place, "checkpoint.npz")
        progress = json.loads(read_arrays(path)["progress"].tobytes())
        changed(path, progress=as_bytes({**progress, **change}))


def test_a_flipped_bit_of_a_model_is_refused_or_harmless(place):
    """What the checksums do not cover, such as times, may change: the arrays may not."""
    path = file_of(place, "model.npz")
    before = [parameter.tobytes() for parameter in place.run.model().parameters]
    whole = bytearray(path.read_bytes())
    for position in range(0, len(whole), 5):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << position % 8
        path.write_bytes(damaged)
        try:
            model = load_model(path)
        except ModelFileError:
            continue
        assert [parameter.tobytes() for parameter in model.parameters] == before
