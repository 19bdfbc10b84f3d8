"""Pages read as articles: text, self-description, dates, languages, charsets."""

# ruff: noqa: E501  prose is easier to read unbroken

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factdrift.errors import PermanentError
from factdrift.sources.article import ArticleHints, parse_article
from factdrift.sources.charsets import decoded
from factdrift.sources.dates import parsed_date
from factdrift.sources.languages import language_of

URL = "https://www.example.org/news/deal-signed"
NOW = datetime(2024, 6, 1, tzinfo=UTC)
PROSE = (
    "A carmaker said on Tuesday it would cut its stake in a supplier to 15 percent from 43 percent by the end of the year.",
    "The two companies signed the deal after months of talks, according to a filing with the exchange in Tokyo.",
    "Shares of both companies rose in early trade, and analysts said that the terms had been expected for weeks.",
)
FRENCH = (
    "Le constructeur a annoncé mardi qu'il réduirait sa participation dans un équipementier à 15 % d'ici la fin de l'année. "
    "L'accord a été signé à Paris après plusieurs mois de discussions, selon un communiqué du groupe publié dans la nuit. "
    "Les actions des deux sociétés ont progressé, et les analystes disent que les termes étaient attendus depuis des mois."
)


def page(head: str = "", body: str = "", lang: str = "en") -> bytes:
    prose = body or "".join(f"<p>{line}</p>" for line in PROSE)
    return (
        f"<!doctype html><html lang='{lang}'><head><title>Deal signed | Example</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>Deal signed</h1>{prose}</article></body></html>"
    ).encode()


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def test_text_title_and_outlet_of_an_ordinary_page() -> None:
    parsed = parse_article(page(), "text/html", URL)

    assert all(line in parsed.text for line in PROSE)
    assert "Home" not in parsed.text
    assert (parsed.title, parsed.outlet, parsed.lang, parsed.gate) == ("Deal signed", "example.org", "en", None)


@pytest.mark.parametrize(
    ("head", "hint", "day", "place"),
    [
        (json_ld('{"@type":"NewsArticle","datePublished":"2024-03-01"}'), None, 1, "json_ld"),
        ('<meta property="article:published_time" content="2024-03-02T10:00:00Z">', None, 2, "meta"),
        ("", datetime(2024, 3, 3, tzinfo=UTC), 3, "feed"),
        (json_ld("{broken") + '<meta name="date" content="2024-03-02">', None, 2, "meta"),
        (json_ld('{"@type":"NewsArticle","datePublished":"2031-01-01"}'), datetime(2024, 3, 3, tzinfo=UTC), 3, "feed"),
    ],
)
def test_the_date_comes_from_the_most_telling_place(head: str, hint: datetime | None, day: int, place: str) -> None:
    other = '<meta property="article:published_time" content="2024-03-09">' if place == "json_ld" else ""

    parsed = parse_article(page(head + other), "text/html", URL, ArticleHints(published_at=hint), NOW)

    assert parsed.published_at is not None
    assert (parsed.published_at.day, parsed.published_from) == (day, place)


def test_a_date_in_the_text_of_the_page_is_found_last() -> None:
    body = "<time datetime='2024-02-05'>5 February 2024</time>" + "".join(f"<p>{line}</p>" for line in PROSE)

    parsed = parse_article(page(body=body), "text/html", URL, None, NOW)

    assert (parsed.published_at, parsed.published_from) == (datetime(2024, 2, 5, tzinfo=UTC), "htmldate")


def test_a_page_without_a_date_has_none() -> None:
    parsed = parse_article(page(), "text/html", URL, None, NOW)

    assert (parsed.published_at, parsed.published_from) == (None, "none")


