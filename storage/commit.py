"""Writing one run: articles, claims, the difference of each ledger, alerts, sources and the link of the hash chain."""

from datetime import datetime

import duckdb

from factdrift.model import Change
from storage import rows
from storage.records import Batch, CommitResult, SourceState
from storage.rows import Row

GENESIS = "0" * 64


def write_batch(db: duckdb.DuckDBPyConnection, batch: Batch) -> CommitResult:
    """Write a batch in one transaction. Rows that stand already are not written again."""
    db.execute("BEGIN")
    try:
        if db.execute("SELECT 1 FROM runs WHERE run_id = $run_id", {"run_id": batch.run_id}).fetchall():
            db.execute("ROLLBACK")
            return CommitResult(repeated=True)
        written: list[Row] = []
        _end_versions(db, batch)
        articles = _new_rows(
            db,
            "articles",
            "version_id",
            [rows.article_row(a, batch.topic, batch.run_id, batch.now) for a in batch.articles],
        )
        claims = _new_rows(
            db, "claims", "claim_id", [rows.claim_row(c, batch.topic, batch.run_id) for c in batch.claims]
        )
        fresh = _write_ledgers(db, batch, written)
        fresh += _write_notices(db, batch, written)
        _write_alerts(db, batch)
        _write_sources(db, batch)
        _write_facts(db, batch)
        _write_run(db, batch, [*articles, *claims, *written], len(articles), len(claims), len(fresh))
        db.execute("COMMIT")
    except BaseException:
        _roll_back(db)
        raise
    return CommitResult(len(articles), len(claims), tuple(fresh))


def _roll_back(db: duckdb.DuckDBPyConnection) -> None:
    try:
        db.execute("ROLLBACK")
    except duckdb.Error:
        return  # the transaction is gone already


def _new_rows(db: duckdb.DuckDBPyConnection, table: str, key: str, candidates: list[Row]) -> list[Row]:
    unique = {row[key]: row for row in candidates}
    known = db.execute(
        f"SELECT {key} FROM {table} WHERE system_to IS NULL AND list_contains($keys, {key})", {"keys": sorted(unique)}
    ).fetchall()
    fresh = [row for value, row in unique.items() if (value,) not in set(known)]
    rows.insert(db, table, fresh)
    return fresh


def _end_versions(db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    if not batch.ended_versions:
        return
    ended = {"now": batch.now, "versions": sorted(set(batch.ended_versions))}
    for table in ("articles", "claims"):
        db.execute(
            f"UPDATE {table} SET system_to = $now WHERE list_contains($versions, version_id) AND system_to IS NULL",
            ended,
        )


def _write_ledgers(db: duckdb.DuckDBPyConnection, batch: Batch, written: list[Row]) -> list[Change]:
    """End in system time what the new fold no longer holds, add what it holds now; unchanged rows keep their place."""
    fresh: list[Change] = []
    beliefs, changes, reasons = [], [], []
    for _, ledger in sorted(batch.ledgers.items()):
        beliefs += [rows.belief_row(b, batch.topic, batch.run_id, batch.now) for b in ledger.beliefs]
        changes += [rows.change_row(c, batch.topic, batch.run_id, batch.now, i) for i, c in enumerate(ledger.changes)]
        reasons += [rows.reason_row(r, batch.topic, batch.run_id, batch.now) for r in ledger.reasons]
    facts = sorted(batch.ledgers)
    written += _replace(db, "beliefs", ("belief_id",), batch, facts, beliefs)
    added = _replace(db, "changes", ("change_id",), batch, facts, changes)
    written += added
    written += _replace(db, "reasons", ("claim_id", "fact", "reason", "detail"), batch, facts, reasons)
    new_ids = {row["change_id"] for row in added}
    for ledger in batch.ledgers.values():
        fresh += [change for change in ledger.changes if change.change_id in new_ids]
    return sorted(fresh, key=lambda change: (change.at, change.change_id))


def _replace(
    db: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...], batch: Batch, facts: list[str], wanted: list[Row]
) -> list[Row]:
    if not facts:
        return []
    where = {"topic": batch.topic, "facts": facts}
    keep_notices = "AND kind NOT IN ('corrected', 'retracted')" if table == "changes" else ""
    standing = db.execute(
        f"SELECT {', '.join(key)} FROM {table} WHERE topic = $topic AND list_contains($facts, fact) "
        f"AND system_to IS NULL {keep_notices}",
        where,
    ).fetchall()
    by_key = {tuple(row[name] for name in key): row for row in wanted}
    gone = [found for found in standing if tuple(found) not in by_key]
    if gone:
        match = " AND ".join(f"{table}.{name} = gone.{name}" for name in key)
        rows_gone = [dict(zip(key, found, strict=True)) for found in gone]
        _update_gone(db, table, match, rows_gone, batch.now)
    fresh = [row for found, row in by_key.items() if found not in {tuple(s) for s in standing}]
    rows.insert(db, table, fresh)
    return fresh


