"""How the simulator's inner loops are compiled: by numba, once per version of this code, kept on disk.

With NUMBA_DISABLE_JIT=1 the same functions run as plain Python, with the same results bit for bit.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numba.core.config

Function = TypeVar("Function", bound=Callable[..., Any])
config: Any = numba.core.config  # sets its names as it goes, which no type checker sees
# Arrays are lent by the caller and none is made inside, so that none has to be counted (`_nrt`): counting each at each
# inlined call made the engine a hundred times slower, and its compilation too.
OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False}
HERE = Path(__file__).parent
STALE = 24 * 3600.0
"""Seconds without a process that began with it, after which the code of another version is thrown away."""


def scalar(function: Function) -> Function:
    """Compiled as a part of each compiled function that calls it; Python may call it too."""
    return cast("Function", numba.njit(**OPTIONS, forceinline=True)(function))


def inlined(function: Function) -> Function:
    """Compiled as a part of each compiled function that calls it. Python must not call it, which crashes.

    Without the wrappers for Python, which take the engine's many arrays apart, it compiles in a third of the time.
    """
    options = OPTIONS | {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast("Function", numba.njit(**options)(function))


def cached(function: Function) -> Function:
    """Compiled when first called and kept on disk, so that the next process only loads it. Lets other threads run.

    Numba's own cache looks at the changes of one file only, so the folder is named after all code that may be part of
    the function.
    """
    kept = folder()
    if kept is None:
        return cast("Function", numba.njit(**OPTIONS)(function))
    before, config.CACHE_DIR = config.CACHE_DIR, str(kept)
    try:
        return cast("Function", numba.njit(**OPTIONS, cache=True)(function))
    finally:
        config.CACHE_DIR = before


def folder() -> Path | None:
    """NUMBA_CACHE_DIR, else beside this file, else the user's cache: the first that can be written to.

    Where it is made anew, those of versions that nobody uses any more are removed.
    """
    asked = os.environ.get("NUMBA_CACHE_DIR")
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    for root in [Path(asked)] if asked else [HERE / "__pycache__", users / "flowmeter"]:
        kept = root / f"compiled-{_version()}"
        is_new = not kept.exists()
        try:
            kept.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=kept):
                os.utime(kept)  # it is in use
        except OSError:
            continue
        if is_new:
            _forget_stale(kept)
        return kept
    return None


def _forget_stale(kept: Path) -> None:
    """Two processes may do so at once, and a third may still run an old version: numba compiles what it misses."""
    for other in kept.parent.glob("compiled-*"):
        with contextlib.suppress(OSError):  # another process was quicker
            if other != kept and time.time() - other.stat().st_mtime > STALE:
                shutil.rmtree(other, ignore_errors=True)


def _version() -> str:
    shared = (HERE / f"{name}.py" for name in ("compiled", "random", "response"))
    sources = [*shared, *sorted((HERE / "engine").glob("*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
