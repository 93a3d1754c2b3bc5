"""Writes docs/api.md from the docstrings of ``import nntrain``: python docs/make_api.py."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import nntrain
from nntrain.api.options import CompareOptions, FitOptions, TrainingOptions
from nntrain.settings.compare import CompareSettings
from nntrain.settings.fit import FitSettings

TARGET = Path(__file__).with_name("api.md")
HEAD = """\
# From Python

Written by `python docs/make_api.py` from the docstrings; a test fails when the two differ.

```python
import nntrain

digits = nntrain.load_dataset("mnist")  # or nntrain.Dataset.from_arrays(x, y)
run = nntrain.fit(digits, hidden=[100], epochs=5)
report = nntrain.evaluate(run)
print(report.accuracy, report.confusion, report.hesitations.errors)

comparison = nntrain.compare_costs(digits, start="saturated", seeds=2)
print(comparison.verdict)
run.network.predict(digits.test.images[:10])
```

The functions do what the commands of the same name do, with the same words and defaults. Nothing
is printed or written unless you ask for it. The number of BLAS threads is that with which NumPy
was loaded. Every error that your input, a file or a network can cause is a `nntrain.NntrainError`.
A notebook shows results as HTML; `pip install 'nntrain[notebook]'` brings what that needs. The
[tour](tour.ipynb) shows most of it in ten minutes.
"""
FUNCTIONS = ("load_dataset", "fit", "evaluate", "compare_costs", "load_run", "load_network")
CLASSES = (
    *("Dataset", "Run", "TrainedNetwork", "SoftmaxNetwork"),
    *("Evaluation", "Comparison", "Page"),
)
INSIDE = {
    *("check_sha256", "distortable", "evaluated", "lasting_name", "to_train_on"),
    "was_trained_on",
}
"""Members that only nntrain itself uses."""
ERRORS = tuple(sorted({*nntrain.__all__} - {*FUNCTIONS, *CLASSES, "__version__"}))
SETTINGS = (
    ("Settings of `fit` and `compare_costs`", TrainingOptions, (FitSettings, CompareSettings)),
    ("Settings of `fit`", FitOptions, (FitSettings,)),
    ("Settings of `compare_costs`", CompareOptions, (CompareSettings,)),
)
CALLED = {FitSettings: "fit", CompareSettings: "compare_costs"}
IN_PYTHON = {
    (TrainingOptions, "hidden"): "Sizes of the hidden layers, as in `[100, 30]`; `[]` for none.",
    (FitOptions, "augment"): "Randomly distort every image in every epoch: none, shifts, affine, "
    "mild, simard, strong, or amounts, as in `'rotation=10,shift=2'`.",
    (CompareOptions, "output"): "The outputs to compare, a list or one; `()` for all but "
    "softmax+quadratic, `'all'` for all.",
    (CompareOptions, "learning_rate"): "η for all outputs, or a list, as in "
    "`['softmax=0.5', 'sigmoid+q=3']`; `()`: the book's if it gives one.",
}
"""Meanings of settings that are written otherwise on the command line."""


def documented(text: str | None) -> str:
    """Return a docstring as Markdown."""
    return inspect.cleandoc(text or "").replace("``", "`")


def signature(name: str, function: Any) -> str:
    """Return the call of a function as in its source, one argument a line if it is long."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    node = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef))
    given, returned = node.args, node.returns
    parts = [_argument(one) for one in given.args if one.arg not in ("self", "cls")]
    for place, default in enumerate(reversed(given.defaults), start=1):
        parts[-place] += f" = {ast.unparse(default)}"
    if given.kwonlyargs:
        parts.append("*")
    for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        parts.append(_argument(one) + ("" if value is None else f" = {ast.unparse(value)}"))
    if given.kwarg is not None:
        parts.append(f"**{_argument(given.kwarg)}")
    assert returned is not None
    result = ast.unparse(returned).strip("'").replace("npt.", "")
    one_line = f"{name}({', '.join(parts)}) -> {result}"
    if len(one_line) <= 96:
        return one_line
    inside = "".join(f"    {part},\n" for part in parts)
    return f"{name}(\n{inside}) -> {result}"


def _argument(one: ast.arg) -> str:
    assert one.annotation is not None
    return f"{one.arg}: {ast.unparse(one.annotation).replace('npt.', '')}"


def members(kind: type) -> Iterator[str]:
    """Yield what stands about each public attribute and method of a class."""
    for name, member in vars(kind).items():
        if name.startswith("_") or name in INSIDE:
            continue
        if isinstance(member, classmethod):
            yield f"```python\n{kind.__name__}.{signature(name, member.__func__)}\n```\n\n" + (
                documented(member.__func__.__doc__)
            )
        elif inspect.isfunction(member):
            yield f"```python\n.{signature(name, member)}\n```\n\n{documented(member.__doc__)}"
        elif isinstance(member, property) or hasattr(member, "func"):
            text = documented(member.__doc__ or member.func.__doc__)
            yield f"`.{name}`: {text[0].lower() if text[1:2].islower() else text[0]}{text[1:]}"


def settings_table(title: str, options: Any, kinds: Sequence[Any], before: set[str]) -> str:
    """Return the table of the settings in ``options`` that are not in ``before``.

    Where the ``kinds`` have different defaults, each is named.
    """
    rows = []
    for item in fields(kinds[0]):
        if item.name in options.__annotations__ and item.name not in before:
            text = IN_PYTHON.get((options, item.name), item.metadata["spec"].help)
            rows.append(f"| `{item.name}` | {text} | {_defaults(item.name, kinds)} |\n")
    return f"### {title}\n\n| keyword | meaning | default |\n|---|---|---|\n{''.join(rows)}"


def _defaults(name: str, kinds: Sequence[Any]) -> str:
    """Return the default of a setting: one, or that of each function."""
    found = {CALLED[kind]: repr(kind.__dataclass_fields__[name].default) for kind in kinds}
    if len({*found.values()}) == 1:
        return f"`{next(iter(found.values()))}`"
    return ", ".join(f"`{call}`: `{default}`" for call, default in found.items())


def api() -> str:
    """Return the page."""
    parts = [HEAD, "## Functions\n"]
    for name in FUNCTIONS:
        function = getattr(nntrain, name)
        parts.append(f"### {name}\n\n```python\nnntrain.{signature(name, function)}\n```\n")
        parts.append(documented(function.__doc__) + "\n")
    before: set[str] = set()
    for title, options, settings in SETTINGS:
        parts.append(settings_table(title, options, settings, before))
        before = before or set(options.__annotations__)
    parts.append("## Results\n")
    for name in CLASSES:
        kind = getattr(nntrain, name)
        parts.append(f"### {name}\n\n{documented(kind.__doc__)}\n")
        parts += [f"{text}\n" for text in members(kind)]
    parts.append("## Errors\n\nEach is an `NntrainError`.\n")
    errors = {name: getattr(nntrain, name).__doc__ for name in ERRORS}
    rows = "".join(f"- `{name}`: {documented(text)}\n" for name, text in errors.items())
    return "\n".join([*parts, rows])


if __name__ == "__main__":
    TARGET.write_text(api(), encoding="utf-8")
