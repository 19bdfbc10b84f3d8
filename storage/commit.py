"""Writing one run: articles, claims, the difference of each ledger, alerts, sources and the link of the hash chain.

Decides nothing about facts. The caller owns the connection; everything here happens in one transaction.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb

from factdrift.model import Change
from storage import proof, rows
from storage.proof import TableLog
from storage.records import Batch, CommitResult
from storage.rows import Row

NOTICES = ("corrected", "retracted")


@dataclass(frozen=True, slots=True)
class Writing:
    """The run that is being written: where, for which batch, at which system time, and what it did so far."""

    db: duckdb.DuckDBPyConnection
    batch: Batch
    at: datetime
    log: dict[str, TableLog] = field(default_factory=lambda: defaultdict(TableLog))


def write_batch(db: duckdb.DuckDBPyConnection, batch: Batch) -> CommitResult:
    """Write a batch in one transaction. Rows that stand already are not written again."""
    db.execute("BEGIN")
    try:
        if db.execute("SELECT 1 FROM runs WHERE run_id = $run_id", {"run_id": batch.run_id}).fetchall():
            db.execute("ROLLBACK")
            return CommitResult(repeated=True)
        result = _write(Writing(db, batch, _system_time(db, batch)))
        db.execute("COMMIT")
    except BaseException:
        _roll_back(db)
        raise
    return result


def _write(run: Writing) -> CommitResult:
    batch = run.batch
    _end_versions(run)
    articles = [rows.article_row(a, batch.topic, batch.run_id, run.at) for a in batch.articles]
    claims = [rows.claim_row(c, batch.topic, batch.run_id, run.at) for c in batch.claims]
    new_articles = _add_unless_open(run, "articles", "version_id", articles)
    new_claims = _add_unless_open(run, "claims", "claim_id", sorted(claims, key=lambda row: row["fact"] or ""))
    fresh = [*_write_ledgers(run), *_write_notices(run)]
    _write_alerts(run)
    _write_sources(run)
    _write_facts(run)
    result = CommitResult(new_articles, new_claims, tuple(fresh))
    _write_run(run, result)
    return result


def _system_time(db: duckdb.DuckDBPyConnection, batch: Batch) -> datetime:
    """`now`, or just after the last run where the clock went back: what we knew when never overlaps."""
    last = db.execute("SELECT max(finished_at) FROM runs").fetchall()[0][0]
    return batch.now if last is None or batch.now > last else last + timedelta(microseconds=1)


def _roll_back(db: duckdb.DuckDBPyConnection) -> None:
    try:
        db.execute("ROLLBACK")
    except duckdb.Error:
        return  # the transaction is gone already


def _add(run: Writing, table: str, candidates: list[Row]) -> None:
    """Insert rows with their digests."""
    if not candidates:
        return
    with rows.incoming(run.db, candidates):
        added = run.db.execute(
            f"INSERT INTO {table} BY NAME SELECT *, {proof.digest_sql(run.db, table)} AS digest FROM incoming "
            "RETURNING digest"
        ).fetchall()
    run.log[table].added.extend(row[0] for row in added)


def _add_unless_open(run: Writing, table: str, key: str, candidates: list[Row]) -> int:
    """Insert the rows whose key does not stand; returns how many. What had ended before starts another period."""
    unique = list({row[key]: row for row in candidates}.values())
    if not unique:
        return 0
    with rows.incoming(run.db, unique):
        added = run.db.execute(
            f"""INSERT INTO {table} BY NAME SELECT *, {proof.digest_sql(run.db, table)} AS digest FROM (
                    SELECT incoming.*, coalesce(had.periods, 0)::INTEGER AS period FROM incoming LEFT JOIN (
                        SELECT topic, {key}, count(*) AS periods, bool_or(system_to IS NULL) AS is_open
                        FROM {table} SEMI JOIN incoming USING (topic, {key}) GROUP BY ALL
                    ) had USING (topic, {key})
                    WHERE NOT coalesce(had.is_open, false)
                ) RETURNING digest"""
        ).fetchall()
    run.log[table].added.extend(row[0] for row in added)
    return len(added)


def _end(run: Writing, table: str, key: str, gone: Iterable[str]) -> None:
    """End the open rows with these keys."""
    ended = run.db.execute(
        f"UPDATE {table} SET system_to = $at, ended_by = $run_id "
        f"WHERE topic = $topic AND system_to IS NULL AND {key} IN (SELECT unnest(string_split($gone, $unit))) "
        "RETURNING digest",
        {
            "at": run.at,
            "run_id": run.batch.run_id,
            "topic": run.batch.topic,
            "gone": rows.packed(gone),
            "unit": rows.UNIT,
        },
    ).fetchall()
    run.log[table].ended.extend(row[0] for row in ended)


def _end_versions(run: Writing) -> None:
    if run.batch.ended_versions:
        _end(run, "articles", "version_id", run.batch.ended_versions)
        _end(run, "claims", "version_id", run.batch.ended_versions)


def _write_ledgers(run: Writing) -> list[Change]:
    """End in system time what the new fold no longer holds, add what it holds now; unchanged rows keep their place."""
    if not run.batch.ledgers:
        return []
    _replace_beliefs(run)
    _replace_reasons(run)
    return _replace_changes(run)


def _replace_beliefs(run: Writing) -> None:
    batch = run.batch
    wanted = {
        row["belief_id"]: row
        for _, ledger in sorted(batch.ledgers.items())
        for row in (rows.belief_row(belief, batch.topic, batch.run_id, run.at) for belief in ledger.beliefs)
    }
    standing = {row[0] for row in _standing(run, "beliefs", "belief_id")}
    if gone := standing - wanted.keys():
        _end(run, "beliefs", "belief_id", gone)
    _add(run, "beliefs", [row for key, row in wanted.items() if key not in standing])


def _replace_reasons(run: Writing) -> None:
    batch = run.batch
    wanted = {
        row["reason_id"]: row
        for _, ledger in sorted(batch.ledgers.items())
        for row in (
            rows.reason_row(reason, batch.topic, batch.run_id, run.at, seq) for seq, reason in enumerate(ledger.reasons)
        )
    }
    standing: dict[str, int] = dict(_standing(run, "reasons", "reason_id, seq"))
    if gone := standing.keys() - wanted.keys():
        _end(run, "reasons", "reason_id", gone)
    _add(run, "reasons", [row for key, row in wanted.items() if key not in standing])
    _renumber(
        run, "reasons", "reason_id", {k: r["seq"] for k, r in wanted.items() if standing.get(k) not in (None, r["seq"])}
    )


def _replace_changes(run: Writing) -> list[Change]:
    """Returns the changes that did not stand before. One that stands with other details keeps its `known_at`."""
    batch = run.batch
    standing = {
        change_id: (body, known_at, seq)
        for change_id, body, known_at, seq, kind in _standing(run, "changes", "change_id, body, known_at, seq, kind")
        if kind not in NOTICES
    }
    wanted = {
        change.change_id: (place, change)
        for _, ledger in sorted(batch.ledgers.items())
        for place, change in enumerate(ledger.changes)
    }
    table = [
        rows.change_row(
            change,
            batch.topic,
            batch.run_id,
            run.at,
            place,
            standing[change_id][1] if change_id in standing else run.at,
        )
        for change_id, (place, change) in wanted.items()
    ]
    same = {row["change_id"]: row["seq"] for row in table if standing.get(row["change_id"], ("",))[0] == row["body"]}
    if gone := standing.keys() - same.keys():
        _end(run, "changes", "change_id", gone)
    _add(run, "changes", [row for row in table if row["change_id"] not in same])
    _renumber(run, "changes", "change_id", {key: seq for key, seq in same.items() if standing[key][2] != seq})
    fresh = [change for change_id, (_, change) in wanted.items() if change_id not in standing]
    return sorted(fresh, key=lambda change: (change.at, change.change_id))


def _renumber(run: Writing, table: str, key: str, seqs: dict[str, int]) -> None:
    """Give standing rows their new place in the fold: a late article shifts those after it."""
    if not seqs:
        return
    with rows.incoming(run.db, [{key: value, "seq": seq} for value, seq in seqs.items()]):
        run.db.execute(
            f"UPDATE {table} SET seq = incoming.seq FROM incoming WHERE {table}.{key} = incoming.{key} "
            f"AND {table}.topic = $topic AND {table}.system_to IS NULL",
            {"topic": run.batch.topic},
        )


def _standing(run: Writing, table: str, columns: str) -> list[tuple[Any, ...]]:
    return run.db.execute(
        f"SELECT {columns} FROM {table} WHERE topic = $topic AND system_to IS NULL "
        "AND fact IN (SELECT unnest(string_split($facts, $unit)))",
        {"topic": run.batch.topic, "facts": rows.packed(run.batch.ledgers), "unit": rows.UNIT},
    ).fetchall()


def _write_notices(run: Writing) -> list[Change]:
    """Corrections and retractions are no part of the fold: each is kept once and never ends."""
    batch = run.batch
    known = {
        row[0]
        for row in run.db.execute(
            "SELECT change_id FROM changes WHERE topic = $topic "
            "AND change_id IN (SELECT unnest(string_split($ids, $unit)))",
            {"topic": batch.topic, "ids": rows.packed(c.change_id for c in batch.notices), "unit": rows.UNIT},
        ).fetchall()
    }
    fresh = list({change.change_id: change for change in batch.notices if change.change_id not in known}.values())
    after_the_rest = 1_000_000
    _add(
        run,
        "changes",
        [rows.change_row(c, batch.topic, batch.run_id, run.at, after_the_rest, run.at) for c in fresh],
    )
    return fresh


def _write_alerts(run: Writing) -> None:
    """Keep what is to be told in the transaction that made it; a key that was told is not told again."""
    told = run.db.execute("SELECT key FROM alerts WHERE topic = $topic", {"topic": run.batch.topic}).fetchall()
    known = {row[0] for row in told}
    fresh = {alert.key: alert for alert in reversed(run.batch.alerts) if alert.key not in known}
    _add(run, "alerts", [rows.alert_row(alert, run.batch.run_id) for alert in fresh.values()])


def _write_sources(run: Writing) -> None:
    topic = run.batch.topic
    run.db.execute(
        "DELETE FROM sources WHERE topic = $topic AND source IN (SELECT unnest(string_split($sources, $unit)))",
        {"topic": topic, "sources": rows.packed(s.source for s in run.batch.sources), "unit": rows.UNIT},
    )
    rows.insert(run.db, "sources", [{"topic": topic, **asdict(state)} for state in run.batch.sources])


def _write_facts(run: Writing) -> None:
    """The tracked slots as of this run, so that SQL can join their meaning."""
    if not run.batch.facts:
        return
    topic = run.batch.topic
    columns = ("fact", "meaning", "relation", "subject", "object", "value_kind")
    wanted = [{"topic": topic, **{name: getattr(fact, name) for name in columns}} for fact in run.batch.facts]
    standing = run.db.execute(f"SELECT {', '.join(columns)} FROM facts WHERE topic = $topic", {"topic": topic})
    if sorted(standing.fetchall()) == sorted(tuple(row[name] for name in columns) for row in wanted):
        return
    run.db.execute("DELETE FROM facts WHERE topic = $topic", {"topic": topic})
    rows.insert(run.db, "facts", wanted)


def _write_run(run: Writing, result: CommitResult) -> None:
    batch = run.batch
    last = run.db.execute("SELECT seq, digest FROM runs ORDER BY seq DESC LIMIT 1").fetchall()
    seq, previous = last[0] if last else (0, proof.GENESIS)
    tables = [
        (name, len(log.added), len(log.ended), proof.table_digest(log))
        for name, log in sorted(run.log.items())
        if log.added or log.ended
    ]
    row: Row = {
        "seq": seq + 1,
        "run_id": batch.run_id,
        "topic": batch.topic,
        "started_at": batch.started_at,
        "finished_at": run.at,
        "outcome": batch.outcome,
        "new_articles": result.articles,
        "new_claims": result.claims,
        "new_changes": len(result.changes),
        "previous_digest": previous,
    }
    rows.insert(run.db, "runs", [{**row, "digest": proof.run_digest(row, tables)}])
    columns = ("table_name", "added", "ended", "digest")
    rows.insert(
        run.db, "run_tables", [{"run_id": batch.run_id, **dict(zip(columns, line, strict=True))} for line in tables]
    )
