"""Schema changes: numbered SQL files, one transaction each, recorded with their checksum; a backup is made first."""

import hashlib
import shutil
from contextlib import suppress
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb

from factdrift.errors import StoreUnavailable
from storage.engine import connect

Step = tuple[int, str, str]


def all_migrations() -> list[Step]:
    """(number, name, SQL) of every migration, in order."""
    folder = files("storage") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name[:4]), name[5:-4], (folder / name).read_text(encoding="utf-8")) for name in names]


def applied(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """Number -> checksum of the migrations a database has had."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations "
        "(number INTEGER, name VARCHAR, checksum VARCHAR, applied_at TIMESTAMPTZ)"
    )
    return recorded(connection)


def recorded(connection: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """The same of a database that is open for reading; nothing where it is no database of ours."""
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'schema_migrations'").fetchall():
        return {}
    return dict(connection.execute("SELECT number, checksum FROM schema_migrations").fetchall())


def open_migrated(path: Path, now: datetime, known: list[Step] | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to a database whose schema is up to date; a file that changes is copied beside itself first.

    Raises StoreUnavailable for a newer or edited schema, and duckdb.Error as it comes.
    """
    steps = known or all_migrations()
    connection = connect(path)
    try:
        had = applied(connection)
        check(had, path, steps)
        if had and max(had) < steps[-1][0]:
            # Copied while nothing of this process has it open: closing any handle on a file drops DuckDB's lock on it.
            connection.execute("CHECKPOINT")
            connection.close()
            shutil.copyfile(path, path.with_name(f"{path.name}.schema{max(had)}.bak"))
            connection = connect(path)
        migrate(connection, path, now, steps)
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(
    connection: duckdb.DuckDBPyConnection, path: Path, now: datetime, known: list[Step] | None = None
) -> list[int]:
    """Bring the schema up to date; returns the numbers applied. Raises StoreUnavailable as `check` does."""
    steps, had = known or all_migrations(), applied(connection)
    check(had, path, steps)
    waiting = [step for step in steps if step[0] not in had]
    for number, name, sql in waiting:
        _apply(connection, number, name, sql, now)
    return [number for number, _, _ in waiting]


def check(had: dict[int, str], path: Path, steps: list[Step]) -> None:
    """Nothing, where the schema is one this program can bring up to date. Raises StoreUnavailable otherwise."""
    newest = steps[-1][0]
    if had and max(had) > newest:
        raise StoreUnavailable(
            f"{path}: written by a newer factdrift (schema {max(had)}, this program knows {newest})",
            "upgrade factdrift, or restore the backup made before that upgrade",
        )
    edited = [number for number, _, sql in steps if number in had and had[number] != _checksum(sql)]
    if edited:
        raise StoreUnavailable(
            f"{path}: schema {edited[0]} is not the one this program was released with", "reinstall factdrift"
        )


def _apply(connection: duckdb.DuckDBPyConnection, number: int, name: str, sql: str, now: datetime) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute(sql)
        connection.execute(
            "INSERT INTO schema_migrations VALUES ($number, $name, $checksum, $now)",
            {"number": number, "name": name, "checksum": _checksum(sql), "now": now},
        )
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # where the disk failed there is no transaction any more, and its error counts
            connection.execute("ROLLBACK")
        raise


def _checksum(sql: str) -> str:
    return hashlib.sha256(sql.encode("utf-8")).hexdigest()
