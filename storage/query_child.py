"""The inside of the cage: runs one SELECT read from stdin and writes the answer to stdout as an Arrow stream.

Started by `query.py` in a process of its own; sets its own limits before it touches the query.
"""

import json
import resource
import sys
from typing import Any

import duckdb
import pyarrow as pa

_REFUSED = 3
_HEADROOM_MB = 3072  # address space that Python, DuckDB and Arrow reserve without using it
_READS = ("SELECT", "EXPLAIN")


def main() -> None:
    """Read the order, answer it, exit 0; a refused query exits 3 with the reason on stderr."""
    order = json.load(sys.stdin)
    limits = order["limits"]
    _limit(limits)
    try:
        connection = _open(order["snapshot"], limits)
        table = _select(connection, order["sql"], limits["max_rows"])
    except (duckdb.Error, ValueError) as exc:
        sys.stderr.write(str(exc))
        raise SystemExit(_REFUSED) from exc
    with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as writer:
        writer.write_table(table)


def _limit(limits: dict[str, Any]) -> None:
    space = (limits["memory_mb"] + _HEADROOM_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    seconds = int(limits["timeout_seconds"] * limits["threads"]) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, resource.getrlimit(resource.RLIMIT_NPROC))


def _open(snapshot: str, limits: dict[str, Any]) -> duckdb.DuckDBPyConnection:
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


def _select(connection: duckdb.DuckDBPyConnection, sql: str, max_rows: int) -> Any:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        raise ValueError(f"one statement at a time, please ({len(statements)} given)")
    if statements[0].type.name not in _READS:
        raise ValueError(f"only SELECT is answered here, not {statements[0].type.name}")
    connection.execute(statements[0])
    wanted = connection.fetch_record_batch(min(max_rows + 1, 65536))
    kept, count = [], 0
    for part in wanted:
        kept.append(part)
        count += part.num_rows
        if count > max_rows:
            break
    table = pa.Table.from_batches(kept, wanted.schema)
    mark = {b"cut": b"yes"} if count > max_rows else None
    return table.slice(0, max_rows).replace_schema_metadata(mark)
