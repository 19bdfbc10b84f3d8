"""Decisions of reviewers: rows that are added and never changed; taking one back is a row of its own.

Knows rows and what undoes what, not what a decision does to a fact.
"""

import duckdb

from factdrift.model import Review
from storage import rows
from storage.writing import Writing, add


def read(db: duckdb.DuckDBPyConnection, topic: str) -> list[Review]:
    """Every decision on the topic's claims, oldest first; those that were taken back are marked."""
    found = db.execute(
        "SELECT review_id, claim_id, verdict, who, decided_at, undone_at IS NOT NULL, note FROM review_log "
        "WHERE topic = $topic ORDER BY decided_at, review_id",
        {"topic": topic},
    ).fetchall()
    return [Review(*row) for row in found]


def write(run: Writing) -> None:
    """Add the batch's decisions, and those that take one back."""
    add(run, "reviews", [_row(review, run.batch.topic, run.batch.run_id) for review in run.batch.reviews])


def _row(review: Review, topic: str, run_id: str) -> rows.Row:
    return {
        "topic": topic,
        "review_id": review.review_id,
        "claim_id": review.claim_id,
        "verdict": review.verdict,
        "who": review.who,
        "decided_at": review.at,
        "note": review.note,
        "undoes": review.undoes or None,
        "run_id": run_id,
    }
