import io
import re
from types import SimpleNamespace

import pytest
from rich.console import Console

from nntrain.nn.training import EpochResult
from nntrain.show.terminal.progress import (
    DownloadProgress,
    TrainingProgress,
    TrainingRunsProgress,
    with_progress,
)
from nntrain.show.terminal.terminal import Terminal


def result(epoch, best, validation=0.96):
    cost = None if validation is None else 0.2
    return EpochResult(epoch, 0.1, 0.123, 0.97, cost, validation, 1.5, 0.1, 40000, (1.0,), best)


def test_one_plain_line_per_epoch_without_a_terminal(capsys):
    with TrainingProgress(Terminal(), 2, 100) as progress:
        progress.tick(50)
        progress.epoch(result(1, True))
        progress.tick(50)
        progress.epoch(result(2, True, None))  # without validation no epoch is better
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert " ".join(lines[2].split()) == "1/2 0.1230 0.2000 97.00 % 96.00 % 1.50 s 40,000 best"
    assert " ".join(lines[3].split()) == "2/2 0.1230 – 97.00 % – 1.50 s 40,000"
    assert all(len(line) <= 80 for line in lines)


def test_one_line_per_run_without_a_terminal_and_one_estimate_by_the_work(capsys, monkeypatch):
    moments = iter([100.0, 110.0])
    monkeypatch.setattr("nntrain.show.terminal.progress.monotonic", lambda: next(moments))
    with TrainingRunsProgress(Terminal(), {"a": 1.0, "b": 4.0}) as progress:
        progress.done("a", "1/2  first")
        progress.done("b", "2/2  second")
    expected = ["1/2  first  about 40.0 s left", "2/2  second"]
    assert capsys.readouterr().err.splitlines() == expected


def test_on_a_terminal_the_bar_follows_the_work_inside_the_runs_and_lines_have_no_estimate():
    terminal, counter = Terminal(), SimpleNamespace(value=0.0)
    terminal.err = Console(file=io.StringIO(), force_terminal=True, width=80, height=20)
    with TrainingRunsProgress(terminal, {"a": 1.0, "b": 4.0}, counter) as progress:
        shown = [progress.share()]
        for counter.value in (0.5, 2.5):
            shown.append(progress.share())
        progress.done("b", "1/2  second")  # stopped early, so that less was counted
        shown.append(progress.share())
        counter.value = 9.0
        shown.append(progress.share())
    assert shown == [0.0, 0.1, 0.5, 0.8, 1.0]
    assert "left" not in re.search("second(.*)", terminal.err.file.getvalue())[1]


def test_one_line_per_file_without_a_terminal(capsys):
    download = DownloadProgress(Terminal())
    download.start("images.gz", 9_900_000)
    download.advance(5)
    download.finish()
    download.message("a word")
    expected = ["downloading images.gz (9.9 MB)", "a word"]
    assert capsys.readouterr().err.splitlines() == expected


@pytest.mark.parametrize("count", [0, 3])
def test_progress_passes_on_its_items(count):
    assert list(with_progress(Terminal(quiet=True), range(count), count)) == list(range(count))


def test_chance_is_never_called_the_best(capsys):
    with TrainingProgress(
        Terminal(), 2, 100, beats_chance=lambda accuracy: accuracy > 0.2
    ) as progress:
        progress.epoch(result(1, best=True, validation=0.2))
        progress.epoch(result(2, best=True, validation=0.21))
    first, second = capsys.readouterr().err.splitlines()[-2:]
    assert "best" not in first
    assert "best" in second
