"""Copies of the store, and its upkeep: backup, restore, compact, and dropping text that carries no claim."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

import duckdb

from factdrift.errors import StoreUnavailable, UsageError
from storage.engine import connect, lease, store_errors
from storage.migrations import all_migrations, check, migrate, open_migrated, recorded
from storage.snapshot import copy_database, sync

# What is asked most stands together: DuckDB skips the row groups whose range cannot match.
ORDERS = {
    "articles": "topic, fetched_at, version_id",
    "claims": "topic, fact, published_at, claim_id",
    "beliefs": "topic, fact, track, valid_from, system_from",
    "changes": "known_at, topic, fact, happened_at",
    "reasons": "topic, fact, claim_id",
}


def back_up(database: Path, target: Path) -> Path:
    """Copy the database as it stands to a new file. Raises UsageError where that file exists."""
    database, target = database.expanduser().absolute(), target.expanduser().absolute()
    _must_be_there(database)
    if target.exists():
        raise UsageError(f"{target}: exists", "name a new file; a backup is never overwritten")
    with store_errors(target), lease(database):
        copy_database(database, target)
    return target


def restore(backup: Path, database: Path) -> Path | None:
    """Put a backup in the database's place; returns where the file that stood there is kept.

    Raises StoreUnavailable, and changes nothing, where the backup cannot be read or is of a newer schema.
    """
    backup, database = backup.expanduser().absolute(), database.expanduser().absolute()
    _must_be_there(backup)
    with store_errors(backup):
        connection = connect(backup, read_only=True)
        try:
            check(_schema_of(connection, backup), backup, all_migrations())
        finally:
            connection.close()
    with store_errors(database), lease(database), _temporary(database) as fresh:
        shutil.copyfile(backup, fresh)
        sync(fresh)
        kept = _set_aside(database)
        fresh.replace(database)
    return kept


def compact(database: Path, now: datetime) -> tuple[int, int]:
    """Rewrite the database without gaps, in the order of what is asked; returns its bytes before and after."""
    database = database.expanduser().absolute()
    _must_be_there(database)
    with store_errors(database), lease(database), _temporary(database) as fresh:
        open_migrated(database, now).close()
        before = database.stat().st_size
        connection = connect(fresh)
        try:
            migrate(connection, fresh, now)
            quoted = str(database).replace("'", "''")
            connection.execute(f"ATTACH '{quoted}' AS old (READ_ONLY)")
            tables = connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE database_name = 'old' ORDER BY table_name"
            ).fetchall()
            connection.execute("DELETE FROM schema_migrations")
            for (table,) in tables:
                order = f"ORDER BY {ORDERS[table]}" if table in ORDERS else ""
                connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM old.{table} {order}")
            connection.execute("DETACH old")
            connection.execute("CHECKPOINT")
        finally:
            connection.close()
        sync(fresh)
        fresh.replace(database)
    return before, database.stat().st_size


def drop_text(database: Path, before: datetime, now: datetime) -> int:
    """Empty the text of articles fetched before a time that carry no claim; returns how many.

    Claims, quotes and the articles they stand in are never touched. `compact` gives the space back.
    """
    database = database.expanduser().absolute()
    _must_be_there(database)
    with store_errors(database), lease(database):
        connection = open_migrated(database, now)
        try:
            connection.execute("BEGIN")
            dropped = connection.execute(
                "UPDATE articles SET text = '' WHERE fetched_at < $before AND text <> '' "
                "AND (topic, version_id) NOT IN (SELECT topic, version_id FROM claims) RETURNING topic, version_id",
                {"before": before},
            ).fetchall()
            for topic, version in sorted(set(dropped)):
                connection.execute(
                    "INSERT INTO trimmed VALUES ($topic, $version, $now)",
                    {"topic": topic, "version": version, "now": now},
                )
            connection.execute("COMMIT")
        finally:
            connection.close()
    return len(dropped)


def _schema_of(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[int, str]:
    had = recorded(connection)
    if not had:
        raise StoreUnavailable(f"{path}: is no factdrift database", "name a file that `factdrift backup` wrote")
    return had


def _must_be_there(path: Path) -> None:
    if not path.is_file():
        raise StoreUnavailable(f"{path}: no such file", "check the path")


def _set_aside(database: Path) -> Path | None:
    """Move what stands there away, with the log that belongs to it and to no other file. What was kept before stays."""
    kept = next(name for name in _names_to_keep(database) if not name.exists() and not _log(name).exists())
    if _log(database).exists():
        _log(database).replace(_log(kept))
    if not database.exists():
        return None
    database.replace(kept)
    return kept


def _names_to_keep(database: Path) -> Iterator[Path]:
    yield database.with_name(f"{database.name}.before-restore")
    yield from (database.with_name(f"{database.name}.before-restore-{number}") for number in count(2))


def _log(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")


@contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)
        _log(fresh).unlink(missing_ok=True)