def test_json_ld_in_a_graph_says_headline_publisher_and_modification() -> None:
    head = json_ld(
        '{"@graph":[{"@type":"WebPage"},{"@type":["NewsArticle"],"headline":"The headline","dateModified":"2024-03-02T00:00:00+09:00",'
        '"publisher":{"@type":"Organization","name":"The Paper"}}]}'
    )
    parsed = parse_article(page(head), "text/html", URL)

    assert (parsed.title, parsed.outlet) == ("The headline", "The Paper")
    assert parsed.modified_at == datetime(2024, 3, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("/news/deal-signed-2", "https://www.example.org/news/deal-signed-2"),
        ("https://example.org/a", "https://example.org/a"),
        ("https://elsewhere.example/a", URL),
        ("/", URL),
        ("javascript:alert(1)", URL),
        ("http://[broken", URL),
    ],
)
def test_the_canonical_address_is_believed_within_its_site(link: str, canonical: str) -> None:
    assert parse_article(page(f'<link rel="canonical" href="{link}">'), "text/html", URL).canonical_url == canonical


def test_a_source_with_its_own_selector_gives_just_that() -> None:
    body = "<div class=story><p>One line of <b>news</b>.</p><p>And another.</p></div><p>Not this.</p>"

    parsed = parse_article(page(body=body), "text/html", URL, ArticleHints(selector="div.story"))

    assert parsed.text == "One line of news.\nAnd another."


def test_the_text_outweighs_a_wrong_language_attribute() -> None:
    assert parse_article(page(body=f"<p>{FRENCH}</p>", lang="en"), "text/html", URL).lang == "fr"


@pytest.mark.parametrize(
    ("text", "declared", "lang"),
    [
        (FRENCH, "", "fr"),
        ("Short.", "de-AT", "de"),
        ("Der Konzern hat die Beteiligung an dem Zulieferer nicht verkauft, und das wird auch so sein.", "", "de"),
        ("日産は28日、出資比率を15%に引き下げると発表した。", "", "ja"),
        ("公司周二宣布将持股比例降至百分之十五", "", "zh"),
        ("회사는 화요일 지분을 줄인다고 발표했다", "", "ko"),
        ("12345", "", ""),
        ("12345", "english", ""),
    ],
)
def test_the_language_is_found_or_unknown(text: str, declared: str, lang: str) -> None:
    assert language_of(text, declared) == lang


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é".encode(), "text/html; charset=utf-8", "é"),
        ("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é"),
        ("“é”".encode("cp1252"), "text/html", "“é”"),
        ("日産".encode("shift_jis"), "text/html; charset=Shift_JIS", "日産"),
        ("﻿日産".encode("utf-16"), "", "日産"),
        ("<meta charset=euc-jp>日産".encode("euc-jp"), "", "<meta charset=euc-jp>日産"),
        ("é".encode(), "text/html; charset=iso-8859-1", "é"),
        (b"abc", "text/html; charset=zip", "abc"),
        (b"abc", "text/html; charset=no-such", "abc"),
    ],
)
def test_bytes_become_text_by_mark_header_page_and_guess(body: bytes, content_type: str, text: str) -> None:
    assert decoded(body, content_type).lstrip("\ufeff") == text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "zip", "utf-16", "idna", "iso2022_jp", "utf-7"]))
def test_no_bytes_are_beyond_reading(body: bytes, charset: str) -> None:
    assert isinstance(decoded(body, f"text/html; charset={charset}"), str)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_no_page_fails_but_on_purpose(body: bytes) -> None:
    assert parse_article(b"<html>" + body, "text/html", URL).url == URL


def test_control_characters_go_and_zero_width_ones_stay() -> None:
    body = "<div class=s><p>a&#1;b\u200bc\x00d e\u0301</p></div>"

    parsed = parse_article(page(body=body), "text/html", URL, ArticleHints(selector=".s"))

    assert "\x01" not in parsed.text
    assert "\x00" not in parsed.text
    assert "\u200b" in parsed.text
    assert "e\u0301" in parsed.text


def test_an_empty_page_is_gated_and_a_pdf_is_refused() -> None:
    assert parse_article(b"", "text/html", URL).gate == "empty"
    with pytest.raises(PermanentError, match="deal-signed"):
        parse_article(b"%PDF-1.7", "application/pdf", URL)


@pytest.mark.parametrize(
    ("text", "year"),
    [("2024-03-01", 2024), ("Fri, 01 Mar 2024 10:00:00 +0900", 2024), ("0001-01-01", None), ("soon", None)],
)
def test_a_date_is_read_or_left_out(text: str, year: int | None) -> None:
    found = parsed_date(text)

    assert (found and found.year) == year
