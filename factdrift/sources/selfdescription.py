"""What a page says about itself: JSON-LD first, then meta elements. Pure; believes nothing, checks no dates."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup

_ARTICLES = ("article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "blogposting", "report")
_ALSO_ARTICLES = ("liveblogposting", "backgroundnewsarticle", "opinionnewsarticle", "pressrelease", "techarticle")
_PUBLISHED = ("article:published_time", "og:article:published_time", "datepublished", "date", "dc.date.issued")
_ALSO_PUBLISHED = ("pubdate", "publishdate", "dc.date", "dcterms.created", "parsely-pub-date", "sailthru.date")
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class SelfDescription:
    """Texts as the page has them, "" where it says nothing."""

    title: str
    canonical: str
    lang: str
    outlet: str
    published_json_ld: str
    published_meta: str
    modified: str
    body: str
    is_free: bool | None


def self_description(soup: BeautifulSoup) -> SelfDescription:
    """Everything the page says about itself; broken JSON-LD counts as none."""
    article, meta = _article_of(soup), _metas(soup)
    html = soup.find("html")
    return SelfDescription(
        title=_string(article.get("headline")) or _title(soup, meta),
        canonical=_canonical(soup) or meta.get("og:url", ""),
        lang=str(html.get("lang") or html.get("xml:lang") or "") if html else meta.get("og:locale", ""),
        outlet=_string(article.get("publisher")) or meta.get("og:site_name", ""),
        published_json_ld=_string(article.get("datePublished")),
        published_meta=_first(meta, (*_PUBLISHED, *_ALSO_PUBLISHED)),
        modified=_string(article.get("dateModified")) or _first(meta, _MODIFIED),
        body=_string(article.get("articleBody")),
        is_free=_truth(article.get("isAccessibleForFree")),
    )


def _article_of(soup: BeautifulSoup) -> dict[str, Any]:
    """The first JSON-LD object that is an article."""
    for script in soup.find_all("script", type=lambda kind: bool(kind) and "ld+json" in kind.lower()):
        try:
            raw = json.loads(script.get_text(), strict=False)
        except (ValueError, RecursionError):
            continue
        for found in _objects(raw, 0):
            kinds = found.get("@type")
            names = {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
            if names & {*_ARTICLES, *_ALSO_ARTICLES}:
                return found
    return {}


def _objects(raw: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(raw, list):
        for part in raw:
            yield from _objects(part, depth + 1)
    elif isinstance(raw, dict):
        yield raw
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _objects(raw.get(key), depth + 1)


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in soup.find_all("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop")
        content = meta.get("content")
        if name and content:
            found.setdefault(str(name).lower(), str(content).strip())
    return found


def _title(soup: BeautifulSoup, meta: dict[str, str]) -> str:
    for found in (soup.find("h1"), soup.find("title")):
        if not meta.get("og:title") and found and found.get_text(strip=True):
            return found.get_text(" ", strip=True)
    return meta.get("og:title", "")


def _canonical(soup: BeautifulSoup) -> str:
    link = soup.find("link", rel="canonical")
    return str(link.get("href") or "") if link else ""


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _string(value: object) -> str:
    """The text of a JSON-LD value, which may be wrapped in lists and named objects."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return value if isinstance(value, str) else ""


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())
