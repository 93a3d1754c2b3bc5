"""Every setting, walked by its own description: each bad value is exit 2, wherever it comes from.

The message names the setting, the value, what is allowed and where the value stood.
"""

import json
import math
import re
from dataclasses import fields

import click
import pytest

from nntrain.errors import SettingsError
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fit import FitSettings, make
from tests.cli.helpers import run
from tests.cli.test_main import COMMANDS

KINDS = {"fit": FitSettings, "compare-costs": CompareSettings}
FREE_TEXT = ("dataset", "data_dir", "augment")
RATES = "learning_rate"
RATE_RANGE = "a number ≥ 0"
BEYOND = 10**400
"""An integer that no float holds."""


def specs(kind):
    return {item.name: item.metadata["spec"] for item in fields(kind)}


def numbers_out_of(spec):
    """The nearest numbers outside the range, and some values that are not numbers."""
    step = 1 if spec.kind is not float else None
    if spec.low is not None:
        yield spec.low - step if step else math.nextafter(spec.low, -math.inf)
        yield -step * 10**9 if step else -1e300
    if spec.above is not None:
        yield float(spec.above)
        yield math.nextafter(spec.above, -math.inf)
    if spec.high is not None:
        yield spec.high + step if step else math.nextafter(spec.high, math.inf)
    if spec.kind is float:
        yield from (math.nan, math.inf, -math.inf)
    else:
        yield BEYOND
        yield 1.5


def bad_values(name, spec):
    """(the value in TOML, the text on the command line or None, the value as it is shown)."""
    if name == RATES and spec.kind is list:
        for rate in ("-1.0", "nan", "inf"):
            yield [rate], rate, rate
        return
    if spec.choices:
        for word in ("", "nonsense", *(choice + "x" for choice in spec.choices())):
            yield ([word] if spec.kind is list else word), word, word
        yield ([1] if spec.kind is list else 1), None, "1"
    elif spec.kind is tuple:
        for number in numbers_out_of(spec):
            shown = number if isinstance(number, int) else f"5,{number}"
            yield [5, number], f"5,{number}", f"5,{str(shown).removeprefix('5,')}"[:100]
        yield "30,x", "30,x", "30,x"
        yield True, None, "True"
    elif spec.kind is bool:
        yield 1, None, "1"
        yield "yes", None, "yes"
    elif spec.kind is str:
        yield 3, None, "3"
        yield ["a"], None, "['a']"
    else:
        for number in numbers_out_of(spec):
            yield number, str(number), str(number)[:100]
        yield "many", "many", "many"
        yield "", "", ""
        yield True, None, "True"
        yield [], None, "[]"


WALK = [
    pytest.param(command, name, spec, *bad, id=f"{command} {name} {str(bad[2])[:20]!r}")
    for command, kind in KINDS.items()
    for name, spec in specs(kind).items()
    for bad in bad_values(name, spec)
]


def check(message, name, spec, shown, origin):
    assert f"{name} = {shown}" in message
    range_in_words = RATE_RANGE if name == RATES else spec.allowed()
    assert f"is not allowed: expected {range_in_words}" in message
    assert message.rstrip().endswith(f"It comes from {origin}.")
    assert len(message.splitlines()) == 1
    assert len(message) < 1000


@pytest.mark.parametrize(("command", "name", "spec", "value", "typed", "shown"), WALK)
def test_a_bad_value_is_exit_2(home, command, name, spec, value, typed, shown):
    with pytest.raises(SettingsError) as caught:
        make(KINDS[command], {name: value})
    assert caught.value.setting == name
    (home / "s.toml").write_text(f"{name} = {as_toml(value)}\n", encoding="utf-8")
    check(run(command, "s.toml", expect=2).stderr, name, spec, shown, "s.toml")
    if typed is not None:
        flag = f"--{name.replace('_', '-')}"
        check(run(command, flag, typed, expect=2).stderr, name, spec, shown, flag)
        if typed:  # an empty variable counts as unset
            variable = f"NNTRAIN_{name.upper()}"
            result = run(command, expect=2, env={variable: typed})
            check(result.stderr, name, spec, shown, f"the variable {variable}")
    assert not (home / "runs").exists()


