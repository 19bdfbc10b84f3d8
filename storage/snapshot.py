"""The published snapshot: what every reader uses, so that no query delays or fails a run."""

import os
import shutil
from pathlib import Path

from storage.engine import connect, lease, store_errors


def publish_snapshot(database: Path, snapshot: Path) -> Path:
    """Replace the snapshot by the database as it stands; a reader that has the old one open keeps it.

    The database must not be open in this process: closing a copy of its file handle would drop DuckDB's lock.
    """
    database, snapshot = database.expanduser().absolute(), snapshot.expanduser().absolute()
    with store_errors(snapshot), lease(database):
        copy_database(database, snapshot)
    return snapshot


def copy_database(database: Path, target: Path) -> None:
    """Put a whole copy of a database at `target`, all or nothing. The caller holds the lease.

    The file is copied, not its rows: five times as fast as COPY FROM DATABASE, and views and macros come along.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        connection = connect(database)
        connection.execute("CHECKPOINT")
        connection.close()
        shutil.copyfile(database, temporary)
        sync(temporary)
        temporary.replace(target)
        sync(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """The file's content is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
