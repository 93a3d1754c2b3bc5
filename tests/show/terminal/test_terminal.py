import json
import xml.etree.ElementTree as ET

import pytest

from nntrain.errors import NntrainError
from nntrain.show.blocks import Facts, Section, Text
from nntrain.show.terminal.terminal import Terminal


@pytest.mark.parametrize("quiet", [False, True])
def test_results_go_to_stdout_and_quiet_silences_messages_but_not_warnings(capsys, quiet):
    terminal = Terminal(quiet=quiet)
    terminal.result("a result")
    terminal.message("a message")
    terminal.warning("Title", "a warning")
    out, err = capsys.readouterr()
    assert out == "a result\n"
    assert ("a message" in err) == (not quiet)
    assert "a warning" in err


def test_results_are_sections_blocks_or_text_and_page_blocks_print_nothing(capsys):
    hidden = Text("hidden", only="page")
    section = Section("s", "Title", [Text("text")])
    Terminal().result(section, Facts([("a", "1")]), "plain", hidden, Section("h", "H", [hidden]))
    assert capsys.readouterr().out.splitlines() == ["", "Title", "text", "a  1", "plain"]


def test_results_are_never_narrower_than_laid_out_and_a_message_stays_one_line(
    capsys, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    terminal.result("x" * 80)
    terminal.message("y" * 300)
    assert tuple(capsys.readouterr()) == ("x" * 80 + "\n", "y" * 300 + "\n")


def test_a_document_is_strict_json_with_its_schema(capsys):
    Terminal().document("nntrain/x/1", {"a": "お"})
    assert json.loads(capsys.readouterr().out) == {"schema": "nntrain/x/1", "a": "お"}
    with pytest.raises(ValueError, match="not JSON compliant"):
        Terminal().document("x", {"a": float("inf")})


def test_a_picture_is_the_same_bytes_again(tmp_path):
    for name in ("a.svg", "b.svg"):
        terminal = Terminal(quiet=True, picture=True)
        terminal.result("digits & <markup>")
        terminal.save_picture(tmp_path / name, "title")
    text = (tmp_path / "a.svg").read_text()
    assert text == (tmp_path / "b.svg").read_text()
    ET.fromstring(text)


def test_a_picture_that_cannot_be_written_is_an_error(tmp_path):
    terminal = Terminal(quiet=True, picture=True)
    with pytest.raises(NntrainError, match=r"Cannot write .*a\.svg"):
        terminal.save_picture(tmp_path / "no" / "a.svg", "title")
