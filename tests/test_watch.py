"""The watch flow over a loopback site: what a run finds, what a second run adds, what bad sources do to it."""

import asyncio
import html
import socket
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import pytest_asyncio
import yaml
from aiohttp import web
from click.testing import CliRunner
from conftest import ROOT

from factdrift.cli.main import cli
from factdrift.errors import NoSourceWorked
from factdrift.model import ChangeKind
from factdrift.topic import read_seed_article
from flows.pool import close_parsers
from flows.watch import RunReport, watch

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2023, 7, 27, 12, tzinfo=UTC)
DEAL = (
    "Nissan and Renault signed the final agreements of their new alliance on Wednesday.\n\n"
    "Nissan will invest up to 600 million euros in Ampere, Renault's electric vehicle unit.\n\n"
    "Renault will reduce its stake in Nissan to 15% from 43%."
)
DEAL_700 = DEAL.replace("600", "700")
QUIET = (
    "The town library opens two hours longer from next week on.\n\nReaders had asked for it in a survey in spring.\n\n"
    "The reading room on the first floor gets new lamps and a second door to the garden."
)
FINNISH = (
    "Kaupungin kirjasto pidentää aukioloaikojaan ensi viikosta alkaen.\n\nLukijat olivat toivoneet sitä keväällä.\n\n"
    "Ensimmäisen kerroksen lukusali saa uudet valaisimet ja toisen oven puutarhaan, kertoo kirjaston johtaja."
)


