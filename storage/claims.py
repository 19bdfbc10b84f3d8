"""Open claims as they are read back: those whose article version stands. Reads one table, decides nothing."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from factdrift.codec import unpack_claim
from factdrift.model import StoredClaim
from storage import rows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def claims_of(db: duckdb.DuckDBPyConnection, topic: str, facts: Iterable[str]) -> dict[str, list[StoredClaim]]:
    """The open claims of each fact, in no order."""
    claims: dict[str, list[StoredClaim]] = {fact: [] for fact in facts}
    for stored in open_claims(db, topic, "fact", claims):
        claims[stored.claim.fact or ""].append(stored)
    return claims


def open_claims(db: duckdb.DuckDBPyConnection, topic: str, key: str, keys: Iterable[str]) -> Iterator[StoredClaim]:
    """The open claims with one of these keys in the column `key`, a name of ours."""
    if not (wanted := rows.packed(keys)):
        return
    # Times come as numbers: handing out a time with its zone takes DuckDB six microseconds. First found, then read:
    # what is read of a few rows of a part of the table is otherwise read of the whole part.
    for claim_id, body, published, known, extractor, *read_where in db.execute(
        "SELECT claim_id, body, epoch_us(published_at), epoch_us(system_from), extractor, "
        "version_id, article_id, outlet, source, tier, origin FROM claims WHERE rowid IN (SELECT rowid FROM claims "
        f"WHERE topic = $topic AND {key} IN (SELECT unnest(string_split($wanted, $unit))) AND system_to IS NULL)",
        {"topic": topic, "wanted": wanted, "unit": rows.UNIT},
    ).fetchall():
        times = (_EPOCH + timedelta(microseconds=published), _EPOCH + timedelta(microseconds=known))
        rest: tuple[Any, ...] = (*read_where, *times, None, extractor)
        yield StoredClaim(claim_id, unpack_claim(json.loads(body)), *rest)
