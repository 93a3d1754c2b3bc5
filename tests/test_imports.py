"""The house: arrows go one way, and each outside library has one importing place."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "nntrain"

BELOW_DATA = {"nntrain", "errors", "storage", "settings", "nn", "analysis"}
BELOW_WORKFLOWS = BELOW_DATA | {"data", "images", "exchange", "runs"}
# A room may import itself and the rooms in its row.
MAY_IMPORT = {
    "nntrain": {"api", "data", "errors"},  # on first use
    "errors": set(),
    "storage": {"errors"},
    "nn": {"errors", "storage"},  # of storage: rows of a mapped array, as below
    "analysis": {"errors"},
    "settings": {"errors", "storage", "nn"},
    "data": BELOW_DATA,
    "images": BELOW_DATA | {"data"},
    "exchange": BELOW_DATA | {"data", "runs"},
    "runs": BELOW_DATA | {"data"},
    "workflows": BELOW_WORKFLOWS,
    "lecture": BELOW_WORKFLOWS | {"workflows"},
    "experiments": BELOW_WORKFLOWS | {"workflows"},
    "show": BELOW_WORKFLOWS | {"workflows", "lecture", "experiments"},
    "sklearn": BELOW_WORKFLOWS | {"workflows"},
    "api": BELOW_WORKFLOWS | {"workflows", "experiments", "show"},
    "cli": None,  # everything
    "__main__": {"cli"},
}
ONLY_IN = {
    "click": "cli",
    "rich": "show/terminal",
    "requests": "data/download",
    "PIL": ("images/read.py", "show/page/images.py"),
    "jinja2": "show/page/page.py",
    "distributed": "experiments/cluster.py",
    "numba": "nn/compiled.py",
    "llvmlite": "nn/compiled.py",  # comes with Numba
    "onnx": "exchange/onnx.py",
    "sklearn": "sklearn",
    "threadpoolctl": "sklearn/course.py",  # comes with scikit-learn
    "pandas": "api",  # types only, but for api/frames.py
    "IPython": "show/notebook.py",
}
ANYWHERE = {"numpy"}

FILES = sorted(ROOT.rglob("*.py"))


def imports_of(path):
    """Every module imported anywhere in the file, lazily or for types included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "nntrain":
                names = (alias.name for alias in node.names)
                yield from ("nntrain" if n == "__version__" else f"nntrain.{n}" for n in names)
            else:
                yield node.module


def room_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "nntrain" if parts == ("__init__",) else parts[0]


def test_every_room_has_its_row():
    assert {room_of(path) for path in FILES} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_arrows_go_one_way(path):
    room, allowed = room_of(path), MAY_IMPORT[room_of(path)]
    for module in imports_of(path):
        if module.split(".")[0] != "nntrain":
            continue
        target = [*module.split("."), "nntrain"][1]
        assert allowed is None or target == room or target in allowed, f"{path} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_each_library_has_one_importing_place(path):
    place = path.relative_to(ROOT).as_posix()
    for module in imports_of(path):
        top = module.split(".")[0]
        if top in sys.stdlib_module_names or top == "nntrain" or top in ANYWHERE:
            continue
        if top == "urllib3":  # comes with requests; its exceptions are requests' causes
            assert place.startswith("data/download")
            continue
        assert top in ONLY_IN, f"{place} imports {module}, which is no dependency"
        assert place.startswith(ONLY_IN[top]), f"{place} imports {module}"


def test_nn_imports_one_file_of_storage():
    for path in (ROOT / "nn").rglob("*.py"):
        stored = {m for m in imports_of(path) if m.startswith("nntrain.storage")}
        assert stored <= {"nntrain.storage.mapped"}, path


@pytest.mark.parametrize("room", ["nn", "analysis"])
def test_nn_and_analysis_do_no_input_or_output(room):
    forbidden = {"pathlib", "os", "io", "socket", "logging", "sys"}
    for path in (ROOT / room).rglob("*.py"):
        if path.name == "blas.py":  # reads from the environment how many threads were set
            continue
        assert not forbidden & set(imports_of(path)), path
        calls = [n.func for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
        names = {f.id for f in calls if isinstance(f, ast.Name)}
        assert not names & {"print", "open"}, path
