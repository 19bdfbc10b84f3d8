"""The labelled pages of the second topic: literal quotes, tracked facts, values of the right kind."""

import json
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from factdrift.codec import value_from_json
from factdrift.model import Count, DateSpan, Mention, Money, Name, Ordinal, Percent, Rate, Stage, State, Years
from factdrift.topic import Entity, FactSpec, Topic, load_topic, read_seed_article

ROOT = Path(__file__).parent.parent
KINDS = {
    "percent": Percent,
    "money": Money,
    "date": DateSpan,
    "state": State,
    "name": Name,
    "ordinal": Ordinal,
    "year": Years,
    "count": Count,
    "rate": Rate,
}
NUMBER_WORDS: dict[float, tuple[str, ...]] = {0.0: ("zero", "zéro", "null"), 2.0: ("two", "zwei")}


def rows(name: str) -> list[dict[str, Any]]:
    lines = (ROOT / "tests" / "corpus" / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def topic() -> Topic:
    return load_topic(ROOT / "seeds" / "ecb-rates.yaml")


@pytest.fixture(scope="module")
def pages() -> dict[str, dict[str, Any]]:
    return {page["id"]: page for page in rows("ecb.pages.jsonl")}


@pytest.fixture(scope="module")
def claims() -> list[tuple[str, dict[str, Any]]]:
    return [(page["id"], claim) for page in rows("ecb.gold.jsonl") for claim in page["claims"]]


def written(text: str) -> str:
    """The text with full-width digits and every decimal sign made plain."""
    return unicodedata.normalize("NFKC", text).replace("・", ".").replace(",", ".").replace("minus ", "-")


def says(quote: str, number: float) -> bool:
    forms = {f"{number:g}", f"{number:.1f}", f"{number:.2f}"}
    stands = any(re.search(rf"(?<![\d.-]){re.escape(form)}(?!\.?\d)", written(quote)) for form in forms)
    return stands or any(word in quote for word in NUMBER_WORDS.get(number, ()))


@pytest.mark.parametrize(
    ("quote", "number"), [("auf 3,75 Prozent", 3.75), ("minus 0,5 Prozent", -0.5), ("２・０％", 2.0)]
)
def test_a_number_is_found_as_it_is_written(quote: str, number: float) -> None:
    assert says(quote, number)


@pytest.mark.parametrize(("quote", "number"), [("to 2.5%", 2.0), ("to 12.5%", 2.5), ("-0.5%", 0.5)])
def test_a_part_of_a_number_is_not_that_number(quote: str, number: float) -> None:
    assert not says(quote, number)


def test_topic_has_seed_facts_and_open_facts(topic: Topic) -> None:
    seeded = [fact for fact in topic.facts if fact.seed]

    assert len(seeded) >= 10
    assert len(seeded) < len(topic.facts)


def test_each_seed_number_stands_in_its_quote(topic: Topic) -> None:
    missing = [
        (fact.name, seed.value)
        for fact in topic.facts
        for seed in fact.seed
        if isinstance(value := value_from_json(seed.value), Percent) and not says(seed.quote, value.percent)
    ]

    assert missing == []


def test_seed_levels_keep_the_noughts_they_were_stated_with(topic: Topic) -> None:
    """A level of 0.00 % read as "0 to no decimals" would equal 0.50 %, and the first rate rise would be no change."""
    seed = topic.fact_by_name["ecb-refi-rate"].seed[0]

    assert value_from_json(seed.value) == Percent(0.0, 2)


def test_seed_article_is_older_than_the_first_rise(topic: Topic) -> None:
    article = read_seed_article(ROOT / "seeds" / topic.seed_article)

    assert article.published == date(2022, 7, 8)


def test_pages_and_labels_name_the_same_pages(pages: dict[str, dict[str, Any]]) -> None:
    labels = {label["id"]: (label["lang"], label["published"]) for label in rows("ecb.gold.jsonl")}

    assert labels == {page["id"]: (page["lang"], page["published"]) for page in pages.values()}


def test_pages_cover_six_languages_and_are_split_in_halves(pages: dict[str, dict[str, Any]]) -> None:
    languages = Counter(page["lang"] for page in pages.values())
    splits = Counter(page["split"] for page in pages.values())

    assert len(pages) >= 45
    assert set(languages) == {"en", "fr", "de", "es", "it", "ja"}
    assert abs(splits["look"] - splits["score"]) <= len(languages) + 1


def test_some_pages_of_each_half_claim_nothing(pages: dict[str, dict[str, Any]]) -> None:
    silent = [pages[label["id"]]["split"] for label in rows("ecb.gold.jsonl") if not label["claims"]]

    assert len(silent) >= 6
    assert set(silent) == {"look", "score"}


def test_each_quote_is_literally_in_its_page(
    pages: dict[str, dict[str, Any]], claims: list[tuple[str, dict[str, Any]]]
) -> None:
    strangers = [
        (page, claim["quote"])
        for page, claim in claims
        if claim["quote"] not in pages[page]["text"] and claim["quote"] != pages[page]["title"]
    ]

    assert strangers == []


def test_each_claim_names_a_tracked_fact_with_a_value_of_its_kind(
    topic: Topic, claims: list[tuple[str, dict[str, Any]]]
) -> None:
    wrong = []
    for page, claim in claims:
        spec = topic.fact_by_name.get(claim["fact"])
        kinds = tuple(KINDS[kind] for kind in (spec.value, *spec.also_value)) if spec else ()
        value = value_from_json(claim["value"])
        if value is not None and not isinstance(value, kinds):
            wrong.append((page, claim["fact"], claim["value"]))

    assert wrong == []


def test_each_percentage_stands_in_its_quote(claims: list[tuple[str, dict[str, Any]]]) -> None:
    missing = [
        (page, claim["fact"], claim["value"])
        for page, claim in claims
        if isinstance(value := value_from_json(claim["value"]), Percent) and not says(claim["quote"], value.percent)
    ]

    assert missing == []


def test_labels_use_only_known_stages_and_mentions(claims: list[tuple[str, dict[str, Any]]]) -> None:
    used = {stage for _, claim in claims for stage in (claim["stage"], *claim.get("alt_stage", ()))}
    mentions = {claim["mention"] for _, claim in claims}

    assert used <= set(Stage)
    assert mentions == set(Mention)


def test_a_page_claims_a_fact_value_and_stage_once(claims: list[tuple[str, dict[str, Any]]]) -> None:
    keys = Counter((page, c["fact"], json.dumps(c["value"], sort_keys=True), c["stage"]) for page, c in claims)

    assert [key for key, times in keys.items() if times > 1] == []


def test_guide_to_a_new_topic_explains_each_relation_of_this_topic(topic: Topic) -> None:
    guide = (ROOT / "docs" / "new-topic.md").read_text(encoding="utf-8")
    examples = dict(re.findall(r"^\| [^|]+ \| `(\w+)` \| \w+ \| `([\w-]+)` \|$", guide, re.M))

    assert set(examples) == {fact.relation for fact in topic.facts}
    assert all(topic.fact_by_name[fact].relation == relation for relation, fact in examples.items())


def test_guide_to_a_new_topic_explains_each_key() -> None:
    guide = (ROOT / "docs" / "new-topic.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"`(\w+)`", guide))

    assert set(FactSpec.model_fields) - explained == set()
    assert set(Entity.model_fields) - explained == set()
