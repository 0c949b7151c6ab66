"""Answers of simulations on disk, beside the published file they are about: an app started anew need not ask again.

An answer is kept under what was asked and the simulator's own code, so that neither can be out of date. Those of a
published file go when it goes.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import simulation
from flowmeter.errors import FlowmeterError
from flowmeter.output_file import written_whole

FOLDER = "simulated"


def kept(path: str, question: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
    """The answer to a question about the published file at `path`: as it was kept, else computed, and kept.

    An answer is made of dicts, lists, texts, numbers and nulls; a date comes back as text, like 2026-11-24. Where the
    folder cannot be written to, nothing is kept.
    """
    file = _folder(path) / f"{_name(question)}.json"
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        text = json.dumps(compute(), default=str)
    with contextlib.suppress(OSError, FlowmeterError):
        _forget_old(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(file, force=True) as out:
            out.write(text.encode())
    return json.loads(text)


def _folder(path: str) -> Path:
    published = Path(path)
    return published.parent / FOLDER / published.stem


def _forget_old(path: str) -> None:
    folder = Path(path).parent
    for old in (folder / FOLDER).glob("*"):
        if not (folder / f"{old.name}.duckdb").exists():
            shutil.rmtree(old, ignore_errors=True)


def _name(question: tuple[Any, ...]) -> str:
    return hashlib.sha256(json.dumps([_code(), *question], default=str).encode()).hexdigest()[:24]


@functools.cache
def _code() -> str:
    sources = sorted(Path(simulation.__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
