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
from flows.missing import is_withdrawn
from flows.reading import EXTRACTOR
from flows.recalling import alerts_of, recall, to_keep
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
        recalled = recall(store, topic, facts, gathered.claims, withdrawn)
        urls = {a.article.version_id: a.article.url for a in gathered.articles}
        replaced = _replacements(recalled.known, gathered, frozenset(withdrawn))
        decision = decide(topic, recalled.known, gathered.claims, frozenset(withdrawn), replaced, now)
        fallen = [c for c in recalled.known.all_claims if c.claim_id in withdrawn]
        urls |= store.urls_of(topic.topic, {c.version_id for c in fallen} - urls.keys())
        at_hand = (*gathered.claims, *recalled.known.all_claims)
        alerts = alerts_of(store, topic.topic, decision.tellings, at_hand, urls, now)
        batch = _batch(job, results, gathered, decision, run_id, started, now)
        result = store.commit(replace(batch, alerts=alerts, kept=to_keep(decision.kept, recalled.stamps)))
    publish_snapshot(job.database, job.snapshot)
    said = (*fallen, *gathered.claims)
    sentences = {c.claim_id: (c.claim.evidence.exact, c.outlet, urls.get(c.version_id, "")) for c in said}
    unread = tuple(f"{a.article.url}: {a.unread}" for a in gathered.articles if a.unread)
    return Applied(result.articles, result.claims, result.changes, tuple(a.title for a in alerts), sentences, unread)


def _gather(store: Store, job: Job, results: list[SourceResult], now: datetime) -> _Gathered:
    """Articles with origins, their claims, and the versions they replace; seeds where facts are new."""
    topic = job.topic.topic
    gathered = sorted((a for r in results for a in r.articles), key=_by_date)
    since = min((_by_date(a)[0] for a in gathered), default=now) - ORIGIN_WINDOW
    origins = Origins(Fingerprint(*row) for row in store.recent_fingerprints(topic, since))
    gone = {missing.article_id for r in results for missing in r.missing if is_withdrawn(missing)}
    known = store.versions_of(topic, gone.union(a.article.article_id for a in gathered))
    moved = _not_there(store, topic, results, {a.article.version_id for a in gathered})
    articles: list[StoredArticle] = []
    claims: list[StoredClaim] = []
    ended: list[str] = []
    seen: set[str] = set()
    for read in gathered:
        article = read.article
        if article.article_id in seen or known.get(article.article_id) == article.version_id:
            continue
        seen.add(article.article_id)
        if article.article_id in known:
            ended.append(known[article.article_id])
        elif article.version_id in moved:
            ended.append(article.version_id)
        mark = fingerprint(article.version_id, article.text, article.published_at or article.fetched_at)
        article = replace(article, origin=origins.origin_of(mark))
        origins.add(replace(mark, origin=article.origin))
        articles.append(StoredArticle(article, read.unread, mark.hashes))
        claims += stored_claims(article, read.claims, EXTRACTOR, now)
    ended += [version for article, version in sorted(known.items()) if article in gone - seen and version not in ended]
    seeds, seeded = _seeds(store, job, now)
    return _Gathered((*seeds, *articles), _new_claims(store, topic, (*seeded, *claims), ended), tuple(ended))


def _not_there(store: Store, topic: str, results: list[SourceResult], versions: set[str]) -> set[str]:
    """Which of these versions stand at an address where nothing is any more: read elsewhere, they have moved there."""
    looks = (*store.missing(topic).values(), *(missing for r in results for missing in r.missing))
    lost = {missing.article_id for missing in looks if missing.gone_since}
    return versions & set(store.versions_of(topic, lost).values()) if lost else set()


def _new_claims(store: Store, topic: str, claims: tuple[StoredClaim, ...], ended: list[str]) -> tuple[StoredClaim, ...]:
    """Each claim once, and none that stands: the same text at a second address says nothing that was not known."""
    had = store.versions_had(topic, {c.version_id for c in claims})
    versions = {version for version, stands in had.items() if stands} - set(ended)
    standing = store.open_ids(topic, {c.claim_id for c in claims if c.version_id in versions}) if versions else set()
    fresh: dict[str, StoredClaim] = {}
    for stored in claims:
        if stored.claim_id not in standing:
            fresh.setdefault(stored.claim_id, stored)
    return tuple(fresh.values())


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
    old = (c for c in known.all_claims if c.claim_id in withdrawn)
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
        sources=tuple(result.state for result in results),
        missing=tuple(missing for result in results for missing in result.missing),
        had=tuple(read.article.article_id for result in results for read in result.articles),
        facts=facts,
    )
