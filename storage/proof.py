"""What makes the store prove itself: a hash for each row as it was written, and a chain of hashes over runs.

Knows columns, not their meaning. A row's digest leaves out what may change later: when it ended, who ended it, its
place in the fold, how the delivery of an alert went; and what only repeats another column. A NULL adds nothing, so a
column that a later migration adds changes no digest.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

PROVEN = ("articles", "claims", "beliefs", "changes", "reasons", "facts", "alerts", "reviews")
NEVER_ENDED = frozenset({"alerts", "reviews"})  # such rows are added only
GENESIS = "0" * 64
_MAY_CHANGE = frozenset({"digest", "system_to", "ended_by", "sent_at", "attempts", "last_error", "seq", "valid_end"})


@dataclass(frozen=True, slots=True)
class TableLog:
    """The digests of the rows that one run added to a table, and of those it ended."""

    added: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)


def digest_sql(db: duckdb.DuckDBPyConnection, table: str) -> str:
    """The SQL expression that hashes a row of `table` as it was written: `name=text` of all that is not NULL."""
    columns = db.execute(
        """SELECT name, type, NOT "notnull" FROM pragma_table_info($table) ORDER BY name""", {"table": table}
    ).fetchall()
    return f"left(sha256({_joined_sql([column for column in columns if column[0] not in _MAY_CHANGE])}), 32)"


def _joined_sql(columns: list[tuple[str, str, bool]]) -> str:
    """What `concat_ws` makes of the columns, in half the time: one text at once, and none for each column.

    A column that may be NULL brings its separator along: one after it, until the first that is never NULL has come.
    """
    parts, has_begun = [], False
    for name, kind, may_be_null in columns:
        label = f"chr(31) || '{name}='" if has_begun else f"'{name}='"
        if may_be_null:
            parts.append(f"{label} || {_as_text(name, kind)}" + ("" if has_begun else " || chr(31)"))
        else:
            parts += [label, _as_text(name, kind)]
            has_begun = True
    return f"concat({', '.join(parts)})"


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


def _as_text(name: str, kind: str) -> str:
    return f"epoch_us({name})::VARCHAR" if kind == "TIMESTAMP WITH TIME ZONE" else f"{name}::VARCHAR"


def _run_text(value: Any) -> str:
    return f"{value.timestamp():.6f}" if hasattr(value, "timestamp") else str(value)
