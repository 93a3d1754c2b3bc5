"""``import nntrain``: what it loads, what it leaves alone, and what there is."""

import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import nntrain
from nntrain.api.options import CompareOptions, FitOptions
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fit import FitSettings


def python(code, *words, folder=None):
    done = subprocess.run(
        [sys.executable, *words, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(nntrain.__file__).parents[1])},
    )
    return done.stdout


def test_importing_it_loads_nothing_else():
    code = "import sys; before = {*sys.modules}; import nntrain; print(*{*sys.modules} - before)"
    assert python(code).split() == ["nntrain"]


def test_every_name_is_loaded_on_first_use_and_listed():
    code = "import nntrain; print([type(getattr(nntrain, n)).__name__ for n in nntrain.__all__])"
    assert "NoneType" not in python(code)
    assert set(nntrain.__all__) <= set(dir(nntrain))
    with pytest.raises(AttributeError, match="has no attribute 'fitt'"):
        _ = nntrain.fitt


@pytest.mark.parametrize(
    ("options", "settings"), [(FitOptions, FitSettings), (CompareOptions, CompareSettings)]
)
def test_every_setting_of_the_command_is_a_typed_keyword(options, settings):
    given = {"dataset", "data_dir", "threads"}  # by the dataset, and by the environment
    assert set(options.__annotations__) == {item.name for item in fields(settings)} - given


SCRIPT = """
import json, os, sys
before = dict(os.environ)
import numpy as np
import nntrain
rng = np.random.default_rng(0)
y = rng.integers(2, size=200)
data = nntrain.Dataset.from_arrays(rng.normal(size=(200, 3)) + y[:, None], y)
run = nntrain.fit(data, hidden=[5], epochs=1)
nntrain.evaluate(run)
nntrain.compare_costs(data, seeds=2, epochs=1)
loaded = [name for name in ("click", "rich", "requests", "pandas") if name in sys.modules]
json.dump([dict(os.environ) == before, os.listdir(), loaded], sys.stdout)
"""


def test_a_script_prints_and_writes_nothing_and_needs_no_main_guard(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path / "empty",
    )
    same_environment, written, loaded = json.loads(done.stdout)
    assert done.stderr == ""
    assert same_environment
    assert written == []
    assert loaded == []


def test_the_page_gives_the_defaults_of_each_function_in_pythons_words():
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", page, re.M))
    for name, default in rows.items():
        for call, kind in ("fit", FitSettings), ("compare_costs", CompareSettings):
            item = kind.__dataclass_fields__.get(name)
            if item is not None and f"`{call}`: " in default:
                assert f"`{call}`: `{item.default!r}`" in default
    assert rows["hidden"] == "`fit`: `(400,)`, `compare_costs`: `(30,)`"
    assert rows["seed"] == "`0`"
    table = page.partition("### Settings")[2].partition("## Results")[0]
    assert not re.search(r" --[a-z]|repeat for|100,30|0 for none", table)
