import numpy as np
import pytest

from nntrain.data.catalogue import CATALOGUE
from nntrain.data.listing import VERSIONS, distorted_versions, list_datasets, select_examples
from nntrain.data.loading import load
from nntrain.errors import SettingsError
from nntrain.settings.distortions import MILD
from tests.data.made import SOUND, TEST, fill


def test_every_dataset_is_listed_with_the_state_of_its_cache(tmp_path, drawings):
    def states():
        return {row["name"]: row["state"] for row in list_datasets(tmp_path)}

    assert states() == dict.fromkeys((*CATALOGUE, "synthetic"), "absent")
    load("synthetic", tmp_path)
    (tmp_path / "kmnist").mkdir()
    (tmp_path / "kmnist" / CATALOGUE["kmnist"].files[0].name).write_bytes(b"cut")
    assert (states()["synthetic"], states()["kmnist"]) == ("complete", "partial")


def test_examples_are_selected_by_place_and_class(tmp_path):
    fill(tmp_path)
    dataset = load(str(tmp_path), tmp_path)
    assert select_examples(dataset, "test", 2, 3, None) == [2, 3, 4]
    assert select_examples(dataset, "test", 2, 3, "0") == [3, 6]
    with pytest.raises(SettingsError, match="has the classes 0, 1, 2"):
        select_examples(dataset, "test", 0, 3, "4")
    with pytest.raises(SettingsError, match=f"{TEST} examples"):
        select_examples(dataset, "test", TEST, 3, None)


def test_distorted_versions_do_not_depend_on_the_images_after():
    versions = distorted_versions(SOUND.test_images, MILD, seed=1)
    assert versions.shape == (TEST, VERSIONS, *SOUND.test_images.shape[1:])
    assert np.array_equal(distorted_versions(SOUND.test_images[:2], MILD, seed=1), versions[:2])
