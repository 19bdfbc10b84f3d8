"""Who may move a belief: attribution, tier, independent origins. Pure; thresholds come from the topic's policy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from factdrift.model import AttributionKind, Stage, StoredClaim
from factdrift.topic import FactPolicy

KNOWN_TIER = 2  # 1 party or filing, 2 established outlet; above that nobody knows who writes
FIRST_HAND = frozenset({AttributionKind.COMPANY, AttributionKind.FILING})
IDENTIFIED = FIRST_HAND | {AttributionKind.NAMED}


@dataclass(frozen=True, slots=True)
class Supporter:
    """One origin that says something, with what its word is worth."""

    origin: str
    article: str
    reference: datetime
    tier: int
    kind: AttributionKind
    accepted: bool  # a reviewer said yes


def supporter_of(stored: StoredClaim, reference: datetime, *, accepted: bool) -> Supporter:
    """The claim as a supporter. A claim that names no source is its outlet's own word."""
    attribution = stored.claim.attribution
    kind = attribution.kind if attribution else AttributionKind.OUTLET
    return Supporter(origin_of(stored), stored.article_id, reference, stored.tier, kind, accepted)


def origin_of(stored: StoredClaim) -> str:
    """The origin, or the article where no origin was worked out: alone, never "the same as all others without"."""
    return stored.origin or stored.article_id


def is_first_hand(supporter: Supporter) -> bool:
    """True where a party says so on a page that is known, or a reviewer accepted it."""
    return supporter.accepted or (supporter.kind in FIRST_HAND and supporter.tier <= KNOWN_TIER)


def is_enough(supporters: Iterable[Supporter], stage: Stage, policy: FactPolicy) -> bool:
    """True where these together may move a belief to a stage. A rumour needs no better source than a rumour has."""
    heard = [s for s in supporters if s.accepted or stage is Stage.RUMOURED or s.kind in policy.confirm]
    if any(s.accepted for s in heard):
        return True
    known = any(s.tier <= KNOWN_TIER for s in heard)
    needed = policy.min_origins if known else policy.min_origins_unknown
    return len({s.origin for s in heard}) >= needed
