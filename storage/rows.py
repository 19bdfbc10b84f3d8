"""Records as table rows: plain dictionaries in the columns' order, and Arrow tables to insert them in bulk."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from factdrift.codec import pack_belief, pack_change, pack_claim, pack_value
from factdrift.model import Alert, Belief, Change, ClaimReason, DateSpan, Money, Percent, StoredClaim, Value
from factdrift.wording import describe_belief, describe_value
from storage.records import StoredArticle

_STAMP = pa.timestamp("us", tz="UTC")
TYPES = {
    **dict.fromkeys(("published_at", "modified_at", "fetched_at", "system_from", "system_to", "valid_from"), _STAMP),
    **dict.fromkeys(
        (
            "valid_to",
            "last_confirmed",
            "happened_at",
            "known_at",
            "decided_at",
            "created_at",
            "sent_at",
            "started_at",
            "finished_at",
        ),
        _STAMP,
    ),
    **dict.fromkeys(("last_success_at", "last_attempt_at", "last_new_at"), _STAMP),
    **dict.fromkeys(("date_from", "date_to", "due_from", "due_to"), pa.date32()),
    **dict.fromkeys(("percent", "amount"), pa.float64()),
    **dict.fromkeys(("tier", "origins", "seq", "attempts", "failures"), pa.int32()),
    **dict.fromkeys(("contested", "needs_review", "undone"), pa.bool_()),
    **dict.fromkeys(("new_articles", "new_claims", "new_changes"), pa.int32()),
    **dict.fromkeys(("added", "ended"), pa.int64()),
    "hashes": pa.list_(pa.int64()),
}

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)

Row = dict[str, Any]
UNIT = "\x1f"  # parts the ids of a list that is handed to SQL as one text


def packed(ids: Iterable[str]) -> str:
    """Ids as one parameter: of a list, DuckDB looks at each element in Python, which takes 150 microseconds each."""
    return UNIT.join(sorted(set(ids)))


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    """Insert rows of one shape. `table` is a name of ours, never a user's."""
    if not rows:
        return
    with incoming(connection, rows):
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")


@contextmanager
def incoming(connection: duckdb.DuckDBPyConnection, rows: list[Row]) -> Iterator[None]:
    """Rows of one shape as the relation `incoming` while the block runs."""
    columns = {name: _column(name, [row[name] for row in rows]) for name in rows[0]}
    connection.register("incoming", pa.table(columns))
    try:
        yield
    finally:
        connection.unregister("incoming")


def _column(name: str, values: list[Any]) -> pa.Array:
    kind = TYPES.get(name, pa.string())
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half a surrogate pair, which broken pages hold, is no text. One "?" for each keeps every offset as it was.
        return pa.array([v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values], kind)


def article_row(stored: StoredArticle, topic: str, run_id: str, now: datetime) -> Row:
    """A row of `articles`."""
    article = stored.article
    return {
        "version_id": article.version_id,
        "article_id": article.article_id,
        "topic": topic,
        "url": article.url,
        "outlet": article.outlet,
        "title": article.title,
        "text": article.text,
        "lang": article.lang,
        "published_at": article.published_at,
        "published_from": article.published_from,
        "modified_at": article.modified_at,
        "fetched_at": article.fetched_at,
        "source": article.source,
        "origin": article.origin,
        "tier": article.tier,
        "unread": stored.unread,
        "hashes": list(stored.hashes),
        "run_id": run_id,
        "system_from": now,
        "system_to": None,
    }


def claim_row(stored: StoredClaim, topic: str, run_id: str, now: datetime) -> Row:
    """A row of `claims`."""
    claim = stored.claim
    return {
        "claim_id": stored.claim_id,
        "version_id": stored.version_id,
        "article_id": stored.article_id,
        "topic": topic,
        "fact": claim.fact,
        "relation": claim.slot.relation,
        "subject": claim.slot.subject,
        "object": claim.slot.object,
        **_value_columns(claim.value),
        "stage": claim.stage.value,
        "mention": claim.mention.value,
        "attribution": claim.attribution.kind.value if claim.attribution else None,
        "sentence": claim.evidence.exact,
        "outlet": stored.outlet,
        "source": stored.source,
        "tier": stored.tier,
        "origin": stored.origin,
        "published_at": stored.published_at,
        "extractor": stored.extractor,
        "body": _json(pack_claim(claim)),
        "run_id": run_id,
        "system_from": now,
        "system_to": None,
    }


