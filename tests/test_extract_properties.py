"""What holds of the reader whatever it is given: quotes that are there, the same answer twice, no fear of hostile text."""

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
