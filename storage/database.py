"""The store: one writer, short connections, one transaction a run. Knows tables and rows, no rules of the domain."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import duckdb

from factdrift.codec import unpack_belief, unpack_change, unpack_claim
from factdrift.errors import StoreUnavailable
from factdrift.model import Alert, ClaimReason, Ledger, Review, StoredClaim
from storage import rows
from storage.commit import write_batch
from storage.engine import connect, database_errors, lease, store_errors
from storage.migrations import open_migrated
from storage.records import Batch, CommitResult, SourceState


@contextmanager
def open_store(path: Path, *, now: datetime) -> "Iterator[Store]":
    """The store for writing, created and migrated as needed. Raises StoreUnavailable where it cannot be had.

    Inside the block only DuckDB's errors are taken for the store's: another file's OSError is not ours to name.
    """
    path = path.expanduser().absolute()
    with ExitStack() as held:
        with store_errors(path):
            held.enter_context(lease(path))
            store = Store(open_migrated(path, now), path)
        held.callback(store.close)
        with database_errors(path):
            yield store


class Store:
    """Reads and writes of one open database. Never crosses a task boundary."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self._db = connection
        self.path = path

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def commit(self, batch: Batch) -> CommitResult:
        """Write a run whole or not at all; a run that was written before adds nothing.

        After a commit that raised, the file decides: the run is looked for before the error is passed on.
        """
        try:
            return write_batch(self._db, batch)
        except duckdb.Error as exc:
            if not self._has_run_after_reopening(batch.run_id):
                raise StoreUnavailable(
                    f"{self.path}: the run could not be saved: {str(exc).splitlines()[0]}",
                    "free some space or mend the disk, then run again: nothing that was saved before is lost",
                ) from exc
            return CommitResult(repeated=True)

    def _has_run_after_reopening(self, run_id: str) -> bool:
        self._db.close()
        self._db = connect(self.path)
        return bool(self._db.execute("SELECT 1 FROM runs WHERE run_id = $run_id", {"run_id": run_id}).fetchall())

    def source_states(self, topic: str) -> dict[str, SourceState]:
        """What is remembered of each source."""
        found = self._db.execute(
            "SELECT source, etag, last_modified, body_hash, last_success_at, last_attempt_at, failures, last_error, "
            "last_new_at FROM sources WHERE topic = $topic",
            {"topic": topic},
        ).fetchall()
        return {row[0]: SourceState(*row) for row in found}

    def known_articles(self, topic: str) -> dict[str, tuple[str, datetime]]:
        """Article id -> its newest version and when that was fetched."""
        found = self._db.execute(
            "SELECT article_id, version_id, fetched_at FROM articles WHERE topic = $topic AND system_to IS NULL",
            {"topic": topic},
        ).fetchall()
        return {article: (version, fetched) for article, version, fetched in found}

    def young_articles(self, topic: str, since: datetime) -> list[tuple[str, str, str, datetime, str]]:
        """(source, address, title, published, outlet) of what was published since, to be looked at again."""
        return self._db.execute(
            "SELECT source, url, title, published_at, outlet FROM articles WHERE topic = $topic "
            "AND system_to IS NULL AND source <> 'seed' AND published_at >= $since ORDER BY published_at, url",
            {"topic": topic, "since": since},
        ).fetchall()

    def recent_fingerprints(self, topic: str, since: datetime) -> list[tuple[str, str, datetime, tuple[int, ...]]]:
        """(version id, origin, published, hashes) of what was read since."""
        found = self._db.execute(
            "SELECT version_id, origin, coalesce(published_at, fetched_at), hashes FROM articles "
            "WHERE topic = $topic AND coalesce(published_at, fetched_at) >= $since AND len(hashes) > 0",
            {"topic": topic, "since": since},
        ).fetchall()
        return [(version, origin, at, tuple(hashes)) for version, origin, at, hashes in found]

    def claims_of(self, topic: str, facts: Iterable[str]) -> dict[str, list[StoredClaim]]:
        """The open claims of each fact: those whose article version stands."""
        found = self._db.execute(
            "SELECT claim_id, body, version_id, article_id, outlet, source, tier, origin, published_at, system_from, "
            "system_to, extractor FROM claims "
            "WHERE topic = $topic AND fact IN (SELECT unnest(string_split($facts, $unit))) AND system_to IS NULL",
            {"topic": topic, "facts": rows.packed(facts), "unit": rows.UNIT},
        ).fetchall()
        claims: dict[str, list[StoredClaim]] = {fact: [] for fact in facts}
        for claim_id, body, *rest in found:
            stored = StoredClaim(claim_id, unpack_claim(json.loads(body)), *rest)
            claims[stored.claim.fact or ""].append(stored)
        return claims

    def claims_of_versions(self, versions: Iterable[str]) -> dict[str, str]:
        """Claim id -> fact of the open claims of some article versions (claims without a fact left out)."""
        found = self._db.execute(
            "SELECT claim_id, fact FROM claims WHERE version_id IN (SELECT unnest(string_split($versions, $unit))) "
            "AND system_to IS NULL AND fact IS NOT NULL",
            {"versions": rows.packed(versions), "unit": rows.UNIT},
        ).fetchall()
        return dict(found)

    def urls_of(self, topic: str, versions: Iterable[str]) -> dict[str, str]:
        """Version id -> address of the article."""
        found = self._db.execute(
            "SELECT version_id, url FROM articles WHERE topic = $topic "
            "AND version_id IN (SELECT unnest(string_split($versions, $unit)))",
            {"topic": topic, "versions": rows.packed(versions), "unit": rows.UNIT},
        ).fetchall()
        return dict(found)

    def standing(self, topic: str, facts: Iterable[str] | None = None) -> dict[str, Ledger]:
        """The ledger of each fact as it is known now, its parts in the order of the fold."""
        where = {"topic": topic, "facts": rows.packed(facts) if facts is not None else None, "unit": rows.UNIT}
        named = "fact IN (SELECT unnest(string_split($facts, $unit)))"
        only = f"topic = $topic AND system_to IS NULL AND ($facts IS NULL OR {named})"
        beliefs, changes, reasons = defaultdict(list), defaultdict(list), defaultdict(list)
        for fact, body in self._db.execute(
            f"SELECT fact, body FROM beliefs WHERE {only} ORDER BY valid_from, track, claim_id", where
        ).fetchall():
            beliefs[fact].append(unpack_belief(json.loads(body)))
        for fact, body in self._db.execute(
            f"SELECT fact, body FROM changes WHERE {only} ORDER BY seq, happened_at, change_id", where
        ).fetchall():
            changes[fact].append(unpack_change(json.loads(body)))
        for fact, *reason in self._db.execute(
            f"SELECT fact, claim_id, reason, detail FROM reasons WHERE {only} ORDER BY seq, claim_id", where
        ).fetchall():
            reasons[fact].append(ClaimReason(reason[0], fact, reason[1], reason[2]))
        return {
            fact: Ledger(tuple(b for b in beliefs[fact] if b), tuple(changes[fact]), tuple(reasons[fact]))
            for fact in sorted({*beliefs, *changes, *reasons})
        }

    def facts_due(self, topic: str, now: datetime) -> set[str]:
        """Facts with an expectation whose due interval has ended."""
        found = self._db.execute(
            "SELECT DISTINCT fact FROM beliefs WHERE topic = $topic AND system_to IS NULL AND valid_to IS NULL "
            "AND due_to < CAST($now AS DATE)",
            {"topic": topic, "now": now},
        ).fetchall()
        return {row[0] for row in found}

    def fact_names(self, topic: str) -> set[str]:
        """The facts that were tracked at the last run."""
        found = self._db.execute("SELECT fact FROM facts WHERE topic = $topic", {"topic": topic}).fetchall()
        return {row[0] for row in found}

    def reviews(self) -> list[Review]:
        """Every decision of a reviewer."""
        found = self._db.execute(
            "SELECT review_id, claim_id, verdict, who, decided_at, undone, note FROM reviews"
        ).fetchall()
        return [Review(*row) for row in found]

    def add_review(self, review: Review) -> None:
        """Keep a decision; the same id again replaces nothing but its `undone` mark."""
        with store_errors(self.path):
            if self._db.execute("SELECT 1 FROM reviews WHERE review_id = $id", {"id": review.review_id}).fetchall():
                self._db.execute(
                    "UPDATE reviews SET undone = $undone WHERE review_id = $id",
                    {"undone": review.undone, "id": review.review_id},
                )
                return
            row = asdict(review)
            row["decided_at"] = row.pop("at")
            rows.insert(self._db, "reviews", [row])

    def alert_keys(self, topic: str) -> frozenset[str]:
        """The keys of everything that was ever told, or is waiting to be."""
        found = self._db.execute("SELECT key FROM alerts WHERE topic = $topic", {"topic": topic}).fetchall()
        return frozenset(row[0] for row in found)

    def pending_alerts(self, topic: str) -> list[Alert]:
        """Alerts not yet sent, oldest first."""
        found = self._db.execute(
            "SELECT alert_id, topic, change_id, fact, key, title, body, created_at, sent_at, attempts, last_error "
            "FROM alerts WHERE topic = $topic AND sent_at IS NULL ORDER BY created_at, alert_id",
            {"topic": topic},
        ).fetchall()
        return [Alert(*row) for row in found]

    def mark_alert(self, alert_id: str, *, sent_at: datetime | None, error: str = "") -> None:
        """Note that an alert was sent, or why it was not."""
        self._db.execute(
            "UPDATE alerts SET sent_at = $sent_at, attempts = attempts + 1, last_error = $error WHERE alert_id = $id",
            {"sent_at": sent_at, "error": error, "id": alert_id},
        )

    def last_success(self, topic: str) -> datetime | None:
        """When the last run that read any source started."""
        found = self._db.execute(
            "SELECT max(started_at) FROM runs WHERE topic = $topic AND outcome <> 'no source worked'", {"topic": topic}
        ).fetchall()
        return found[0][0] if found else None

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file."""
        self._db.execute("CHECKPOINT")
