"""Files that a command writes: whole, or not at all."""

import contextlib
import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from flowmeter.errors import FlowmeterError

STDOUT = Path("-")


@contextlib.contextmanager
def written_whole(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A file to write bytes to, which gets its name only when the block ends well; gzip if the name ends so.

    `-` is stdout. Raises ValueError when the file is there already (and not `force`) or its folder is not, and
    FlowmeterError when the disk refuses.
    """
    if path == STDOUT:
        yield from _stdout()
        return
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(
            f"{path} cannot be written: " + ("it is a folder" if path.is_dir() else "there is no such folder")
        )
    if path.exists() and not force:
        raise ValueError(f"{path} exists already. Choose another name, or replace it with --force")
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _opened(draft, compressed=path.suffix == ".gz") as file:
            yield file
        draft.replace(path)
    except OSError as error:
        raise FlowmeterError(
            "the file cannot be written", str(path), found=error.strerror or str(error), next_step="Try another folder"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _stdout() -> Iterator[BinaryIO]:
    """Content when the reader has seen enough (`… --output - | head`)."""
    try:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _opened(draft: Path, *, compressed: bool) -> Iterator[BinaryIO]:
    """The draft, flushed to the disk at the end. No time stamp in gzip's header: the same log makes the same file."""
    with draft.open("wb") as raw:
        if compressed:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield raw
        raw.flush()
        os.fsync(raw.fileno())
