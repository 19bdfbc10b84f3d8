"""Articles that could not be had, kept between runs. Knows rows and how many are kept, not when to ask again."""

from dataclasses import asdict
from datetime import timedelta

import duckdb

from storage import rows
from storage.records import Missing
from storage.writing import Writing

FORGOTTEN = timedelta(days=60)  # after the last look
MOST = 5_000  # of one topic; the longest unseen go first
_COLUMNS = "article_id, source, url, title, outlet, published_at, first_at, last_at, next_at, looks, gone_since, why"


def read(db: duckdb.DuckDBPyConnection, topic: str) -> dict[str, Missing]:
    """What could not be had when it was last asked for, by article."""
    found = db.execute(f"SELECT {_COLUMNS} FROM missing WHERE topic = $topic", {"topic": topic}).fetchall()
    return {row[0]: Missing(*row) for row in found}


def write(run: Writing) -> None:
    """What this run could not have takes the place of what was kept of it; what it had, and what is old, goes."""
    batch = run.batch
    new = {missing.article_id: missing for missing in batch.missing}
    if new or batch.had:
        run.db.execute(
            "DELETE FROM missing WHERE topic = $topic AND article_id IN (SELECT unnest(string_split($ids, $unit)))",
            {"topic": batch.topic, "ids": rows.packed([*new, *batch.had]), "unit": rows.UNIT},
        )
    rows.insert(run.db, "missing", [{"topic": batch.topic, **asdict(missing)} for missing in new.values()])
    run.db.execute(
        "DELETE FROM missing WHERE topic = $topic AND (last_at < $old OR article_id IN ("
        "SELECT article_id FROM missing WHERE topic = $topic ORDER BY last_at DESC, article_id OFFSET $most))",
        {"topic": batch.topic, "old": run.at - FORGOTTEN, "most": MOST},
    )
