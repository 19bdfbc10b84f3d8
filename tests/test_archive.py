"""The loopback archive: feeds that show what had been published, pages as news sites serve them."""

import json
from datetime import date
from pathlib import Path

import aiohttp
import pytest

from factdrift.errors import UsageError
from factdrift.sources.archive import Archive, RecordedPage, page_html, read_pages
from factdrift.sources.feeds import parse_feed

OLD = RecordedPage(
    "a", date(2023, 5, 1), "en", "Daily & Co", "Old & news", "One.\n\nTwo.", "https://daily.example/x?n=1"
)
NEW = RecordedPage("b", date(2024, 5, 1), "en", "Daily", "New", "Three.", "https://daily.example/y")
FRENCH = RecordedPage("c", date(2023, 5, 1), "fr", "Le Jour", "Été", "Un.", "https://jour.example/é")


async def get(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.read()


async def test_a_feed_shows_what_had_been_published_in_its_language():
    async with Archive([OLD, NEW, FRENCH]) as archive:
        archive.until = date(2023, 12, 31)
        url = archive.feed_url("en")
        entries = parse_feed((await get(url))[1], "application/rss+xml", url)

    (entry,) = entries
    assert (entry.title, entry.outlet) == ("Old & news", "Daily & Co")
    assert entry.published_at is not None
    assert entry.published_at.date() == OLD.published


async def test_what_was_published_before_the_seed_is_no_news():
    async with Archive([OLD, NEW]) as archive:
        archive.since = date(2024, 1, 1)
        url = archive.feed_url("en")
        entries = parse_feed((await get(url))[1], "application/rss+xml", url)

    assert [entry.title for entry in entries] == ["New"]


@pytest.mark.parametrize("page", [OLD, FRENCH])
async def test_the_address_in_the_feed_leads_to_the_page_and_shows_where_it_came_from(page: RecordedPage):
    async with Archive([page]) as archive:
        url = archive.feed_url(page.lang)
        (entry,) = parse_feed((await get(url))[1], "application/rss+xml", url)
        status, body = await get(entry.url)

    assert status == 200
    assert page.outlet.replace("&", "&amp;") in body.decode()
    assert page.url.split("://")[1].split("/")[0] in entry.url


async def test_a_page_of_tomorrow_is_not_there_yet():
    async with Archive([NEW]) as archive:
        archive.until = date(2023, 1, 1)
        status, _ = await get(f"http://127.0.0.1:{archive.port}{NEW.path}")

    assert status == 404


async def test_a_port_that_is_taken_is_named():
    async with Archive([OLD]) as first:
        with pytest.raises(UsageError, match=str(first.port)):
            await Archive([OLD], first.port).__aenter__()


def test_a_page_cannot_close_its_own_data_block():
    hostile = RecordedPage("d", OLD.published, "en", "</script><b>", "t", "x", "https://x.example")

    body = page_html(hostile)

    assert body.count("</script>") == 1


def test_recorded_pages_are_read_oldest_first():
    path = Path(__file__).parent.parent / "seeds" / "recorded" / "nissan-renault.pages.jsonl"

    pages = read_pages(path)

    assert len(pages) > 100
    assert pages == sorted(pages, key=lambda page: (page.published, page.id))


@pytest.mark.parametrize("line", ["{", "[]", json.dumps({"id": "a"}), json.dumps({"id": "a", "published": "soon"})])
def test_a_malformed_recorded_page_is_named(tmp_path: Path, line: str):
    path = tmp_path / "pages.jsonl"
    path.write_text(f"\n{line}\n")

    with pytest.raises(UsageError, match=r"pages\.jsonl:2"):
        read_pages(path)
