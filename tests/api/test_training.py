import json

import numpy as np
import pytest

import nntrain
from tests.api.conftest import KINDS, rows
from tests.cli.helpers import run as command


def test_a_fit_is_the_commands_own(images, inside):
    """Same words and defaults, same network: the bits of ``nntrain fit``."""
    words = ["--hidden", "12", "--epochs", "2", "--engine", "numpy"]
    command("fit", "--dataset", str(images.folder), *words, "--name", "there")
    here = nntrain.fit(images, hidden=[12], epochs=2, engine="numpy", save="here")
    there = nntrain.load_run("there")
    for mine, theirs in zip(here.network.weights, there.network.weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    ours = json.loads((inside / "runs/here/evaluation.json").read_text("utf-8"))
    its = json.loads((inside / "runs/there/evaluation.json").read_text("utf-8"))
    assert {**ours, "run": ""} == {**its, "run": ""}
    settings = [
        (inside / f"runs/{name}/settings.toml").read_text("utf-8") for name in ("here", "there")
    ]
    differing = {
        line.split()[0] for line in {*settings[0].splitlines()} ^ {*settings[1].splitlines()}
    }
    assert differing <= {"threads"}


def test_a_saved_run_comes_back_as_it_was(images, trained, inside):
    saved = nntrain.fit(images, hidden=[12], epochs=2, save="first")
    with pytest.raises(nntrain.RunError, match="exists already"):
        nntrain.fit(images, hidden=[12], epochs=2, save="first")
    again = nntrain.load_run("first")
    assert repr(again) == repr(saved)
    assert again.to_dict() == json.loads(json.dumps(saved.to_dict()))
    x = images.test.images
    np.testing.assert_array_equal(again.network.activations(x), saved.network.activations(x))
    assert nntrain.evaluate(again).accuracy == nntrain.evaluate(saved).accuracy
    assert nntrain.load_run().name == "first"
    assert nntrain.load_run("runs/first").name == "first"


@pytest.mark.parametrize("save", [True, 3])
@pytest.mark.parametrize("function", [nntrain.fit, nntrain.compare_costs])
def test_save_is_the_name_of_a_run(table, inside, function, save):
    with pytest.raises(nntrain.SettingsError, match=f"save = {save} .* expected the name"):
        function(table, epochs=1, save=save)
    assert not (inside / "runs").exists()


def test_predictions_are_the_labels_and_the_activations_the_networks(images, trained):
    x, network = images.test.images, trained.network
    found = nntrain.evaluate(trained)
    np.testing.assert_array_equal(network.predict(x), found.predicted)
    np.testing.assert_array_equal(network.predict(x.reshape(len(x), -1)), found.predicted)
    np.testing.assert_allclose(network.predict(x / 255), found.predicted)
    np.testing.assert_allclose(network.activations(x), found.outputs, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(network.predict_proba(x).sum(axis=1), 1, rtol=1e-5)
    z = network.weighted_inputs(x)
    np.testing.assert_array_equal(z.argmax(axis=1), found.predicted)
    network.weights[0][:] = 0  # a copy
    np.testing.assert_array_equal(network.predict(x), found.predicted)


def test_only_softmax_outputs_are_probabilities(table):
    run = nntrain.fit(table, output="sigmoid+q", hidden=[], epochs=1)
    assert not hasattr(run.network, "predict_proba")
    with pytest.raises(AttributeError, match=r"not probabilities.*activations"):
        run.network.predict_proba([[0, 0, 0, 0]])
    assert type(run.network) is nntrain.TrainedNetwork


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"epoch": 3}, "Unknown setting 'epoch'. Did you mean 'epochs'"),
        ({"lr": 0.1}, "learning_rate"),
        ({"threads": 2}, "OPENBLAS_NUM_THREADS"),
        ({"data_dir": "data"}, "load_dataset"),
        ({"hidden": [0.5]}, "whole numbers"),
        ({"output": "sigmoid"}, "ambiguous"),
        ({"augment": "mild"}, "images of uint8 pixels.*none"),
        ({"train_size": 10**6}, "417 examples"),
    ],
)
def test_unknown_and_impossible_settings_are_refused(table, options, reason):
    with pytest.raises(nntrain.SettingsError, match=reason):
        nntrain.fit(table, **options)


def test_images_as_bytes_are_distorted_by_default_and_other_arrays_are_not(images, table):
    assert nntrain.fit(images, hidden=[], epochs=1).settings.augment == "shifts"
    assert nntrain.fit(table, hidden=[], epochs=1).settings.augment == "none"


@pytest.mark.parametrize(
    "x", [[0.0] * 4, [[0.0] * 3], np.empty((0, 4)), [[np.nan] * 4], "x", None]
)
def test_a_network_refuses_what_is_no_batch_of_examples(trained_on_table, x):
    for method in "predict", "activations", "predict_proba", "weighted_inputs":
        with pytest.raises(nntrain.NntrainError, match=r"^x: expected"):
            getattr(trained_on_table.network, method)(x)


@pytest.mark.parametrize("output", ["softmax", "sigmoid+cross", "sigmoid+quad", "softmax+quad"])
@pytest.mark.parametrize("labels", [KINDS, (5, -1, 70)])
def test_a_table_is_learned_under_its_own_labels(output, labels):
    x, y = rows()
    y = np.array([labels[KINDS.index(kind) % len(labels)] for kind in y])
    data = nntrain.Dataset.from_arrays(x, y)
    run = nntrain.fit(data, output=output, hidden=[20], epochs=8, batch_size=10, learning_rate=0.1)
    found = nntrain.evaluate(run)
    assert set(found.classes) == {str(label) for label in labels}
    assert found.accuracy > 0.75
    assert np.mean(run.network.predict(x) == y) > 0.75
    assert found.confusion.shape == (len(labels), len(labels))
    assert found.confidence.shape == (found.n,)


