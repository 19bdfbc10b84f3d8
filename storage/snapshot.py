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
        snapshot.parent.mkdir(parents=True, exist_ok=True)
        temporary = snapshot.with_name(f".{snapshot.name}.{os.getpid()}.tmp")
        try:
            connection = connect(database)
            connection.execute("CHECKPOINT")
            connection.close()
            shutil.copyfile(database, temporary)
            _sync(temporary)
            temporary.replace(snapshot)
        finally:
            temporary.unlink(missing_ok=True)
    return snapshot


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
