"""The reader on single sentences about invented firms: which slot, which value, how far it has come, or no claim."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from factdrift.codec import value_to_json
from factdrift.errors import ConfigError
from factdrift.facts.extract.reader import Reader
from factdrift.facts.extract.vetting import problems_of
from factdrift.model import Article
from factdrift.topic import Topic

AT = datetime(2024, 6, 12, tzinfo=UTC)
RAW = yaml.safe_load((Path(__file__).parent / "topics" / "invented.yaml").read_text(encoding="utf-8"))
READER = Reader(Topic.model_validate(RAW))


def read(text: str, lang: str = "en", title: str = "Orbis and Kaido") -> set[tuple[str, object, str]]:
    """(fact, value, stage) of every claim; a value is its number or word, a rate "number/period"."""
    article = Article("a", "v", "", "", title, text, lang, AT, "meta", None, AT, "s")
    return {(c.fact or c.slot.relation, _short(value_to_json(c.value)), c.stage.value) for c in READER.read(article)}


def _short(value: dict[str, object] | None) -> object:
    if value is None:
        return None
    if "rate" in value:
        return f"{value['rate']}/{value['period']}"
    return next(value[key] for key in ("percent", "money", "state", "name", "count") if key in value)


CASES = {
    "a number in words": ("Orbis holds fifteen per cent of Kaido.", {("orbis-in-kaido", 15.0, "current")}),
    "a fraction in words": ("Orbis owns a third of Kaido.", {("orbis-in-kaido", 33.3, "current")}),
    "a fraction of a stake": ("Orbis may sell a third of its stake in Kaido.", {("orbis-sells", None, "rumoured")}),
    "a level without its unit": (
        "Orbis's holding in Kaido, 43 percent today, would drop to 15.",
        {("orbis-in-kaido", 43.0, "current"), ("orbis-in-kaido", 15.0, "planned")},
    ),
    "one thing shared out": (
        "Kaido will own 51 percent of Voltia and Orbis 49 percent.",
        {("orbis-in-voltia", 49.0, "planned")},
    ),
    "owned by two": (
        "Voltia is 70 percent owned by Kaido and 30 percent by Orbis.",
        {("orbis-in-voltia", 30.0, "current")},
    ),
    "a part that is sold to the holder": (
        "Kaido sells its 51% stake in Voltia to Orbis.",
        {("orbis-in-voltia", None, "agreed")},
    ),
    "a part that is bought, without a number": (
        "Orbis completed the purchase of Kaido's stake in Voltia.",
        {("orbis-in-voltia", None, "completed")},
    ),
    "what a sale leaves": ("The sale leaves Orbis with a 36% stake in Kaido.", {("orbis-in-kaido", 36.0, "current")}),
    "the trust holds": ("The trust holds 18.66% of Kaido.", {("in-trust", 18.66, "current")}),
    "a level that is left": (
        "Orbis's 43.4 percent stake in Kaido will be pared to 15 percent.",
        {("orbis-in-kaido", 43.4, "current"), ("orbis-in-kaido", 15.0, "planned")},
    ),
    "a level told by a word of falling": (
        "Orbis's holding in Kaido drops to 15%.",
        {("orbis-in-kaido", 15.0, "agreed")},
    ),
    "a part that is bought is its owner's": (
        "Tertia is interested in buying Orbis's 36% of Kaido.",
        {("orbis-in-kaido", 36.0, "current")},
    ),
    "a cross-shareholding with a lock-up": (
        "The two companies will retain a 15% cross-shareholding in each other with a lock-up.",
        {("orbis-in-kaido", 15.0, "planned"), ("kaido-in-orbis", 15.0, "planned"), ("floor", 15.0, "planned")},
    ),
    "shares without votes": (
        "Kaido, which owns 15% of Orbis but without voting rights, has long complained.",
        {("kaido-in-orbis", 15.0, "current"), ("votes", False, "current")},
    ),
    "what a name is called": ("Kaido owns 34% of smaller partner Tertia.", {("kaido-in-tertia", 34.0, "current")}),
    "who hands over to whom": (
        "Ann Vale, who became chief executive in 2019, will hand over to Tom Reed on July 1, Orbis said.",
        {("chief", "Tom Reed", "planned")},
    ),
    "taken in passing": ("Orbis rescues Kaido, taking nearly 37 percent.", {("orbis-in-kaido", 37.0, "agreed")}),
    "a block that is sold": ("Orbis sold 5% of Kaido in May.", {("orbis-sells", 5.0, "completed")}),
    "a sale told by the buyer": (
        "Kaido bought back 2.5% of its own shares from Orbis and cancelled them.",
        {("orbis-sells", 2.5, "completed")},
    ),
    "a sale that is talked of": (
        "Kaido is in talks with Orbis to buy part of its stake in Kaido.",
        {("orbis-sells", None, "rumoured")},
    ),
    "a sale by count": (
        "Orbis has sold a first slice of Kaido: 211 million shares, equal to 5% of the capital.",
        {("orbis-sells", 5.0, "completed")},
    ),
    "a level that equals another": (
        "Orbis will cut its stake in Kaido to 15% from 43%, the same as the stake that Kaido holds in Orbis.",
        {("orbis-in-kaido", 15.0, "planned"), ("kaido-in-orbis", 15.0, "current")},
    ),
    "a floor from one level to another": (
        "The minimum each has to keep in the other could be lowered from 15 to 10 per cent.",
        {("floor", 10.0, "agreed")},
    ),
    "a level set off as what holds": (
        "Kaido plans to sell down its interest in Orbis, now 15%, next year.",
        {("kaido-in-orbis", 15.0, "current")},
    ),
    "a share and its parts": (
        "Orbis owns 35.7% of Kaido: 17.05% in its own hands and 18.66% through the trust.",
        {("orbis-in-kaido", 35.7, "current"), ("orbis-in-kaido", 17.05, "current"), ("in-trust", 18.66, "current")},
    ),
    "a shareholder in a relative clause": (
        "Tertia, whose largest shareholder is Kaido with 34%, makes vans.",
        {("kaido-in-tertia", 34.0, "current")},
    ),
    "what is held in a relative clause": (
        "Tertia, in which Kaido holds 24%, makes vans.",
        {("kaido-in-tertia", 24.0, "current")},
    ),
    "a share held now that should fall": (
        "The 43 pct held by Orbis should fall.",
        {("orbis-in-kaido", 43.0, "current")},
    ),
    "a bare possessive": ("Orbis's 43% gives it control of Kaido.", {("orbis-in-kaido", 43.0, "current")}),
    "a fall of the share price": ("Orbis's 5% fall dragged Kaido down.", set()),
    "both ways": (
        "Each partner has 15 per cent of the votes in the other.",
        {("orbis-in-kaido", 15.0, "current"), ("kaido-in-orbis", 15.0, "current"), ("votes", True, "current")},
    ),
    "a right that may be used": (
        "Kaido may now exercise its voting rights in Orbis.",
        {("votes", True, "current")},
    ),
    "shares put in trust": (
        "Orbis has parked the 28.4% of Kaido in a French trust.",
        {("in-trust", 28.4, "completed")},
    ),
    "shares lying in trust": (
        "The 24% of Kaido that Orbis has placed in a trust is for sale.",
        {("in-trust", 24.0, "current")},
    ),
    "somebody else's sum": (
        "Tertia, whose largest shareholder is Kaido, will put up to €200 million into Voltia.",
        set(),
    ),
    "one sum in two currencies": (
        "Kaido will put up to €600 million ($650 million) into Voltia.",
        {("kaido-pays", 600, "planned")},
    ),
    "a rate beside a number in a name": (
        "Orbis builds 38 of its J-37 jets a month.",
        {("rate", "38/month", "current")},
    ),
    "a rate from one level to another": (
        "Orbis plans to raise J37 output from 38 to 42 a month.",
        {("rate", "42/month", "planned")},
    ),
    "a cap is no output": (
        "The Aviation Agency capped output of the J37 at 38 a month.",
        {("cap", "38/month", "completed")},
    ),
    "a cap that stands": (
        "The J37 of Orbis is capped at 38 a month by the Aviation Agency.",
        {("cap", "38/month", "current")},
    ),
    "jobs": ("Orbis will cut 17,000 jobs, or 10% of its staff.", {("job-cuts", 17000, "planned")}),
    "a level by the topic's own words": (
        "Orbis agreed to a pay rise of 38% over four years.",
        {("wage-rise", 38.0, "agreed")},
    ),
    "the size of a majority": ("Workers rejected the pay rise offered by Orbis by 94.6 per cent.", set()),
    "a state by the topic's own words": ("Workers at Orbis went on strike on Friday.", {("strike", True, "current")}),
    "a state that is over": ("The strike at Orbis has ended.", {("strike", True, "cancelled")}),
    "who follows whom": (
        "Tom Reed replaces Ann Vale as chief executive of Orbis.",
        {("chief", "Tom Reed", "completed")},
    ),
    "an office behind an aside": (
        "Tom Reed, 64, who once ran a bank, will become chief executive of Orbis in August.",
        {("chief", "Tom Reed", "planned")},
    ),
    "a chief who goes": (
        "Orbis boss Ann Vale is to step down.",
        {("chief", "Ann Vale", "current"), ("chief", None, "planned")},
    ),
    "a noun that is a verb elsewhere": ("The list of plants that Orbis shares with Kaido is short.", set()),
    "a month that is a word elsewhere": (
        "With effect from 10 May, Orbis will cut its stake in Kaido to 15%.",
        {("orbis-in-kaido", 15.0, "planned")},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_sentence_says_what_it_says(name: str) -> None:
    text, expected = CASES[name]
    assert read(text) == expected


TONGUES = {
    "fr: whose the noun is": (
        "La participation d'Orbis, 43 % aujourd'hui, tomberait à 15.",
        {("orbis-in-kaido", 43.0, "current"), ("orbis-in-kaido", 15.0, "rumoured")},
    ),
    "fr: two names behind the number": (
        "La participation de 36 % d'Orbis dans Kaido a été dépréciée.",
        {("orbis-in-kaido", 36.0, "current")},
    ),
    "fr: at least is not minus": (
        "Les deux groupes s'engagent à conserver au moins 10 % l'un de l'autre.",
        {("floor", 10.0, "agreed")},
    ),
    "fr: shares without votes": (
        "Les 15 % de Kaido dans Orbis n'ont pas de droits de vote.",
        {("votes", False, "current"), ("kaido-in-orbis", 15.0, "current")},
    ),
    "fr: a seller right behind the verb": (
        "Orbis rachète à Kaido sa part de 51 % dans Voltia.",
        {("orbis-in-voltia", None, "agreed")},
    ),
    "de: shares after a sale": (
        "Orbis hält nach dem Verkauf noch 35,7 Prozent an Kaido.",
        {("orbis-in-kaido", 35.7, "current")},
    ),
    "de: in which": ("Kaido, an dem Orbis 36 Prozent hält, schrieb Verlust.", {("orbis-in-kaido", 36.0, "current")}),
    "de: the verb last": (
        "Der Anteil von Orbis an Kaido, heute 43 Prozent, soll auf 15 sinken.",
        {("orbis-in-kaido", 43.0, "current"), ("orbis-in-kaido", 15.0, "planned")},
    ),
    "de: of and to alike": (
        "Kaido verkauft seine 51 Prozent an Voltia an Orbis.",
        {("orbis-in-voltia", None, "agreed")},
    ),
    "de: the largest shareholder": (
        "Mit 36 Prozent ist Orbis größter Aktionär von Kaido.",
        {("orbis-in-kaido", 36.0, "current")},
    ),
    "es: shared out": ("Kaido tendrá el 51 % de Voltia y Orbis el 49 %.", {("orbis-in-voltia", 49.0, "planned")}),
    "it: the latter": (
        "Orbis ha il 43% di Kaido; quest'ultima ha il 15% di Orbis.",
        {("orbis-in-kaido", 43.0, "current"), ("kaido-in-orbis", 15.0, "current")},
    ),
    "ja: the trust holds": ("信託会社がカイドー株の18.66%を保有する。", {("in-trust", 18.66, "current")}),
}


@pytest.mark.parametrize("name", TONGUES)
def test_a_sentence_says_so_in_other_languages_too(name: str) -> None:
    text, expected = TONGUES[name]
    assert read(text, name[:2], "オービスとカイドー" if name.startswith("ja") else "Orbis, Kaido") == expected


def test_a_german_word_that_means_of_and_from_leaves_the_number_where_it_stands() -> None:
    assert read("Orbis gewährt eine Lohnerhöhung von 38 Prozent.", "de", "Orbis") == {("wage-rise", 38.0, "current")}


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("Orbis's stake in Kaido fell to 30 percent.", None),
        ("Orbis's stake in Kaido fell below 30 percent.", "max"),
        ("Orbis's stake in Kaido fell below the threshold, to 30 percent.", None),
        ("Orbis may take up to 30 percent of Kaido.", "max"),
    ],
)
def test_a_share_that_went_below_a_number_is_bounded_by_it(text: str, bound: str | None) -> None:
    at = datetime(2023, 7, 26, tzinfo=UTC)
    (claim,) = READER.read(Article("a", "v", "", "", "", text, "en", at, "meta", None, at, "s"))

    assert claim.bound == bound


def test_an_unknown_relation_a_concept_and_a_value_of_the_wrong_kind_are_named_with_the_way_out() -> None:
    facts = {fact["name"]: dict(fact) for fact in RAW["facts"]}
    facts["cap"]["relation"] = "limitz"
    facts["wage-rise"]["about"] = ["wagez"]
    facts["job-cuts"]["value"] = "percent"
    facts["strike"]["words"] = {}
    facts["chief"]["people"] = []
    facts["rate"]["seed"] = [{"stage": "current", "value": {"count": 38, "per": "month"}, "quote": "x"}]

    problems = problems_of(Topic.model_validate({**RAW, "facts": list(facts.values())}))

    assert [problem.split(":")[0] for problem in problems] == [
        "facts.rate.seed.0.value",
        "facts.cap.relation",
        "facts.job-cuts.value",
        "facts.wage-rise.about",
        "facts.strike.words",
        "facts.chief.people",
    ]
    assert "limits" in problems[1]


def test_a_topic_that_cannot_be_read_stops_the_reader() -> None:
    broken = {**RAW, "facts": [{**RAW["facts"][0], "relation": "holdz_stake"}]}

    with pytest.raises(ConfigError, match="holds_stake"):
        Reader(Topic.model_validate(broken))


def test_what_each_holds_is_news_where_the_story_begins_with_a_completion() -> None:
    closing, standing = (
        f"{lead} Each company holds 15 percent of the other, with voting rights."
        for lead in ("Orbis and Kaido completed the overhaul of their alliance on Wednesday.", "Orbis met Kaido.")
    )

    assert _mentions(closing) == {"news"}
    assert _mentions(standing) == {"background"}


def _mentions(text: str) -> set[str]:
    article = Article("a", "v", "", "", "Orbis and Kaido", text, "en", AT, "meta", None, AT, "s")
    return {claim.mention.value for claim in READER.read(article) if claim.fact in ("orbis-in-kaido", "kaido-in-orbis")}
