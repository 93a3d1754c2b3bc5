"""``nntrain softmax``: the softmax of a few numbers."""

import click

from nntrain.cli import blas_threads, options
from nntrain.errors import SettingsError, in_a_line


# Negative numbers look like options; unknown options become words, which are checked below.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", metavar="Z...", nargs=-1, required=True)
@click.option(
    "--scale",
    "scales",
    type=float,
    multiple=True,
    default=(1.0,),
    metavar="C",
    help="The c > 0 of exp(c z); repeat for several. [default: 1]",
)
@click.option(
    "--label",
    "label_word",
    metavar="CLASS",
    help="The true class, counted from 0: also show its cost and δ.",
)
@options.gathered("display", options.Display, options.json_option, options.svg_option)
def softmax(
    words: tuple[str, ...],
    scales: tuple[float, ...],
    label_word: str | None,
    display: options.Display,
) -> None:
    """Explore the softmax of a few numbers.

    Z are 1 to 20 weighted inputs. Shows their softmax for each c beside their sigmoids, how a
    change of the first affects all activations, how to recover z from the activations, and the
    limit of large c. With --label, also the cost −ln a_y, its derivative factor by factor, and
    the δ that other output layers would have.

    \b
    nntrain softmax 2.5 -1 3.2 0.5
    nntrain softmax 2.5 -1 3.2 0.5 --scale 1 --scale 10
    nntrain softmax 2.5 -1 3.2 0.5 --label 3
    nntrain softmax 1 1 0 --json
    """
    blas_threads.one_unless_set()
    z = [_number(word) for word in words]
    from nntrain.lecture.softmax import SCHEMA, explore, to_json
    from nntrain.show.sections.softmax import softmax as softmax_sections

    terminal = display.terminal()
    exploration = explore(z, scales, None if label_word is None else _class(label_word))
    if display.as_json:
        terminal.document(SCHEMA, to_json(exploration))
    else:
        terminal.result(*softmax_sections(exploration))
    display.save_picture(terminal, "nntrain softmax")


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        what = "neither an option nor a number" if word.startswith("--") else "not a number"
        raise SettingsError(
            f"{in_a_line(repr(word))} is {what}: expected numbers, as in "
            f"nntrain softmax 2.5 -1 3.2"
        ) from None


def _class(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise SettingsError(
            f"--label {in_a_line(repr(word))} is not a class: expected a whole number, counted "
            f"from 0."
        ) from None