class Site:
    """News pages and feeds that the tests write, and what was asked for."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: dict[str, tuple[int, str, str]] = {}
        self.asked: Counter[str] = Counter()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.Response:
        self.asked[request.path] += 1
        status, kind, body = self.answers.get(request.path, (404, "text/plain", "nothing here"))
        if status == 302:
            return web.Response(status=status, headers={"Location": body})
        return web.Response(status=status, text=body, content_type=kind)

    def page(self, path: str, title: str, text: str, lang: str = "en") -> str:
        """Serve an article; returns its path."""
        paragraphs = "".join(f"<p>{html.escape(p)}</p>" for p in text.split("\n\n"))
        head = f'<!doctype html><html lang="{lang}"><head><title>{html.escape(title)}</title></head>'
        body = f"<body><main><article><h1>{html.escape(title)}</h1>{paragraphs}</article></main></body></html>"
        self.answers[path] = (200, "text/html", head + body)
        return path

    def feed(self, path: str, *pages: str, at: datetime = NOW - timedelta(hours=2)) -> str:
        """Serve a feed of these pages; returns its path."""
        items = "".join(
            f"<item><title>Story {page}</title><link>{self.url(page)}</link>"
            f"<pubDate>{format_datetime(at - timedelta(minutes=n))}</pubDate></item>"
            for n, page in enumerate(pages)
        )
        rss = f'<rss version="2.0"><channel><title>News</title><link>/</link>{items}</channel></rss>'
        self.answers[path] = (200, "application/rss+xml", rss)
        return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.port = runner.addresses[0][1]
    yield site
    await close_parsers()
    await runner.cleanup()


@pytest.fixture
def site(server: Site) -> Site:
    server.answers.clear()
    server.asked.clear()
    return server


def configured(folder: Path, site: Site, *feeds: str, **fetch: Any) -> Path:
    """A configuration whose sources are these paths of the site, or whole addresses."""
    addresses = [feed if feed.startswith("http") else site.url(feed) for feed in feeds]
    sources = [{"id": f"s{n}", "url": address} for n, address in enumerate(addresses)]
    raw = {
        "database": "watched.duckdb",
        "snapshot": "shown.duckdb",
        "topics": {"nissan-renault": {"file": str(ROOT / "seeds" / "nissan-renault.yaml"), "sources": sources}},
        "fetch": {"allow_private": [f"127.0.0.1:{site.port}"], "per_host": 8, "retries": 0, **fetch},
        "alerts": [],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(raw))
    return folder / "config.yaml"


def rows(config: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(config.with_name("shown.duckdb")), read_only=True) as shown:
        return shown.execute(sql).fetchall()


def counts(config: Path) -> dict[str, int]:
    tables = ("articles", "claims", "beliefs", "changes", "reasons", "alerts")
    return {table: rows(config, f"SELECT count(*) FROM {table}")[0][0] for table in tables}


async def run(config: Path, now: datetime = NOW) -> RunReport:
    report: RunReport = await watch(str(config), None, now)
    return report


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_a_run_stores_articles_and_claims_and_finds_changes(site: Site, tmp_path: Path):
    page = site.page("/deal", "Nissan and Renault sign final deal", DEAL)
    config = configured(tmp_path, site, site.feed("/feed", page))

    report = await run(config)

    assert (report.articles, report.worked_sources, report.failed_sources) == (2, 1, ())  # the seed is one
    assert ("nissan-ampere-amount",) in [(c.fact,) for c in report.changes]
    assert rows(config, "SELECT count(*) FROM claims WHERE fact = 'nissan-ampere-amount' AND source = 's0'") != [(0,)]
    ids = {claim for (claim,) in rows(config, "SELECT claim_id FROM claims")}
    assert {c.claim_id for c in report.changes if c.claim_id} <= ids


async def test_the_same_run_again_adds_nothing(site: Site, tmp_path: Path):
    page = site.page("/deal", "Nissan and Renault sign final deal", DEAL)
    config = configured(tmp_path, site, site.feed("/feed", page))
    await run(config)
    before = counts(config)

    report = await run(config, NOW + timedelta(minutes=30))

    assert (report.articles, report.claims, report.changes) == (0, 0, ())
    assert counts(config) == before
    assert site.asked["/deal"] == 1


async def test_a_bad_source_is_a_result_and_the_others_work(site: Site, tmp_path: Path):
    site.answers["/broken"] = (500, "text/plain", "sorry")
    site.answers["/page"] = (200, "text/html", "<!doctype html><html><body><p>Not a feed</p></body></html>")
    site.answers["/empty"] = (200, "application/rss+xml", "")
    refused = f"http://127.0.0.1:{closed_port()}/feed"
    good = site.feed("/feed", site.page("/quiet", "The library opens longer", QUIET))
    config = configured(
        tmp_path, site, "/broken", "/page", "/empty", refused, good,
        allow_private=[f"127.0.0.1:{site.port}", refused.split("/")[2]],
    )  # fmt: skip

    report = await run(config)

    assert [line.split(":")[0] for line in report.failed_sources] == ["s0", "s1", "s2", "s3"]
    assert report.worked_sources == 1
    assert rows(config, "SELECT count(*) FROM articles WHERE source = 's4'") == [(1,)]
    kept = dict(rows(config, "SELECT source, last_error FROM sources"))
    assert all(kept[source] for source in ("s0", "s1", "s2", "s3"))
    assert kept["s4"] == ""


async def test_where_no_source_works_the_command_ends_with_3(site: Site, tmp_path: Path):
    config = configured(tmp_path, site, "/missing", f"http://127.0.0.1:{closed_port()}/feed")
    await close_parsers()  # the command has an event loop, and so a pool, of its own

    done = await asyncio.to_thread(CliRunner().invoke, cli, ["run", "--config", str(config)])

    assert isinstance(done.exception, NoSourceWorked), done.output
    assert done.exception.exit_code == 3
    assert "failed: s0: " in done.output


async def test_an_article_in_a_language_without_a_lexicon_is_kept_as_unread(site: Site, tmp_path: Path):
    page = site.page("/kirjasto", "Kirjasto on auki pidempään", FINNISH, "fi")
    config = configured(tmp_path, site, site.feed("/feed", page))

    report = await run(config)

    assert [line for line in report.unread if "no lexicon for fi" in line]
    assert rows(config, "SELECT lang, unread FROM articles WHERE source = 's0'") == [("fi", "no lexicon for fi")]


async def test_what_is_beyond_the_limit_of_one_run_is_fetched_in_the_next(site: Site, tmp_path: Path):
    pages = [site.page(f"/quiet/{n}", f"Library news {n}", QUIET.replace("two", f"{n + 2}")) for n in range(5)]
    config = configured(tmp_path, site, site.feed("/feed", *pages), max_new_articles=2)

    fetched: list[int] = []
    for hour in range(3):
        await run(config, NOW + timedelta(hours=hour))
        fetched.append(sum(site.asked[page] for page in pages))

    assert fetched == [2, 4, 5]
    assert rows(config, "SELECT count(*) FROM articles WHERE source = 's0'") == [(5,)]


async def test_an_article_that_two_sources_offer_is_fetched_once(site: Site, tmp_path: Path):
    page = site.page("/quiet", "The library opens longer", QUIET)
    config = configured(tmp_path, site, site.feed("/one", page), site.feed("/two", page))

    report = await run(config)

    assert report.worked_sources == 2
    assert site.asked["/quiet"] == 1
    assert rows(config, "SELECT count(*) FROM articles WHERE url LIKE '%/quiet'") == [(1,)]


async def test_the_seed_article_read_as_news_only_confirms_its_own_facts(site: Site, tmp_path: Path):
    seed = read_seed_article(ROOT / "seeds" / "nissan-renault.md")
    published = datetime(seed.published.year, seed.published.month, seed.published.day, 8, tzinfo=UTC)
    page = site.page("/seed", seed.title, seed.text, seed.language)
    config = configured(tmp_path, site, site.feed("/feed", page, at=published))

    report = await run(config, published + timedelta(hours=10))

    assert {change.kind for change in report.changes} <= {ChangeKind.CONFIRMED}
    assert rows(config, "SELECT count(*) FROM claims WHERE source = 's0' AND fact IS NOT NULL") != [(0,)]


async def test_a_changed_article_is_a_new_version_and_its_old_claims_end(site: Site, tmp_path: Path):
    page = site.page("/deal", "Nissan and Renault sign final deal", DEAL)
    config = configured(tmp_path, site, site.feed("/feed", page), recheck_days=3)
    await run(config)
    site.page("/deal", "Nissan and Renault sign final deal", DEAL_700)

    await run(config, NOW + timedelta(hours=19))
    early = site.asked["/deal"]
    report = await run(config, NOW + timedelta(hours=21))  # the feed has not changed; the article has

    assert (early, site.asked["/deal"]) == (1, 2)
    versions = "SELECT system_to IS NULL FROM articles WHERE url LIKE '%/deal' ORDER BY fetched_at"
    assert rows(config, versions) == [(False,), (True,)]
    amounts = "SELECT c.body::VARCHAR, c.system_to IS NULL FROM claims c WHERE fact = 'nissan-ampere-amount' "
    claims = rows(config, amounts + "AND source = 's0'")
    assert claims
    assert all(("700" in body) == is_open for body, is_open in claims)
    assert "nissan-ampere-amount" in {change.fact for change in report.changes}


async def test_an_article_that_was_never_there_is_asked_for_less_and_less_often(site: Site, tmp_path: Path):
    there = site.page("/quiet", "The library opens longer", QUIET)
    config = configured(tmp_path, site, site.feed("/feed", "/never", there))

    asked = []
    for minutes in (0, 30, 59, 61, 90, 179, 182, 240):
        report = await run(config, NOW + timedelta(minutes=minutes))
        asked.append(site.asked["/never"])

    assert asked == [1, 1, 1, 2, 2, 2, 3, 3]
    assert report.failed_articles == ()
    assert site.asked["/quiet"] == 1


async def test_an_article_that_its_publisher_takes_back_is_retracted_with_its_sentence(site: Site, tmp_path: Path):
    page = site.page("/deal", "Nissan and Renault sign final deal", DEAL)
    config = configured(tmp_path, site, site.feed("/feed", page), recheck_days=3)
    await run(config)
    moved = {
        fact
        for (fact,) in rows(
            config, "SELECT DISTINCT fact FROM changes JOIN claims USING (claim_id, fact) WHERE source = 's0'"
        )
    }
    site.answers["/deal"] = (503, "text/plain", "down")
    await run(config, NOW + timedelta(hours=21))
    site.answers["/deal"] = (410, "text/plain", "gone")

    first = await run(config, NOW + timedelta(hours=42))
    standing = rows(config, "SELECT count(*) FROM articles WHERE url LIKE '%/deal' AND system_to IS NULL")
    second = await run(config, NOW + timedelta(hours=56))

    assert moved
    assert [c for c in first.changes if c.kind is ChangeKind.RETRACTED] == []
    assert standing == [(1,)]
    told = [c for c in second.changes if c.kind is ChangeKind.RETRACTED]
    assert {c.fact for c in told} <= moved
    assert all(second.sentences[c.claim_id][0] in DEAL for c in told)
    assert told
    assert rows(config, "SELECT count(*) FROM claims WHERE source = 's0' AND system_to IS NULL") == [(0,)]


async def test_an_article_that_leads_to_the_front_page_is_not_there(site: Site, tmp_path: Path):
    site.page("/", "The front page", QUIET)
    site.answers["/moved"] = (302, "", "/")
    site.answers["/wall"] = (302, "", "/?back=/wall")
    config = configured(tmp_path, site, site.feed("/feed", "/moved", "/wall"))

    report = await run(config)

    assert [line.rsplit(": ")[-1] for line in report.failed_articles] == ["leads to the front page"]
    assert rows(config, "SELECT url LIKE '%/moved', gone_since IS NOT NULL FROM missing") == [(True, True)]


async def test_a_wall_before_an_article_that_was_read_takes_nothing_back(site: Site, tmp_path: Path):
    page = site.page("/deal", "Nissan and Renault sign final deal", DEAL)
    config = configured(tmp_path, site, site.feed("/feed", page), recheck_days=3)
    await run(config)
    before = counts(config)
    site.page("/deal", "Just a moment...", "Verify you are human. Enable JavaScript and cookies to continue.")

    report = await run(config, NOW + timedelta(hours=21))
    await run(config, NOW + timedelta(hours=48))

    assert [line for line in report.failed_articles if "bot_challenge" in line]
    assert counts(config) == before
