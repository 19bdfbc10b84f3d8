"""Records as table rows: plain dictionaries in the columns' order, and Arrow tables to insert them in bulk."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import duckdb
import pyarrow as pa

from factdrift.codec import pack_belief, pack_change, pack_value
from factdrift.model import Alert, Belief, Change, ClaimReason, DateSpan, Money, Percent, StoredClaim, Value
from factdrift.wording import describe_belief, describe_value
from storage.claimtext import claim_text, value_text
from storage.records import StoredArticle

_STAMP = pa.timestamp("us", tz="UTC")
TYPES = {
    **dict.fromkeys(("published_at", "modified_at", "fetched_at", "system_from", "system_to", "valid_from"), _STAMP),
    **dict.fromkeys(
        (
            "valid_to",
            "valid_end",
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
    **dict.fromkeys(("first_at", "last_at", "next_at", "gone_since"), _STAMP),
    **dict.fromkeys(("date_from", "date_to", "due_from", "due_to"), pa.date32()),
    **dict.fromkeys(("percent", "amount"), pa.float64()),
    **dict.fromkeys(("tier", "origins", "seq", "attempts", "failures", "first_change", "first_reason"), pa.int32()),
    "looks": pa.int32(),
    **dict.fromkeys(("contested", "needs_review", "is_whole"), pa.bool_()),
    **dict.fromkeys(("new_articles", "new_claims", "new_changes"), pa.int32()),
    **dict.fromkeys(("added", "ended"), pa.int64()),
    "hashes": pa.list_(pa.int64()),
}
_OURS = {"value": pa.json_(), "body": pa.json_()}  # JSON that we wrote: DuckDB need not read it to know that it is some

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ALIKE = 4_096  # moments that are remembered
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # the end of what has none

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)

Row = dict[str, Any]
UNIT = "\x1f"  # parts the ids of a list that is handed to SQL as one text


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all rows of a table that one run adds have in common."""

    topic: str
    run_id: str
    at: datetime


def packed(ids: Iterable[str]) -> str:
    """Ids as one parameter: of a list, DuckDB looks at each element in Python, which takes 150 microseconds each."""
    return UNIT.join(sorted(set(ids)))


def places(rowids: list[int]) -> pa.Table:
    """Places in a table, to be read or updated: a rowid holds within the transaction that found it."""
    return pa.table({"place": pa.array(rowids, pa.int64())})


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    """Insert rows of one shape. `table` is a name of ours, never a user's."""
    if not rows:
        return
    with registered(connection, table_of(rows)):
        connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> Iterator[None]:
    """An Arrow table as the relation `incoming` while the block runs."""
    connection.register("incoming", table)
    try:
        yield
    finally:
        connection.unregister("incoming")


def table_of(rows: list[Row]) -> pa.Table:
    """Rows of one shape, at least one, as an Arrow table."""
    return pa.table({name: _column(name, [row[name] for row in rows]) for name in rows[0]})


def _column(name: str, values: list[Any], types: Mapping[str, pa.DataType] = TYPES) -> pa.Array:
    kind = types.get(name, pa.string())
    if kind == _STAMP:
        return pa.array([_microseconds(value) for value in values], pa.int64()).cast(_STAMP)
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        # Half a surrogate pair, which broken pages hold, is no text. One "?" for each keeps every offset as it was.
        return pa.array([v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for v in values], kind)


@lru_cache(_ALIKE)
def _microseconds(moment: datetime | None) -> int | None:
    """Since 1970. Remembered, as the claims of an article share a moment: Arrow asks each anew for its time zone."""
    return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)


def articles_table(stamp: Stamp, stored: list[StoredArticle]) -> pa.Table:
    """Rows of `articles`. In columns, because they come in bulk."""
    articles = [each.article for each in stored]
    return _table(
        {
            "version_id": [a.version_id for a in articles],
            "article_id": [a.article_id for a in articles],
            "url": [a.url for a in articles],
            "outlet": [a.outlet for a in articles],
            "title": [a.title for a in articles],
            "text": [a.text for a in articles],
            "lang": [a.lang for a in articles],
            "published_at": [a.published_at for a in articles],
            "published_from": [a.published_from for a in articles],
            "modified_at": [a.modified_at for a in articles],
            "fetched_at": [a.fetched_at for a in articles],
            "source": [a.source for a in articles],
            "origin": [a.origin for a in articles],
            "tier": [a.tier for a in articles],
            "unread": [each.unread for each in stored],
            "hashes": [each.hashes for each in stored],
        },
        stamp,
    )


def claims_table(stamp: Stamp, stored: list[StoredClaim]) -> pa.Table:
    """Rows of `claims`. In columns, because they come in bulk."""
    claims = [each.claim for each in stored]
    values = [claim.value for claim in claims]
    texts = [value_text(value) for value in values]
    return _table(
        {
            "claim_id": [each.claim_id for each in stored],
            "version_id": [each.version_id for each in stored],
            "article_id": [each.article_id for each in stored],
            "fact": [c.fact for c in claims],
            "relation": [c.slot.relation for c in claims],
            "subject": [c.slot.subject for c in claims],
            "object": [c.slot.object for c in claims],
            "value": [text if text != "null" else None for text in texts],
            "percent": [v.percent if isinstance(v, Percent) else None for v in values],
            "amount": [v.amount if isinstance(v, Money) else None for v in values],
            "currency": [v.currency if isinstance(v, Money) else None for v in values],
            "date_from": [v.date_from if isinstance(v, DateSpan) else None for v in values],
            "date_to": [v.date_to if isinstance(v, DateSpan) else None for v in values],
            "stage": [c.stage for c in claims],
            "mention": [c.mention for c in claims],
            "attribution": [c.attribution.kind if c.attribution else None for c in claims],
            "sentence": [c.evidence.exact for c in claims],
            "outlet": [each.outlet for each in stored],
            "source": [each.source for each in stored],
            "tier": [each.tier for each in stored],
            "origin": [each.origin for each in stored],
            "published_at": [each.published_at for each in stored],
            "extractor": [each.extractor for each in stored],
            "body": [claim_text(c, text) for c, text in zip(claims, texts, strict=True)],
        },
        stamp,
    )


def _table(columns: Mapping[str, list[Any]], stamp: Stamp) -> pa.Table:
    """Columns of one length, beside what is the same in every row."""
    count = len(next(iter(columns.values())))
    constants = {"topic": stamp.topic, "run_id": stamp.run_id, "system_from": stamp.at, "system_to": None}
    same = {name: pa.repeat(pa.scalar(value, TYPES.get(name, pa.string())), count) for name, value in constants.items()}
    return pa.table({name: _column(name, values, TYPES | _OURS) for name, values in columns.items()} | same)


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
        "valid_end": belief.valid_to or NEVER,
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
