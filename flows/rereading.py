"""What a newer reader takes from the stored articles: shown before it is applied, and then folded like a correction."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from factdrift.facts.deciding import Decision, Known, decide, stored_claims
from factdrift.facts.extract.reader import VERSION, Reader
from factdrift.log import event
from factdrift.model import Change, StoredClaim
from flows.job import Job
from flows.recalling import alerts_of
from flows.refolding import batch_of, known_of
from storage.articles import count_articles, standing_articles
from storage.database import Store, open_store
from storage.records import StoredArticle
from storage.snapshot import publish_snapshot

_LOG = logging.getLogger("factdrift.rereading")

TOLD_AFTER = 500  # articles between two events


@dataclass(frozen=True, slots=True)
class Reread:
    """What a newer reader takes from the stored articles that the claims in the store do not say, and the reverse.

    A claim that both readers make stays as it is, with its id, its reviews and the reader that made it first.
    """

    articles: tuple[StoredArticle, ...]  # those on which the readers differ
    relabelled: tuple[StoredArticle, ...]  # those of them that were not read before
    added: tuple[StoredClaim, ...]
    ended: tuple[StoredClaim, ...]

    @property
    def gained(self) -> list[StoredClaim]:
        """The new claims on tracked facts."""
        return [stored for stored in self.added if stored.claim.fact]

    @property
    def lost(self) -> list[StoredClaim]:
        """The claims on tracked facts that are no longer made."""
        return [stored for stored in self.ended if stored.claim.fact]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What of a reread still holds, and what follows from it."""

    reread: Reread
    known: Known
    decision: Decision


def compare_readings(job: Job, now: datetime) -> Reread:
    """Read every article of the snapshot again; nothing is written, and no run has to wait."""
    reader = Reader(job.topic)
    articles: list[StoredArticle] = []
    relabelled: list[StoredArticle] = []
    added: list[StoredClaim] = []
    ended: list[StoredClaim] = []
    count = count_articles(job.snapshot, job.topic.topic)
    for done, (kept, standing) in enumerate(standing_articles(job.snapshot, job.topic.topic), start=1):
        fresh = list(stored_claims(kept.article, reader.read(kept.article), VERSION, now))
        new_ones, old_ones = _not_in(fresh, standing), _not_in(standing, fresh)
        if any(stored.claim.fact in job.topic.fact_by_name for stored in (*new_ones, *old_ones)):
            articles.append(kept)
            if kept.unread and kept.article.lang in reader.languages and not standing:
                relabelled.append(StoredArticle(kept.article, "", kept.hashes))
            added += new_ones
            ended += old_ones
        if done % TOLD_AFTER == 0:
            event(_LOG, "read again", articles=done, of=count, differing=len(articles))
    return Reread(tuple(articles), tuple(relabelled), tuple(added), tuple(ended))


def foresee(job: Job, reread: Reread, now: datetime) -> tuple[Change, ...]:
    """The changes that `apply_reading` would write; nothing is written."""
    with open_store(job.database, now=now) as store:
        reading = _decide(store, job, reread, now)
    stood = {change.change_id for ledger in reading.known.ledgers.values() for change in ledger.changes}
    folded = [change for ledger in reading.decision.ledgers.values() for change in ledger.changes]
    fresh = [change for change in folded if change.change_id not in stood]
    return (*sorted(fresh, key=lambda change: (change.at, change.change_id)), *reading.decision.notices)


def apply_reading(job: Job, reread: Reread, now: datetime) -> tuple[Change, ...]:
    """End what the newer reader does not claim, write what it does and fold again; returns the changes."""
    topic = job.topic.topic
    with open_store(job.database, now=now) as store:
        reading = _decide(store, job, reread, now)
        holds = reading.reread
        urls = {kept.article.version_id: kept.article.url for kept in holds.articles}
        at_hand = (*holds.added, *reading.known.all_claims)
        alerts = alerts_of(store, topic, reading.decision.tellings, at_hand, urls, now)
        batch = replace(
            batch_of(job, reading.decision, alerts, "reread", now),
            articles=holds.relabelled,
            ended_versions=tuple(kept.article.version_id for kept in holds.relabelled),
            claims=holds.added,
            ended_claims=tuple(stored.claim_id for stored in holds.ended),
        )
        changes = store.commit(batch).changes
    publish_snapshot(job.database, job.snapshot)
    return changes


def _decide(store: Store, job: Job, reread: Reread, now: datetime) -> _Reading:
    topic = job.topic.topic
    holds = _still(reread, store.versions_had(topic, (kept.article.version_id for kept in reread.articles)))
    withdrawn = frozenset(stored.claim_id for stored in holds.ended)
    known = known_of(store, topic, {stored.claim.fact or "" for stored in (*holds.gained, *holds.lost)})
    successors = {(c.article_id, c.claim.fact): c.claim_id for c in holds.gained}
    replaced = {c.claim_id: successors.get((c.article_id, c.claim.fact), "") for c in holds.lost}
    replaced = {gone: new for gone, new in replaced.items() if new}
    return _Reading(holds, known, decide(job.topic, known, holds.added, withdrawn, replaced, now))


def _still(reread: Reread, stands: Mapping[str, bool]) -> Reread:
    """Without the articles that were corrected or withdrawn since they were read again."""
    return Reread(
        tuple(kept for kept in reread.articles if stands.get(kept.article.version_id)),
        tuple(kept for kept in reread.relabelled if stands.get(kept.article.version_id)),
        tuple(stored for stored in reread.added if stands.get(stored.version_id)),
        tuple(stored for stored in reread.ended if stands.get(stored.version_id)),
    )


def _not_in(these: list[StoredClaim], those: list[StoredClaim]) -> list[StoredClaim]:
    said = {stored.claim for stored in those}
    return [stored for stored in these if stored.claim not in said]
