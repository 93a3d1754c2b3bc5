"""Readable ASCII for η, →, █ and other characters that the output's encoding lacks.

An encoding error handler replaces what a stream cannot encode, in help and errors too. The text
of blocks is replaced before they are laid out, so that columns stay aligned.
"""

import codecs
import dataclasses
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

HANDLER = "nntrain.ascii"
WORDS = {
    "η": "eta", "μ": "mu", "λ": "lambda", "σ": "sigma", "δ": "delta", "ε": "eps", "θ": "theta",
    "ν": "nu", "π": "pi", "α": "alpha", "β": "beta", "φ": "phi", "τ": "tau", "χ": "chi",
    "Σ": "sum ", "∂": "d", "∇": "grad ", "√": "sqrt ", "∞": "inf", "→": "->", "←": "<-",
    "↔": "<->", "≥": ">=", "≤": "<=", "≈": "~", "±": "+/-", "…": "...", "‖": "||", "⊙": "*",
    "ỹ": "y~", "′": "'", "ᵀ": "^T",
    "⁻": "^-", "¹": "^1", "²": "^2", "³": "^3", "⁴": "^4", "½": "1/2",
    "¼": "1/4", "⅔": "2/3", "₀": "_0", "₁": "_1", "∈": "in", "\u0304": "",
}  # fmt: skip
"""Replacements of characters that cannot be encoded."""
SIGNS = dict(zip("×·−–—│└─┊┈█▀▉▊▋▌▍▎▏░▒▓’‘“”„¦", 'x.---|+-:.######...:+#\'\'"""|', strict=True))
"""Replacements of the same width."""
BRAILLE = range(0x2800, 0x2900)
Value = TypeVar("Value")


def register(*streams: object) -> None:
    """Have text streams write readable ASCII for what their encoding lacks."""
    codecs.register_error(HANDLER, _replace)
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=HANDLER)


def _replace(error: UnicodeError) -> tuple[str, int]:
    """Return the replacement text, and the position to continue at."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_sign, error.object[error.start : error.end])), error.end


def _sign(character: str) -> str:
    if ord(character) in BRAILLE:
        return " " if ord(character) == BRAILLE.start else "*"
    if character in SIGNS or character in WORDS:
        return SIGNS.get(character) or WORDS[character]
    letter = unicodedata.normalize("NFKD", character)[0]  # without its accent
    return (letter if letter.isascii() else character).encode("ascii", "backslashreplace").decode()


def in_words(value: Value, encoding: str) -> Value:
    """Return a block, or another value with texts in it, in characters that ``encoding`` has."""
    missing = {sign: word for sign, word in WORDS.items() if not _has(encoding, sign)}
    return _translated(value, str.maketrans(missing)) if missing else value


def _has(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _translated(value: Value, table: Mapping[int, str]) -> Value:
    """Return ``value`` with the texts in it translated: a text, a dataclass or a sequence."""
    new: object = value
    if isinstance(value, str):
        new = value.translate(table)
    elif isinstance(value, list | tuple):
        new = [_translated(one, table) for one in value]
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        new = dataclasses.replace(value, **{n: _translated(v, table) for n, v in parts.items()})
    return new  # type: ignore[return-value] # of the same kind
