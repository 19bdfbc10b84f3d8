"""What a run decides: the new ledgers of the affected facts, what was corrected, and who is to be told. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from factdrift.codec import pack_claim, unpack_claim
from factdrift.facts.alerting import Telling, to_tell
from factdrift.facts.identity import claim_id
from factdrift.facts.keeping import Kept, keep
from factdrift.facts.ledger import advance, compare, finish, start
from factdrift.facts.order import in_order
from factdrift.facts.reviews import verdicts
from factdrift.model import Article, Change, Claim, Ledger, Place, Review, StoredClaim
from factdrift.topic import FactSpec, Topic


@dataclass(frozen=True, slots=True)
class Decision:
    """Ledgers by fact; `notices` are corrections and retractions, told once; `kept` is where each fold may go on."""

    ledgers: dict[str, Ledger]
    notices: tuple[Change, ...]
    tellings: tuple[Telling, ...]
    kept: dict[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knew before this run, of the facts in question.

    A fact in `kept` goes on from there and needs neither claims nor ledger. Ledgers are asked for facts that lose a
    claim only.
    """

    claims: Mapping[str, list[StoredClaim]]
    ledgers: Mapping[str, Ledger]
    reviews: tuple[Review, ...]
    told: frozenset[str]
    kept: Mapping[str, Kept] = field(default_factory=dict)

    @property
    def all_claims(self) -> list[StoredClaim]:
        """The claims of all facts."""
        return [stored for claims in self.claims.values() for stored in claims]


def decide(
    topic: Topic,
    known: Known,
    fresh: Iterable[StoredClaim],
    withdrawn: frozenset[str],
    replaced_by: Mapping[str, str],
    now: datetime,
    reviewed: frozenset[str] = frozenset(),
) -> Decision:
    """Fold each known fact with the fresh claims and without the withdrawn ones: whole, or on from where it stood.

    What rested on a claim that was `reviewed` since may fall as if it were withdrawn, though the claim stays.
    """
    by_fact: dict[str, list[StoredClaim]] = {fact: [] for fact in known.kept}
    for fact, claims in known.claims.items():
        by_fact[fact] = [c for c in claims if c.claim_id not in withdrawn]
    for stored in fresh:
        by_fact.setdefault(stored.claim.fact or "", []).append(stored)
    by_fact.pop("", None)  # candidates: kept, listed, never folded
    decided = verdicts(known.reviews)
    ledgers: dict[str, Ledger] = {}
    notices: list[Change] = []
    tellings: list[Telling] = []
    kept: dict[str, Kept] = {}
    for fact, claims in sorted(by_fact.items()):
        if (spec := topic.fact_by_name.get(fact)) is None:
            continue
        before = known.kept.get(fact)
        ledgers[fact], after = folded(topic, spec, before, in_order(claims), decided, now)
        if after:
            kept[fact] = after
        fallen = compare(known.ledgers.get(fact, Ledger()), ledgers[fact], withdrawn | reviewed, replaced_by, now)
        notices += fallen
        changes = (*ledgers[fact].changes, *fallen)
        tellings += to_tell(changes, topic.alerts, known.told, before.told if before else None)
    return Decision(ledgers, tuple(notices), tuple(tellings), kept)


def folded(
    topic: Topic,
    spec: FactSpec,
    before: Kept | None,
    ordered: Sequence[StoredClaim],
    decided: Mapping[str, str],
    now: datetime,
) -> tuple[Ledger, Kept | None]:
    """The ledger, whole or what came after `before`, and where the next run may go on."""
    begun = before.state if before else start(spec)
    state = advance(spec, begun, ordered, topic.policy_of(spec.name), decided)
    ledger = finish(state, now)
    if before:
        ledger = replace(ledger, after=Place(before.changes, before.claims))
    return ledger, keep(before, state, ordered)


def stored_claims(article: Article, claims: Iterable[Claim], extractor: str, now: datetime) -> tuple[StoredClaim, ...]:
    """The claims of an article as they are kept: read back from the store they are the same, so that a fold is too."""
    published = (article.published_at or article.fetched_at).astimezone(UTC)
    return tuple(
        StoredClaim(
            claim_id=claim_id(article.version_id, claim, extractor),
            claim=unpack_claim(pack_claim(claim)),
            version_id=article.version_id,
            article_id=article.article_id,
            outlet=article.outlet,
            source=article.source,
            tier=article.tier,
            origin=article.origin or article.version_id,
            published_at=published,
            system_from=now.astimezone(UTC),
            extractor=extractor,
        )
        for claim in claims
    )
