"""Recorded news served on loopback, for the demo and the tests: RSS feeds and article pages of many outlets.

A feed shows what had been published by the simulated day; pages are plain HTML with the marks real sites have
(JSON-LD, canonical link, navigation around the text).
"""

import html
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from pathlib import Path
from typing import Self

from aiohttp import web

from factdrift.errors import UsageError


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """One recorded article."""

    id: str
    published: date
    lang: str
    outlet: str
    title: str
    text: str
    url: str

    @property
    def path(self) -> str:
        """Where the archive serves it: the true address stays readable behind the loopback host."""
        return f"/news/{self.id}/{self.url.split('://', 1)[-1]}"


def read_pages(path: Path) -> list[RecordedPage]:
    """The pages of a JSONL file, oldest first. Raises UsageError naming file and line."""
    pages = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            day = date.fromisoformat(raw["published"])
            pages.append(
                RecordedPage(raw["id"], day, raw["lang"], raw["outlet"], raw["title"], raw["text"], raw["url"])
            )
        except (ValueError, KeyError, TypeError) as exc:
            raise UsageError(
                f"{path}:{number}: not a recorded page: {exc}",
                "each line needs id, url, published, lang, outlet, title, text",
            ) from exc
    return sorted(pages, key=lambda page: (page.published, page.id))


class Archive:
    """A loopback server over recorded pages; an async context manager. `until` is the simulated day.

    `port` 0 takes a free one. Raises UsageError where the port asked for is taken.
    """

    def __init__(self, pages: Iterable[RecordedPage], port: int = 0) -> None:
        self._pages = {page.id: page for page in pages}
        self.until: date = date.max
        self.since: date = date.min
        self._runner: web.AppRunner | None = None
        self.port = port

    @property
    def languages(self) -> list[str]:
        """The languages that have a feed."""
        return sorted({page.lang for page in self._pages.values()})

    def feed_url(self, lang: str) -> str:
        """The address of the feed of one language."""
        return f"http://127.0.0.1:{self.port}/feed/{lang}.xml"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes([web.get("/feed/{lang}.xml", self._feed), web.get("/news/{id}/{address:.*}", self._page)])
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        try:
            await site.start()
        except OSError as exc:
            await self._runner.cleanup()
            way_out = "stop the program that uses it, or start afresh on another port"
            raise UsageError(
                f"127.0.0.1:{self.port}: the recorded news cannot be served here: {exc.strerror}", way_out
            ) from exc
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _feed(self, request: web.Request) -> web.Response:
        lang = request.match_info["lang"]
        shown = [p for p in self._pages.values() if p.lang == lang and self.since <= p.published <= self.until]
        items = "".join(self._item(page) for page in reversed(shown))
        body = (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>Recorded news ({lang})</title><link>http://127.0.0.1:{self.port}/</link>"
            f"<description>What had been published by {self.until}</description>{items}</channel></rss>"
        )
        return web.Response(text=body, content_type="application/rss+xml")

    def _item(self, page: RecordedPage) -> str:
        when = format_datetime(datetime.combine(page.published, time(8), UTC))
        return (
            f"<item><title>{html.escape(page.title)}</title><link>{self._address(page)}</link>"
            f'<pubDate>{when}</pubDate><source url="{html.escape(page.url)}">{html.escape(page.outlet)}</source></item>'
        )

    def _address(self, page: RecordedPage) -> str:
        return html.escape(f"http://127.0.0.1:{self.port}{page.path}")

    async def _page(self, request: web.Request) -> web.Response:
        page = self._pages.get(request.match_info["id"])
        if page is None or page.published > self.until:
            raise web.HTTPNotFound
        return web.Response(text=page_html(page), content_type="text/html")


def page_html(page: RecordedPage) -> str:
    """An article page as a news site serves it."""
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.title,
        "datePublished": f"{page.published}T08:00:00+00:00",
        "publisher": {"@type": "Organization", "name": page.outlet},
    }
    embedded = json.dumps(facts).replace("</", "<\\/")
    paragraphs = "".join(f"<p>{html.escape(p)}</p>" for p in page.text.split("\n\n"))
    return (
        f'<!doctype html><html lang="{page.lang}"><head><meta charset="utf-8"><title>{html.escape(page.title)}</title>'
        f'<script type="application/ld+json">{embedded}</script></head><body>'
        f"<nav><a href='/'>Home</a> <a href='/cars'>Cars</a></nav><main><article><h1>{html.escape(page.title)}</h1>"
        f"{paragraphs}</article></main><footer>{html.escape(page.outlet)}</footer></body></html>"
    )
