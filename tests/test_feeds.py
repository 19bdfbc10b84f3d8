"""Feeds as they come, well-formed and not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factdrift.errors import PermanentError
from factdrift.sources.feeds import MOST_ENTRIES, parse_feed

URL = "https://news.example/feeds/all.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>The Example</title><link>https://news.example/</link>%s</channel></rss>"""


def rss(items: str) -> bytes:
    return (RSS % items).encode()


def item(link: str, title: str = "A title", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def test_an_rss_item_is_read_whole() -> None:
    more = "<pubDate>Tue, 03 Jan 2023 10:00:00 +0100</pubDate>"
    more += "<description>&lt;p&gt;Much &amp;amp; more&lt;/p&gt;</description>"

    entry = parse_feed(rss(item("https://news.example/a", "Deal &amp;amp; talks", more)), "text/xml", URL)[0]

    assert entry.url == "https://news.example/a"
    assert entry.title == "Deal & talks"
    assert entry.published_at == datetime(2023, 1, 3, 9, tzinfo=UTC)
    assert (entry.outlet, entry.summary) == ("The Example", "Much & more")


def test_an_atom_entry_is_read_with_its_links_and_dates() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title><entry><title>T</title>
      <link rel="alternate" href="/a?b=1#top"/><updated>2024-02-29T12:00:00-05:00</updated></entry></feed>"""

    entry = parse_feed(body, "application/atom+xml", URL)[0]

    assert entry.url == "https://news.example/a?b=1"
    assert entry.published_at == datetime(2024, 2, 29, 17, tzinfo=UTC)


def test_the_outlet_of_an_aggregated_item_is_its_source() -> None:
    more = '<source url="https://paper.example">The Paper</source>'

    assert parse_feed(rss(item("https://agg.example/1", more=more)), "", URL)[0].outlet == "The Paper"


def test_relative_links_are_resolved_against_the_channel_link() -> None:
    assert parse_feed(rss(item("/x/y")), "", URL)[0].url == "https://news.example/x/y"


def test_a_link_that_comes_twice_is_kept_once_first_come() -> None:
    got = parse_feed(rss(item("https://n.example/1", "First") + item("https://n.example/1#c", "Second")), "", URL)

    assert [entry.title for entry in got] == ["First"]


def test_a_malformed_channel_link_is_ignored() -> None:
    body = rss(item("/x")).replace(b"https://news.example/<", b"https://[news/<")

    assert parse_feed(body, "", URL)[0].url == "https://news.example/x"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "mailto:a@b.example", "", "http://[bad/", "http://h:x/"])
def test_what_is_no_web_address_is_left_out(link: str) -> None:
    got = parse_feed(rss(item(link) + item("https://n.example/ok")), "", URL)

    assert [entry.url for entry in got] == ["https://n.example/ok"]


def test_a_permalink_guid_serves_as_link() -> None:
    body = rss("<item><title>T</title><guid isPermaLink='true'>https://n.example/g</guid></item>")

    assert parse_feed(body, "", URL)[0].url == "https://n.example/g"


def test_an_item_without_a_date_has_none() -> None:
    body = rss(item("https://n.example/1", more="<pubDate>yesterday-ish</pubDate>"))

    assert parse_feed(body, "", URL)[0].published_at is None


def test_no_more_than_the_limit_is_returned() -> None:
    body = rss("".join(item(f"https://n.example/{n}") for n in range(MOST_ENTRIES + 20)))

    assert len(parse_feed(body, "", URL)) == MOST_ENTRIES


def test_leading_blank_lines_and_a_byte_order_mark_are_forgiven() -> None:
    body = b"\xef\xbb\xbf" + b"\n" * 200_000 + rss(item("https://n.example/1"))

    assert len(parse_feed(body, "", URL)) == 1


def test_the_charset_of_the_header_is_used() -> None:
    body = RSS.replace(' encoding="utf-8"', "") % item("https://n.example/1", "Café")

    assert parse_feed(body.encode("latin-1"), "text/xml; charset=iso-8859-1", URL)[0].title == "Café"


def test_a_feed_without_entries_is_empty_not_an_error() -> None:
    assert parse_feed(rss(""), "", URL) == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"<!DOCTYPE html><html><body>Hi</body></html>", "HTML"),
        (b'{"version": "https://jsonfeed.org"}', "JSON"),
        (b"<sitemap><url>x</url></sitemap>", "XML of another kind"),
        (b"just words", "plain text"),
        (b"%PDF-1.7 ...", "PDF"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, says: str) -> None:
    with pytest.raises(PermanentError, match=says):
        parse_feed(body, "text/html", URL)


def test_a_body_that_spells_a_path_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(item("https://n.example/1")))

    with pytest.raises(PermanentError):
        parse_feed(str(feed).encode(), "", URL)


def test_entities_of_an_inner_dtd_do_not_reach_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden words")
    inner = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'
    body = rss(item("https://n.example/1", "T &x;")).replace(b"<rss", inner.encode() + b"<rss")

    assert all("hidden" not in entry.title for entry in parse_feed(body, "", URL))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_end_in_entries_or_a_permanent_error(junk: bytes, at: int) -> None:
    whole = rss(item("https://n.example/1"))
    try:
        entries = parse_feed(whole[:at] + junk + whole[at:], "text/xml; charset=nonsense", URL)
    except PermanentError:
        return
    assert all(entry.url.startswith("http") for entry in entries)
