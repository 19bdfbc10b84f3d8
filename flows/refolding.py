"""What is folded outside a watch run: after a review, and into a new file."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from factdrift.errors import UsageError
from factdrift.facts.deciding import Decision, Known, decide
from factdrift.facts.ledger import fold
from factdrift.facts.reviews import UNDO
from factdrift.log import event
from factdrift.model import Alert, Change, Ledger, Review, StoredClaim
from flows.job import Job
from flows.rebuilding import fold_all
from flows.recalling import alerts_of
from storage.articles import reviews_in
from storage.backup import back_up
from storage.database import Store, open_store
from storage.reading import open_snapshot
from storage.records import Batch
from storage.snapshot import publish_snapshot

_LOG = logging.getLogger("factdrift.refolding")

Fold = Callable[[str, str, list[StoredClaim], datetime], Ledger | None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How a ledger that was folded anew compares with the one that stood."""

    facts: int
    differing: tuple[str, ...]


def review(job: Job, claim: str, verdict: str, who: str, now: datetime, note: str = "") -> tuple[Change, ...]:
    """Keep a reviewer's decision and fold its fact again; returns the changes. Raises UsageError for an unknown claim.

    The decision and what follows from it are written in one transaction.
    """
    with open_store(job.database, now=now) as store:
        found = [c for c in store.claims_named(job.topic.topic, [claim]) if c.claim.fact in job.topic.fact_by_name]
        if not found:
            raise UsageError(
                f"no claim {claim!r} on a tracked fact", "`factdrift review` lists the ids of what waits, `why` all ids"
            )
        given = Review(uuid4().hex[:20], claim, verdict, who, now, note=note)
        changes = _reviewed(store, job, given, {c.claim.fact or "" for c in found}, now)
    publish_snapshot(job.database, job.snapshot)
    return changes


def undo(job: Job, claim: str, who: str, now: datetime, note: str = "") -> tuple[Review, tuple[Change, ...]]:
    """Take back the last review of a claim; returns it and the changes. Raises UsageError where there is none.

    That it was given, and who took it back, stays on record.
    """
    with open_store(job.database, now=now) as store:
        standing = [r for r in store.reviews(job.topic.topic) if r.claim_id == claim and not r.undone]
        if not standing:
            raise UsageError(f"no review of claim {claim!r} to undo", "`factdrift sql 'FROM review_log'` lists all")
        last = max(standing, key=lambda r: (r.at, r.review_id))
        facts = set(store.facts_of_claims(job.topic.topic, [claim]).values()) & job.topic.fact_by_name.keys()
        given = Review(uuid4().hex[:20], claim, UNDO, who, now, note=note, undoes=last.review_id)
        changes = _reviewed(store, job, given, facts, now)
    publish_snapshot(job.database, job.snapshot)
    return last, changes


def rebuild(job: Job, target: Path, now: datetime) -> Rebuilt:
    """Fold every claim into a copy of the database; says which facts came out differently. Touches only the copy."""
    back_up(job.database, target)
    with open_snapshot(target) as copied:
        last_run = next((row["finished_at"] for row in copied.runs(job.topic.topic, 1)), now)
    with open_store(target, now=now) as store:
        differing: list[str] = []

        def compare(done: int, ledgers: dict[str, Ledger]) -> None:
            old = store.standing(job.topic.topic, ledgers)
            differing.extend(fact for fact, new in ledgers.items() if _as_sets(new) != _as_sets(old.get(fact)))
            event(_LOG, "folded anew", facts=done, of=len(job.topic.facts), differing=len(differing))

        written = Batch(job.topic.topic, uuid4().hex, now, now, "rebuild")
        # What fell due since the last run is for the next one to say.
        store.commit(written, fold_all(store, job.topic, last_run, compare))
    return Rebuilt(len(job.topic.facts), tuple(sorted(differing)))


def folding(job: Job, path: Path) -> Fold:
    """The fold of the file at `path` as `verify` wants it: facts that the topic no longer tracks are left out."""
    with_reviews = reviews_in(path, job.topic.topic)

    def again(topic: str, fact: str, claims: list[StoredClaim], at: datetime) -> Ledger | None:
        spec = job.topic.fact_by_name.get(fact) if topic == job.topic.topic else None
        return fold(spec, claims, job.topic.policy_of(fact), at, with_reviews) if spec else None

    return again


def known_of(store: Store, topic: str, facts: set[str]) -> Known:
    """All that the store knows of some facts: claims, ledgers, reviews and what was told."""
    reviews, told = tuple(store.reviews(topic)), store.alert_keys(topic)
    return Known(store.claims_of(topic, facts), store.standing(topic, facts), reviews, told)


def _reviewed(store: Store, job: Job, given: Review, facts: set[str], now: datetime) -> tuple[Change, ...]:
    known = known_of(store, job.topic.topic, facts)
    undone = (replace(r, undone=r.undone or r.review_id == given.undoes) for r in known.reviews)
    known = replace(known, reviews=(*undone, given))
    decision = decide(job.topic, known, (), frozenset(), {}, now, reviewed=frozenset({given.claim_id}))
    alerts = alerts_of(store, job.topic.topic, decision.tellings, known.all_claims, {}, now)
    return store.commit(replace(batch_of(job, decision, alerts, "review", now), reviews=(given,))).changes


def batch_of(job: Job, decision: Decision, alerts: tuple[Alert, ...], outcome: str, now: datetime) -> Batch:
    """What follows from a decision outside a watch run, to be written with what brought it about."""
    return Batch(
        topic=job.topic.topic,
        run_id=uuid4().hex,
        started_at=now,
        now=now,
        outcome=outcome,
        ledgers=decision.ledgers,
        notices=decision.notices,
        alerts=alerts,
    )


def _as_sets(ledger: Ledger | None) -> tuple[frozenset[object], ...]:
    """A ledger without the order in which it was stored, corrections and retractions left out: no fold makes those."""
    if ledger is None:
        return (frozenset(), frozenset(), frozenset())
    told_once = ("corrected", "retracted")
    changes = frozenset(change for change in ledger.changes if change.kind not in told_once)
    return (frozenset(ledger.beliefs), changes, frozenset(ledger.reasons))
