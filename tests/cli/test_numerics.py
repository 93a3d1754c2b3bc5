"""Extreme data and settings through the command line: a result or a clear refusal, no NaN."""

import json
import math
import re
import warnings

import numpy as np
import pytest

from nntrain.data import idx
from nntrain.nn.activations import ACTIVATIONS
from nntrain.nn.outputs import OUTPUTS
from tests.cli.helpers import process, run

SIDE, TRAIN, TEST = 6, 60, 20
NO_NUMBER_IN_A_PAGE = re.compile(r"(?<![\w/+])(nan|inf|infinity)(?![\w/+=])", re.IGNORECASE)
NO_NUMBER = re.compile(r"\b(nan|inf|infinity)\b", re.IGNORECASE)


def noise(count):
    return np.random.default_rng(count).integers(0, 256, (count, SIDE, SIDE))


def cyclic(count):
    return np.arange(count) % 3


DATA = {
    "sound": (noise(TRAIN), cyclic(TRAIN), noise(TEST), cyclic(TEST)),
    "all-zero images": (noise(TRAIN) * 0, cyclic(TRAIN), noise(TEST) * 0, cyclic(TEST)),
    "all-white images": (noise(TRAIN) * 0 + 255, cyclic(TRAIN), noise(TEST), cyclic(TEST)),
    "one class only": (noise(TRAIN), cyclic(TRAIN) * 0 + 2, noise(TEST), cyclic(TEST) * 0 + 2),
    "a constant dataset": (
        *(noise(TRAIN) * 0 + 7, cyclic(TRAIN) * 0 + 1),
        *(noise(TEST) * 0 + 7, cyclic(TEST) * 0 + 1),
    ),
    "another class in the test": (noise(TRAIN), cyclic(TRAIN), noise(TEST), cyclic(TEST) * 0),
    "one test example": (noise(TRAIN), cyclic(TRAIN), noise(1), cyclic(1)),
    "one validation example": (noise(6), cyclic(6), noise(TEST), cyclic(TEST)),
}
REFUSED = {
    "one example": (noise(1), cyclic(1) + 1, noise(1), cyclic(1)),
    "no example": (noise(0), cyclic(0), noise(1), cyclic(1)),
    "no test example": (noise(TRAIN), cyclic(TRAIN), noise(0), cyclic(0)),
    "one class, called 0": (noise(TRAIN), cyclic(TRAIN) * 0, noise(TEST), cyclic(TEST) * 0),
    "no pixels": (noise(TRAIN)[:, :0], cyclic(TRAIN), noise(TEST)[:, :0], cyclic(TEST)),
}
SETTINGS = {
    "batch larger than the set": ("--batch-size", "1000000"),
    "batches of one": ("--batch-size", "1"),
    "one training example": ("--train-size", "1"),
    "one hidden neuron": ("--hidden", "1"),
    "no hidden layer": ("--hidden", "0"),
    "learning rate 0": ("--learning-rate", "0"),
    "learning rate 1e-300": ("--learning-rate", "1e-300"),
    "learning rate 1e30": ("--learning-rate", "1e30"),
    "learning rate 1e300": ("--learning-rate", "1e300"),
    "float64": ("--dtype", "float64"),
    "float64, learning rate 1e30": ("--dtype", "float64", "--learning-rate", "1e30"),
    "weight decay 1e300": ("--weight-decay", "1e300"),
    "steps of 1e-6": ("--schedule", "step", "--step-epochs", "1e-6"),
    "a warm-up without end": ("--warmup-epochs", "1e300"),
}
REGULARISED = {
    "everything": (
        *("--dropout", "0.5", "--input-dropout", "0.3", "--max-norm", "0.5", "--patience", "1"),
        *("--label-smoothing", "0.3", "--average-epochs", "1", "--augment", "strong"),
    ),
    "the smallest amounts": (
        *("--dropout", "1e-300", "--input-dropout", "1e-300", "--max-norm", "1e6"),
        *("--label-smoothing", "1e-300", "--average-epochs", "1e-300", "--patience", "1"),
    ),
    "the largest amounts": (
        *("--dropout", "0.9", "--input-dropout", "0.9", "--max-norm", "1e-6"),
        *("--label-smoothing", "0.9", "--average-epochs", "1e300"),
    ),
    "on all": (
        *("--train-on", "all", "--label-smoothing", "0.1", "--augment", "affine"),
        *("--average-epochs", "0.5"),
    ),
}
TEMPERATURES = ("1e-300", "1e6")


