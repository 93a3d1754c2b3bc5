import io

from rich.console import Console


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
