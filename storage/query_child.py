"""The inside of the cage: runs one SELECT read from stdin and writes the answer to stdout as an Arrow stream.

Started by `query.py` in a process of its own; sets its own limits before it touches the query.
"""

import json
import resource
import sys
from typing import Any

import duckdb
import pyarrow as pa

from storage.query import REFUSED, TOO_LARGE

# What is marked "no cover" runs only in a process that may write no file, and so no record of what was covered either:
# the tests look at it from outside. What it calls is tested here.
_HEADROOM_MB = 3072  # address space that Python, DuckDB and Arrow reserve without using it
_READS = ("SELECT", "EXPLAIN")


def main() -> None:  # pragma: no cover
    """Read the order, answer it, exit 0; a refused query exits 3 with the reason on stderr."""
    order = json.load(sys.stdin)
    limits = order["limits"]
    _limit(limits)
    try:
        connection = open_caged(order["snapshot"], limits)
        table = select(connection, order["sql"], limits["max_rows"], limits["max_bytes"])
    except (OverflowError, MemoryError, duckdb.Error, pa.ArrowException, ValueError) as exc:
        code, words = last_words(exc)
        sys.stderr.write(words)
        raise SystemExit(code) from exc
    with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
        writer.write_table(table)


def last_words(exc: BaseException) -> tuple[int, str]:
    """The exit code for a query that failed so, and what to say of it."""
    text = str(exc).strip()
    if isinstance(exc, OverflowError | MemoryError | duckdb.OutOfMemoryException | pa.ArrowMemoryError):
        first = (text or type(exc).__name__).splitlines()[0]
        return TOO_LARGE, f"the query needs more memory than it may use: {first}"
    return REFUSED, text


def _limit(limits: dict[str, Any]) -> None:  # pragma: no cover
    space = (limits["memory_mb"] + _HEADROOM_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    seconds = int(limits["timeout_seconds"] * limits["threads"]) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def open_caged(snapshot: str, limits: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """A connection that reads this one file and reaches nothing else; its settings are locked."""
    # Two walls: only one SELECT gets through, and what it may reach is shut off before the settings are locked.
    settings: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "memory_limit": f"{limits['memory_mb']}MB",
        "threads": str(limits["threads"]),
        "temp_directory": "",
    }
    connection = duckdb.connect(snapshot, read_only=True, config=settings)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET lock_configuration = true")
    return connection


def select(connection: duckdb.DuckDBPyConnection, sql: str, max_rows: int, max_bytes: int) -> Any:
    """The answer to one SELECT. Raises ValueError for any other statement, OverflowError for too large an answer."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise ValueError(f"one statement at a time, please ({len(statements)} given)")
    if statements[0].type.name not in _READS:
        raise ValueError(f"only SELECT is answered here, not {statements[0].type.name}")
    connection.execute(statements[0])
    wanted = connection.to_arrow_reader(min(max_rows + 1, 8192))
    kept, count, size = [], 0, 0
    for part in wanted:
        kept.append(part)
        count += part.num_rows
        size += part.nbytes
        if size > max_bytes:
            raise OverflowError(f"an answer of more than {max_bytes // 2**20} MB")
        if count > max_rows:
            break
    table = pa.Table.from_batches(kept, wanted.schema)
    mark = {b"cut": b"yes"} if count > max_rows else None
    return table.slice(0, max_rows).replace_schema_metadata(mark)
