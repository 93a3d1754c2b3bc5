import pytest

from nntrain.data.download.mirrors import addresses
from nntrain.errors import SettingsError


def test_own_mirrors_come_first_and_may_name_the_dataset():
    assert addresses(
        "f.gz", "kmnist", ["https://a.org/x", "http://b.org/{dataset}/"], ["http://c.org/"]
    ) == ["https://a.org/x/f.gz", "http://b.org/kmnist/f.gz", "http://c.org/f.gz"]


def test_a_mirror_named_twice_is_tried_once():
    assert addresses("f", "d", ["http://a.org/"], ["http://a.org/", "http://b.org/"]) == [
        "http://a.org/f",
        "http://b.org/f",
    ]


@pytest.mark.parametrize(
    "base", ["", "a.org/x", "ftp://a.org", "http://", "file:///etc", "http://["]
)
def test_an_own_mirror_that_is_no_web_address_is_a_wrong_setting(base):
    with pytest.raises(SettingsError, match="http://"):
        addresses("f.gz", "mnist", [base], [])
