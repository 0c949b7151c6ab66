"""How wide words are without a font at hand, and where they wrap.

Widths are those of common sans-serif faces with a tenth to spare, since nobody knows which one the reader has.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

SPARE = 1.1
_EM = {"ijl|!'.,:;I\u00b7": 0.27, 'ftr()[]/\\ -"`': 0.36, "mwMW%@\u2192\u21bb": 0.9}
_WIDTHS = {sign: width for signs, width in _EM.items() for sign in signs}
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """The text without signs that no XML document may hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def clean(text: str) -> str:
    """The writable text on one line."""
    return " ".join(writable(text).split())


def attribute(text: str) -> str:
    """The writable text, escaped so that a parser gives it back with its line breaks and tabs."""
    escaped = escape(writable(text))
    return escaped.replace("\n", "&#10;").replace("\t", "&#9;").replace("\r", "&#13;")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide the text is at a font size, in the same unit, rather more than less."""
    return sum(map(_em, text)) * size * SPARE * (1.06 if bold else 1)


def _em(sign: str) -> float:
    if sign in _WIDTHS:
        return _WIDTHS[sign]
    if unicodedata.combining(sign):
        return 0
    if unicodedata.east_asian_width(sign) in "WF" or ord(sign) > 0xFFFF:
        return 1.3
    return 0.7 if sign.isupper() else 0.56


def wrapped(text: str, size: float, limit: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines no wider than `limit`; a word that is wider alone is broken, nothing is ever left out."""
    lines = [""]
    for word in clean(text).split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined, size, bold=bold) <= limit:
            lines[-1] = joined
            continue
        parts = _broken(word, size, limit, bold=bold)
        lines = lines + parts if lines[-1] else parts
    return tuple(lines)


def _broken(word: str, size: float, limit: float, *, bold: bool) -> list[str]:
    parts, used = [""], 0.0
    for sign in word:
        wide = width(sign, size, bold=bold)
        if parts[-1] and used + wide > limit:
            parts.append("")
            used = 0.0
        parts[-1] += sign
        used += wide
    return parts
