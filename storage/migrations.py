"""Schema changes: numbered SQL files, one transaction each, recorded with their checksum; a backup is made first."""

import hashlib
import shutil
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb

from factdrift.errors import StoreUnavailable


def all_migrations() -> list[tuple[int, str, str]]:
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
    return dict(connection.execute("SELECT number, checksum FROM schema_migrations").fetchall())


def migrate(connection: duckdb.DuckDBPyConnection, path: Path, now: datetime) -> list[int]:
    """Bring the schema up to date; returns the numbers applied. Raises StoreUnavailable for a newer or edited one."""
    had, known = applied(connection), all_migrations()
    newest = known[-1][0]
    if had and max(had) > newest:
        raise StoreUnavailable(
            f"{path}: written by a newer factdrift (schema {max(had)}, this program knows {newest})",
            "upgrade factdrift, or restore the backup made before that upgrade",
        )
    edited = [number for number, _, sql in known if number in had and had[number] != _checksum(sql)]
    if edited:
        raise StoreUnavailable(
            f"{path}: schema {edited[0]} is not the one this program was released with", "reinstall factdrift"
        )
    waiting = [step for step in known if step[0] not in had]
    if had and waiting:
        _back_up(connection, path, max(had))
    for number, name, sql in waiting:
        _apply(connection, number, name, sql, now)
    return [number for number, _, _ in waiting]


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
        connection.execute("ROLLBACK")
        raise


def _back_up(connection: duckdb.DuckDBPyConnection, path: Path, schema: int) -> None:
    connection.execute("CHECKPOINT")
    shutil.copyfile(path, path.with_name(f"{path.name}.schema{schema}.bak"))


def _checksum(sql: str) -> str:
    return hashlib.sha256(sql.encode("utf-8")).hexdigest()
