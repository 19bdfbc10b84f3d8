"""Ad-hoc SQL in a cage: read-only, on the snapshot, in a child process with limits on time, memory and rows.

The child gets no files, no network and no settings; what outruns its limits is killed. Knows no table of ours.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from factdrift.errors import QueryRefused, StoreUnavailable


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What a query may use. `max_rows` more than which are cut off, and the answer says so."""

    timeout_seconds: float = 30.0
    memory_mb: int = 1024
    threads: int = 2
    max_rows: int = 100_000


@dataclass(frozen=True, slots=True)
class QueryResult:
    """An answer: an Arrow table, and whether rows were cut off."""

    table: Any  # pyarrow.Table
    cut: bool

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.table.column_names)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python values."""
        return list(zip(*(column.to_pylist() for column in self.table.columns), strict=True))


def run_query(snapshot: Path, sql: str, limits: QueryLimits) -> QueryResult:
    """Answer one SELECT. Raises QueryRefused with the reason, StoreUnavailable where there is no snapshot."""
    snapshot = snapshot.expanduser().absolute()
    if not snapshot.is_file():
        raise StoreUnavailable(f"{snapshot}: no snapshot yet", "run `factdrift run` (or `factdrift demo`) first")
    order = json.dumps({"snapshot": str(snapshot), "sql": sql, "limits": asdict(limits)})
    command = [sys.executable, "-I", "-c", "from storage.query_child import main; main()"]
    try:
        done = subprocess.run(
            command,
            input=order.encode(),
            capture_output=True,
            timeout=limits.timeout_seconds + 0.5,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as exc:
        what = f"the query was stopped after {limits.timeout_seconds:g} s"
        raise QueryRefused(what, "narrow it down, or raise query.timeout_seconds in config.yaml") from exc
    if done.returncode == 0:
        return _answer(done.stdout)
    raise _refusal(done.returncode, done.stderr.decode("utf-8", "replace"), limits)


def _answer(stream: bytes) -> QueryResult:
    with pa.ipc.open_stream(stream) as reader:
        table = reader.read_all()
    return QueryResult(table, (table.schema.metadata or {}).get(b"cut") == b"yes")


def _refusal(code: int, text: str, limits: QueryLimits) -> QueryRefused:
    if code == 3:
        return QueryRefused(text.strip(), "the tables and views are listed in docs/sql.md")
    what = (
        f"the query outran its limits ({limits.memory_mb} MB)" if code < 0 or "Memory" in text else "the query failed"
    )
    return QueryRefused(
        f"{what}: {text.strip().splitlines()[-1] if text.strip() else f'signal {-code}'}", "narrow it down"
    )
