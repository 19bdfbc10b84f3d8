"""Adding and ending rows within a run's transaction, each with its digest in the run's log. Knows no table by name."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TypeVar

import duckdb
import pyarrow as pa

from storage import proof, rows
from storage.proof import TableLog
from storage.records import Batch

Record = TypeVar("Record")

TOGETHER = 8_192  # rows made at once


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
    """Insert the rows of an Arrow table with their digests.

    The digests are worked out first and inserted as a column like any other: DuckDB writes bare columns several times
    as fast as it writes rows that a query makes and hands back.
    """
    with rows.registered(run.db, fresh):
        made = run.db.execute(f"SELECT {proof.digest_sql(run.db, table)} AS digest FROM incoming").to_arrow_table()
    digests = made.column("digest")
    with rows.registered(run.db, fresh.append_column("digest", digests)):
        run.db.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    run.log[table].added.extend(digests.to_pylist())


def add_unless_open(
    run: Writing,
    table: str,
    key: str,
    records: Mapping[str, Record],
    columns: Callable[[list[Record]], pa.Table],
    unheard: Set[str] = frozenset(),
) -> tuple[int, Set[str]]:
    """Insert the records whose key does not stand: how many these are, and the keys that were never stored before.

    What had ended before starts another period. `columns` makes rows of some records, without their period; `unheard`
    are keys that cannot have been stored.
    """
    if not records:
        return 0, frozenset()
    ended, is_open = _stood(run, table, key, records.keys() - unheard)
    fresh = [name for name in records if name not in is_open] if is_open else list(records)
    slices = [fresh[first : first + TOGETHER] for first in range(0, len(fresh), TOGETHER)]

    def made(names: list[str]) -> pa.Table:
        periods = pa.array([ended.get(name, 0) for name in names], pa.int32())
        return columns([records[name] for name in names]).append_column("period", periods)

    if len(slices) == 1:
        add_table(run, table, made(slices[0]))
    elif slices:
        _add_in_bulk(run, table, (made(names) for names in slices))
    return len(fresh), records.keys() - ended.keys() - is_open


def _stood(run: Writing, table: str, key: str, keys: Set[str]) -> tuple[dict[str, int], set[str]]:
    """Of these keys: how many periods ended ones had, and which stand."""
    if not keys:
        return {}, set()
    with rows.registered(run.db, pa.table({key: pa.array(list(keys), pa.string())})):
        had = run.db.execute(
            f"SELECT {key}, count(*), bool_or(system_to IS NULL) FROM {table} "
            f"WHERE topic = $topic AND {key} IN (SELECT {key} FROM incoming) GROUP BY ALL",
            {"topic": run.batch.topic},
        ).fetchall()
    return {name: count for name, count, stands in had if not stands}, {name for name, _, stands in had if stands}


def _add_in_bulk(run: Writing, table: str, parts: Iterator[pa.Table]) -> None:
    """Insert rows with their digests, made part by part while DuckDB writes those before: it asks when it wants more.

    A few thousand rows are made at once, because Arrow's buffers for long texts grow slowly. They stay in order:
    written in any order they take a quarter less time, and the next checkpoint longer, to join half-full row groups.
    """
    first = next(parts)
    batches = (batch for part in chain([first], parts) for batch in part.to_batches())
    with rows.registered(run.db, pa.RecordBatchReader.from_batches(first.schema, batches)):
        run.db.execute(
            f"INSERT INTO {table} BY NAME SELECT *, {proof.digest_sql(run.db, table)} AS digest FROM incoming"
        )
    added = run.db.execute(
        f"SELECT digest FROM {table} WHERE system_from = $at AND run_id = $run_id",
        {"at": run.at, "run_id": run.batch.run_id},
    ).to_arrow_table()
    run.log[table].added[:] = added.column("digest").to_pylist()


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
