"""Writing the difference that new folds make: ends in system time what they no longer hold, adds what they hold now.

Unchanged rows keep their place. A ledger that goes on after a place is compared with what came after it only, so that
writing it costs as much as it is long, however long the history before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from factdrift.model import Change
from storage import rows
from storage.writing import Writing, add, end_at

NOTICES = ("corrected", "retracted")


def write_ledgers(run: Writing) -> list[Change]:
    """Write every ledger of the batch; returns the changes that did not stand before."""
    if not run.batch.ledgers:
        return []
    with _folded(run):
        _replace_beliefs(run)
        _replace_reasons(run)
        return _replace_changes(run)


@contextmanager
def _folded(run: Writing) -> Iterator[None]:
    """The facts of the batch as the relation `folded`, with the place after which each ledger begins."""
    run.db.register(
        "folded",
        rows.table_of(
            [
                {
                    "fact": fact,
                    "is_whole": ledger.after is None,
                    "first_change": ledger.after.changes if ledger.after else 0,
                    "first_reason": ledger.after.reasons if ledger.after else 0,
                }
                for fact, ledger in sorted(run.batch.ledgers.items())
            ]
        ),
    )
    try:
        yield
    finally:
        run.db.unregister("folded")


def _standing(run: Writing, table: str, columns: str, since: str) -> list[tuple[Any, ...]]:
    return run.db.execute(
        f"SELECT {columns} FROM {table} JOIN folded USING (fact) "
        f"WHERE topic = $topic AND system_to IS NULL AND (is_whole OR {since})",
        {"topic": run.batch.topic},
    ).fetchall()


def _replace_beliefs(run: Writing) -> None:
    batch = run.batch
    wanted = {
        row["belief_id"]: row
        for _, ledger in sorted(batch.ledgers.items())
        for row in (rows.belief_row(belief, batch.topic, batch.run_id, run.at) for belief in ledger.beliefs)
    }
    standing = dict(_standing(run, "beliefs", "belief_id, beliefs.rowid", "valid_to IS NULL"))
    end_at(run, "beliefs", [place for key, place in standing.items() if key not in wanted])
    add(run, "beliefs", [row for key, row in wanted.items() if key not in standing])


def _replace_reasons(run: Writing) -> None:
    batch = run.batch
    wanted = {
        row["reason_id"]: row
        for _, ledger in sorted(batch.ledgers.items())
        for row in (
            rows.reason_row(reason, batch.topic, batch.run_id, run.at, seq)
            for seq, reason in enumerate(ledger.reasons, ledger.after.reasons if ledger.after else 0)
        )
    }
    standing: dict[str, tuple[int, int]] = {}
    if any(ledger.after is None for ledger in batch.ledgers.values()):  # no claim after a place has a reason yet
        standing = {
            key: (seq, at) for key, seq, at in _standing(run, "reasons", "reason_id, seq, reasons.rowid", "false")
        }
    end_at(run, "reasons", [place for key, (_, place) in standing.items() if key not in wanted])
    add(run, "reasons", [row for key, row in wanted.items() if key not in standing])
    seqs = {key: row["seq"] for key, row in wanted.items()}
    _renumber(run, "reasons", {place: seqs[key] for key, (seq, place) in standing.items() if seqs.get(key, seq) != seq})


def _replace_changes(run: Writing) -> list[Change]:
    """Returns the changes that did not stand before. One that stands with other details keeps its `known_at`."""
    batch = run.batch
    standing = {
        change_id: (body, known_at, seq, place)
        for change_id, body, known_at, seq, kind, place in _standing_changes(run)
        if kind not in NOTICES
    }
    wanted = {
        change.change_id: (place, change)
        for _, ledger in sorted(batch.ledgers.items())
        for place, change in enumerate(ledger.changes, ledger.after.changes if ledger.after else 0)
    }
    table = [
        rows.change_row(
            change,
            batch.topic,
            batch.run_id,
            run.at,
            place,
            standing[change_id][1] if change_id in standing else run.at,
        )
        for change_id, (place, change) in wanted.items()
    ]
    same = {row["change_id"]: row["seq"] for row in table if standing.get(row["change_id"], ("",))[0] == row["body"]}
    end_at(run, "changes", [place for key, (*_, place) in standing.items() if key not in same])
    add(run, "changes", [row for row in table if row["change_id"] not in same])
    _renumber(run, "changes", {standing[key][3]: seq for key, seq in same.items() if standing[key][2] != seq})
    fresh = [change for change_id, (_, change) in wanted.items() if change_id not in standing]
    return sorted(fresh, key=lambda change: (change.at, change.change_id))


def _standing_changes(run: Writing) -> list[tuple[Any, ...]]:
    # Found first and then read by their places: after a place in the fold there is mostly none, and a few bodies that
    # are found by another column cost as much as all of them.
    places = _standing(
        run, "changes", "changes.rowid", "seq >= first_change AND kind NOT IN ('corrected', 'retracted')"
    )
    if not places:
        return []
    with rows.registered(run.db, rows.places([place for (place,) in places])):
        return run.db.execute(
            "SELECT change_id, body, known_at, seq, kind, rowid FROM changes "
            "WHERE rowid IN (SELECT place FROM incoming)"
        ).fetchall()


def _renumber(run: Writing, table: str, seqs: dict[int, int]) -> None:
    """Give rows their new place in the fold: a late article shifts those after it. `seqs` is rowid -> place."""
    if not seqs:
        return
    moved = pa.table({"row": pa.array(seqs.keys(), pa.int64()), "seq": pa.array(seqs.values(), pa.int32())})
    with rows.registered(run.db, moved):
        run.db.execute(f"UPDATE {table} SET seq = incoming.seq FROM incoming WHERE {table}.rowid = incoming.row")
