"""What a newer reader takes from the stored articles: shown before it is applied, and then folded like a correction."""

import logging
from dataclasses import dataclass
from datetime import datetime

from factdrift.facts.deciding import Decision, Known, decide, stored_claims
from factdrift.facts.extract.reader import VERSION, Reader
from factdrift.log import event
from factdrift.model import Change, StoredClaim
from flows.job import Job
from flows.recalling import alerts_of
from flows.refolding import commit_decision, known_of
from storage.articles import count_articles, standing_articles
from storage.database import Store, open_store
from storage.records import StoredArticle
from storage.snapshot import publish_snapshot

_LOG = logging.getLogger("factdrift.rereading")

TOLD_AFTER = 500  # articles between two events


@dataclass(frozen=True, slots=True)
class Reread:
    """What a newer reader takes from the stored articles that the claims in the store do not say, and the reverse."""

    articles: tuple[StoredArticle, ...]  # those whose claims differ
    gained: tuple[StoredClaim, ...]
    lost: tuple[StoredClaim, ...]
    claims: tuple[StoredClaim, ...]  # all claims of those articles, as read now


@dataclass(frozen=True, slots=True)
class _Reading:
    """What of a reread still holds, and what follows from it."""

    articles: tuple[StoredArticle, ...]
    claims: tuple[StoredClaim, ...]
    known: Known
    decision: Decision


def compare_readings(job: Job, now: datetime) -> Reread:
    """Read every article of the snapshot again; nothing is written, and no run has to wait."""
    reader = Reader(job.topic)
    articles: list[StoredArticle] = []
    gained: list[StoredClaim] = []
    lost: list[StoredClaim] = []
    read: list[StoredClaim] = []
    count = count_articles(job.snapshot, job.topic.topic)
    for done, (kept, standing) in enumerate(standing_articles(job.snapshot, job.topic.topic), start=1):
        fresh = stored_claims(kept.article, reader.read(kept.article), VERSION, now)
        tracked, old = _tracked(job, fresh), _tracked(job, standing)
        new_ones, old_ones = _not_in(tracked, old), _not_in(old, tracked)
        if new_ones or old_ones:
            unread = "" if kept.article.lang in reader.languages else kept.unread
            articles.append(StoredArticle(kept.article, unread, kept.hashes))
            gained += new_ones
            lost += old_ones
            read += fresh
        if done % TOLD_AFTER == 0:
            event(_LOG, "read again", articles=done, of=count, differing=len(articles))
    return Reread(tuple(articles), tuple(gained), tuple(lost), tuple(read))


def foresee(job: Job, reread: Reread, now: datetime) -> tuple[Change, ...]:
    """The changes that `apply_reading` would write; nothing is written."""
    with open_store(job.database, now=now) as store:
        reading = _decide(store, job, reread, now)
    stood = {change.change_id for ledger in reading.known.ledgers.values() for change in ledger.changes}
    folded = [change for ledger in reading.decision.ledgers.values() for change in ledger.changes]
    fresh = [change for change in folded if change.change_id not in stood]
    return (*sorted(fresh, key=lambda change: (change.at, change.change_id)), *reading.decision.notices)


def apply_reading(job: Job, reread: Reread, now: datetime) -> tuple[Change, ...]:
    """End the claims of the old reader on those articles, write the new ones and fold again; returns the changes."""
    topic = job.topic.topic
    with open_store(job.database, now=now) as store:
        reading = _decide(store, job, reread, now)
        urls = {kept.article.version_id: kept.article.url for kept in reading.articles}
        at_hand = (*reading.claims, *reading.known.all_claims)
        alerts = alerts_of(store, topic, reading.decision.tellings, at_hand, urls, now)
        ended = tuple(kept.article.version_id for kept in reading.articles)
        changes = commit_decision(
            store, job, reading.decision, alerts, "reread", now, reading.articles, reading.claims, ended
        )
    publish_snapshot(job.database, job.snapshot)
    return changes


def _decide(store: Store, job: Job, reread: Reread, now: datetime) -> _Reading:
    """An article that was corrected or withdrawn since it was read again is left out: another text stands, or none."""
    topic = job.topic.topic
    stands = store.versions_had(topic, (kept.article.version_id for kept in reread.articles))
    articles = tuple(kept for kept in reread.articles if stands.get(kept.article.version_id))
    claims = tuple(c for c in reread.claims if stands.get(c.version_id))
    withdrawn = store.claims_of_versions(kept.article.version_id for kept in articles)
    facts = {c.claim.fact for c in claims if c.claim.fact} | set(withdrawn.values())
    known = known_of(store, topic, facts)
    successors = {(c.article_id, c.claim.fact): c.claim_id for c in claims}
    old = [c for c in known.all_claims if c.claim_id in withdrawn]
    replaced = {c.claim_id: successors.get((c.article_id, c.claim.fact), "") for c in old}
    replaced = {gone: new for gone, new in replaced.items() if new}
    decision = decide(job.topic, known, claims, frozenset(withdrawn), replaced, now)
    return _Reading(articles, claims, known, decision)


def _tracked(job: Job, claims: tuple[StoredClaim, ...] | list[StoredClaim]) -> list[StoredClaim]:
    return [claim for claim in claims if claim.claim.fact in job.topic.fact_by_name]


def _not_in(these: list[StoredClaim], those: list[StoredClaim]) -> list[StoredClaim]:
    said = {claim.claim for claim in those}
    return [claim for claim in these if claim.claim not in said]
