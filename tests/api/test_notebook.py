"""In a real kernel: the tour runs, and progress is one output that is replaced."""

import re
from pathlib import Path

import pytest

from nntrain.data import idx
from nntrain.data.catalogue import RAW_NAMES
from nntrain.data.loading import load

TOUR = Path(__file__).parents[2] / "docs" / "tour.ipynb"

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the client's libraries

PROGRESS = """
import numpy as np, nntrain
rng = np.random.default_rng(0)
y = rng.integers(2, size=200)
data = nntrain.Dataset.from_arrays(rng.normal(size=(200, 3)) + y[:, None], y)
nntrain.fit(data, hidden=[5], epochs=2, progress=True);
"""


@pytest.fixture
def executed(tmp_path, monkeypatch):
    """A function that executes a notebook in an empty folder and returns it."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))

    def execute(notebook):
        place = {"metadata": {"path": str(tmp_path)}}
        return nbclient.NotebookClient(notebook, timeout=300, resources=place).execute()

    return execute


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def texts(notebook):
    return [one.get("text") or one["data"]["text/plain"] for one in outputs(notebook)]


def test_progress_is_one_output_of_plain_html(executed):
    cell = nbformat.v4.new_code_cell(PROGRESS)
    (shown,) = outputs(executed(nbformat.v4.new_notebook(cells=[cell])))
    assert set(shown["data"]) == {"text/html", "text/plain"}
    html = shown["data"]["text/html"]
    assert html.count("<tr>") == 1 + 2
    assert "2 epochs in" in html
    assert "<script" not in html


def test_the_tour_runs_and_ends_with_the_point_of_the_lecture(executed, real_mnist, tmp_path):
    data = load(str(real_mnist), real_mnist)
    train, test = data.to_train_on("all"), data.test
    arrays = dict(zip(RAW_NAMES, (*train, *test), strict=True))
    (tmp_path / "data" / "mnist").mkdir(parents=True)
    for role, array in arrays.items():
        idx.write(tmp_path / "data" / "mnist" / RAW_NAMES[role], array)
    committed = nbformat.read(TOUR, 4)
    again = executed(nbformat.read(TOUR, 4))
    assert len(outputs(again)) == len(outputs(committed))
    for notebook in committed, again:
        assert not [one for one in outputs(notebook) if one.get("name") == "stderr"]
        told = re.search(r"quadratic needs ([\d.]+)× as many updates", texts(notebook)[-1])
        assert float(told[1]) > 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "ipython"]


def test_the_tour_is_committed_as_it_ran_from_top_to_bottom():
    committed = nbformat.read(TOUR, 4)
    nbformat.validate(committed)
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert all(cell.outputs for cell in code)
    assert not re.search(r"(?<!\w)/(home|root|work|tmp|Users)/", TOUR.read_text("utf-8"))
