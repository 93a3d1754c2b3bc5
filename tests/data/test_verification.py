import pytest

from nntrain.data.catalogue import CATALOGUE
from nntrain.data.loading import load
from nntrain.data.verification import download, verify
from nntrain.errors import SettingsError
from tests.data.made import Recorder, fill, mnist, same, tiny
from tests.faultserver import FaultServer


@pytest.fixture(autouse=True)
def _known(monkeypatch):
    monkeypatch.setitem(CATALOGUE, "tiny", tiny().entry)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("raw_known", [True, False])
def test_verify_hashes_every_byte(tmp_path, monkeypatch, raw_known):
    entry = tiny(raw_known=raw_known).entry
    monkeypatch.setitem(CATALOGUE, "tiny", entry)
    fill(tmp_path / "tiny")
    checks = verify("tiny", tmp_path)
    assert [check.file.name for check in checks] == [
        name for file in entry.files for name in (file.name, file.raw_name)
    ]
    assert all(check.ok and check.expected == check.got for check in checks)

    victim = tmp_path / "tiny" / "train-images-idx3-ubyte"
    content = bytearray(victim.read_bytes())
    content[200] ^= 1
    victim.write_bytes(content)
    load("tiny", tmp_path)  # Size and header are right: start-up does not see it...
    (bad,) = [check for check in verify("tiny", tmp_path) if not check.ok]
    assert bad.file == victim  # ...verify does.
    assert (len(bad.expected), len(bad.got)) == (64, 64)
    assert bad.expected != bad.got

    (tmp_path / "tiny" / f"{victim.name}.gz").unlink()
    alone = next(check for check in verify("tiny", tmp_path) if check.file == victim)
    assert alone.ok is not raw_known
    assert ("no checksum of the unpacked file is known" in alone.checked) is not raw_known


def test_verify_names_what_is_missing_or_cannot_be_read(tmp_path):
    checks = verify("tiny", tmp_path)
    assert [(check.got, check.ok) for check in checks] == [("missing", False)] * 4
    fill(tmp_path / "tiny", raw=False)
    victim = tmp_path / "tiny" / "train-images-idx3-ubyte.gz"
    victim.unlink()
    victim.mkdir()
    check = verify("tiny", tmp_path)[0]
    assert (check.file, check.ok) == (victim, False)
    assert "Is a directory" in check.got


def test_download_repairs_damage_that_load_does_not_notice(tmp_path, monkeypatch, mirror):
    server, entry = mirror
    monkeypatch.setitem(CATALOGUE, "tiny", entry)
    fill(tmp_path / "tiny")
    victim = tmp_path / "tiny" / "train-images-idx3-ubyte"
    victim.write_bytes(victim.read_bytes()[:-1] + b"!")
    report = Recorder()
    assert same(download("tiny", tmp_path, report=report))
    assert server.requests == []
    assert "renamed to train-images-idx3-ubyte.bad" in report.messages[0]
    assert all(check.ok for check in verify("tiny", tmp_path))


def test_download_reports_what_it_cannot_check(tmp_path):
    fill(tmp_path / "tiny", gz=False)
    for gz, count in ((False, 4), (True, 0)):
        fill(tmp_path / "tiny", gz=gz)
        report = Recorder()
        assert same(download("tiny", tmp_path, report=report))
        assert [message.count("size and header only") for message in report.messages] == [
            1
        ] * count


def test_verify_and_download_by_name(tmp_path, monkeypatch, drawings):
    with FaultServer(tiny().files) as server:
        monkeypatch.setitem(CATALOGUE, "mnist", mnist(server.base("good")))
        assert download("mnist", tmp_path).name == "mnist"
        assert len(verify("mnist", tmp_path)) == len(verify("auto", tmp_path)) == 8
        assert server.gets("good") == 4
    assert not any(check.ok for check in verify("synthetic", tmp_path))
    assert download("synthetic", tmp_path).synthetic
    assert all(check.ok for check in verify("synthetic", tmp_path))
    victim = tmp_path / "synthetic/v1/t10k-labels-idx1-ubyte"
    victim.write_bytes(victim.read_bytes()[:-1] + b"\0")
    assert [check.ok for check in verify("synthetic", tmp_path)] == [True, True, True, False]
    download("synthetic", tmp_path)
    assert all(check.ok for check in verify("synthetic", tmp_path))
    fill(tmp_path / "mine")
    assert [check.ok for check in verify(str(tmp_path / "mine"), tmp_path)] == [True] * 4
    for action in (download, verify):
        with pytest.raises(SettingsError, match="Did you mean 'kmnist'"):
            action("kmnits", tmp_path)
    assert drawings
