import threading

from nntrain.storage import locks
from nntrain.storage.locks import locked


def test_a_lock_on_a_file_that_has_just_vanished_does_not_count(tmp_path, monkeypatch):
    path = tmp_path / "lock"
    try_lock = locks._try_lock
    vanish = [True]

    def try_late(descriptor):
        if vanish and vanish.pop():
            path.unlink()  # As the holder before does, between our opening and our locking.
        return try_lock(descriptor)

    monkeypatch.setattr(locks, "_try_lock", try_late)
    with locked(path, lambda _: None), path.open("r+b") as another:
        assert try_lock(another.fileno()) is False
    assert not path.exists()


def test_the_lock_keeps_one_at_a_time_though_its_file_comes_and_goes(tmp_path):
    inside = most = 0

    def work():
        nonlocal inside, most
        for _ in range(25):
            with locked(tmp_path / "lock", lambda _: None):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert list(tmp_path.iterdir()) == []
