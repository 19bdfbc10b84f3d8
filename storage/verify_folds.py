"""Whether beliefs and changes follow from the claims: some facts at a time, folded anew and compared.

Reads only. How a ledger is folded is handed in.
"""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from factdrift.codec import unpack_belief, unpack_change
from factdrift.log import event
from factdrift.memory import uncollected
from factdrift.model import Ledger, StoredClaim
from storage.claims import claims_of
from storage.ledgers import NOTICES
from storage.rows import UNIT, packed

_LOG = logging.getLogger("factdrift.verify")

FACTS_AT_ONCE = 500  # a history of any length is checked in the room of some facts
Fold = Callable[
    [str, str, list[StoredClaim], datetime], Ledger | None
]  # topic, fact, open claims, time of the last run


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not hold: in which table and row, written by which run."""

    table: str
    row: str
    run_id: str
    what: str

    def __str__(self) -> str:
        where = " ".join(part for part in (self.table, self.row, f"(run {self.run_id})" if self.run_id else "") if part)
        return f"{where}: {self.what}"


def check_folds(db: duckdb.DuckDBPyConnection, fold: Fold, problems: list[Problem]) -> int:
    """Add what does not follow from the claims; returns how many facts were folded."""
    times = dict(db.execute("SELECT topic, max(finished_at) FROM runs GROUP BY topic").fetchall())
    count = 0
    for topic, last_run in sorted(times.items()):
        facts = [
            fact
            for (fact,) in db.execute(
                "SELECT fact FROM claims WHERE topic = $topic AND fact IS NOT NULL AND system_to IS NULL UNION "
                "SELECT fact FROM beliefs WHERE topic = $topic AND system_to IS NULL ORDER BY ALL",
                {"topic": topic},
            ).fetchall()
        ]
        count += len(facts)
        for first in range(0, len(facts), FACTS_AT_ONCE):
            _check_some(db, topic, facts[first : first + FACTS_AT_ONCE], last_run, fold, problems)
            if len(facts) > FACTS_AT_ONCE:
                event(_LOG, "folded anew", topic=topic, facts=min(first + FACTS_AT_ONCE, len(facts)), of=len(facts))
    return count


def _check_some(
    db: duckdb.DuckDBPyConnection, topic: str, facts: list[str], last_run: datetime, fold: Fold, problems: list[Problem]
) -> None:
    with uncollected():
        claims = claims_of(db, topic, facts)
        beliefs = _stored(db, "beliefs", "belief_id", topic, facts)
        changes = _stored(db, "changes", "change_id", topic, facts)
        for fact in facts:
            ledger = fold(topic, fact, claims.pop(fact), last_run)
            if ledger is not None:
                problems += _unlike("beliefs", fact, beliefs[fact], set(ledger.beliefs))
                problems += _unlike("changes", fact, changes[fact], set(ledger.changes))


def _stored(
    db: duckdb.DuckDBPyConnection, table: str, key: str, topic: str, facts: list[str]
) -> dict[str, dict[Any, tuple[str, str]]]:
    """What stands of each fact in a table: belief or change -> its row and run. What no fold can give is left out."""
    unpack = {"beliefs": unpack_belief, "changes": unpack_change}[table]
    stored: dict[str, dict[Any, tuple[str, str]]] = {fact: {} for fact in facts}
    only = "" if table == "beliefs" else f"AND kind NOT IN {NOTICES}"
    for fact, row, run_id, body in db.execute(
        f"SELECT fact, {key}, run_id, body FROM {table} "
        f"WHERE topic = $topic AND fact IN (SELECT unnest(string_split($facts, $unit))) AND system_to IS NULL {only}",
        {"topic": topic, "facts": packed(facts), "unit": UNIT},
    ).fetchall():
        stored[fact][unpack(json.loads(body))] = (row, run_id)
    return stored


def _unlike(table: str, fact: str, stored: dict[Any, tuple[str, str]], folded: set[Any]) -> Iterator[Problem]:
    for value, (row, run_id) in stored.items():
        if value not in folded:
            yield Problem(table, row, run_id, f"does not follow from the claims on {fact}")
    for _ in folded - stored.keys():
        yield Problem(table, "", "", f"the claims on {fact} give one more than is stored")