def as_toml(value):
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value)


@pytest.mark.parametrize("command", KINDS)
def test_the_walk_meets_every_setting(command):
    walked = {case.values[1] for case in WALK if case.values[0] == command}
    assert walked == set(specs(KINDS[command]))


@pytest.mark.parametrize("command", KINDS)
def test_both_ends_of_every_range_are_allowed(command):
    for name, spec in specs(KINDS[command]).items():
        for end in (spec.low, spec.high):
            if end is not None:
                value = [int(end)] if spec.kind is tuple else spec.kind(end)
                made = make(KINDS[command], {name: value})
                assert getattr(made, name) == (tuple(value) if spec.kind is tuple else value)


NAMES = [(command, name) for command, kind in KINDS.items() for name in specs(kind)]


@pytest.mark.parametrize(("command", "name"), NAMES)
def test_a_misspelt_name_gets_a_suggestion(home, command, name):
    near = name + name[-1]
    (home / "s.toml").write_text(f"{near} = 1\n")
    message = run(command, "s.toml", expect=2).stderr
    assert f"s.toml: Unknown setting {near!r}. Did you mean {name!r}?" in message
    flag = near.replace("_", "-")
    message = " ".join(run(command, f"--{flag}", "1", expect=2).stderr.split())
    assert f"No such option '--{flag}'" in message or f"No such option: --{flag}" in message
    assert re.search(rf"--{name.replace('_', '-')}\b", message.split(flag, 1)[1])


CHOICES = [
    (command, name, choice)
    for command, kind in KINDS.items()
    for name, spec in specs(kind).items()
    if spec.choices
    for choice in spec.choices()
]


@pytest.mark.parametrize(("command", "name", "choice"), CHOICES)
def test_a_misspelt_choice_gets_a_suggestion(home, command, name, choice):
    flag = f"--{name.replace('_', '-')}"
    nearly = choice[:-1] if name != "output" else choice[1:]  # its beginning would be enough
    for near in (choice + choice[-1], choice.upper(), nearly):
        message = run(command, flag, near, expect=2).stderr
        assert f"{name} = {near} is not allowed: expected one of " in message
        assert re.search(r"Did you mean '([^']+)'\?", message)[1] == choice


def test_a_name_unlike_any_other_gets_no_suggestion(home):
    (home / "s.toml").write_text("qqqqzzzz = 1\n")
    assert "Did you mean" not in run("fit", "s.toml", expect=2).stderr


COUNTS = [
    pytest.param(path, option, bad, id=f"{' '.join(path)} {option.opts[0]} {str(bad)[:20]}")
    for path, command in COMMANDS.items()
    for option in command.params
    if isinstance(option, click.Option) and isinstance(option.type, click.IntRange)
    for end, step in ((option.type.min, -1), (option.type.max, 1))
    if end is not None
    for bad in (end + step, end + step * 10**60)
]
"""What is counted on the command line besides the settings."""


@pytest.mark.parametrize(("path", "option", "bad"), COUNTS)
def test_a_bad_count_is_exit_2(home, path, option, bad):
    words = {"data": ["synthetic"], "sweep": ["--vary", "epochs=1"]}.get(path[0], [])
    message = run(*path, *words, option.opts[0], bad, expect=2).stderr
    assert (
        f"'{option.opts[0]}': {bad} is not in the range {option.type._describe_range()}" in message
    )
    assert list(home.iterdir()) == []


def test_counts_that_index_arrays_have_a_limit():
    (start,) = (option for option in COMMANDS["data", "show"].params if option.name == "start")
    assert start.type.max < 2**31
