"""One source of one run: poll it, fetch what is new, parse it, read it for claims. A bad source is a result."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from factdrift.config import Config, FetchConfig, SourceConfig
from factdrift.errors import Gone, PermanentError, TransientError
from factdrift.facts.identity import article_id, canonical_url, version_id
from factdrift.model import Article, Claim
from factdrift.sources.article import ArticleHints, ParsedArticle, parse_article
from factdrift.sources.feeds import FeedEntry, parse_feed
from factdrift.sources.http import Fetcher, FetchLimits, NotModified
from factdrift.sources.pages import parse_links
from factdrift.sources.workers import Parsers
from flows.missing import is_due
from flows.reading import read_article, reader_languages
from storage.records import Missing, SourceState

RECHECK_EVERY = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article with its claims; `unread` says why it was not read, `gate` why the page is none (see `gates`)."""

    article: Article
    claims: tuple[Claim, ...]
    unread: str = ""
    gate: str = ""


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source gave: its articles and its new state; `error` is empty where it worked."""

    source: str
    state: SourceState
    articles: tuple[ReadArticle, ...] = ()
    error: str = ""
    failures: tuple[str, ...] = ()  # articles that could not be had, one line each
    missing: tuple[Missing, ...] = ()  # of these, what is to be remembered


def limits_of(fetch: FetchConfig) -> FetchLimits:
    """The fetcher's limits as configured."""
    return FetchLimits(
        timeout_seconds=fetch.timeout_seconds,
        max_body_bytes=fetch.max_body_bytes,
        max_redirects=fetch.max_redirects,
        per_host_concurrency=fetch.per_host,
        user_agent=fetch.user_agent,
    )


async def poll(
    fetcher: Fetcher, parsers: Parsers, source: SourceConfig, state: SourceState, config: Config
) -> "Polled":
    """The entries of a source. Raises TransientError or PermanentError."""
    fetched = await fetcher.fetch(source.url, etag=state.etag, last_modified=state.last_modified)
    if isinstance(fetched, NotModified):
        return Polled((), state)
    fresh = replace(state, etag=fetched.etag, last_modified=fetched.last_modified, body_hash=fetched.body_hash)
    if fetched.body_hash == state.body_hash:
        return Polled((), fresh)
    seconds = config.parse.timeout_seconds
    if source.kind == "page":
        links = await parsers.run(
            parse_links, fetched.body, fetched.final_url, source.selector or "a", timeout_seconds=seconds
        )
        return Polled(links, fresh)
    entries = await parsers.run(
        parse_feed, fetched.body, fetched.content_type, fetched.final_url, timeout_seconds=seconds
    )
    return Polled(entries, fresh)


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll gave."""

    entries: tuple[FeedEntry, ...]
    state: SourceState


def worth_fetching(
    entries: tuple[FeedEntry, ...],
    known: dict[str, tuple[str, datetime]],
    missing: Mapping[str, Missing],
    last_success: datetime | None,
    config: FetchConfig,
    now: datetime,
) -> list[FeedEntry]:
    """Entries that are new, young ones whose article is due for another look, and missing ones that are due."""
    young = now - timedelta(days=config.recheck_days)
    wanted = []
    for entry in entries:
        article = article_id(entry.url)
        seen, lacking = known.get(article), missing.get(article)
        is_young = entry.published_at is not None and entry.published_at >= young
        is_wanted = seen is None or (is_young and _is_due(seen[1], last_success, now))
        if is_due(lacking, now) if lacking else is_wanted:
            wanted.append(entry)
    return wanted


def _is_due(fetched: datetime, last_success: datetime | None, now: datetime) -> bool:
    """Whether another `RECHECK_EVERY` since the article was fetched has gone by between the last run and this one."""
    before = max(last_success or fetched, fetched)
    return (now - fetched) // RECHECK_EVERY > (before - fetched) // RECHECK_EVERY


async def fetch_and_read(
    fetcher: Fetcher,
    parsers: Parsers,
    source: SourceConfig,
    entry: FeedEntry,
    config: Config,
    topic_file: Path,
    now: datetime,
) -> ReadArticle:
    """One article, fetched, parsed and read. Raises TransientError, or PermanentError: Gone where it is not there."""
    fetched = await fetcher.fetch(entry.url)
    if isinstance(fetched, NotModified):
        raise PermanentError(f"{entry.url}: answered 'not modified' to a plain request")
    if _is_front_page(fetched.final_url) and not _is_front_page(entry.url):
        raise Gone(f"{entry.url}: leads to the front page")
    hints = ArticleHints(
        title=entry.title,
        published_at=entry.published_at,
        lang=source.lang or "",
        outlet=entry.outlet or source.outlet,
        selector=source.article_selector or "",
    )
    seconds = config.parse.timeout_seconds
    parsed: ParsedArticle = await parsers.run(
        parse_article, fetched.body, fetched.content_type, fetched.final_url, hints, now, timeout_seconds=seconds
    )
    article = _article(parsed, entry, source, now)
    if parsed.gate:
        return ReadArticle(article, (), parsed.gate, parsed.gate)
    if article.lang not in reader_languages():
        return ReadArticle(article, (), f"no lexicon for {article.lang or 'an unknown language'}")
    claims = await parsers.run(read_article, str(topic_file), article, timeout_seconds=seconds)
    return ReadArticle(article, claims)


def seen_again(read: ReadArticle, entry: FeedEntry) -> ReadArticle:
    """An article that was had before, as it is now. Raises PermanentError where its place is taken by a page that is
    none (a wall, a log-in): that says nothing of what it said. Gone where that page says so."""
    if read.gate:
        kind = Gone if read.gate == "not_found" else PermanentError
        raise kind(f"{entry.url}: is another page now ({read.gate})")
    return read


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


def _article(parsed: ParsedArticle, entry: FeedEntry, source: SourceConfig, now: datetime) -> Article:
    published = parsed.published_at if parsed.published_at and parsed.published_at <= now + timedelta(days=1) else None
    return Article(
        article_id=article_id(entry.url),
        version_id=version_id(parsed.title, parsed.text),
        url=canonical_url(entry.url),
        outlet=entry.outlet or source.outlet or parsed.outlet or source.id,
        title=parsed.title,
        text=parsed.text,
        lang=parsed.lang,
        published_at=published,
        published_from=parsed.published_from if published else "none",
        modified_at=parsed.modified_at,
        fetched_at=now,
        source=source.id,
        tier=source.tier,
    )


def failed(source: SourceConfig, state: SourceState, error: Exception, now: datetime) -> SourceResult:
    """The result of a source that could not be read."""
    text = str(error).splitlines()[0] if isinstance(error, (TransientError, PermanentError)) else repr(error)
    kept = replace(state, last_attempt_at=now, failures=state.failures + 1, last_error=text)
    return SourceResult(source.id, kept, (), text)
