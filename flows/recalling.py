"""What a run must know of the past: before it decides, where each fold stood or all claims, and then what alerts show.

Reads the store; decides nothing about facts.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from factdrift.facts.alerting import Telling, claims_shown, in_words
from factdrift.facts.deciding import Known
from factdrift.facts.keeping import Kept, may_go_on, pack_kept, stamp_of, unpack_kept
from factdrift.facts.order import in_order
from factdrift.facts.policy import origin_of
from factdrift.facts.reviews import verdicts
from factdrift.model import Alert, Review, StoredClaim
from factdrift.topic import Topic
from storage.database import Store
from storage.records import KeptFold, Met


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known, and what each fold rests on beside its claims."""

    known: Known
    stamps: Mapping[str, str]


def recall(
    store: Store, topic: Topic, facts: Iterable[str], fresh: Iterable[StoredClaim], withdrawn: Mapping[str, str]
) -> Recalled:
    """What to know of these facts when fresh claims come and others (id -> fact) are withdrawn."""
    tracked = {fact for fact in facts if fact in topic.fact_by_name}
    losing = set(withdrawn.values())
    reviews = tuple(store.reviews(topic.topic))
    stamps = stamps_of(store, topic, tracked, reviews)
    kept = _kept(store, topic.topic, tracked - losing, fresh, stamps)
    claims = store.claims_of(topic.topic, tracked - kept.keys())
    return Recalled(
        Known(
            claims,
            store.standing(topic.topic, tracked & losing) if losing else {},
            reviews,
            store.alert_keys(topic.topic, tracked),
            kept,
        ),
        stamps,
    )


def alerts_of(
    store: Store,
    topic: str,
    tellings: Sequence[Telling],
    at_hand: Iterable[StoredClaim],
    urls: Mapping[str, str],
    now: datetime,
) -> tuple[Alert, ...]:
    """What is to be told, in words: with the sentences of claims at hand or in the store, and where they stand.

    Asked for once it is known what is told: most runs tell little, and each look takes longer with the years.
    """
    claims = {stored.claim_id: stored for stored in at_hand}
    shown = claims_shown(tellings)
    claims |= {stored.claim_id: stored for stored in store.claims_named(topic, shown - claims.keys())}
    versions = {claims[claim].version_id for claim in shown & claims.keys()}
    return in_words(tellings, topic, now, claims, {**store.urls_of(topic, versions - urls.keys()), **urls})


def to_keep(kept: Mapping[str, Kept], stamps: Mapping[str, str]) -> tuple[KeptFold, ...]:
    """The folds as they are kept."""
    return tuple(KeptFold(fact, stamps[fact], pack_kept(fold)) for fact, fold in sorted(kept.items()))


def stamps_of(store: Store, topic: Topic, facts: Iterable[str], reviews: Iterable[Review]) -> dict[str, str]:
    """What the fold of each fact rests on beside its claims."""
    decided = verdicts(reviews)
    by_fact: dict[str, dict[str, str]] = defaultdict(dict)
    for claim, fact in store.facts_of_claims(topic.topic, decided).items():
        by_fact[fact][claim] = decided[claim]
    return {
        fact: stamp_of(rules(), topic.fact_by_name[fact], topic.policy_of(fact), topic.alerts, by_fact[fact])
        for fact in facts
    }


def _kept(
    store: Store, topic: str, facts: set[str], fresh: Iterable[StoredClaim], stamps: Mapping[str, str]
) -> dict[str, Kept]:
    """The folds that may go on: all that they rest on is as it was, and what is fresh sorts after what was folded."""
    new: dict[str, list[StoredClaim]] = {fact: [] for fact in facts}
    for stored in fresh:
        if stored.claim.fact in new:
            new[stored.claim.fact].append(stored)
    found = {
        fact: unpack_kept(row.body) for fact, row in store.kept_folds(topic, facts).items() if row.stamp == stamps[fact]
    }
    if not found:
        return {}
    coming = [stored for fact in found for stored in new[fact]]
    # Of an article that is new no claim is stored, nor of a text that is new one that repeats it.
    articles = store.versions_of(topic, {c.article_id for c in coming})
    versions = store.versions_had(topic, {c.version_id for c in coming})
    origins = {origin_of(c) for c in coming if c.origin != c.version_id or c.version_id in versions}
    met = store.met(topic, found, origins, articles)
    return {fact: kept for fact, kept in found.items() if _fits(kept, new[fact], met.get(fact, Met()))}


def _fits(kept: Kept, new: list[StoredClaim], met: Met) -> bool:
    return may_go_on(kept, in_order(new), met.claims, met.origins, met.articles)


@cache
def rules() -> str:
    """Names the rules by which this program folds: a hash of the modules that hold them, so that none is forgotten."""
    package = files("factdrift")
    modules = [*(package / "facts").iterdir(), *(package / name for name in ("codec.py", "model.py", "wording.py"))]
    texts = {module.name: module.read_bytes() for module in modules if module.name.endswith((".py", ".pyc"))}
    return hashlib.sha256(b"\n".join(texts[name] for name in sorted(texts))).hexdigest()
