"""The store proves itself: rows against their hashes, runs against their chain, and the ledger against its claims.

Reads only. How a ledger is folded is handed in; how a claim is checked against its text is `storage.evidence`.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from factdrift.codec import unpack_claim
from factdrift.errors import StoreUnavailable
from factdrift.log import event
from storage.engine import connect, store_errors
from storage.evidence import problems_of_claim
from storage.migrations import all_migrations, check, recorded
from storage.proof import NEVER_ENDED, PROVEN, columns_of, digest_sql, joined_digest, run_digest
from storage.rows import NEVER
from storage.verify_folds import Fold, Problem, check_folds

_LOG = logging.getLogger("factdrift.verify")

CLAIMS_AT_ONCE = 10_000
TOLD_AFTER = 100_000  # claims between two events
KEYS = {
    "articles": "version_id",
    "claims": "claim_id",
    "beliefs": "belief_id",
    "changes": "change_id",
    "reasons": "reason_id",
    "facts": "fact",
    "alerts": "alert_id",
    "reviews": "review_id",
}
_RUN_COLUMNS = (
    "seq",
    "run_id",
    "topic",
    "started_at",
    "finished_at",
    "outcome",
    "new_articles",
    "new_claims",
    "new_changes",
    "previous_digest",
)


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked and what does not hold. `head` is the newest hash: note it down to notice a cut-off end."""

    rows: int
    runs: int
    claims: int
    facts: int
    head: str
    problems: tuple[Problem, ...]


def verify(path: Path, fold: Fold | None = None) -> Verified:
    """Check a database or snapshot. Raises StoreUnavailable where it cannot even be opened."""
    path = path.expanduser().absolute()
    if not path.is_file():
        raise StoreUnavailable(f"{path}: no such file", "name a database, a snapshot or a backup")
    with store_errors(path):
        db = connect(path, read_only=True)
        try:
            _must_be_current(db, path)
            return _verify(db, fold)
        finally:
            db.close()


def _must_be_current(db: duckdb.DuckDBPyConnection, path: Path) -> None:
    steps = all_migrations()
    had = recorded(db)
    check(had, path, steps)
    if not had or max(had) < steps[-1][0]:
        raise StoreUnavailable(
            f"{path}: written by an older factdrift (schema {max(had, default=0)} of {steps[-1][0]})",
            "`factdrift run` brings the database up to date, or name a newer file",
        )


def _verify(db: duckdb.DuckDBPyConnection, fold: Fold | None) -> Verified:
    problems: list[Problem] = []
    rows = sum(_readable(db, table, problems) for table in _tables(db))
    if any(problem.what.startswith("cannot be read") for problem in problems):
        return Verified(rows, 0, 0, 0, "", tuple(problems))  # what else would be said rests on rows that are gone
    for table in PROVEN:
        problems += _edited_rows(db, table)
    problems += _unequal_ends(db)
    runs, head = _check_chain(db, problems)
    claims = _check_claims(db, problems)
    facts = check_folds(db, fold, problems) if fold else 0
    return Verified(rows, runs, claims, facts, head, tuple(problems))


def _tables(db: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in db.execute("SELECT table_name FROM duckdb_tables() ORDER BY table_name").fetchall()]


def _readable(db: duckdb.DuckDBPyConnection, table: str, problems: list[Problem]) -> int:
    """Read every value of a table: DuckDB checks each block's checksum as it goes."""
    with _named(table, problems):
        return int(db.execute(f"SELECT count(hash(t)) FROM {table} t").fetchall()[0][0])
    return 0


@contextmanager
def _named(table: str, problems: list[Problem]) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as exc:
        problems.append(Problem(table, "", "", f"cannot be read: {str(exc).splitlines()[0]}"))


def _edited_rows(db: duckdb.DuckDBPyConnection, table: str) -> list[Problem]:
    dropped = "text = '' AND (topic, version_id) IN (SELECT topic, version_id FROM trimmed)"
    trimmed = f"AND NOT ({dropped})" if table == "articles" else ""
    as_written = digest_sql(columns_of(db, table))
    found = db.execute(
        f"SELECT {KEYS[table]}, run_id FROM {table} "
        f"WHERE digest <> '' AND digest <> {as_written} {trimmed} ORDER BY ALL"
    ).fetchall()
    return [Problem(table, row, run_id, "is not as it was written") for row, run_id in found]


