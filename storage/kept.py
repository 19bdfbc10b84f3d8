"""Where folds stand, kept so that a run may go on from there. A copy for speed: rows that do not fit are not there.

Knows rows and checksums, not what a fold is. Whoever changes claims of a fact drops its row in the same transaction.
"""

import hashlib
import zlib
from collections.abc import Iterable

import duckdb
import pyarrow as pa

from storage import rows
from storage.records import KeptFold


def read(db: duckdb.DuckDBPyConnection, topic: str, facts: Iterable[str]) -> dict[str, KeptFold]:
    """The kept folds of some facts. A row whose checksum does not hold is left out."""
    found = db.execute(
        "SELECT fact, stamp, body, checksum FROM kept_folds WHERE rowid IN (SELECT rowid FROM kept_folds "
        "WHERE topic = $topic AND fact IN (SELECT unnest(string_split($facts, $unit))))",
        {"topic": topic, "facts": rows.packed(facts), "unit": rows.UNIT},
    ).fetchall()
    return {
        fact: KeptFold(fact, stamp, zlib.decompress(body).decode("utf-8"))
        for fact, stamp, body, checksum in found
        if checksum == _checksum(body, topic, fact, stamp)
    }


def replace(db: duckdb.DuckDBPyConnection, topic: str, touched: Iterable[str], kept: Iterable[KeptFold]) -> None:
    """Drop the rows of the facts that were touched, and write those that fit what stands now."""
    new = {fold.fact: fold for fold in kept}
    facts = {*touched, *new}
    if not facts:
        return
    db.execute(
        "DELETE FROM kept_folds WHERE topic = $topic AND fact IN (SELECT unnest(string_split($facts, $unit)))",
        {"topic": topic, "facts": rows.packed(facts), "unit": rows.UNIT},
    )
    if new:
        folds = list(new.values())
        # Small, because each checkpoint writes this table again: rows come and go all over it.
        bodies = [zlib.compress(fold.body.encode("utf-8", "replace"), 1) for fold in folds]
        sums = [_checksum(body, topic, fold.fact, fold.stamp) for fold, body in zip(folds, bodies, strict=True)]
        columns = {
            "topic": pa.array([topic] * len(folds)),
            "fact": pa.array([fold.fact for fold in folds]),
            "stamp": pa.array([fold.stamp for fold in folds]),
            "body": pa.array(bodies, pa.binary()),
            "checksum": pa.array(sums),
        }
        with rows.registered(db, pa.table(columns)):
            db.execute("INSERT INTO kept_folds BY NAME SELECT * FROM incoming")


def _checksum(body: bytes, *parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8") + b"\n" + body).hexdigest()
