"""The ledger as files for other tools: Parquet by month, or CSV that no spreadsheet takes for formulas. Reads only."""

import os
import shutil
from pathlib import Path
from typing import Literal

import duckdb

from factdrift.errors import StoreUnavailable, UsageError
from storage.engine import connect, store_errors

# What is exported, and the time whose month a row is filed under.
EXPORTS = {
    "fact_history": "valid_from",
    "change_feed": "happened_at",
    "evidence_chain": "published_at",
    "articles": "fetched_at",
}


def export(snapshot: Path, folder: Path, form: Literal["parquet", "csv"]) -> list[Path]:
    """Write each view to `folder`: `<view>/month=YYYY-MM/*.parquet`, or `<view>.csv`; returns what was made there.

    Raises UsageError where the folder holds something already.
    """
    snapshot, folder = snapshot.expanduser().absolute(), folder.expanduser().absolute()
    if not snapshot.is_file():
        raise StoreUnavailable(f"{snapshot}: no snapshot yet", "run `factdrift run` (or `factdrift demo`) first")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is there already and not empty", "name a new folder")
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    with store_errors(folder):
        fresh.mkdir(parents=True)
        try:
            _write_all(snapshot, fresh, form)
            if folder.exists():
                folder.rmdir()
            fresh.replace(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return sorted(folder.iterdir())


def _write_all(snapshot: Path, folder: Path, form: str) -> None:
    db = connect(snapshot, read_only=True)
    try:
        for view, time in EXPORTS.items():
            if form == "parquet":
                (folder / view).mkdir()
                _write_parquet(db, view, time, folder / view)
            else:
                db.execute(f"COPY (SELECT {_safe_columns(db, view)} FROM {view}) TO {_quoted(folder / f'{view}.csv')}")
    finally:
        db.close()


def _write_parquet(db: duckdb.DuckDBPyConnection, view: str, time: str, folder: Path) -> None:
    db.execute(
        f"COPY (SELECT *, strftime({time}, '%Y-%m') AS month FROM {view} ORDER BY {time}) TO {_quoted(folder)} "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month), OVERWRITE_OR_IGNORE)"
    )


def _safe_columns(db: duckdb.DuckDBPyConnection, view: str) -> str:
    """Every column, with a quote mark before text that a spreadsheet would run."""
    columns = [(row[0], row[1]) for row in db.execute(f"DESCRIBE {view}").fetchall()]
    return ", ".join(
        f"CASE WHEN regexp_matches({name}, '^[=+\\-@\\t\\r\\n]') THEN '''' || {name} ELSE {name} END AS {name}"
        if kind == "VARCHAR"
        else name
        for name, kind in columns
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
