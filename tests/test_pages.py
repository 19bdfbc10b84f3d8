"""Links of listing pages."""

import pytest

from factdrift.errors import PermanentError
from factdrift.sources.feeds import MOST_ENTRIES
from factdrift.sources.pages import parse_links

URL = "https://news.example/section/"
PAGE = b"""<html><body><nav><a href="/about">About</a></nav><main>
<article><a href="/a"><img src="x"></a><h2><a href="/a#top">First <b>story</b></a></h2></article>
<article><a href="b?x=1">Second story</a></article>
<article><a href="javascript:void(0)">Share</a></article>
<article><a href="#">Up</a></article><article>no link</article></main></body></html>"""


def test_links_come_in_page_order_absolute_and_once() -> None:
    got = parse_links(PAGE, URL, "main a")

    assert [(entry.url, entry.title) for entry in got] == [
        ("https://news.example/a", "First story"),
        ("https://news.example/section/b?x=1", "Second story"),
    ]


def test_an_element_around_a_link_gives_that_link() -> None:
    assert len(parse_links(PAGE, URL, "article")) == 2


def test_a_headline_inside_a_link_gives_the_link_around_it() -> None:
    got = parse_links(b'<a href="/x"><h3>Words</h3></a>', URL, "h3")

    assert (got[0].url, got[0].title) == ("https://news.example/x", "Words")


def test_the_pages_own_base_is_respected() -> None:
    got = parse_links(b'<head><base href="https://cdn.example/p/"></head><a href="q">Q</a>', URL, "a")

    assert got[0].url == "https://cdn.example/p/q"


def test_no_more_than_the_limit_is_returned() -> None:
    body = b"".join(b'<a href="/%d">x</a>' % n for n in range(MOST_ENTRIES + 5))

    assert len(parse_links(body, URL, "a")) == MOST_ENTRIES


@pytest.mark.parametrize(("selector", "says"), [("main a[", "malformed"), ("", "malformed"), ("div.gone a", "no link")])
def test_a_selector_that_does_not_serve_is_a_permanent_error(selector: str, says: str) -> None:
    with pytest.raises(PermanentError, match=says):
        parse_links(PAGE, URL, selector)
