"""Connections to DuckDB and the errors they raise, in the project's words. Holds no query of the domain."""

import errno
import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from factdrift.errors import StoreUnavailable


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Raise StoreUnavailable, naming the file and the way out, for every failure of DuckDB."""
    try:
        yield
    except duckdb.Error as exc:
        raise StoreUnavailable(f"{path}: {_first_line(exc)}", _way_out(str(exc), path)) from exc


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """As `database_errors`, for failures of the disk as well. Wrap only what touches that path."""
    try:
        with database_errors(path):
            yield
    except OSError as exc:
        raise StoreUnavailable(f"{path}: {exc.strerror or exc}", _way_out_of_errno(exc, path)) from exc


@contextmanager
def lease(path: Path) -> Iterator[None]:
    """Hold the right to write a database: one factdrift at a time. Raises StoreUnavailable where another holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as exc:  # either, by the system
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise StoreUnavailable(
                f"{path}: another run is writing (process {holder})",
                "wait until it has finished, or stop that process; nothing of it is lost",
            ) from exc
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


def connect(path: Path | str, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A quiet connection whose times are UTC. DuckDB's own errors pass through: wrap in `store_errors`."""
    connection = duckdb.connect(str(path), read_only=read_only)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


@contextmanager
def with_settings(connection: duckdb.DuckDBPyConnection, **wanted: int | str) -> Iterator[None]:
    """DuckDB's settings as wanted while the block runs. Their names are ours, never a user's."""
    found = ", ".join(f"current_setting('{name}')" for name in wanted)
    had = dict(zip(wanted, connection.execute(f"SELECT {found}").fetchall()[0], strict=True))
    _set(connection, wanted)
    try:
        yield
    finally:
        with suppress(duckdb.Error):  # after a failure that the caller is told of, nothing can be set
            _set(connection, had)


def _set(connection: duckdb.DuckDBPyConnection, values: Mapping[str, int | str]) -> None:
    for name, value in values.items():
        connection.execute(f"SET {name} = '{value}'")


def _first_line(exc: duckdb.Error) -> str:
    return str(exc).splitlines()[0] if str(exc) else type(exc).__name__


def _way_out(text: str, path: Path) -> str:
    low = text.lower()
    if "no space" in low or "disk full" in low or "out of space" in low or "file too large" in low:
        return "free some space on that disk and run again; what was saved before is whole"
    if "input/output" in low or "fsync failed" in low or "invalidated" in low:
        return "the disk refused a write: see to it and run again; what was saved before is whole"
    if "permission" in low or "read-only file" in low:
        return f"check that you may read and write {path} and its folder"
    if "set lock" in low or "conflicting lock" in low:
        return "another program has the file open for writing; close it, or use the published snapshot"
    if "newer version" in low or "version number" in low:
        return "a newer DuckDB wrote it: upgrade factdrift, or restore a backup"
    if any(word in low for word in ("not a valid duckdb", "corrupt", "magic", "checksum", "serializ", "wal file")):
        return f"the file is damaged or is no database: restore a backup (`factdrift restore FILE --database {path}`)"
    if "is a directory" in low:
        return "name a file, not a folder"
    return "run `factdrift status`; if it stays so, restore a backup"


def _way_out_of_errno(exc: OSError, path: Path) -> str:
    if exc.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "free some space on that disk and run again; what was saved before is whole"
    if exc.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"check that you may write to {path.parent}"
    if exc.errno == errno.EIO:
        return "the disk refused to read or write: see to it and run again; what was saved before is whole"
    return "check the path and the disk"
