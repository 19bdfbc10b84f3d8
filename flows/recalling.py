"""What a run must know of the past before it decides: where each fold stood, or all claims where it cannot go on.

Reads the store; decides nothing about facts.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from factdrift.facts.deciding import Known
from factdrift.facts.keeping import Kept, may_go_on, pack_kept, rested_on, stamp_of, unpack_kept
from factdrift.facts.order import in_order
from factdrift.facts.policy import origin_of
from factdrift.facts.reviews import verdicts
from factdrift.model import Review, StoredClaim
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
    rested = store.claims_named(topic.topic, {claim for each in kept.values() for claim in rested_on(each)})
    versions = {c.version_id for found in (*claims.values(), rested) for c in found}
    return Recalled(
        Known(
            claims,
            store.standing(topic.topic, tracked & losing) if losing else {},
            reviews,
            store.alert_keys(topic.topic, tracked),
            store.urls_of(topic.topic, versions),
            kept,
            rested,
        ),
        stamps,
    )


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
    known = store.versions_of(topic, {c.article_id for c in coming})  # of an article that is new no claim is stored
    met = store.met(topic, found, {origin_of(c) for c in coming}, known)
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
