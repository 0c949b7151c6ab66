"""The database files: the key, the lock and the raw file that ingest writes, and publishing what a build made.

A published file has a name of its own that is never used again, because DuckDB keeps an open database by its
path: a file replaced under the same name would keep showing the old one. `current` is a symlink to the newest.
"""

import contextlib
import datetime as dt
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flowmeter.errors import WarehouseError
from flowmeter.settings import Home

KEPT = 3
NO_DOWNLOADS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
"""A missing extension fails at once instead of trying the network."""


def hash_key(home: Home) -> bytes:
    """The key that names, e-mails and phone numbers are hashed with: 32 bytes, made on first use.

    Raises WarehouseError when other users of the machine may read it.
    """
    path = home.key_path
    if not path.exists():
        _make_key(path)
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise WarehouseError(
            "other users of this machine can read the key that hides your customers' names",
            str(path),
            expected="mode 600",
            found=f"mode {mode:o}",
            next_step=f"Run `chmod 600 {path}`",
        )
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise WarehouseError(
            "the key file is damaged",
            str(path),
            expected="64 hexadecimal digits",
            next_step="Put it back from a backup: with another key, known customers would look new",
        )
    return key


def _make_key(path: Path) -> None:
    """Written whole under another name and then linked, so that a crash leaves no half key and a race leaves one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


@contextlib.contextmanager
def locked(home: Home) -> Iterator[None]:
    """Holds the shop's one write lock. Raises WarehouseError naming the process that has it."""
    home.warehouse.mkdir(parents=True, exist_ok=True)
    path = home.warehouse / "raw.lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise WarehouseError(
                f"another Flowmeter command is writing to this shop (process {holder})",
                str(home.root),
                next_step=f"Wait until it has ended; `ps -p {holder}` shows what it is",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield  # the lock goes with the file handle, also when the process is killed


def connect_raw(home: Home) -> duckdb.DuckDBPyConnection:
    """The raw database, writable. The caller holds the lock."""
    try:
        connection = duckdb.connect(str(home.raw_path), config={**NO_DOWNLOADS, "memory_limit": "3GB"})
    except duckdb.Error as error:
        raise WarehouseError(
            "the raw database cannot be opened",
            str(home.raw_path),
            found=str(error).splitlines()[0],
            next_step="Close other programs that have it open",
        ) from error
    connection.execute("set TimeZone = 'UTC'").fetchall()
    return connection


@contextlib.contextmanager
def raw_connection(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The raw database, writable, under the shop's lock, closed at the end."""
    with locked(home), contextlib.closing(connect_raw(home)) as connection:
        yield connection


def current_path(home: Home) -> Path:
    """The published file that `current` points to now. Raises WarehouseError when nothing is published.

    Only the link is read: a file looked up as well could be deleted between the two, and look like nothing published.
    """
    try:
        return home.warehouse / home.current.readlink()
    except FileNotFoundError:
        raise WarehouseError(
            "nothing has been published yet", str(home.root), next_step="Run `flowmeter refresh`"
        ) from None


def read(path: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to one published file."""
    try:
        return duckdb.connect(str(path), read_only=True, config=dict(NO_DOWNLOADS))
    except duckdb.Error as error:
        raise WarehouseError(
            "the published file cannot be opened", str(path), found=str(error).splitlines()[0]
        ) from error


def read_current(home: Home) -> duckdb.DuckDBPyConnection:
    """A read-only connection to what is published now.

    Looks again when the file vanished between looking and opening, which takes `KEPT` publishes in that moment.
    """
    path = current_path(home)
    while True:
        try:
            return read(path)
        except WarehouseError:
            newer = current_path(home)
            if newer == path:
                raise
            path = newer


def new_build_id(now: dt.datetime | None = None) -> str:
    """A name that sorts by time, such as 20261123T041500Z-3f9a1c."""
    instant = now or dt.datetime.now(dt.UTC)
    return f"{instant:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def published_name(build_id: str) -> str:
    """The file name of a published build."""
    return f"warehouse-{build_id}.duckdb"


def publish(home: Home, built: Path, build_id: str) -> Path:
    """Makes `built` the published file in one step, and deletes all but the newest three.

    `built` must be on the same disk, closed, and its name is gone afterwards. Returns the published path.
    """
    _settle(built)
    target = home.warehouse / published_name(build_id)
    if target.exists():
        raise WarehouseError("a published name is never used again", str(target))
    built.rename(target)
    target.chmod(0o444)
    link = home.warehouse / f".current-{build_id}"
    link.symlink_to(target.name)
    link.replace(home.current)
    _sync_folder(home.warehouse)
    _delete_older(home, target)
    return target


def _settle(built: Path) -> None:
    """Everything in the one file and on the disk, before anybody can see it."""
    with contextlib.closing(duckdb.connect(str(built), config=dict(NO_DOWNLOADS))) as connection:
        connection.execute("force checkpoint").fetchall()
    with built.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _delete_older(home: Home, newest: Path) -> None:
    others = sorted(path for path in home.warehouse.glob("warehouse-*.duckdb") if path != newest)
    for path in others[: -(KEPT - 1)]:
        path.with_suffix(".json").unlink(missing_ok=True)
        path.unlink()