def belief_row(belief: Belief, topic: str, run_id: str, now: datetime) -> Row:
    """A row of `beliefs`; the id is a hash of the content, so an unchanged belief keeps its row."""
    body = _json(pack_belief(belief))
    return {
        "belief_id": content_id(topic, body),
        "topic": topic,
        "fact": belief.fact,
        "track": belief.track.value,
        "measure": belief.measure,
        **_value_columns(belief.value),
        "shown": describe_value(belief.value, belief.bound, approx=belief.approx),
        "stage": belief.stage.value,
        "due_from": belief.due.date_from if belief.due else None,
        "due_to": belief.due.date_to if belief.due else None,
        "valid_from": belief.valid_from,
        "valid_to": belief.valid_to,
        "claim_id": belief.claim_id,
        "origins": belief.origins,
        "last_confirmed": belief.last_confirmed,
        "contested": belief.contested,
        "body": body,
        "run_id": run_id,
        "system_from": now,
        "system_to": None,
    }


def change_row(change: Change, topic: str, run_id: str, now: datetime, seq: int, known_at: datetime) -> Row:
    """A row of `changes`; `seq` is its place in the fact's history, `known_at` when it was first on the ledger."""
    return {
        "change_id": change.change_id,
        "topic": topic,
        "fact": change.fact,
        "track": change.track.value,
        "kind": change.kind.value,
        "old_shown": describe_belief(change.old),
        "new_shown": describe_belief(change.new),
        "old_value": _json(pack_value(change.old.value)) if change.old else None,
        "new_value": _json(pack_value(change.new.value)) if change.new else None,
        "claim_id": change.claim_id,
        "happened_at": change.at,
        "needs_review": change.needs_review,
        "seq": seq,
        "body": _json(pack_change(change)),
        "known_at": known_at,
        "run_id": run_id,
        "system_from": now,
        "system_to": None,
    }


def reason_row(reason: ClaimReason, topic: str, run_id: str, now: datetime, seq: int) -> Row:
    """A row of `reasons`; the id is a hash of the content, `seq` its place in the fold."""
    return {
        "reason_id": reason_id(topic, reason),
        "claim_id": reason.claim_id,
        "topic": topic,
        "fact": reason.fact,
        "reason": str(reason.reason),
        "detail": reason.detail,
        "seq": seq,
        "run_id": run_id,
        "system_from": now,
        "system_to": None,
    }


def reason_id(topic: str, reason: ClaimReason) -> str:
    """The id of a reason is its content; migration 3 writes the same in SQL."""
    parts = (topic, reason.claim_id, reason.fact, str(reason.reason), reason.detail)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:20]


def alert_row(alert: Alert, run_id: str) -> Row:
    """A row of `alerts`."""
    return {**asdict(alert), "run_id": run_id}


def content_id(topic: str, body: str) -> str:
    """The id of a row that is its content."""
    return hashlib.sha256(f"{topic}\n{body}".encode()).hexdigest()[:20]


def _value_columns(value: Value | None) -> Row:
    span = value if isinstance(value, DateSpan) else None
    return {
        "value": _json(pack_value(value)) if value is not None else None,
        "percent": value.percent if isinstance(value, Percent) else None,
        "amount": value.amount if isinstance(value, Money) else None,
        "currency": value.currency if isinstance(value, Money) else None,
        "date_from": span.date_from if span else None,
        "date_to": span.date_to if span else None,
    }


def _json(value: Mapping[str, Any] | None) -> str:
    return _ENCODER.encode(value)
