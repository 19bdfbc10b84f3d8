"""Named questions for the command line, asked of the snapshot. Plain rows out; nothing here writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from factdrift.errors import StoreUnavailable
from storage.engine import connect, store_errors

Row = dict[str, Any]
_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


@contextmanager
def open_snapshot(path: Path) -> "Iterator[Snapshot]":
    """The snapshot for reading. Raises StoreUnavailable where there is none."""
    path = path.expanduser().absolute()
    if not path.is_file():
        raise StoreUnavailable(f"{path}: no snapshot yet", "run `factdrift run` (or `factdrift demo`) first")
    with store_errors(path):
        connection = connect(path, read_only=True)
        try:
            yield Snapshot(connection)
        finally:
            connection.close()


class Snapshot:
    """Questions with names."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._db = connection

    def facts(self, topic: str, valid_at: datetime | None = None, known_at: datetime | None = None) -> list[Row]:
        """Standing facts on both tracks: now, or as of a valid and a system time."""
        if valid_at is None and known_at is None:
            return self._rows(
                "SELECT fact, track, measure, value_text, stage, since, last_confirmed, due_to, origins, contested "
                "FROM fact_now WHERE topic = $topic ORDER BY fact, track, since",
                {"topic": topic},
            )
        return self._rows(
            "SELECT fact, track, measure, value_text, stage, valid_from AS since, NULL AS last_confirmed, due_to, "
            "origins, contested FROM facts_as_of($valid, $known) WHERE topic = $topic ORDER BY fact, track, since",
            {"topic": topic, "valid": valid_at or known_at, "known": known_at or _FOREVER},
        )

    def changes(self, topic: str, since: datetime | None = None, fact: str | None = None) -> list[Row]:
        """Changes, newest first, with the sentence that says so."""
        return self._rows(
            "SELECT happened_at, fact, track, kind, old_text, new_text, sentence, outlet, url, published_at, "
            "needs_review, known_at FROM change_feed WHERE topic = $topic "
            "AND ($since IS NULL OR happened_at >= $since) AND ($fact IS NULL OR fact = $fact) "
            "ORDER BY happened_at DESC, fact, seq DESC",
            {"topic": topic, "since": since, "fact": fact},
        )

    def evidence(self, topic: str, fact: str) -> list[Row]:
        """Every claim on a fact in order of publication, with what it did."""
        return self._rows(
            "SELECT published_at, outlet, stage, mention, value, sentence, attribution, did, detail, url, claim_id, "
            "withdrawn_at FROM evidence_chain WHERE topic = $topic AND fact = $fact ORDER BY published_at, claim_id",
            {"topic": topic, "fact": fact},
        )

    def fact_names(self, topic: str) -> list[str]:
        """The tracked facts."""
        return [
            row["fact"]
            for row in self._rows(
                "SELECT fact FROM facts WHERE topic = $topic AND system_to IS NULL ORDER BY fact", {"topic": topic}
            )
        ]

    def sources(self, topic: str) -> list[Row]:
        """Each source, when it last worked, and what came of it."""
        return self._rows("SELECT * FROM source_health WHERE topic = $topic ORDER BY source", {"topic": topic})

    def runs(self, topic: str, limit: int = 5) -> list[Row]:
        """The newest runs."""
        return self._rows(
            "SELECT run_id, started_at, finished_at, outcome, new_articles, new_claims, new_changes FROM runs "
            "WHERE topic = $topic ORDER BY finished_at DESC LIMIT $limit",
            {"topic": topic, "limit": limit},
        )

    def unread(self, topic: str) -> list[Row]:
        """Why articles were not read for claims, and how many."""
        return self._rows(
            "SELECT unread AS reason, lang, count(*) AS articles FROM articles "
            "WHERE topic = $topic AND unread <> '' AND system_to IS NULL GROUP BY ALL ORDER BY articles DESC",
            {"topic": topic},
        )

    def missing(self, topic: str) -> list[Row]:
        """How many articles could not be had when they were last asked for, how many are not there, and since when."""
        return self._rows(
            "SELECT source, count(*) AS articles, count(gone_since) AS not_there, min(first_at) AS since, "
            "min(next_at) AS next_look_at FROM missing WHERE topic = $topic GROUP BY source ORDER BY source",
            {"topic": topic},
        )

    def waiting(self, topic: str) -> list[Row]:
        """Claims that wait for a reviewer."""
        return self._rows(
            "SELECT claim_id, fact, published_at, outlet, stage, value, sentence, url FROM evidence_chain "
            "WHERE topic = $topic AND did = 'needs_review' AND withdrawn_at IS NULL "
            "AND claim_id NOT IN (SELECT claim_id FROM review_log WHERE topic = $topic AND undone_at IS NULL "
            "AND verdict IN ('accept', 'reject')) "
            "ORDER BY published_at DESC, claim_id",
            {"topic": topic},
        )

    def candidates(self, topic: str) -> list[Row]:
        """Claims between the topic's entities that fit no fact, by slot."""
        return self._rows(
            "SELECT relation, subject, object, count(*) AS claims, count(DISTINCT origin) AS origins, "
            "max(published_at) AS newest, arg_max(sentence, published_at) AS sentence, "
            "arg_max(outlet, published_at) AS outlet "
            "FROM claims WHERE topic = $topic AND fact IS NULL AND system_to IS NULL GROUP BY ALL "
            "ORDER BY origins DESC, newest DESC",
            {"topic": topic},
        )

    def _rows(self, sql: str, parameters: dict[str, Any]) -> list[Row]:
        cursor = self._db.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
