"""What a run decides: the new ledgers of the affected facts, what was corrected, and who is to be told. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from factdrift.facts.alerting import alerts_for
from factdrift.facts.identity import claim_id
from factdrift.facts.ledger import compare, fold
from factdrift.model import Alert, Article, Change, Claim, Ledger, Review, StoredClaim
from factdrift.topic import Topic


@dataclass(frozen=True, slots=True)
class Decision:
    """Ledgers by fact; `notices` are corrections and retractions, told once; `changes` what the fold newly holds."""

    ledgers: dict[str, Ledger]
    notices: tuple[Change, ...]
    changes: tuple[Change, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knew before this run, of the facts in question."""

    claims: Mapping[str, list[StoredClaim]]
    ledgers: Mapping[str, Ledger]
    reviews: tuple[Review, ...]
    told: frozenset[str]
    urls: Mapping[str, str]


def decide(
    topic: Topic,
    known: Known,
    fresh: Iterable[StoredClaim],
    withdrawn: frozenset[str],
    replaced_by: Mapping[str, str],
    urls: Mapping[str, str],
    now: datetime,
) -> Decision:
    """Fold every fact in `known` again with the fresh claims and without the withdrawn ones."""
    by_fact: dict[str, list[StoredClaim]] = {
        fact: [c for c in claims if c.claim_id not in withdrawn] for fact, claims in known.claims.items()
    }
    for stored in fresh:
        by_fact.setdefault(stored.claim.fact or "", []).append(stored)
    by_fact.pop("", None)  # candidates: kept, listed, never folded
    ledgers: dict[str, Ledger] = {}
    notices: list[Change] = []
    changes: list[Change] = []
    alerts: list[Alert] = []
    for fact, claims in sorted(by_fact.items()):
        if (spec := topic.fact_by_name.get(fact)) is None:
            continue
        old, new = known.ledgers.get(fact, Ledger()), fold(spec, claims, topic.policy_of(fact), now, known.reviews)
        ledgers[fact] = new
        fallen = compare(old, new, withdrawn, replaced_by, now)
        notices += fallen
        before = {change.change_id for change in old.changes}
        changes += [change for change in new.changes if change.change_id not in before]
        by_id = {c.claim_id: c for c in (*claims, *known.claims.get(fact, ()))}
        alerts += alerts_for(
            (*new.changes, *fallen),
            topic.alerts,
            known.told,
            topic=topic.topic,
            created_at=now,
            claims=by_id,
            urls={**known.urls, **urls},
        )
    changes.sort(key=lambda change: (change.at, change.change_id))
    return Decision(ledgers, tuple(notices), tuple(changes), tuple(alerts))


def stored_claims(article: Article, claims: Iterable[Claim], extractor: str, now: datetime) -> tuple[StoredClaim, ...]:
    """The claims of an article as they are kept."""
    return tuple(
        StoredClaim(
            claim_id=claim_id(article.version_id, claim, extractor),
            claim=claim,
            version_id=article.version_id,
            article_id=article.article_id,
            outlet=article.outlet,
            source=article.source,
            tier=article.tier,
            origin=article.origin or article.version_id,
            published_at=article.published_at or article.fetched_at,
            system_from=now,
            extractor=extractor,
        )
        for claim in claims
    )
