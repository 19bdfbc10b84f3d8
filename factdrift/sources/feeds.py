"""RSS and Atom, read into entries.

Knows nothing of HTTP or of articles. feedparser is quadratic on hostile input: run this in a worker process.
"""

import calendar
import html
import io
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from factdrift.errors import PermanentError
from factdrift.sources.dates import plausible

MOST_ENTRIES = 500
_LONGEST_SUMMARY = 4_000
_TAG = re.compile(r"<[^<>]*>")
_SPACE = re.compile(r"\s+")
_BLANK = b" \t\r\n\x0b\x0c"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One link a source offers: `url` absolute, `published_at` aware UTC or None, `outlet` "" where unsaid."""

    url: str
    title: str
    published_at: datetime | None
    outlet: str
    summary: str


def parse_feed(body: bytes, content_type: str, url: str) -> tuple[FeedEntry, ...]:
    """The entries of the feed at `url`, in its order, each link once, at most MOST_ENTRIES; () for an empty feed.

    Raises PermanentError, saying what it looks like, where `body` is no feed.
    """
    # Blank lines before the root are a common server mistake, an XML error, and slow to read.
    trimmed = body.removeprefix(_BOM).lstrip(_BLANK)
    if not trimmed:
        raise PermanentError(f"{url}: empty, not a feed")
    parsed = _parsed(trimmed, content_type, url)
    entries = parsed.get("entries", [])
    if not entries and not parsed.get("version"):
        raise PermanentError(f"{url}: {_looks_like(trimmed)}, not a feed", "Give the address of its RSS or Atom feed.")
    feed = parsed.get("feed", {})
    base = web_address(str(feed.get("link", "")), url) or url
    return _unique(_entry(raw, base, _plain(feed.get("title"))) for raw in entries[: 4 * MOST_ENTRIES])


def _parsed(body: bytes, content_type: str, url: str) -> Any:
    # A stream, never text: given text, feedparser may open a path or fetch an address.
    headers = {"content-type": content_type} if "charset" in content_type.lower() else {}
    try:
        return feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser lets many kinds escape on malformed input
        raise PermanentError(f"{url}: {_looks_like(body)}, unreadable as a feed ({type(error).__name__})") from error


def _entry(raw: Any, base: str, feed_title: str) -> FeedEntry | None:
    link = _link(raw, base)
    if not link:
        return None
    source = raw.get("source") or {}
    return FeedEntry(
        url=link,
        title=_plain(raw.get("title")),
        published_at=_moment(raw.get("published_parsed")) or _moment(raw.get("updated_parsed")),
        outlet=_plain(source.get("title")) or feed_title,
        summary=_plain(raw.get("summary"))[:_LONGEST_SUMMARY],
    )


def _link(raw: Any, base: str) -> str:
    """The entry's absolute web address, or "". A permalink in the id serves where there is no link."""
    said = str(raw.get("link") or "").strip() or str(raw.get("id") or "").strip()
    if not said:
        return ""
    return web_address(said, base)


def web_address(link: str, base: str) -> str:
    """`link` made absolute against `base`, without fragment; "" where that is no http or https address."""
    try:
        absolute = urljoin(base, link.strip())
        parts = urlsplit(absolute)
        parts.port  # noqa: B018  reading it is what checks it
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or _SPACE.search(absolute):
        return ""
    return parts._replace(fragment="").geturl()


def _unique(entries: Any) -> tuple[FeedEntry, ...]:
    kept: dict[str, FeedEntry] = {}
    for entry in entries:
        if entry is not None:
            kept.setdefault(entry.url, entry)
        if len(kept) == MOST_ENTRIES:
            break
    return tuple(kept.values())


def _moment(parsed: time.struct_time | None) -> datetime | None:
    """feedparser's UTC tuple as an aware moment; None for an absurd one."""
    if parsed is None:
        return None
    try:
        return plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _plain(text: object) -> str:
    """One line of text without tags; entities are undone once more, since many feeds escape twice."""
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", str(text or "")))).strip()


def _looks_like(body: bytes) -> str:
    start = body[:512].lower()
    if start.startswith((b"{", b"[")):
        return "looks like JSON"
    if b"<!doctype html" in start or b"<html" in start or b"<body" in start:
        return "looks like an HTML page"
    if start.startswith(b"%pdf"):
        return "looks like a PDF"
    if start.startswith(b"<"):
        return "looks like XML of another kind"
    return "looks like plain text or binary data"
