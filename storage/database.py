"""The store: one writer, short connections, one transaction a run. Knows tables and rows, no rules of the domain."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from factdrift.codec import unpack_belief, unpack_change
from factdrift.errors import StoreUnavailable
from factdrift.model import Alert, ClaimReason, Ledger, Review, StoredClaim
from storage import kept, missing, reviewing, rows
from storage.claims import claims_of, open_claims
from storage.commit import write_batch
from storage.engine import connect, database_errors, lease, store_errors
from storage.migrations import open_migrated
from storage.records import Batch, CommitResult, KeptFold, Met, Missing, Part, SourceState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
        # What a run was told already: it asks again and again, and each look takes longer with the years.
        self._versions: dict[tuple[str, str], str | None] = {}
        self._had: dict[tuple[str, str], bool | None] = {}

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def commit(self, batch: Batch, more: Iterable[Part] = ()) -> CommitResult:
        """Write a run whole or not at all; a run that was written before adds nothing.

        `more` are further ledgers of the run, each part written before the next is asked for.
        After a commit that raised, the file decides: the run is looked for before the error is passed on.
        """
        self._versions.clear()
        self._had.clear()
        try:
            return write_batch(self._db, batch, more)
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

    def versions_of(self, topic: str, articles: Iterable[str]) -> dict[str, str]:
        """Article id -> its newest version, of these articles. Each is looked up once."""
        asked = {(topic, article) for article in articles}
        if unknown := asked - self._versions.keys():
            found = self._db.execute(
                "SELECT article_id, version_id FROM articles WHERE rowid IN (SELECT rowid FROM articles "
                "WHERE topic = $topic AND article_id IN (SELECT unnest(string_split($articles, $unit))) "
                "AND system_to IS NULL)",
                {"topic": topic, "articles": rows.packed(article for _, article in unknown), "unit": rows.UNIT},
            ).fetchall()
            self._versions |= dict.fromkeys(unknown)
            self._versions |= {(topic, article): version for article, version in found}
        return {article: version for _, article in asked if (version := self._versions[topic, article])}

    def young_articles(self, topic: str, since: datetime) -> list[tuple[str, str, str, datetime, str]]:
        """(source, address, title, published, outlet) of what was published since, to be looked at again."""
        return self._db.execute(
            "SELECT source, url, title, published_at, outlet FROM articles WHERE topic = $topic "
            "AND system_to IS NULL AND source <> 'seed' AND published_at >= $since ORDER BY published_at, url",
            {"topic": topic, "since": since},
        ).fetchall()

    def missing(self, topic: str) -> dict[str, Missing]:
        """Article id -> what is remembered of an article that could not be had."""
        return missing.read(self._db, topic)

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
        return claims_of(self._db, topic, facts)

    def claims_named(self, topic: str, ids: Iterable[str]) -> tuple[StoredClaim, ...]:
        """Those of the claims with these ids that are open."""
        return tuple(open_claims(self._db, topic, "claim_id", ids))

    def versions_had(self, topic: str, versions: Iterable[str]) -> dict[str, bool]:
        """Those of these article versions that were ever stored: whether each stands. Each is looked up once."""
        asked = {(topic, version) for version in versions}
        if unknown := asked - self._had.keys():
            found = self._db.execute(
                "SELECT version_id, bool_or(system_to IS NULL) FROM articles WHERE topic = $topic "
                "AND version_id IN (SELECT unnest(string_split($versions, $unit))) GROUP BY version_id",
                {"topic": topic, "versions": rows.packed(version for _, version in unknown), "unit": rows.UNIT},
            ).fetchall()
            self._had |= dict.fromkeys(unknown)
            self._had |= {(topic, version): stands for version, stands in found}
        return {version: stands for _, version in asked if (stands := self._had[topic, version]) is not None}

    def open_ids(self, topic: str, ids: Iterable[str]) -> set[str]:
        """Which of these claims are open."""
        found = self._db.execute(
            "SELECT claim_id FROM claims WHERE topic = $topic AND system_to IS NULL "
            "AND claim_id IN (SELECT unnest(string_split($ids, $unit)))",
            {"topic": topic, "ids": rows.packed(ids), "unit": rows.UNIT},
        ).fetchall()
        return {row[0] for row in found}

    def facts_of_claims(self, topic: str, ids: Iterable[str]) -> dict[str, str]:
        """Claim id -> fact, of claims that are open or ever were (claims without a fact left out)."""
        if not (wanted := rows.packed(ids)):
            return {}
        found = self._db.execute(
            "SELECT DISTINCT claim_id, fact FROM claims WHERE topic = $topic AND fact IS NOT NULL "
            "AND claim_id IN (SELECT unnest(string_split($ids, $unit)))",
            {"topic": topic, "ids": wanted, "unit": rows.UNIT},
        ).fetchall()
        return dict(found)

    def kept_folds(self, topic: str, facts: Iterable[str]) -> dict[str, KeptFold]:
        """Where the folds of these facts may go on, as far as it is known."""
        return kept.read(self._db, topic, facts)

    def met(self, topic: str, facts: Iterable[str], origins: Iterable[str], articles: Iterable[str]) -> dict[str, Met]:
        """Of each fact that has open claims: how many, and which of the given origins and articles they come from.

        An article that was met counts as an origin as well: it is one for its claims without an origin.
        """
        where = {"topic": topic, "facts": rows.packed(facts), "unit": rows.UNIT}
        asked = {"origin": rows.packed(origins), "article_id": rows.packed(articles)}
        # DuckDB reads a column whole, so one that nobody asks for is not to be named.
        named = {column: words for column, words in asked.items() if words}
        heard = (
            f"list(DISTINCT {column}) FILTER ({column} IN (SELECT unnest(string_split(${column}, $unit))))"
            if column in named
            else "NULL"
            for column in asked
        )
        found = self._db.execute(
            f"WITH ours AS MATERIALIZED (SELECT {', '.join(['fact', *named])} FROM claims WHERE topic = $topic "
            "AND system_to IS NULL AND fact IN (SELECT unnest(string_split($facts, $unit)))) "
            f"SELECT fact, count(*), {', '.join(heard)} FROM ours GROUP BY fact",
            {**where, **named},
        ).fetchall()
        met = ((fact, count, frozenset(ours or ()), frozenset(those or ())) for fact, count, ours, those in found)
        return {fact: Met(count, ours | those, those) for fact, count, ours, those in met}

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
        if not (wanted := rows.packed(versions)):
            return {}
        found = self._db.execute(
            "SELECT version_id, url FROM articles WHERE rowid IN (SELECT rowid FROM articles "
            "WHERE topic = $topic AND version_id IN (SELECT unnest(string_split($versions, $unit))))",
            {"topic": topic, "versions": wanted, "unit": rows.UNIT},
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
        found = self._db.execute(
            "SELECT fact FROM facts WHERE topic = $topic AND system_to IS NULL", {"topic": topic}
        ).fetchall()
        return {row[0] for row in found}

    def reviews(self, topic: str) -> list[Review]:
        """Every decision of a reviewer, oldest first; those that were taken back are marked."""
        return reviewing.read(self._db, topic)

    def alert_keys(self, topic: str, facts: Iterable[str] | None = None) -> frozenset[str]:
        """The keys of everything that was ever told, or is waiting to be: of some facts, or of all."""
        found = self._db.execute(
            "SELECT key FROM alerts WHERE topic = $topic "
            "AND ($facts IS NULL OR fact IN (SELECT unnest(string_split($facts, $unit))))",
            {"topic": topic, "facts": rows.packed(facts) if facts is not None else None, "unit": rows.UNIT},
        ).fetchall()
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
