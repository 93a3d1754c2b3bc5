import pytest

from nntrain.data.download.mirrors import addresses, without_password
from nntrain.errors import DownloadError, SettingsError
from tests.data.download.helpers import get_patiently as get
from tests.data.made import Recorder


def test_own_mirrors_come_first_may_name_the_dataset_and_are_tried_once():
    own = ["https://a.org/x", "http://b.org/{dataset}/"]
    expected = ["https://a.org/x/f.gz", "http://b.org/kmnist/f.gz", "http://c.org/f.gz"]
    assert addresses("f.gz", "kmnist", own, ["http://c.org/", "https://a.org/x/"]) == expected


@pytest.mark.parametrize("base", ["", "a.org/x", "ftp://a.org", "http://", "file:///", "http://["])
def test_an_own_mirror_that_is_not_a_web_address_is_refused(base):
    with pytest.raises(SettingsError) as caught:
        addresses("f.gz", "mnist", [base], [])
    assert str(caught.value).startswith(f"mirror {base!r}: expected an address that begins with")


@pytest.mark.parametrize(
    "base",
    [
        "htp://user:secret@a.org/",
        "user:secret@a.org",
        "http:/user:secret@a.org/",
        "http//secret@a.org/",
        "http://user:secret",
        "http://user:secret%40a.org",
        "http://user:sec/secret@a.org",
        "http://user:sec?secret@a.org",
        "http://user:sec#secret@a.org",
        "http://user:s[secret@a.org",
        "http://user:secret@a.org:80x/",
        "http://user:secret@a.org:99999/",
        "http://user:secret\uff03@a.org/",
    ],
)
def test_a_malformed_mirror_reveals_no_password(base):
    with pytest.raises(SettingsError, match=r"mirror number 2 \(not shown") as caught:
        addresses("f.gz", "mnist", ["http://a.org/", base], [])
    assert "sec" not in str(caught.value).replace("{dataset}", "")


@pytest.mark.parametrize(
    "address",
    [
        "http://user:secret@127.0.0.1:1/",
        "http://secret@127.0.0.1:1/data@main/",
        "http://127.0.0.1/er:secret@127.0.0.1:1/",
        "http://127.0.0.1:1/secret@127.0.0.1:1/",  # password 1/secret of user 127.0.0.1
        "http://user:secret\udcff@127.0.0.1:1/",
        "http://a b/",
        "http://\x00/",
    ],
)
def test_odd_addresses_fail_like_any_mirror_and_reveal_no_password(tmp_path, address):
    report = Recorder()
    with pytest.raises(DownloadError) as caught:
        get([address], tmp_path, report=report)
    assert "secret" not in str(caught.value) + "".join(report.messages)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.org:80/x", "https://a.org:80/x"),
        ("https://cdn.org/npm/@scope/data@1.0/x", "https://cdn.org/npm/@scope/data@1.0/x"),
        ("https://user:p@ss/w@a.org/x", "https://…@a.org/x"),
        ("--mirror=https://user:p/w@a.org", "--mirror=https://…@a.org"),
        ("user:p/w@a.org", "…@a.org"),
        ("my@name", "my@name"),
        ("--cluster=tcp://10.0.0.1:8786", "--cluster=tcp://10.0.0.1:8786"),
    ],
)
def test_what_may_be_a_password_is_hidden_and_nothing_else(text, shown):
    assert without_password(text) == shown
