import pytest

from nntrain.show.terminal.tables import bar
from tests.show.terminal.helpers import shown


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "    "), (1, "████"), (0.5, "██  "), (0.03125, "▏   "), (1e-9, "▏   "), (2, "████")],
)
def test_a_bar_is_as_long_as_its_share_and_never_hides_something(share, text):
    assert bar(share, 4).plain == text


def test_a_bar_is_not_wrapped():
    assert shown(bar(1, 4)) == "████\n"
