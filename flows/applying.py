"""The end of a run: decide on what was gathered, write it in one transaction, publish the snapshot."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from factdrift.facts.deciding import Decision, Known, decide, stored_claims
from factdrift.facts.identity import version_id
from factdrift.facts.ledger import seed_claims
from factdrift.model import Article, Change, Fingerprint, StoredClaim
from factdrift.sources.origins import Origins, fingerprint
from factdrift.topic import read_seed_article
from flows.gathering import ReadArticle, SourceResult
from flows.job import Job
from flows.reading import EXTRACTOR
from storage.database import Store, open_store
from storage.records import Batch, FactRow, StoredArticle
from storage.snapshot import publish_snapshot

ORIGIN_WINDOW = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a run did."""

    articles: int
    claims: int
    changes: tuple[Change, ...]
    told: tuple[str, ...]
    sentences: dict[str, tuple[str, str, str]]  # claim id -> sentence, outlet, url
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Gathered:
    articles: tuple[StoredArticle, ...]
    claims: tuple[StoredClaim, ...]
    ended: tuple[str, ...]


def apply_run(job: Job, results: list[SourceResult], run_id: str, started: datetime, now: datetime) -> Applied:
    """Write a run. Raises StoreUnavailable; nothing is written then."""
    topic = job.topic
    with open_store(job.database, now=now) as store:
        gathered = _gather(store, job, results, now)
        withdrawn = store.claims_of_versions(gathered.ended)
        facts = {c.claim.fact for c in gathered.claims if c.claim.fact} | set(withdrawn.values())
        facts |= store.facts_due(topic.topic, now)
        known = Known(
            store.claims_of(topic.topic, facts),
            store.standing(topic.topic, facts),
            tuple(store.reviews()),
            store.alert_keys(topic.topic),
            {},
        )
        versions = {c.version_id for claims in known.claims.values() for c in claims}
        known = replace(known, urls=store.urls_of(topic.topic, versions))
        urls = {a.article.version_id: a.article.url for a in gathered.articles}
        replaced = _replacements(known, gathered, frozenset(withdrawn))
        decision = decide(topic, known, gathered.claims, frozenset(withdrawn), replaced, urls, now)
        result = store.commit(_batch(job, results, gathered, decision, run_id, started, now))
    publish_snapshot(job.database, job.snapshot)
    sentences = {c.claim_id: (c.claim.evidence.exact, c.outlet, urls.get(c.version_id, "")) for c in gathered.claims}
    unread = tuple(f"{a.article.url}: {a.unread}" for a in gathered.articles if a.unread)
    return Applied(
        result.articles, result.claims, result.changes, tuple(a.title for a in decision.alerts), sentences, unread
    )


def _gather(store: Store, job: Job, results: list[SourceResult], now: datetime) -> _Gathered:
    """Articles with origins, their claims, and the versions they replace; seeds where facts are new."""
    topic = job.topic.topic
    gathered = sorted((a for r in results for a in r.articles), key=_by_date)
    since = min((_by_date(a)[0] for a in gathered), default=now) - ORIGIN_WINDOW
    origins = Origins(Fingerprint(*row) for row in store.recent_fingerprints(topic, since))
    known = store.known_articles(topic)
    articles: list[StoredArticle] = []
    claims: list[StoredClaim] = []
    ended: list[str] = []
    seen: set[str] = set()
    for read in gathered:
        article = read.article
        if article.article_id in seen or known.get(article.article_id, ("",))[0] == article.version_id:
            continue
        seen.add(article.article_id)
        if article.article_id in known:
            ended.append(known[article.article_id][0])
        mark = fingerprint(article.version_id, article.text, article.published_at or article.fetched_at)
        article = replace(article, origin=origins.origin_of(mark))
        origins.add(replace(mark, origin=article.origin))
        articles.append(StoredArticle(article, read.unread, mark.hashes))
        claims += stored_claims(article, read.claims, EXTRACTOR, now)
    seeds, seeded = _seeds(store, job, now)
    return _Gathered((*seeds, *articles), (*seeded, *claims), tuple(ended))


def _by_date(read: ReadArticle) -> tuple[datetime, str]:
    return (read.article.published_at or read.article.fetched_at, read.article.article_id)


def _seeds(store: Store, job: Job, now: datetime) -> tuple[tuple[StoredArticle, ...], tuple[StoredClaim, ...]]:
    known = store.fact_names(job.topic.topic)
    missing = {fact.name for fact in job.topic.facts} - known
    if not missing:
        return (), ()
    article = seed_article(job, now)
    claims = tuple(c for c in seed_claims(job.topic, article) if c.claim.fact in missing)
    return (StoredArticle(article),), claims


def seed_article(job: Job, now: datetime) -> Article:
    """The seed article as an article like any other."""
    path = job.topic_file.parent / job.topic.seed_article
    seed = read_seed_article(path)
    version = version_id(seed.title, seed.text)
    published = datetime(seed.published.year, seed.published.month, seed.published.day, tzinfo=now.tzinfo)
    return Article(
        article_id=f"seed:{job.topic.topic}",
        version_id=version,
        url=f"seed:{job.topic.seed_article}",
        outlet="seed article",
        title=seed.title,
        text=seed.text,
        lang=seed.language,
        published_at=published,
        published_from="seed",
        modified_at=None,
        fetched_at=now,
        source="seed",
        origin=version,
        tier=1,
    )


def _replacements(known: Known, gathered: _Gathered, withdrawn: frozenset[str]) -> dict[str, str]:
    """Withdrawn claim -> the claim of the new version on the same fact, where there is one."""
    fresh = {(c.article_id, c.claim.fact): c.claim_id for c in gathered.claims}
    old = (c for claims in known.claims.values() for c in claims if c.claim_id in withdrawn)
    pairs = ((c.claim_id, fresh.get((c.article_id, c.claim.fact))) for c in old)
    return {gone: new for gone, new in pairs if new}


def _batch(
    job: Job,
    results: list[SourceResult],
    gathered: _Gathered,
    decision: Decision,
    run_id: str,
    started: datetime,
    now: datetime,
) -> Batch:
    worked = [result for result in results if not result.error]
    outcome = (
        "no source worked" if results and not worked else "ok" if len(worked) == len(results) else "some sources failed"
    )
    facts = tuple(FactRow(f.name, f.meaning, f.relation, f.subject, f.object or "", f.value) for f in job.topic.facts)
    return Batch(
        topic=job.topic.topic,
        run_id=run_id,
        started_at=started,
        now=now,
        outcome=outcome,
        articles=gathered.articles,
        claims=gathered.claims,
        ended_versions=gathered.ended,
        ledgers=decision.ledgers,
        notices=decision.notices,
        alerts=decision.alerts,
        sources=tuple(result.state for result in results),
        facts=facts,
    )
