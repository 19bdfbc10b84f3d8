"""Adding and ending rows within a run's transaction, each with its digest in the run's log. Knows no table by name."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TypeVar

import duckdb
import pyarrow as pa

from storage import proof, rows
from storage.ahead import made_ahead
from storage.engine import with_settings
from storage.proof import TableLog
from storage.records import Batch

Record = TypeVar("Record")

TOGETHER = 2_048  # rows made at once: as many as DuckDB works on at once
AHEAD = 8  # such parts that may wait to be written


@dataclass(frozen=True, slots=True)
class Writing:
    """The run that is being written: where, for which batch, at which system time, and what it did so far."""

    db: duckdb.DuckDBPyConnection
    batch: Batch
    at: datetime
    log: dict[str, TableLog] = field(default_factory=lambda: defaultdict(TableLog))


def add(run: Writing, table: str, fresh: list[rows.Row]) -> None:
    """Insert rows with their digests."""
    if fresh:
        add_table(run, table, rows.table_of(fresh))


def add_table(run: Writing, table: str, fresh: pa.Table) -> None:
    """Insert the rows of an Arrow table with their digests."""
    hashed = _with_digests(run, table, fresh, proof.columns_of(run.db, table))
    with rows.registered(run.db, hashed):
        run.db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")


def _with_digests(run: Writing, table: str, fresh: pa.Table, columns: list[proof.Column]) -> pa.Table:
    digests = proof.digests(fresh, columns)
    run.log[table].added.extend(digests)
    return fresh.append_column("digest", pa.array(digests, pa.string()))


@dataclass(frozen=True, slots=True)
class Stood:
    """Of the keys that were asked for: how many periods those had that have ended, and which are open."""

    ended: Mapping[str, int] = field(default_factory=dict)
    open: Set[str] = frozenset()

    def __contains__(self, key: str) -> bool:
        return key in self.open or key in self.ended


def stood(run: Writing, table: str, key: str, keys: Collection[str]) -> Stood:
    """What became of the rows with these keys before this run; keys that were never stored are in neither part."""
    topic = {"topic": run.batch.topic}
    if not keys or not run.db.execute(f"SELECT 1 FROM {table} WHERE topic = $topic LIMIT 1", topic).fetchall():
        return Stood()
    with rows.registered(run.db, pa.table({key: pa.array(keys, pa.string())})):
        had = run.db.execute(
            f"SELECT {key}, count(*), bool_or(system_to IS NULL) FROM {table} "
            f"WHERE topic = $topic AND {key} IN (SELECT {key} FROM incoming) GROUP BY ALL",
            topic,
        ).fetchall()
    ended = {name: count for name, count, is_open in had if not is_open}
    return Stood(ended, {name for name, _, is_open in had if is_open})


def add_unless_open(
    run: Writing,
    table: str,
    records: Mapping[str, Record],
    before: Stood,
    columns: Callable[[list[Record]], pa.Table],
) -> int:
    """Insert the records whose key is not open; returns how many. What had ended before starts another period.

    `columns` makes rows of some records, without their period.
    """
    names = [name for name in records if name not in before.open] if before.open else list(records)
    fresh = [records[name] for name in names] if before.open else list(records.values())

    def made(first: int) -> pa.Table:
        """The rows of some records from the `first` on."""
        some = slice(first, first + TOGETHER)
        periods = [before.ended.get(name, 0) for name in names[some]] if before.ended else [0] * len(names[some])
        return columns(fresh[some]).append_column("period", pa.array(periods, pa.int32()))

    if len(fresh) > TOGETHER:
        _add_in_bulk(run, table, len(fresh), made)
    elif fresh:
        add_table(run, table, made(0))
    return len(fresh)


def _add_in_bulk(run: Writing, table: str, count: int, made: Callable[[int], pa.Table]) -> None:
    """Insert many rows, made some at a time in a thread while DuckDB writes those before.

    They stay in order: written in any order, the next checkpoint takes long to join half-full row groups. DuckDB does
    its part in one thread and writes a row group as soon as it is full: several threads that keep the order take twice
    the work, because they join copies of what each has made.
    """
    columns = proof.columns_of(run.db, table)

    def made_from(first: int) -> pa.Table:
        part = _with_digests(run, table, made(first), columns)
        if first + TOGETHER >= count:
            run.log[table].sort()  # DuckDB has enough to do meanwhile
        return part

    with ThreadPoolExecutor(1) as maker:
        parts = made_ahead(maker, made_from, range(0, count, TOGETHER), AHEAD)
        first = next(parts)
        batches = (batch for part in chain([first], parts) for batch in part.to_batches())
        reader = pa.RecordBatchReader.from_batches(first.schema, batches)
        with with_settings(run.db, threads=1, write_buffer_row_group_count=1), rows.registered(run.db, reader):
            run.db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")


def end(run: Writing, table: str, key: str, gone: Iterable[str]) -> None:
    """End the open rows with these keys."""
    # Found first and then updated by their places: an update that hands back what it did reads whole rows of the table.
    found = run.db.execute(
        f"SELECT rowid FROM {table} "
        f"WHERE topic = $topic AND system_to IS NULL AND {key} IN (SELECT unnest(string_split($gone, $unit)))",
        {"topic": run.batch.topic, "gone": rows.packed(gone), "unit": rows.UNIT},
    ).fetchall()
    end_at(run, table, [place for (place,) in found])


def end_at(run: Writing, table: str, places: list[int]) -> None:
    """End the rows at these places (`rowid`), which are open."""
    if not places:
        return
    with rows.registered(run.db, rows.places(places)):
        ended = run.db.execute(f"SELECT digest FROM {table} WHERE rowid IN (SELECT place FROM incoming)").fetchall()
        run.db.execute(
            f"UPDATE {table} SET system_to = $at, ended_by = $run_id WHERE rowid IN (SELECT place FROM incoming)",
            {"at": run.at, "run_id": run.batch.run_id},
        )
    run.log[table].ended.extend(digest for (digest,) in ended)
