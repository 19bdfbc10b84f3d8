"""Writing one run: articles, claims, the difference of each ledger, alerts, sources and the link of the hash chain.

Decides nothing about facts. The caller owns the connection; everything here happens in one transaction.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial

import duckdb

from factdrift.memory import uncollected
from factdrift.model import Change, StoredClaim
from storage import kept, missing, proof, reviewing, rows
from storage.engine import with_settings
from storage.ledgers import write_ledgers
from storage.records import Batch, CommitResult, Part
from storage.rows import Row
from storage.writing import TOGETHER, Writing, add, add_unless_open, end, stood


def write_batch(db: duckdb.DuckDBPyConnection, batch: Batch, more: Iterable[Part] = ()) -> CommitResult:
    """Write a batch, and further ledgers of it, in one transaction. Rows that stand already are not written again."""
    db.execute("BEGIN")
    try:
        if db.execute("SELECT 1 FROM runs WHERE run_id = $run_id", {"run_id": batch.run_id}).fetchall():
            db.execute("ROLLBACK")
            return CommitResult(repeated=True)
        result = _write(Writing(db, batch, _system_time(db, batch)), more)
        with _texts_taken_as_they_are(db, result.articles):
            db.execute("COMMIT")
    except BaseException:
        _roll_back(db)
        raise
    return result


def _write(run: Writing, more: Iterable[Part]) -> CommitResult:
    batch = run.batch
    lost = _end_texts(run)
    with uncollected():
        new_articles, new_claims = _add_texts(run)
    fresh = [*_write_folds(run, {*lost, *map(_fact, batch.claims)})]
    for part in more:
        fresh += _write_folds(replace(run, batch=replace(batch, ledgers=part.ledgers, kept=part.kept)))
    fresh += _write_notices(run)
    _write_alerts(run)
    reviewing.write(run)
    _write_sources(run)
    missing.write(run)
    _write_facts(run)
    result = CommitResult(new_articles, new_claims, tuple(fresh))
    _write_run(run, result)
    return result


def _add_texts(run: Writing) -> tuple[int, int]:
    """Insert the articles and claims that do not stand; returns how many of each."""
    batch = run.batch
    articles = {stored.article.version_id: stored for stored in batch.articles}
    claims = {stored.claim_id: stored for stored in sorted(batch.claims, key=_fact)}
    versions = stood(run, "articles", "version_id", articles.keys())
    # Of a text that is new no claim can be stored.
    known = [key for key, each in claims.items() if each.version_id not in articles or each.version_id in versions]
    before = stood(run, "claims", "claim_id", known)
    stamp = rows.Stamp(batch.topic, batch.run_id, run.at)
    return (
        add_unless_open(run, "articles", articles, versions, partial(rows.articles_table, stamp)),
        add_unless_open(run, "claims", claims, before, partial(rows.claims_table, stamp)),
    )


def _fact(stored: StoredClaim) -> str:
    return stored.claim.fact or ""


def _texts_taken_as_they_are(db: duckdb.DuckDBPyConnection, articles: int) -> AbstractContextManager[None]:
    """For a bulk of articles, no search for texts that repeat: DuckDB keeps a dictionary of all to find that none does.

    That is a third of the time of the commit, and the file is 2 % larger without it.
    """
    return with_settings(db, disabled_compression_methods="dictionary") if articles > TOGETHER else nullcontext()


def _system_time(db: duckdb.DuckDBPyConnection, batch: Batch) -> datetime:
    """`now`, or just after the last run where the clock went back: what we knew when never overlaps."""
    last = db.execute("SELECT max(finished_at) FROM runs").fetchall()[0][0]
    return batch.now if last is None or batch.now > last else last + timedelta(microseconds=1)


def _roll_back(db: duckdb.DuckDBPyConnection) -> None:
    try:
        db.execute("ROLLBACK")
    except duckdb.Error:
        return  # the transaction is gone already


def _end_texts(run: Writing) -> set[str]:
    """End article versions with their claims, and claims alone; returns the facts that lose a claim."""
    batch, lost = run.batch, set()
    for key, gone in (("version_id", batch.ended_versions), ("claim_id", batch.ended_claims)):
        if not gone:
            continue
        found = run.db.execute(
            "SELECT DISTINCT fact FROM claims WHERE topic = $topic AND system_to IS NULL AND fact IS NOT NULL "
            f"AND {key} IN (SELECT unnest(string_split($gone, $unit)))",
            {"topic": batch.topic, "gone": rows.packed(gone), "unit": rows.UNIT},
        ).fetchall()
        lost |= {fact for (fact,) in found}
        end(run, "claims", key, gone)
    if batch.ended_versions:
        end(run, "articles", "version_id", batch.ended_versions)
    return lost


def _write_folds(run: Writing, touched: Iterable[str] = ()) -> list[Change]:
    """Write the ledgers and where the folds may go on; of every other fact that was touched, drop what was kept."""
    fresh = write_ledgers(run)
    # Where the clock went back, claims are stored as known later than they were folded: nothing may rest on that.
    folds = run.batch.kept if run.at == run.batch.now else ()
    kept.replace(run.db, run.batch.topic, {*touched, *run.batch.ledgers}, folds)
    return fresh


def _write_notices(run: Writing) -> list[Change]:
    """Corrections and retractions are no part of the fold: each is kept once and never ends."""
    batch = run.batch
    if not batch.notices:
        return []
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
    add(
        run,
        "changes",
        [rows.change_row(c, batch.topic, batch.run_id, run.at, after_the_rest, run.at) for c in fresh],
    )
    return fresh


def _write_alerts(run: Writing) -> None:
    """Keep what is to be told in the transaction that made it; a key that was told is not told again."""
    if not run.batch.alerts:
        return
    told = run.db.execute(
        "SELECT key FROM alerts WHERE topic = $topic AND fact IN (SELECT unnest(string_split($facts, $unit)))",
        {"topic": run.batch.topic, "facts": rows.packed(a.fact for a in run.batch.alerts), "unit": rows.UNIT},
    ).fetchall()
    known = {row[0] for row in told}
    fresh = {alert.key: alert for alert in reversed(run.batch.alerts) if alert.key not in known}
    add(run, "alerts", [rows.alert_row(alert, run.batch.run_id) for alert in fresh.values()])


def _write_sources(run: Writing) -> None:
    topic = run.batch.topic
    run.db.execute(
        "DELETE FROM sources WHERE topic = $topic AND source IN (SELECT unnest(string_split($sources, $unit)))",
        {"topic": topic, "sources": rows.packed(s.source for s in run.batch.sources), "unit": rows.UNIT},
    )
    rows.insert(run.db, "sources", [{"topic": topic, **asdict(state)} for state in run.batch.sources])


def _write_facts(run: Writing) -> None:
    """The tracked slots as of this run, so that SQL can join their meaning; one that reads otherwise is a new row."""
    if not run.batch.facts:
        return
    columns = ("fact", "meaning", "relation", "subject", "object", "value_kind")
    found = run.db.execute(
        f"SELECT {', '.join(columns)} FROM facts WHERE topic = $topic AND system_to IS NULL", {"topic": run.batch.topic}
    ).fetchall()
    standing = set(found)
    wanted = {tuple(getattr(fact, name) for name in columns) for fact in run.batch.facts}
    if gone := [row[0] for row in standing - wanted]:
        end(run, "facts", "fact", gone)
    ours = {"topic": run.batch.topic, "run_id": run.batch.run_id, "system_from": run.at, "system_to": None}
    add(run, "facts", [{**dict(zip(columns, row, strict=True)), **ours} for row in sorted(wanted - standing)])


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
