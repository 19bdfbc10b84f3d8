"""What makes the store prove itself: a hash for each row as it was written, and a chain of hashes over runs.

Knows columns, not their meaning. A row's digest leaves out what may change later: when it ended, who ended it, its
place in the fold, how the delivery of an alert went; and what only repeats another column. A NULL adds nothing, so a
column that a later migration adds changes no digest.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

PROVEN = ("articles", "claims", "beliefs", "changes", "reasons", "facts", "alerts", "reviews")
NEVER_ENDED = frozenset({"alerts", "reviews"})  # such rows are added only
GENESIS = "0" * 64
_MAY_CHANGE = frozenset({"digest", "system_to", "ended_by", "sent_at", "attempts", "last_error", "seq", "valid_end"})


@dataclass(frozen=True, slots=True)
class TableLog:
    """The digests of the rows that one run added to a table, and of those it ended."""

    added: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def sort(self) -> None:
        """Bring the digests into the order in which `table_digest` takes them: it will then have little to do."""
        self.added.sort()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that is part of its rows' digests."""

    name: str
    kind: str
    may_be_null: bool


def columns_of(db: duckdb.DuckDBPyConnection, table: str) -> list[Column]:
    """The columns of `table` that its rows' digests cover, in the order in which they do."""
    found = db.execute(
        """SELECT name, type, NOT "notnull" FROM pragma_table_info($table) ORDER BY name""", {"table": table}
    ).fetchall()
    return [Column(*column) for column in found if column[0] not in _MAY_CHANGE]


def digest_sql(columns: list[Column]) -> str:
    """The SQL expression that hashes a row as it was written: `name=text` of all that is not NULL.

    What `concat_ws` makes of the columns, in half the time: one text at once, and none for each column. A column that
    may be NULL brings its separator along: one after it, until the first that is never NULL has come.
    """
    parts, has_begun = [], False
    for column in columns:
        label = f"chr(31) || '{column.name}='" if has_begun else f"'{column.name}='"
        if column.may_be_null:
            parts.append(f"{label} || {_as_sql_text(column)}" + ("" if has_begun else " || chr(31)"))
        else:
            parts += [label, _as_sql_text(column)]
            has_begun = True
    return f"left(sha256(concat({', '.join(parts)})), 32)"


def digests(rows: pa.Table, columns: list[Column]) -> list[str]:
    """The digests of rows that are about to be written: what `digest_sql` will say of them, in a third of the time.

    Python's SHA-256 uses the processor's own instructions, DuckDB's does not. Raises KeyError where a column
    is missing.
    """
    return [digest for batch in rows.to_batches() for digest in _hashed(_joined(batch, columns))]


def _joined(batch: pa.RecordBatch, columns: list[Column]) -> pa.LargeStringArray:
    parts: list[pa.Array | pa.Scalar] = []
    has_begun = False
    for column in columns:
        values = batch.column(column.name)
        if values.null_count == len(values) > 0:
            continue
        label, behind = (f"\x1f{column.name}=", "") if has_begun else (f"{column.name}=", "\x1f")
        if not column.may_be_null:
            parts += [_word(label), _as_text(values)]
            has_begun = True
        elif values.null_count == 0:
            parts += [_word(label), _as_text(values), _word(behind)]
        else:  # NULL where the value is
            parts.append(pc.binary_join_element_wise(_word(label), _as_text(values), _word(behind), _word("")))
    return pc.binary_join_element_wise(*parts, _word(""), null_handling="replace", null_replacement="")


def _word(text: str) -> pa.LargeStringScalar:
    return pa.scalar(text, pa.large_string())


def _as_text(values: pa.Array) -> pa.LargeStringArray:
    """Values as DuckDB writes them, as large strings: joined texts may be longer together than those of a column."""
    if isinstance(values, pa.ExtensionArray):  # JSON
        values = values.storage
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.int64())  # microseconds
    elif pa.types.is_floating(values.type):
        few = values.dictionary_encode()
        values = _in_python(few.dictionary).take(few.indices)
    elif pa.types.is_list(values.type):
        values = _in_python(values)
    return values.cast(pa.large_string())


def _in_python(values: pa.Array) -> pa.StringArray:
    """What Python writes as DuckDB does, and Arrow does not."""
    return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())


def _hashed(texts: pa.LargeStringArray) -> list[str]:
    """The digests of texts, read where Arrow has them."""
    _, places, letters = texts.buffers()
    ends = memoryview(places).cast("q")[texts.offset : texts.offset + len(texts) + 1].tolist()
    data = memoryview(letters or b"")
    return [hashlib.sha256(data[start:end]).hexdigest()[:32] for start, end in pairwise(ends)]


def table_digest(log: TableLog) -> str:
    """One hash over all that a run did to a table, whatever the order of the rows."""
    return joined_digest("".join(sorted(log.added)), "".join(sorted(log.ended)))


def joined_digest(added: str, ended: str) -> str:
    """The same, of sorted digests that are joined already."""
    return hashlib.sha256(f"+{added}-{ended}".encode("ascii")).hexdigest()


def run_digest(run: Mapping[str, Any], tables: Iterable[tuple[str, int, int, str]]) -> str:
    """The hash of a run: its own row (which holds the hash before it) and its lines in `run_tables`."""
    facts = [f"{name}={_run_text(run[name])}" for name in sorted(run) if name != "digest"]
    lines = [f"{table}:{added}:{ended}:{digest}" for table, added, ended, digest in sorted(tables)]
    return hashlib.sha256("\n".join([*facts, *lines]).encode("utf-8")).hexdigest()


def _as_sql_text(column: Column) -> str:
    in_microseconds = column.kind == "TIMESTAMP WITH TIME ZONE"
    return f"epoch_us({column.name})::VARCHAR" if in_microseconds else f"{column.name}::VARCHAR"


def _run_text(value: Any) -> str:
    return f"{value.timestamp():.6f}" if hasattr(value, "timestamp") else str(value)
