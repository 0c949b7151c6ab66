"""JSON that is one document rather than lines: an array, or an object that holds arrays such as {"tickets": [...]}.

Each array becomes a file of JSON lines, in bounded memory: the document is decoded one element at a time. Where it
breaks, the elements before the break stand, and the rest becomes one last line, which is no JSON and so is set aside.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ingest.part import MAX_RECORD

_CHUNK = 1 << 20
_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_REST = 20_000
"""Characters kept of what follows a break."""


@dataclass
class Extract:
    """The elements of one array as JSON lines, and the line of the document on which each begins."""

    key: str
    path: Path
    lines: array[int] = field(default_factory=lambda: array("q"))


class BrokenDocumentError(Exception):
    """The document is no JSON from here on."""


class _Text:
    """A window on a long text: what is decoded is dropped, and its lines are counted."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._window = ""
        self._at = 0
        self.line = 1
        self._ended = False

    def _fill(self) -> bool:
        """Reads on (twice as much as is held, so that a long element costs linear time); false at the end."""
        more = self._file.read(max(_CHUNK, len(self._window)))
        self._ended = not more
        self._window = self._window[self._at :] + more
        self._at = 0
        return bool(more)

    def _advance(self, to: int) -> None:
        self.line += self._window.count("\n", self._at, to)
        self._at = to

    def peek(self) -> str:
        """The next sign that is not blank; empty at the end."""
        while True:
            match = _BLANK.match(self._window, self._at)
            assert match is not None
            self._advance(match.end())
            if self._at < len(self._window):
                return self._window[self._at]
            if not self._fill():
                return ""

    def take(self, sign: str) -> None:
        if self.peek() != sign:
            raise BrokenDocumentError
        self._advance(self._at + 1)

    def element(self) -> str:
        """The text of the next value."""
        self.peek()
        while True:
            try:
                _, end = _DECODER.raw_decode(self._window, self._at)
            except (json.JSONDecodeError, RecursionError):
                if self._ended or len(self._window) - self._at > MAX_RECORD or not self._fill():
                    raise BrokenDocumentError from None
                continue
            if end == len(self._window) and not self._ended and self._fill():
                continue  # a number may go on
            text = self._window[self._at : end]
            self._advance(end)
            return text

    def rest(self) -> str:
        self.peek()
        self._fill()
        return self._window[self._at : self._at + _REST]


def extract_arrays(document: Path, make_path: Callable[[str], Path], is_wanted: Callable[[str], bool]) -> list[Extract]:
    """Writes each wanted array of a document as JSON lines.

    `make_path` names the file for an array by its key ("" when the document itself is an array). Arrays of an object
    that are not wanted, and its other values, are passed over.
    """
    extracts: list[Extract] = []
    with document.open(encoding="utf-8", errors="replace") as file:
        text = _Text(file)
        if text.peek() == "[":
            extracts.append(_begin("", make_path))
            _copy_array(text, extracts[-1])
            return extracts
        try:
            text.take("{")
            while text.peek() != "}":
                key = json.loads(text.element())
                text.take(":")
                if text.peek() == "[" and is_wanted(key):
                    extracts.append(_begin(key, make_path))
                    if not _copy_array(text, extracts[-1]):
                        break
                else:
                    text.element()
                if text.peek() == ",":
                    text.take(",")
        except (BrokenDocumentError, json.JSONDecodeError):
            if extracts:
                _append_rest(text, extracts[-1])
    return extracts


def _begin(key: str, make_path: Callable[[str], Path]) -> Extract:
    return Extract(key, make_path(key))


def _copy_array(text: _Text, extract: Extract) -> bool:
    """True when the array ended as it should."""
    with extract.path.open("w", encoding="utf-8", newline="\n") as file:
        try:
            text.take("[")
            while text.peek() != "]":
                text.peek()
                line = text.line
                element = text.element()
                file.write(element.replace("\n", " ").replace("\r", " ") + "\n")
                extract.lines.append(line)
                if text.peek() != "]":
                    text.take(",")
            text.take("]")
        except BrokenDocumentError:
            file.write(_one_line(text.rest()) + "\n")
            extract.lines.append(text.line)
            return False
    return True


def _append_rest(text: _Text, extract: Extract) -> None:
    with extract.path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(_one_line(text.rest()) + "\n")
    extract.lines.append(text.line)


def _one_line(rest: str) -> str:
    return " ".join(rest.split()) or "(the file ends here)"
