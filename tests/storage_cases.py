"""Articles, claims and ledgers for the tests of the store. Plain values; topic-free."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from factdrift.model import (
    Alert,
    Article,
    Belief,
    Change,
    ChangeKind,
    Claim,
    ClaimReason,
    Evidence,
    Ledger,
    Mention,
    Percent,
    Slot,
    Stage,
    StoredClaim,
    Track,
)
from storage.database import open_store
from storage.records import Batch, CommitResult, FactRow, SourceState, StoredArticle

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
TOPIC = "acme"
FACT = "acme-stake"


def at(day: int) -> datetime:
    """Noon, some days after the first of May 2024."""
    return NOW + timedelta(days=day)


def article(number: int, *, percent: int = 15, article_id: str = "", day: int = 0) -> Article:
    """One article version with a sentence that holds a stake."""
    text = f"Story {number}. Acme now holds {percent} % of Beta, it said. The end."
    return Article(
        article_id=article_id or f"a{number}",
        version_id=f"v{number}",
        url=f"https://news.example/{number}",
        outlet="Example News",
        title=f"Acme cuts stake {number}",
        text=text,
        lang="en",
        published_at=at(day),
        published_from="meta",
        modified_at=None,
        fetched_at=at(day),
        source="example",
        origin=f"o{number}",
    )


def claim(
    source: Article,
    *,
    percent: int = 15,
    fact: str | None = FACT,
    stage: Stage = Stage.COMPLETED,
    extractor: str = "r1",
) -> StoredClaim:
    """The claim that the sentence of `article` makes."""
    quote = f"Acme now holds {percent} % of Beta, it said."
    start = source.text.index(quote)
    number = source.text.index(str(percent), start)
    taken = Claim(
        fact=fact,
        slot=Slot("holds_stake", "acme", "beta"),
        value=Percent(float(percent)),
        stage=stage,
        mention=Mention.NEWS,
        evidence=Evidence(
            "text", quote, source.text[:start][-16:], source.text[start + len(quote) :][:16], start, start + len(quote)
        ),
        cue=(number, number + len(str(percent))),
    )
    published = source.published_at or source.fetched_at
    return StoredClaim(
        claim_id=f"c-{source.version_id}-{fact}-{percent}-{extractor}",
        claim=taken,
        version_id=source.version_id,
        article_id=source.article_id,
        outlet=source.outlet,
        source=source.source,
        tier=source.tier,
        origin=source.origin,
        published_at=published,
        system_from=published,
        extractor=extractor,
    )


def belief(stored: StoredClaim, *, valid_to: datetime | None = None) -> Belief:
    """The belief that rests on a claim."""
    return Belief(
        fact=stored.claim.fact or "",
        track=Track.ACTUAL,
        value=stored.claim.value,
        stage=stored.claim.stage,
        valid_from=stored.published_at,
        valid_to=valid_to,
        claim_id=stored.claim_id,
    )


def fold(claims: list[StoredClaim]) -> Ledger:
    """A fold as simple as can be: every claim replaces the value before it."""
    ordered = sorted(claims, key=lambda stored: (stored.published_at, stored.claim_id))
    ends = [later.published_at for later in ordered[1:]]
    beliefs = [belief(stored, valid_to=end) for stored, end in zip(ordered, [*ends, None], strict=True)]
    changes = [
        Change(f"ch-{new.claim_id}", new.fact, Track.ACTUAL, _kind(old), old, new, new.claim_id, new.valid_from)
        for old, new in zip([None, *beliefs[:-1]], beliefs, strict=True)
    ]
    reasons = [ClaimReason(change.claim_id, change.fact, change.kind) for change in changes]
    return Ledger(tuple(beliefs), tuple(changes), tuple(reasons))


def _kind(old: Belief | None) -> ChangeKind:
    return ChangeKind.VALUE_CHANGED if old else ChangeKind.ADDED


def alert(key: str, change_id: str = "ch-1") -> Alert:
    """A message to the user."""
    return Alert(f"alert-{key}", TOPIC, change_id, FACT, key, "Acme cuts its stake", "15 % of Beta", NOW)


def batch(run_id: str, *articles: Article, day: int = 0, **more: object) -> Batch:
    """One run that read these articles: a claim from each, folded anew."""
    claims = tuple(claim(source, percent=_percent(source)) for source in articles)
    parts: dict[str, object] = {
        "topic": TOPIC,
        "run_id": run_id,
        "started_at": at(day),
        "now": at(day),
        "outcome": "ok",
        "articles": tuple(StoredArticle(source) for source in articles),
        "claims": claims,
        "ledgers": {FACT: fold(list(claims))} if claims else {},
        "sources": (SourceState("example", etag='"x"', last_success_at=at(day)),),
        "facts": (FactRow(FACT, "Acme's share of Beta", "holds_stake", "acme", "beta", "percent"),),
    }
    return Batch(**{**parts, **more})  # type: ignore[arg-type]


def _percent(source: Article) -> int:
    return int(source.text.split("holds ")[1].split(" ")[0])


def write(path: Path, *batches: Batch) -> list[CommitResult]:
    """Commit batches to the store at a path."""
    with open_store(path, now=NOW) as store:
        return [store.commit(each) for each in batches]