def _unequal_ends(db: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Beliefs whose `valid_end`, which is in no digest, is not their `valid_to`."""
    found = db.execute(
        "SELECT belief_id, run_id FROM beliefs "
        "WHERE valid_end IS DISTINCT FROM coalesce(valid_to, $never) ORDER BY ALL",
        {"never": NEVER},
    ).fetchall()
    return [Problem("beliefs", row, run_id, "does not end when it says") for row, run_id in found]


def _check_chain(db: duckdb.DuckDBPyConnection, problems: list[Problem]) -> tuple[int, str]:
    logs = _written_lines(db)
    found = _found_lines(db)
    runs = db.execute(f"SELECT {', '.join(_RUN_COLUMNS)}, digest FROM runs ORDER BY seq").fetchall()
    previous = None
    for values in runs:
        run = dict(zip((*_RUN_COLUMNS, "digest"), values, strict=True))
        if not run["digest"] and not previous:
            continue  # written before runs were chained
        problems += _problems_of_run(run, previous, logs.get(run["run_id"], {}), found.get(run["run_id"], {}))
        previous = run["digest"]
    strangers = sorted((logs.keys() | found.keys()) - {values[1] for values in runs})
    problems += [Problem("runs", run_id, run_id, "has rows but is not in the list of runs") for run_id in strangers]
    return len(runs), previous or ""


def _problems_of_run(
    run: dict[str, Any],
    previous: str | None,
    log: dict[str, tuple[int, int, str]],
    found: dict[str, tuple[int, int, str]],
) -> list[Problem]:
    run_id, problems = run["run_id"], []
    if previous is not None and run["previous_digest"] != previous:
        problems.append(Problem("runs", run_id, run_id, "does not follow the run before it: one is missing or edited"))
    if run["digest"] != run_digest({k: run[k] for k in _RUN_COLUMNS}, [(t, *line) for t, line in log.items()]):
        problems.append(Problem("runs", run_id, run_id, "is not as it was written"))
    for table in sorted(log.keys() | found.keys()):
        wrote, has = log.get(table, (0, 0, "")), found.get(table, (0, 0, ""))
        if wrote[:2] != has[:2]:
            what = f"{wrote[0]} rows were added and {wrote[1]} ended, there are {has[0]} and {has[1]}"
            problems.append(Problem(table, "", run_id, what))
        elif wrote[2] != has[2]:
            problems.append(Problem(table, "", run_id, "holds other rows than were written"))
    return problems


def _written_lines(db: duckdb.DuckDBPyConnection) -> dict[str, dict[str, tuple[int, int, str]]]:
    lines: dict[str, dict[str, tuple[int, int, str]]] = {}
    for run_id, table, *line in db.execute(
        "SELECT run_id, table_name, added, ended, digest FROM run_tables"
    ).fetchall():
        lines.setdefault(run_id, {})[table] = (line[0], line[1], line[2])
    return lines


def _found_lines(db: duckdb.DuckDBPyConnection) -> dict[str, dict[str, tuple[int, int, str]]]:
    lines: dict[str, dict[str, tuple[int, int, str]]] = {}
    for table in PROVEN:
        ended = "SELECT ended_by, NULL, digest" if table not in NEVER_ENDED else "SELECT NULL, NULL, digest"
        for run_id, added, gone, count_added, count_gone in db.execute(
            f"""SELECT run_id, coalesce(string_agg(came, '' ORDER BY came), ''),
                       coalesce(string_agg(went, '' ORDER BY went), ''), count(came), count(went)
                FROM (SELECT run_id, digest AS came, NULL AS went FROM {table} WHERE digest <> ''
                      UNION ALL {ended} FROM {table})
                WHERE run_id IS NOT NULL GROUP BY run_id"""
        ).fetchall():
            lines.setdefault(run_id, {})[table] = (count_added, count_gone, joined_digest(added, gone))
    return lines


def _check_claims(db: duckdb.DuckDBPyConnection, problems: list[Problem]) -> int:
    cursor = db.execute(
        "SELECT c.claim_id, c.run_id, c.body, c.sentence, a.title, a.text FROM claims c LEFT JOIN articles a "
        "ON a.topic = c.topic AND a.version_id = c.version_id AND a.period = 0"
    )
    count = 0
    while part := cursor.fetchmany(CLAIMS_AT_ONCE):
        count += len(part)
        if count % TOLD_AFTER == 0:
            event(_LOG, "checked against their articles", claims=count)
        for claim_id, run_id, body, sentence, title, text in part:
            for what in problems_of_claim(unpack_claim(json.loads(body)), sentence, title, text):
                problems.append(Problem("claims", claim_id, run_id, what))
    return count
