"""One fetched page as an article: its text, and what the page says about itself.

Text by trafilatura, or by the source's own CSS selector; everything else from JSON-LD and meta elements. Pure but for
the library calls; runs in a worker process (`workers`), for none of these libraries knows a time limit.
"""

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import trafilatura
from bs4 import BeautifulSoup, Tag
from htmldate import find_date

from factdrift.errors import PermanentError
from factdrift.sources.charsets import decoded
from factdrift.sources.dates import parsed_date, plausible
from factdrift.sources.gates import gate_of
from factdrift.sources.languages import language_of
from factdrift.sources.selfdescription import SelfDescription, self_description

_TEXTUAL = ("html", "xml", "text/", "octet-stream")
# All control characters but tab and line feed. Nothing else is changed: evidence offsets point into this text.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BLOCKS = ("p", "h2", "h3", "li", "blockquote", "td")

for _noisy in ("trafilatura", "htmldate"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class ArticleHints:
    """What is known of an article before it is read: from its feed entry and its source's configuration."""

    title: str = ""
    published_at: datetime | None = None
    lang: str = ""
    outlet: str = ""
    selector: str = ""  # CSS, where this source needs its own


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """A page as read. `gate` says why it is no article (see `gates`); None for one that is."""

    url: str
    canonical_url: str
    title: str
    text: str
    lang: str
    published_at: datetime | None
    published_from: str  # json_ld, meta, feed, htmldate, none
    modified_at: datetime | None
    outlet: str
    gate: str | None


def parse_article(
    body: bytes, content_type: str, url: str, hints: ArticleHints | None = None, now: datetime | None = None
) -> ParsedArticle:
    """The page at `url` as an article; with `now`, dates in the future are left out.

    Raises PermanentError naming the url where it holds no text page at all (a PDF, an image).
    """
    hints = hints or ArticleHints()
    _refuse_binary(body, content_type, url)
    html = decoded(body, content_type)
    soup = BeautifulSoup(html, "lxml")
    said = self_description(soup)
    text = _clean(_text(html, soup, said, hints, url))
    title = _clean(" ".join((said.title or hints.title).split()))
    published_at, published_from = _published(html, said, hints, url, now)
    return ParsedArticle(
        url=url,
        canonical_url=_canonical(said.canonical, url),
        title=title,
        text=text,
        lang=language_of(f"{title}\n{text}", said.lang or hints.lang),
        published_at=published_at,
        published_from=published_from,
        modified_at=parsed_date(said.modified, now),
        outlet=_clean(said.outlet or hints.outlet or (urlsplit(url).hostname or "").removeprefix("www.")),
        gate=gate_of(title, text, is_free=said.is_free),
    )


def _refuse_binary(body: bytes, content_type: str, url: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if (kind and not any(part in kind for part in _TEXTUAL)) or body[:5] == b"%PDF-":
        raise PermanentError(f"{url}: no page to read but {kind or 'a PDF'}")


def _text(html: str, soup: BeautifulSoup, said: SelfDescription, hints: ArticleHints, url: str) -> str:
    if hints.selector and (chosen := _selected(soup, hints.selector)):
        return chosen
    if not html.strip():
        return ""
    found = trafilatura.extract(html, url=url, include_comments=False, include_tables=True, deduplicate=False)
    return found or said.body or "\n".join(_lines(soup, "p"))


def _selected(soup: BeautifulSoup, selector: str) -> str:
    parts = []
    for chosen in soup.select(selector):
        blocks = _lines(chosen, _BLOCKS)
        parts += blocks or [" ".join(chosen.get_text(" ").split())]
    return "\n".join(part for part in parts if part)


def _lines(node: Tag, names: str | tuple[str, ...]) -> list[str]:
    """The text of the innermost blocks, one a line."""
    wanted = [names] if isinstance(names, str) else list(names)
    blocks = node.find_all(wanted)
    texts = (" ".join(block.get_text("").split()) for block in blocks if not block.find(wanted))
    return [text for text in texts if text]


def _clean(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _published(
    html: str, said: SelfDescription, hints: ArticleHints, url: str, now: datetime | None
) -> tuple[datetime | None, str]:
    """The first plausible date and where it was read from, the most telling place first."""
    for place, text in (("json_ld", said.published_json_ld), ("meta", said.published_meta)):
        if at := parsed_date(text, now):
            return at, place
    if hints.published_at and (at := plausible(hints.published_at, now)):
        return at, "feed"
    if at := parsed_date(_htmldate(html, url, now), now):
        return at, "htmldate"
    return None, "none"


def _htmldate(html: str, url: str, now: datetime | None) -> str:
    try:
        return find_date(html, original_date=True, url=url, max_date=now) or ""
    except (ValueError, TypeError, AttributeError, OverflowError):  # a page must not fail over its date
        return ""


def _canonical(link: str, url: str) -> str:
    """The page's own idea of its address, where it is one on the same site; a home page is no article's address."""
    try:
        joined = urljoin(url, link.strip())
        there, here = urlsplit(joined), urlsplit(url)
    except ValueError:
        return url
    is_article = there.path.strip("/") or not here.path.strip("/")
    same_site = (there.hostname or "").removeprefix("www.") == (here.hostname or "").removeprefix("www.")
    return joined if link and there.scheme in ("http", "https") and is_article and same_site else url
