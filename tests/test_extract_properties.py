"""What holds of the reader whatever it is given: quotes that are there, the same answer twice, no fear of any text."""

import json
import random
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factdrift.facts.extract.reader import Reader
from factdrift.model import Article, Claim
from factdrift.topic import Topic, load_topic

ROOT = Path(__file__).parent.parent
PAGES = [
    json.loads(line)
    for line in (ROOT / "seeds" / "recorded" / "nissan-renault.pages.jsonl").read_text(encoding="utf-8").splitlines()
]
TOPIC = load_topic(ROOT / "seeds" / "nissan-renault.yaml")
LANGUAGES = ("en", "fr", "de", "es", "it", "ja")
IRRELEVANT = {
    "en": "The weather in Lisbon was mild on that day.",
    "fr": "Le temps était doux à Lisbonne ce jour-là.",
    "de": "Das Wetter in Lissabon war an jenem Tag mild.",
    "es": "El tiempo en Lisboa era suave aquel día.",
    "it": "A Lisbona quel giorno il tempo era mite.",
    "ja": "その日のリスボンの天気は穏やかだった。",
}
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def reader() -> Reader:
    return Reader(TOPIC)


def article(text: str, *, title: str = "", lang: str = "en", published: str = "2023-07-26") -> Article:
    at = datetime.fromisoformat(published).replace(tzinfo=UTC)
    return Article("a", "v", "https://news.example/1", "Daily", title, text, lang, at, "feed", None, at, "s")


def recorded(page: dict[str, str]) -> Article:
    return article(page["text"], title=page.get("title", ""), lang=page["lang"], published=page["published"][:10])


def assert_evidence_is_there(given_article: Article, claims: Iterable[Claim]) -> None:
    for claim in claims:
        part = given_article.title if claim.evidence.part == "title" else given_article.text
        evidence = claim.evidence
        assert part[evidence.start : evidence.end] == evidence.exact
        assert evidence.exact.strip()
        assert part[: evidence.start].endswith(evidence.prefix)
        assert part[evidence.end :].startswith(evidence.suffix)
        assert evidence.start <= claim.cue[0] <= claim.cue[1] <= evidence.end
        for _, start, end in claim.corefs:
            assert evidence.start <= start < end <= evidence.end


WORDS = sorted({word for page in PAGES[::4] for word in page["text"].split()})
pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(
        ["Renault", "Nissan", "ルノー", "日産", "15%", "15 per cent", "28.4 %", "6億ユーロ", "€600 million", "."]
    ),
    st.sampled_from(
        ["\u200b", "\u202e", "\u2066", "\ufeff", "\x00", "\x1b[2J", "<b>", "&nbsp;", "\n\n", "\r", "\u00a0", "’"]
    ),
    st.text(max_size=6),
)
any_text = st.lists(pieces, max_size=60).map(" ".join) | st.text(max_size=300)


@FEW
@given(text=any_text, title=any_text, lang=st.sampled_from(LANGUAGES))
def test_whatever_the_text_a_claim_stands_in_it_letter_by_letter(text: str, title: str, lang: str):
    given_article = article(text, title=title, lang=lang)

    assert_evidence_is_there(given_article, reader().read(given_article))


def test_every_quote_of_the_recorded_pages_stands_in_its_page():
    for page in PAGES:
        given_article = recorded(page)

        assert_evidence_is_there(given_article, reader().read(given_article))


def shuffled(topic: Topic, seed: int) -> Topic:
    facts = list(topic.facts)
    random.Random(seed).shuffle(facts)
    return topic.model_copy(update={"facts": tuple(facts)})


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_facts_changes_no_claim(seed: int):
    other = Reader(shuffled(TOPIC, seed))

    differing = [page["id"] for page in PAGES if other.read(recorded(page)) != reader().read(recorded(page))]

    assert differing == []


def test_a_second_reader_and_a_second_reading_say_the_same():
    other = Reader(TOPIC)
    for page in PAGES:
        first = reader().read(recorded(page))

        assert reader().read(recorded(page)) == first
        assert other.read(recorded(page)) == first


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_irrelevant_sentence_at_the_end_changes_no_claim(lang: str):
    differing = []
    for page in (page for page in PAGES if page["lang"] == lang):
        before = recorded(page)
        after = replace(before, text=f"{before.text}\n\n{IRRELEVANT[lang]}")
        if without_suffix(reader().read(before)) != without_suffix(reader().read(after)):
            differing.append(page["id"])

    assert differing == []


def without_suffix(claims: Iterable[Claim]) -> list[Claim]:
    return [replace(claim, evidence=replace(claim.evidence, suffix="")) for claim in claims]


# --- hostile text ---


PROSE = " ".join(page["text"] for page in PAGES if page["lang"] == "en")
HOSTILE = {
    "prose without end": ("en", PROSE),
    "one sentence full of claims": ("en", "Renault and Nissan hold 15 per cent of shares and "),
    "one sentence of percentages in Japanese": ("ja", "日産とルノーは15%の株式を"),
    "a name after the other": ("en", "Renault "),
    "a name glued to itself": ("en", "Renault"),
    "digits": ("en", "Renault 1111111"),
    "thousands": ("en", "Renault 15,000,"),
    "percentages": ("en", "Renault owns 15%, "),
    "points": ("en", "Renault. . . ."),
    "quotation marks": ("en", "Renault “said ‘"),
    "brackets": ("fr", "Renault ((( Nissan [["),
    "dates": ("de", "Renault am 26. Juli 2023 und "),
    "nested markup": ("en", "<div><b>Renault</b>&amp;"),
    "zero-width characters": ("en", "Renault \u200b\u200c\u200d\ufeff"),
    "right-to-left marks": ("en", "Renault \u202e\u2066%51\u2069\u202c "),
    "control characters": ("en", "Renault \x00\x07\x1b[2J\x9b "),
    "white space": ("en", "Renault \n \t\r\u00a0\u2003 "),
    "combining marks": ("en", "Renault é\u0301\u0301\u0301 "),
    "surrogate-like and private": ("en", "Renault \U0010ffff\ue000\U0001f697 "),
}


