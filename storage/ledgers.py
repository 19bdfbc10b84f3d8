"""Writing the difference that new folds make: ends in system time what they no longer hold, adds what they hold now.

Unchanged rows keep their place. A ledger that goes on after a place is compared with what came after it only, so that
writing it costs as much as it is long, however long the history before it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from factdrift.model import Change
from storage import rows
from storage.writing import Writing, add, end

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
    standing = {row[0] for row in _standing(run, "beliefs", "belief_id", "valid_to IS NULL")}
    if gone := standing - wanted.keys():
        end(run, "beliefs", "belief_id", gone)
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
    standing: dict[str, int] = {}
    if any(ledger.after is None for ledger in batch.ledgers.values()):  # no claim after a place has a reason yet
        standing = dict(_standing(run, "reasons", "reason_id, seq", "false"))
    if gone := standing.keys() - wanted.keys():
        end(run, "reasons", "reason_id", gone)
    add(run, "reasons", [row for key, row in wanted.items() if key not in standing])
    moved = {key: row["seq"] for key, row in wanted.items() if standing.get(key) not in (None, row["seq"])}
    _renumber(run, "reasons", "reason_id", moved)


def _replace_changes(run: Writing) -> list[Change]:
    """Returns the changes that did not stand before. One that stands with other details keeps its `known_at`."""
    batch = run.batch
    standing = {
        change_id: (body, known_at, seq)
        for change_id, body, known_at, seq, kind in _standing_changes(run)
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
    if gone := standing.keys() - same.keys():
        end(run, "changes", "change_id", gone)
    add(run, "changes", [row for row in table if row["change_id"] not in same])
    _renumber(run, "changes", "change_id", {key: seq for key, seq in same.items() if standing[key][2] != seq})
    fresh = [change for change_id, (_, change) in wanted.items() if change_id not in standing]
    return sorted(fresh, key=lambda change: (change.at, change.change_id))


def _standing_changes(run: Writing) -> list[tuple[Any, ...]]:
    # After a place there is mostly none, and to find that out takes no reading of bodies.
    if not _standing(run, "changes", "1", "seq >= first_change AND kind NOT IN ('corrected', 'retracted')"):
        return []
    return _standing(run, "changes", "change_id, body, known_at, seq, kind", "seq >= first_change")


def _renumber(run: Writing, table: str, key: str, seqs: dict[str, int]) -> None:
    """Give standing rows their new place in the fold: a late article shifts those after it."""
    if not seqs:
        return
    with rows.registered(run.db, rows.table_of([{key: value, "seq": seq} for value, seq in seqs.items()])):
        run.db.execute(
            f"UPDATE {table} SET seq = incoming.seq FROM incoming WHERE {table}.{key} = incoming.{key} "
            f"AND {table}.topic = $topic AND {table}.system_to IS NULL",
            {"topic": run.batch.topic},
        )
