"""The output of a command: results on stdout, messages and progress on stderr."""

import io
import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.panel import Panel
from rich.segment import Segment
from rich.text import Text

from nntrain.errors import CONTROL_CODES, harmless
from nntrain.show.ascii_text import in_words
from nntrain.show.blocks import Block, Section
from nntrain.show.terminal import blocks
from nntrain.show.terminal.tables import WIDTH
from nntrain.storage.atomic import write_asked

SVG_WIDTH = 88
LEAST_WIDTH = 40
"""The least width that results are laid out for; in a narrower terminal lines wrap."""

JSON_ESCAPES = {code: f"\\u{code:04x}" for code in CONTROL_CODES}

# rich's own template without its web font, so that the picture is self-contained.
SVG_FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
font-size: {char_height}px; line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class _HarmlessConsole(Console):
    """A console that escapes control characters, as in ``\\x1b``.

    Markup in users' texts (names, paths) is not interpreted.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments of ``renderable``; rich's own control codes are left alone."""
        for segment in super().render(renderable, options):
            text = segment.text if segment.control else harmless(segment.text)
            yield segment if text == segment.text else Segment(text, segment.style)


class _Messages:
    """stderr without write errors: a closed terminal must not end training."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write ``text``, ignoring errors."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, ignoring errors."""
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the stream."""
        return getattr(self._stream, name)


class Terminal:
    """The two streams of a command, and on request a picture of what they showed.

    ``quiet`` silences messages, never results and never warnings.
    """

    def __init__(self, *, quiet: bool = False, picture: bool = False) -> None:
        self.quiet = quiet
        has_stderr = sys.stderr is not None  # it may be closed from the start
        self.out = _HarmlessConsole()
        messages = _Messages(sys.stderr) if has_stderr else None
        self.err = _HarmlessConsole(stderr=True, file=messages)
        for console in (self.out, self.err):
            console.width = max(console.width, LEAST_WIDTH) if console.is_terminal else WIDTH
        self._picture: Console | None = None
        if picture:
            self._picture = _HarmlessConsole(
                file=io.StringIO(),
                record=True,
                width=SVG_WIDTH,
                force_terminal=True,
                color_system="truecolor",
            )

    @property
    def animated(self) -> bool:
        """Whether a moving progress display makes sense."""
        return self.err.is_terminal and not self.quiet

    def result(self, *results: Section | Block | str) -> None:
        """Show results, on stdout."""
        for result in results:
            shown = self._laid_out(result, self.out)
            if shown is not None:
                self.out.print(shown, soft_wrap=isinstance(shown, str))
                self._record(shown)

    def message(self, *messages: Block | RenderableType) -> None:
        """Show messages, on stderr, unless quiet."""
        if self.quiet:
            return
        for message in messages:
            shown = self._laid_out(message, self.err)
            if shown is not None:
                # A line of text stays one line, so that an address in it can be copied.
                self.err.print(shown, soft_wrap=isinstance(shown, str))
                self._record(shown)

    def _laid_out(
        self, shown: Section | Block | RenderableType, console: Console
    ) -> RenderableType | None:
        """Return what to print: texts as they are, blocks laid out for the console's width."""
        if isinstance(shown, Section | Block):
            return blocks.rendered(in_words(shown, console.encoding), console.width)
        return shown

    def warning(self, title: str, text: str) -> None:
        """Show a panel on stderr, even when quiet."""
        panel = Panel(Text(text), title=Text(title), border_style="bold yellow", padding=(1, 2))
        self.err.print(panel)
        self._record(panel)

    def document(self, schema: str, document: Mapping[str, Any]) -> None:
        """Write one JSON document on stdout, with its ``schema``."""
        escaped = not self.out.encoding.startswith("utf")
        whole = {"schema": schema, **document}
        self.plain(json.dumps(whole, allow_nan=False, ensure_ascii=escaped))

    def plain(self, *lines: str) -> None:
        """Write lines of JSON or TOML on stdout, without wrapping.

        Control characters occur only in their strings, where an escape means the same.
        """
        self.out.file.write("".join(f"{line.translate(JSON_ESCAPES)}\n" for line in lines))

    def save_picture(self, path: Path, title: str) -> None:
        """Save everything that was shown as a self-contained SVG.

        Raises ``NntrainError`` when the file cannot be written.
        """
        if self._picture is None:
            return
        # a fixed id: the same text gives the same bytes
        svg = self._picture.export_svg(title=title, code_format=SVG_FORMAT, unique_id="nntrain")
        write_asked(path, svg)

    def _record(self, renderable: RenderableType) -> None:
        if self._picture is not None:
            self._picture.print(renderable)
