"""Ad-hoc SQL in a cage: read-only, on the snapshot, in a child process with limits on time, memory and rows.

The child gets no files, no network and no settings; what outruns its limits is killed. Knows no table of ours.
"""

import io
import json
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from factdrift.errors import QueryRefused, StoreUnavailable
from storage.engine import connect, store_errors
from storage.rows import registered

REFUSED, TOO_LARGE = 3, 4  # the child's exit codes
_START_SECONDS = 0.5  # what an idle child takes to start


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What a query may use. Rows beyond `max_rows` are cut off, and the answer says so; a larger answer is refused."""

    timeout_seconds: float = 30.0
    memory_mb: int = 1024
    threads: int = 2
    max_rows: int = 100_000
    max_bytes: int = 256 * 2**20


@dataclass(frozen=True, slots=True)
class QueryResult:
    """An answer: an Arrow table whose columns have names of their own, and whether rows were cut off."""

    table: Any  # pyarrow.Table
    cut: bool

    @property
    def columns(self) -> list[str]:
        """The names of the columns."""
        return list(self.table.column_names)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python values; a time that Python does not know ("infinity", before the year 1) is its text."""
        return list(zip(*map(_python_values, self.table.columns), strict=True))


def write_parquet(result: QueryResult, path: Path) -> None:
    """Write an answer to a file. What Parquet has no type for (an interval, a union) is written as its text.

    Raises StoreUnavailable where the file cannot be written.
    """
    columns = {name: _for_parquet(result.table.column(name)) for name in result.columns}
    with store_errors(path):
        parquet.write_table(pa.table(columns), path)


def _for_parquet(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    try:
        parquet.write_table(pa.table({"value": column.slice(0, 0)}), io.BytesIO())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.array(_texts(column), pa.string())
    return column


def _python_values(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_interval(column.type):
        return _texts(column)
    try:
        return list(column.to_pylist(maps_as_pydicts="lossy"))
    except (OverflowError, ValueError):
        return [_python_value(value, text) for value, text in zip(column, _texts(column), strict=True)]


def _python_value(value: pa.Scalar, text: str | None) -> Any:
    try:
        return value.as_py(maps_as_pydicts="lossy")
    except (OverflowError, ValueError):
        return text


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    """The values as DuckDB writes them."""
    with connect(":memory:") as db, registered(db, pa.table({"value": column})):
        return [text for (text,) in db.execute("SELECT value::VARCHAR FROM incoming").fetchall()]


def run_query(snapshot: Path, sql: str, limits: QueryLimits) -> QueryResult:
    """Answer one SELECT. Raises QueryRefused with the reason, StoreUnavailable where there is no snapshot."""
    snapshot = snapshot.expanduser().absolute()
    if not snapshot.is_file():
        raise StoreUnavailable(f"{snapshot}: no snapshot yet", "run `factdrift run` (or `factdrift demo`) first")
    order = json.dumps({"snapshot": str(snapshot), "sql": sql, "limits": asdict(limits)})
    code, out, err = _run_caged(order.encode(), limits)
    if code == 0:
        return _answer(out)
    raise refusal(code, err.decode("utf-8", "replace").strip(), limits)


def _run_caged(order: bytes, limits: QueryLimits) -> tuple[int, bytes, bytes]:
    """The exit code and both outputs of the child, which is killed when its time is up."""
    command = [sys.executable, "-I", "-c", "from storage.query_child import main; main()"]
    allowed = limits.timeout_seconds + _START_SECONDS
    try:
        done = subprocess.run(command, input=order, capture_output=True, timeout=allowed, env={}, check=False)
    except subprocess.TimeoutExpired as exc:
        raise QueryRefused(
            f"the query was stopped after {limits.timeout_seconds:g} s",
            "narrow it down, or raise query.timeout_seconds in config.yaml",
        ) from exc
    return done.returncode, done.stdout, done.stderr


def _answer(stream: bytes) -> QueryResult:
    with pa.ipc.open_stream(stream) as reader:
        table = reader.read_all()
    is_cut = (table.schema.metadata or {}).get(b"cut") == b"yes"
    return QueryResult(table.rename_columns(_apart(table.column_names)), is_cut)


def _apart(names: list[str]) -> list[str]:
    """The names, with a number behind each that was there before: neither JSON nor Parquet holds two of one name."""
    taken: dict[str, None] = {}
    for name in names:
        numbered = (f"{name}_{number}" for number in count(2))
        taken[next(each for each in chain([name], numbered) if each not in taken)] = None
    return list(taken)


def refusal(code: int, text: str, limits: QueryLimits) -> QueryRefused:
    """What to tell of a child that ended with this exit code and these last words."""
    if code == REFUSED:
        return QueryRefused(text, "one SELECT on the tables and views of docs/sql.md is answered here, nothing else")
    if code == TOO_LARGE:
        return QueryRefused(text, "ask for fewer rows or narrower columns")
    if code == -signal.SIGXCPU or code == -signal.SIGKILL:
        return QueryRefused("the query outran its processor time", "narrow it down")
    last = text.splitlines()[-1] if text else f"it ended with code {code}"
    return QueryRefused(f"the query outran its memory ({limits.memory_mb} MB): {last}", "narrow it down")
