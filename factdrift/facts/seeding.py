"""Seed facts as claims, so that what the user starts from has its sentence like everything else. Pure."""

from factdrift.codec import value_from_json
from factdrift.facts.order import SEED
from factdrift.model import (
    Article,
    Attribution,
    AttributionKind,
    Claim,
    DateSpan,
    Evidence,
    Mention,
    Slot,
    StoredClaim,
)
from factdrift.topic import FactSpec, SeedState, Topic

CONTEXT_CHARACTERS = 32
SEED_TIER = 1


def seed_claims(topic: Topic, article: Article) -> tuple[StoredClaim, ...]:
    """One claim for each seed state, its evidence found in the seed article.

    Raises ValueError for a quote that is not in the article, which `load_topic` has ruled out.
    """
    return tuple(_stored(article, spec, seed, number) for spec in topic.facts for number, seed in enumerate(spec.seed))


def _stored(article: Article, spec: FactSpec, seed: SeedState, number: int) -> StoredClaim:
    since = article.published_at or article.fetched_at
    return StoredClaim(
        claim_id=f"{SEED}:{spec.name}:{number}",
        claim=_claim(article, spec, seed),
        version_id=article.version_id,
        article_id=article.article_id,
        outlet=article.outlet,
        source=article.source,
        tier=SEED_TIER,
        origin=article.origin,
        published_at=since,
        system_from=article.fetched_at,
        extractor=SEED,
    )


def _claim(article: Article, spec: FactSpec, seed: SeedState) -> Claim:
    due = _due(seed)
    value = value_from_json(seed.value)
    evidence = locate(article, seed.quote)
    return Claim(
        fact=spec.name,
        slot=Slot(spec.relation, spec.subject, spec.object or ""),
        value=due if value is None and spec.value == "date" else value,
        stage=seed.stage,
        mention=Mention.NEWS,
        evidence=evidence,
        approx=seed.approx,
        bound=seed.bound,
        attribution=Attribution(AttributionKind.NAMED, article.outlet),
        due=due,
        cue=(evidence.start, evidence.end),
    )


def locate(article: Article, quote: str) -> Evidence:
    """The quote as evidence: its first place in the text, else in the title. Raises ValueError where it is nowhere."""
    part, whole = ("text", article.text) if quote in article.text else ("title", article.title)
    start = whole.index(quote)
    end = start + len(quote)
    return Evidence(
        part,
        quote,
        whole[max(0, start - CONTEXT_CHARACTERS) : start],
        whole[end : end + CONTEXT_CHARACTERS],
        start,
        end,
    )


def _due(seed: SeedState) -> DateSpan | None:
    first, last = seed.due_from or seed.due_to, seed.due_to or seed.due_from
    return DateSpan(first, last) if first and last else None