def quick(names, *chosen):
    """``names`` to parametrise over: all but the chosen ones are slow."""
    return [n if n in chosen else pytest.param(n, marks=pytest.mark.slow) for n in names]


SOME_OUTPUTS = quick(OUTPUTS, "softmax+log-likelihood")
SOME_DATA = quick(DATA, "one class only")
SOME_SETTINGS = quick(
    SETTINGS, "batch larger than the set", "one hidden neuron", "learning rate 1e30"
)
SOME_TYPES = quick(("float32", "float64"), "float32")


@pytest.fixture
def folder(home, few_cases):
    """A function that writes four arrays as a dataset and returns its folder."""

    def write(arrays):
        path = home / "numbers"
        names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
        for name, array in zip(names, arrays, strict=True):
            idx.write(path / f"{name}-ubyte", array.astype(np.uint8))
        return path

    return write


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, float) else []


def clean(*words, may_fail=False):
    """Run a command, check that it shows no warning, NaN or traceback, and return its result.

    With ``may_fail`` a clear refusal is allowed, exit 1 or 3 with one line; it returns None.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = run(*words, expect=(0, 1, 3) if may_fail else 0)
    assert not caught, [str(one.message) for one in caught]
    for word in ("Warning", "Traceback"):
        assert word not in result.output
    if result.exit_code:
        assert result.stderr.splitlines()[-1].startswith("Error: ")
        return None
    assert not NO_NUMBER.search(result.output), NO_NUMBER.search(result.output)
    if "--json" in words:
        assert all(map(math.isfinite, numbers(json.loads(result.stdout))))
    return result


def everything(path, *words, verify=True):
    """Train and, if that succeeds, look at the run in every way; return whether it succeeded."""
    fit = ("fit", "--dataset", path, "--hidden", "4", "--epochs", "2", "--batch-size", "10")
    if not clean(*fit, "--name", "x", *words, may_fail=True):
        return False
    # ``fit`` has shown the test set; what the terminal shows are the numbers of the document
    looks = [("--split", "train", "--json")]
    if "sigmoid" in " ".join(words).partition("--output")[2].partition("+")[0]:
        looks += [("--json",), ("--split", "validation")]
    else:
        looks += [("--calibrate", "--json"), ("--calibrate", "--split", "validation")]
    for look in looks:
        clean("evaluate", "x", *look)
    if verify:
        clean("verify", "x", may_fail=True)
    clean("runs")
    clean("runs", "--json")
    clean("fit", "--resume", "x", "--epochs", "3", "--json", may_fail=True)
    return True


@pytest.mark.parametrize("output", SOME_OUTPUTS)
@pytest.mark.parametrize("data", DATA)
def test_odd_data_gives_a_report(folder, data, output):
    assert everything(folder(DATA[data]), "--output", output)


@pytest.mark.parametrize("data", REFUSED)
def test_unlearnable_data_is_exit_1(folder, data):
    path = folder(REFUSED[data])
    result = run("fit", "--dataset", path, "--hidden", "4", "--epochs", "1", "-q", expect=1)
    assert len(result.stderr.splitlines()) == 1
    assert str(path) in result.stderr
    assert not list(path.parent.glob("runs"))


@pytest.mark.parametrize("output", SOME_OUTPUTS)
@pytest.mark.parametrize("settings", SETTINGS)
def test_odd_settings_give_a_report_or_a_clear_refusal(folder, settings, output):
    succeeded = everything(folder(DATA["sound"]), "--output", output, *SETTINGS[settings])
    assert succeeded or "1e30" in settings or "1e300" in settings


@pytest.mark.parametrize("words", REGULARISED.values(), ids=REGULARISED)
@pytest.mark.parametrize("data", SOME_DATA)
def test_odd_data_with_every_regularisation(folder, data, words):
    assert everything(folder(DATA[data]), *words, verify=False)


@pytest.mark.parametrize("words", REGULARISED.values(), ids=REGULARISED)
@pytest.mark.parametrize("settings", SOME_SETTINGS)
def test_odd_settings_with_every_regularisation(folder, settings, words):
    succeeded = everything(folder(DATA["sound"]), *words, *SETTINGS[settings], verify=False)
    assert succeeded or "1e30" in settings or "1e300" in settings


@pytest.mark.parametrize("data", SOME_DATA)
def test_many_trainings_on_odd_data(folder, data):
    one = ("--jobs", "1", "--epochs", "2")
    shared = ("--dataset", folder(DATA[data]), "--hidden", "3", *one, "--json")
    clean("compare-costs", *shared, "--seeds", "2", "--batch-size", "1000000", "--name", "c")
    clean("compare-costs", *shared, "--seeds", "1", "--start", "saturated", "--name", "d")
    clean("sweep", *shared, "--vary", "max_norm=1e-6,1e6", "--dtype", "float64", "--name", "s")


@pytest.mark.parametrize("settings", SOME_SETTINGS)
def test_many_trainings_with_odd_settings(folder, settings):
    one = ("--jobs", "1", "--epochs", "2")
    shared = ("--dataset", folder(DATA["sound"]), *one, *SETTINGS[settings])
    may_fail = "1e30" in settings or "1e300" in settings
    for kind, *more in (("compare-costs", "--seeds", "2"), ("sweep", "--vary", "momentum=0,0.9")):
        hidden = () if "--hidden" in shared else ("--hidden", "3")
        clean(kind, *shared, *hidden, *more, "--name", kind, may_fail=may_fail)


def numbers_in(page):
    """What a page holds for its script, and the texts and paths of its figures."""
    return re.findall(
        r"<script[^>]*json[^>]*>.*?</script>|<svg\b.*?</svg>|<td.*?</td>", page, re.S
    )


@pytest.mark.parametrize("data", SOME_DATA)
def test_a_page_on_odd_data_holds_no_nan(folder, data):
    path = folder(DATA[data])
    words = ("--hidden", "3", "--epochs", "2", "--batch-size", "10", "--name", "x", "-q")
    clean("fit", "--dataset", path, *words, *REGULARISED["everything"])
    clean("report", "x")
    page = (path.parent / "runs" / "x" / "report.html").read_text(encoding="utf-8")
    parts = numbers_in(page)
    assert len(parts) > 10
    for part in parts:
        assert not NO_NUMBER_IN_A_PAGE.search(part), part


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dtype", SOME_TYPES)
def test_every_activation_at_extreme_learning_rates(folder, activation, dtype):
    path = folder(DATA["sound"])
    for rate in ("1e5", "1e30", "1e38", "1e300"):
        words = ("--activation", activation, "--dtype", dtype, "--learning-rate", rate)
        everything(path, *words, "--overwrite")


@pytest.mark.parametrize("c", TEMPERATURES)
def test_an_extreme_temperature(folder, c):
    everything(folder(DATA["sound"]), "--inverse-temperature", c)


def test_ten_thousand_hidden_neurons(folder):
    assert clean("fit", "--dataset", folder(DATA["sound"]), "--hidden", "10000", "--epochs", "1")
    assert clean("evaluate", "--calibrate", "--json")


@pytest.mark.parametrize("rate", ["0", "1e30"])
def test_a_real_process_shows_no_warning_of_numpy(folder, rate):
    words = ("--hidden", "4", "--epochs", "1", "-q", "--learning-rate", rate)
    done = process("fit", "--dataset", folder(DATA["all-zero images"]), *words)
    assert done.returncode in (0, 3)
    assert len(done.stderr.splitlines()) == (1 if done.returncode else 0), done.stderr
