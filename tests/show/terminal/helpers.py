import io

from rich.console import Console

from nntrain.show.terminal.blocks import rendered


def shown(renderable, width=80, colour=False):
    """Return what a terminal of ``width`` columns shows, with its escape codes if coloured."""
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(renderable)
    return console.file.getvalue()


def printed(*parts):
    """Return what a terminal of 80 columns shows of sections and blocks: all of it, uncut."""
    text = "".join(shown(made) for made in map(rendered, parts) if made is not None)
    assert max(map(len, text.splitlines()), default=0) <= 80
    assert "…" not in text
    return text
