"""Distortions as text: presets, amounts, and the messages for anything else."""

import subprocess
import sys

import pytest

from nntrain.errors import SettingsError
from nntrain.settings.distortions import AMOUNTS, MILD, PRESETS, Distortions, parsed


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_by_name(name):
    assert parsed(name) == PRESETS[name]


def test_amounts_alone_start_from_nothing_and_change_a_preset():
    assert parsed("rotation=10,shift=2") == Distortions(rotation=10, shift=2)
    assert parsed(" mild , shift = 0 ") == Distortions(
        **{name: getattr(MILD, name) for name in AMOUNTS} | {"shift": 0}
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mildd", "Did you mean 'mild'?"),
        ("", "expected one of none, shifts"),
        ("rotaton=3", "Did you mean 'rotation'?"),
        ("mild,strong", "expected NAME=NUMBER with one of shift, rotation"),
        ("mild,", "expected NAME=NUMBER"),
        ("shift=1,shift=2", "shift is given twice"),
        ("shift=1.5", "shift = 1.5 is not allowed: expected a whole number"),
        ("rotation=", "rotation =  is not allowed"),
    ],
)
def test_anything_else_is_refused_with_a_hint(text, message):
    with pytest.raises(SettingsError) as caught:
        parsed(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 1e9, "much", None])
def test_amounts_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(SettingsError, match=name):
        Distortions(**{name: value})


def test_no_numpy_is_needed_to_name_them():
    code = "import sys, nntrain.settings.distortions; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