def _update_gone(db: duckdb.DuckDBPyConnection, table: str, match: str, gone: list[Row], now: datetime) -> None:
    db.execute(f"CREATE OR REPLACE TEMP TABLE gone ({', '.join(f'{name} VARCHAR' for name in gone[0])})")
    rows.insert(db, "gone", gone)
    db.execute(
        f"UPDATE {table} SET system_to = $now FROM gone WHERE {match} AND {table}.system_to IS NULL", {"now": now}
    )
    db.execute("DROP TABLE gone")


def _write_notices(db: duckdb.DuckDBPyConnection, batch: Batch, written: list[Row]) -> list[Change]:
    table = [rows.change_row(c, batch.topic, batch.run_id, batch.now, 1_000_000) for c in batch.notices]
    fresh = _new_rows(db, "changes", "change_id", table)
    written += fresh
    ids = {row["change_id"] for row in fresh}
    return [change for change in batch.notices if change.change_id in ids]


def _write_alerts(db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    table = [
        {
            "alert_id": alert.alert_id,
            "topic": alert.topic,
            "change_id": alert.change_id,
            "fact": alert.fact,
            "key": alert.key,
            "title": alert.title,
            "body": alert.body,
            "created_at": alert.created_at,
            "sent_at": alert.sent_at,
            "attempts": alert.attempts,
            "last_error": alert.last_error,
            "run_id": batch.run_id,
        }
        for alert in batch.alerts
    ]
    known = {
        row[0] for row in db.execute("SELECT key FROM alerts WHERE topic = $topic", {"topic": batch.topic}).fetchall()
    }
    rows.insert(db, "alerts", [row for row in table if row["key"] not in known])


def _write_sources(db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    for state in batch.sources:
        db.execute(
            "DELETE FROM sources WHERE topic = $topic AND source = $source",
            {"topic": batch.topic, "source": state.source},
        )
    rows.insert(db, "sources", [_source_row(batch.topic, state) for state in batch.sources])


def _source_row(topic: str, state: SourceState) -> Row:
    return {
        "topic": topic,
        "source": state.source,
        "etag": state.etag,
        "last_modified": state.last_modified,
        "body_hash": state.body_hash,
        "last_success_at": state.last_success_at,
        "last_attempt_at": state.last_attempt_at,
        "failures": state.failures,
        "last_error": state.last_error,
        "last_new_at": state.last_new_at,
    }


def _write_facts(db: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    if not batch.facts:
        return
    db.execute("DELETE FROM facts WHERE topic = $topic", {"topic": batch.topic})
    table = [
        {
            "topic": batch.topic,
            "fact": fact.fact,
            "meaning": fact.meaning,
            "relation": fact.relation,
            "subject": fact.subject,
            "object": fact.object,
            "value_kind": fact.value_kind,
        }
        for fact in batch.facts
    ]
    rows.insert(db, "facts", table)


def _write_run(
    db: duckdb.DuckDBPyConnection, batch: Batch, written: list[Row], articles: int, claims: int, changes: int
) -> None:
    found = db.execute("SELECT digest FROM runs ORDER BY finished_at DESC, rowid DESC LIMIT 1").fetchall()
    previous = found[0][0] if found else GENESIS
    db.execute(
        "INSERT INTO runs VALUES ($run_id, $topic, $started, $finished, $outcome, $articles, $claims, $changes, "
        "$digest, $previous)",
        {
            "run_id": batch.run_id,
            "topic": batch.topic,
            "started": batch.started_at,
            "finished": batch.now,
            "outcome": batch.outcome,
            "articles": articles,
            "claims": claims,
            "changes": changes,
            "digest": rows.digest(written, previous),
            "previous": previous,
        },
    )
