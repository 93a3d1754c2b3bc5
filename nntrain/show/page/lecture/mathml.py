"""Formulas: a compact notation -> MathML.

``a_j^l`` has a subscript and a superscript; ``{…}`` groups; ``frac{a}{b}`` is a fraction;
``ln`` and ``softmax`` are one identifier each, other letters stand alone; ``"text"`` is text;
``@name`` is a number filled in later; everything else is an operator.
"""

import re
from collections.abc import Iterator
from html import escape

from nntrain.show.page.svg import Svg

TOKEN = re.compile(
    r'\s+|"(?P<text>[^"]*)"|@(?P<slot>\w+)|(?P<number>\d+(?:[.,]\d+)?)|(?P<word>ln|frac|softmax)'
    r"|(?P<letter>[^\W\d_]|[∇∂∞])|(?P<sign>.)",
    re.DOTALL,
)
THIN = '<mspace width=".17em"></mspace>'
SCRIPTS = ("_", "^", "′")
Token = tuple[str, str]


def mathml(formula: str, *, display: bool = False) -> Svg:
    """Return ``formula`` as a ``math`` element; ``display`` puts it on a line of its own.

    Raises ``ValueError`` for unbalanced braces, or a script that belongs to nothing.
    """
    tokens = _Tokens(formula)
    inside = tokens.row()
    if tokens.next is not None:
        raise ValueError(f"unexpected {tokens.next[1]!r} in the formula {formula!r}")
    kind = ' display="block"' if display else ""
    return Svg(f"<math{kind}>{inside}</math>")


class _Tokens:
    """A formula's tokens, read once; ``next`` is the first that is not read yet, or None."""

    def __init__(self, formula: str) -> None:
        self.formula = formula
        self._left = _tokens(formula)
        self.next = next(self._left, None)

    def take(self) -> Token:
        """Return the next token."""
        if self.next is None:
            raise ValueError(f"the formula {self.formula!r} ends too early")
        token, self.next = self.next, next(self._left, None)
        return token

    def row(self) -> str:
        """Return the elements until a closing brace or the end."""
        parts = []
        while self.next is not None and self.next[1] != "}":
            parts.append(self._scripted())
        return "".join(parts)

    def _scripted(self) -> str:
        base = self._atom()
        scripts = {"_": "", "^": "", "′": ""}
        while self.next is not None and self.next[1] in SCRIPTS:
            _, sign = self.take()
            scripts[sign] += "<mo>′</mo>" if sign == "′" else self._atom()
        below, above = scripts["_"], scripts["′"] + scripts["^"]
        above = f"<mrow>{above}</mrow>" if scripts["′"] and scripts["^"] else above
        if below and above:
            return f"<msubsup>{base}{below}{above}</msubsup>"
        if below:
            return f"<msub>{base}{below}</msub>"
        return f"<msup>{base}{above}</msup>" if above else base

    def _atom(self) -> str:
        kind, text = self.take()
        if text in (*SCRIPTS, "}") and kind == "sign":
            raise ValueError(f"{text!r} belongs to nothing in the formula {self.formula!r}")
        if kind == "sign" and text == "{":
            return self._group()
        if text == "frac":
            return f"<mfrac>{self._atom()}{self._atom()}</mfrac>"
        if kind == "slot":
            return f'<mn data-value="{text}"></mn>'
        if text == "ỹ":  # y with a tilde: fonts have no such letter for mathematics
            return '<mover accent="true"><mi>y</mi><mo>~</mo></mover>'
        if text == "ln":
            return f"<mi>ln</mi>{THIN}" if self._continues_without_bracket() else "<mi>ln</mi>"
        name = {"text": "mtext", "number": "mn", "sign": "mo"}.get(kind, "mi")
        # brackets do not stretch; no spaces around the bars of |x| and the stroke of a/b
        fixed = (
            ' stretchy="false" lspace="0" rspace="0"'
            if text in "()[]|/" and kind == "sign"
            else ""
        )
        return f"<{name}{fixed}>{escape(text.replace(' ', chr(0xA0)))}</{name}>"

    def _continues_without_bracket(self) -> bool:
        return self.next is not None and self.next[1] not in ("(", *SCRIPTS)

    def _group(self) -> str:
        inside = self.row()
        self.take()
        return f"<mrow>{inside}</mrow>"


def _tokens(formula: str) -> Iterator[Token]:
    for found in TOKEN.finditer(formula):
        if found.lastgroup is not None:
            yield found.lastgroup, found[found.lastgroup]