def of_length(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def seconds_for(text: str, lang: str) -> float:
    started = time.perf_counter()
    claims = reader().read(article(text, lang=lang))
    took = time.perf_counter() - started
    assert_evidence_is_there(article(text, lang=lang), claims)
    return took


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_time_grows_with_the_length_and_not_with_its_square(name: str):
    """Four times the text may take four times as long; sixteen times would be the square. 10 leaves room for noise,
    3 s for a slow machine: no article of 40,000 characters takes longer."""
    lang, piece = HOSTILE[name]
    seconds_for("Renault.", lang)  # the lexicon is loaded

    short = min(seconds_for(of_length(piece, 10_000), lang) for _ in range(2))
    long = seconds_for(of_length(piece, 40_000), lang)

    assert long < min(3, max(0.5, 10 * short))


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_sentence_of_a_megabyte_and_a_text_of_five_are_read_in_minutes(name: str):
    lang, piece = HOSTILE[name]

    assert seconds_for(of_length(piece, 1_000_000), lang) < 120
    assert seconds_for(of_length(piece + "\n\n", 5_000_000), lang) < 300


def test_five_megabytes_about_something_else_take_a_moment():
    text = of_length("The council of the town met on Monday to talk about the bridge over the river. ", 5_000_000)

    assert reader().read(article(text)) == ()
    assert seconds_for(text, "en") < 5


# --- look-alikes, marks and markup inside names and numbers ---

CLAIM = "Renault now holds 15 per cent of Nissan."
LOOKALIKES = {
    "Cyrillic e": ("Renault", "R\u0435nault"),
    "Cyrillic a": ("Nissan", "Niss\u0430n"),
    "Greek alpha": ("Nissan", "Niss\u03b1n"),
    "dotless i": ("Nissan", "N\u0131ssan"),
    "digit for a letter": ("Renault", "Renau1t"),
    "mathematical bold": ("Nissan", "\U0001d40d\U0001d422\U0001d42c\U0001d42c\U0001d41a\U0001d427"),
    "accent": ("Renault", "R\u00e9nault"),
    "longer name": ("Nissan", "Nissanfoo"),
}


def test_the_plain_sentence_makes_the_claim():
    (claim,) = reader().read(article(CLAIM))

    assert claim.fact == "renault-stake-in-nissan"


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_name_in_look_alike_letters_is_not_the_entity(name: str):
    """A page must not make a belief move with a name that only looks right: homographs are a known deceit."""
    plain, disguised = LOOKALIKES[name]

    assert "renault-stake-in-nissan" not in {c.fact for c in reader().read(article(CLAIM.replace(plain, disguised)))}


@pytest.mark.parametrize("mark", ["\u200b", "\u200d", "\u00ad", "\u202e", "\u2066", "\ufeff", "\x00"])
@pytest.mark.parametrize("inside", ["1{}5", "{}15", "15{} per", "Re{}nault", "per{} cent"])
def test_invisible_characters_give_the_same_claim_or_none(mark: str, inside: str):
    text = CLAIM.replace(inside.format(""), inside.format(mark))
    found = reader().read(article(text))
    assert_evidence_is_there(article(text), found)

    assert {(c.fact, c.value) for c in found} <= {(c.fact, c.value) for c in reader().read(article(CLAIM))}


@pytest.mark.parametrize(
    "text",
    [
        "<p>Renault now holds <b>15 per cent</b> of Nissan.</p>",
        "Renault&nbsp;now holds 15&nbsp;per cent of Nissan.",
        "Renault now holds 15 per cent<sup>43</sup> of Nissan.",
        '<a title="Renault holds 99 per cent of Nissan" href="x">Renault now holds 15 per cent of Nissan.</a>',
    ],
)
def test_markup_left_in_the_text_raises_nothing_and_stays_in_the_quote(text: str):
    found = reader().read(article(text))

    assert_evidence_is_there(article(text), found)


@pytest.mark.parametrize("published", ["1993-07-26", "2056-07-26", "0001-01-01", "9999-12-31"])
def test_a_date_that_is_far_off_raises_nothing(published: str):
    for page in PAGES[::6]:
        given_article = article(page["text"], lang=page["lang"], published=published)

        assert_evidence_is_there(given_article, reader().read(given_article))


def test_a_text_in_another_language_than_the_page_says_raises_nothing():
    for number, page in enumerate(PAGES):
        given_article = article(page["text"], lang=LANGUAGES[number % len(LANGUAGES)])

        assert_evidence_is_there(given_article, reader().read(given_article))


def test_lone_surrogates_raise_nothing():
    given_article = article(f"{CLAIM} \ud800 {CLAIM}")

    assert_evidence_is_there(given_article, reader().read(given_article))