def test_float_images_are_learned_as_the_same_pixels_are(images):
    parts = [part for split in (images.train, images.validation, images.test) for part in split]
    x, y, *others = (part / 255 if part.ndim == 3 else part for part in parts)
    names = ("x_validation", "y_validation", "x_test", "y_test")
    data = nntrain.Dataset.from_arrays(x, y, **dict(zip(names, others, strict=True)))
    run = nntrain.fit(data, hidden=[30], epochs=1, learning_rate=0.002, batch_size=10)
    assert 0.5 < nntrain.evaluate(run).accuracy < 1
    assert nntrain.evaluate(run)._repr_html_().count("<img") > 3
    assert "<canvas" not in run.page().html  # the pad draws bytes, and it was trained on floats


def test_a_run_on_arrays_is_saved_without_them(table, inside):
    saved = nntrain.fit(table, epochs=1, save="mine")
    again = nntrain.load_run("mine")
    assert again.network.labels.tolist() == list(KINDS)
    x, _ = rows()
    np.testing.assert_array_equal(again.network.predict(x), saved.network.predict(x))
    with pytest.raises(nntrain.NntrainError, match="from_arrays"):
        nntrain.evaluate(again)
    assert again._repr_html_() is None
    assert nntrain.evaluate(again, table).accuracy == nntrain.evaluate(saved).accuracy
    other = nntrain.Dataset.from_arrays(x, [kind.upper() for kind in rows()[1]])
    with pytest.raises(nntrain.NntrainError, match=r"'setosa'.*'SETOSA'"):
        nntrain.evaluate(again, other)
    done = command("evaluate", "mine", expect=1)
    assert "arrays from Python" in done.stderr


def test_what_was_trained_on_arrays_is_not_resumed_by_a_command(table, inside):
    quick = {"hidden": [5], "epochs": 1, "seeds": 1}
    nntrain.fit(table, hidden=[5], epochs=1, save="mine")
    nntrain.compare_costs(table, start="saturated", save="costs", **quick)
    for words, function in (
        (("fit", "--resume", "mine"), "fit"),
        (("fit", "--resume", "mine", "--dry-run"), "fit"),
        (("compare-costs", "--resume", "costs"), "compare_costs"),
    ):
        done = command(*words, expect=1)
        assert "trained on arrays from Python, which are not saved" in done.stderr
        assert f"nntrain.{function}(dataset, …, save='{words[2]}', overwrite=True)" in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("ending", ["npz", "onnx", "safetensors", "json"])
def test_a_network_is_written_in_the_format_of_the_ending(table, ending, inside):
    run = nntrain.fit(table, output="sigmoid+q", activation="sigmoid", hidden=[5], epochs=1)
    run.network.save(f"m.{ending}")
    assert (inside / f"m.{ending}").stat().st_size > 200
    with pytest.raises(nntrain.NntrainError, match="exists already"):
        run.network.save(f"m.{ending}")
    run.network.save(f"m.{ending}", overwrite=True)
    with pytest.raises(nntrain.NntrainError, match="expected a name that ends in"):
        run.network.save("m.txt")


def test_an_exported_table_network_says_what_it_takes_and_computes_the_same(
    trained_on_table, inside
):
    runtime = pytest.importorskip("onnxruntime")
    trained_on_table.network.save("m.onnx")
    session = runtime.InferenceSession("m.onnx", providers=["CPUExecutionProvider"])
    meta = session.get_modelmeta().custom_metadata_map
    assert json.loads(meta["classes"]) == list(KINDS)
    assert meta["pixels"] == "numbers as they are, in the order of the features"
    assert session.get_inputs()[0].name == "features"
    x = rows()[0].astype(np.float32)
    (outputs,) = session.run(None, {session.get_inputs()[0].name: x})
    expected = trained_on_table.network.predict_proba(x)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("ending", ["npz", "onnx"])
def test_the_code_that_reads_an_exported_table_speaks_of_features(table, inside, ending):
    nntrain.fit(table, hidden=[5], epochs=1, save="mine")
    said = command("export", "mine", "--output", f"m.{ending}").stderr
    assert "features" in said
    assert "pixels" not in said
    images = nntrain.Dataset.from_arrays(np.random.default_rng(0).random((60, 2, 2)), [0, 1] * 30)
    nntrain.fit(images, hidden=[5], epochs=1, save="images")
    assert "pixels" in command("export", "images", "--output", f"i.{ending}").stderr


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda run: nntrain.fit("mnist"), r"got str.*load_dataset\('mnist'\)"),
        (lambda run: nntrain.compare_costs(None), "expected a Dataset"),
        (lambda run: nntrain.evaluate("first"), r"got str.*load_run\('first'\)"),
        (lambda run: nntrain.evaluate(run, "mnist"), "expected a Dataset"),
        (lambda run: nntrain.evaluate(run, split="tests"), "Did you mean 'test'"),
        (lambda run: nntrain.load_run("nowhere"), "No run 'nowhere'"),
        (lambda run: nntrain.load_dataset("mnis"), "Did you mean 'mnist'"),
    ],
)
def test_what_is_no_dataset_or_run_is_refused(trained_on_table, call, reason, inside):
    with pytest.raises(nntrain.NntrainError, match=reason):
        call(trained_on_table)


def test_progress_goes_to_standard_error(table, capsys):
    nntrain.fit(table, epochs=2, progress=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "2/2" in printed.err
