"""The reader on takeovers, rescues and plants of invented names: who does it, how far it is, and what is not said."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from factdrift.codec import value_to_json
from factdrift.facts.extract.reader import Reader
from factdrift.model import Article
from factdrift.topic import Topic

AT = datetime(2024, 6, 12, tzinfo=UTC)
TOPIC = Path(__file__).parent / "topics" / "deals.yaml"
READER = Reader(Topic.model_validate(yaml.safe_load(TOPIC.read_text(encoding="utf-8"))))
_VALUES = ("percent", "money", "state", "name", "count", "date_from")


def read(text: str, lang: str, title: str) -> set[tuple[str, object, str]]:
    """(fact, value, stage) of every claim of the text, the title's left out."""
    article = Article("a", "v", "", "", title, text, lang, AT, "meta", None, AT, "s")
    claims = [c for c in READER.read(article) if c.evidence.part == "text"]
    return {(c.fact or c.slot.relation, _short(value_to_json(c.value)), c.stage.value) for c in claims}


def _short(value: dict[str, object] | None) -> object:
    return None if value is None else next(value[key] for key in _VALUES if key in value)


# what it shows: (language, sentence, claims)
PERMITS = {
    "an authority that refuses": (
        "en",
        "The Competition Board on Wednesday vetoed the takeover.",
        {("watchdog-clears", True, "denied")},
    ),
    "a refusal in the passive": (
        "en",
        "The takeover was blocked by the Competition Board in April.",
        {("watchdog-clears", True, "denied")},
    ),
    "what is only sought": ("en", "The Competition Board may move to block the takeover.", set()),
    "what is not refused": ("en", "The Competition Board did not block the deal.", set()),
    "one of two authorities": (
        "en",
        "The Union Commission cleared the takeover on Monday.",
        {("commission-clears", True, "completed")},
    ),
    "each of two authorities": (
        "en",
        "The Union Commission cleared the takeover, which the Competition Board had blocked in April.",
        {("commission-clears", True, "completed"), ("watchdog-clears", True, "denied")},
    ),
    "a permission that is needed": ("en", "The deal still needs the approval of the Union Commission.", set()),
    "a permission as a condition": (
        "en",
        "Work can start six months after the Union Commission clears the deal.",
        set(),
    ),
    "a permission that is expected": (
        "en",
        "Approval of the deal by the Union Commission is expected in July.",
        {("commission-clears", True, "planned")},
    ),
    "refused in German": (
        "de",
        "Die Competition Board hatte den Zukauf im April untersagt.",
        {("watchdog-clears", True, "denied")},
    ),
    "needed in German": ("de", "Die Unionskommission muss der Übernahme noch zustimmen.", set()),
    "refused in French": (
        "fr",
        "Le Competition Board a bloqué l'opération mercredi.",
        {("watchdog-clears", True, "denied")},
    ),
    "needed in Spanish": ("es", "La operación necesita el visto bueno de la Comisión de la Unión.", set()),
    "refused in Italian": (
        "it",
        "Il Competition Board ha bloccato l'operazione.",
        {("watchdog-clears", True, "denied")},
    ),
}


@pytest.mark.parametrize(("lang", "text", "claims"), PERMITS.values(), ids=PERMITS)
def test_a_permission_is_its_own_authoritys(lang: str, text: str, claims: set[tuple[str, object, str]]) -> None:
    """What an authority allows or refuses is a claim of that authority alone; what is awaited is none."""
    assert read(text, lang, "Meridia and Kestrel: the Meridia-Kestrel deal") == claims


# The same, of takeovers, their prices and other sums, plants and offices.
TOLD = {
    "a sale to the buyer": (
        "en",
        "Norra sold Velgas to the state for 500 million euros.",
        {("nationalised", True, "completed"), ("paid-to-norra", 500.0, "completed")},
    ),
    "a verb behind the sum": (
        "de",
        "Meridia hatte den Spielekonzern im Oktober für 69 Milliarden Dollar gekauft.",
        {("takeover", True, "completed"), ("price", 69.0, "completed")},
    ),
    "a description that tells of it": (
        "fr",
        "Meridia a finalisé vendredi le rachat de Kestrel pour 69 milliards de dollars.",
        {("takeover", True, "completed"), ("price", 69.0, "completed")},
    ),
    "what a relative clause says of it": (
        "en",
        "The takeover of Kestrel by Meridia, which closed in May, was its largest.",
        {("takeover", True, "completed")},
    ),
    "another firm that is bought": (
        "en",
        "Meridia, which bought Zenith for $7.5 billion last year, said no more.",
        set(),
    ),
    "what something else is about": ("en", "Meridia and Kestrel extended the deadline for their merger.", set()),
    "a lawsuit against it": ("en", "A judge threw out a petition against Meridia's purchase of Kestrel.", set()),
    "what came after it": ("en", "Meridia and Plume work together after the takeover of Kestrel.", set()),
    "what it could lead to": ("en", "The takeover of Kestrel by Meridia could lead to higher prices.", set()),
    "a part that is taken over": ("en", "Meridia takes over 30 percent of Kestrel.", set()),
    "a worth with debts": ("en", "Meridia's bid values Kestrel at 8.3 billion dollars including debt.", set()),
    "a fee and not a price": (
        "en",
        "Meridia will pay Kestrel a termination fee of $3 billion.",
        {("fee", 3.0, "planned")},
    ),
    "a fee with a condition behind it": (
        "en",
        "Meridia's termination fee to Kestrel rises to $3.5 billion if the deal is not done by August.",
        {("fee", 3.5, "planned")},
    ),
    "levels that are left and parts": (
        "en",
        "Hartland Bank lifted the credit line of Velgas to 9 billion euros from 2 billion.",
        {("credit-line", 9.0, "completed")},
    ),
    "a currency that is named once": (
        "en",
        "Hartland Bank cut the credit line of Velgas, once 18 billion euros, to 3 billion.",
        {("credit-line", 3.0, "completed")},
    ),
    "what a thing done is to bring about": (
        "en",
        "The Competition Board filed a complaint on Thursday seeking to stop the deal.",
        {("lawsuit", True, "completed")},
    ),
    "a plant by the town where it stands": (
        "en",
        "Chipco will spend 4 billion euros on two chip factories in the old town of Brimford.",
        {("plant", True, "planned"), ("plant-money", 4.0, "planned")},
    ),
    "the plant spoken of before": (
        "en",
        "Chipco plans a factory in Brimford. The site will create 300 jobs.",
        {("plant", True, "planned"), ("plant-jobs", 300.0, "planned")},
    ),
    "another plant spoken of before": (
        "en",
        "Chipco plans a factory in Coldwater. The site will create 300 jobs.",
        set(),
    ),
    "the plant in a place of its own": ("en", "The factory in Coldwater will create 300 jobs.", set()),
    "two things with a date each": (
        "en",
        "Construction of the Brimford plant is due to begin in 2025 and production is planned to start in 2027.",
        {("plant-start", "2027-01-01", "planned"), ("plant-works", "2025-01-01", "planned")},
    ),
    "a plant in German": (
        "de",
        "Das Brimforder Werk soll 300 Arbeitsplätze schaffen.",
        {("plant-jobs", 300.0, "planned")},
    ),
    "a plant in French": (
        "fr",
        "L'usine géante de Brimford doit créer 300 emplois.",
        {("plant", True, "planned"), ("plant-jobs", 300.0, "planned")},
    ),
    "a plant in Spanish": (
        "es",
        "La fábrica de Brimford creará 300 empleos.",
        {("plant", True, "planned"), ("plant-jobs", 300.0, "planned")},
    ),
    "a plant in Italian": (
        "it",
        "Lo stabilimento di Brimford creerà 300 posti di lavoro.",
        {("plant", True, "planned"), ("plant-jobs", 300.0, "planned")},
    ),
    "what a seller gets": (
        "en",
        "The state will take over Velgas. Norra gets 480 million euros for its shares.",
        {("nationalised", True, "planned"), ("paid-to-norra", 480.0, "agreed")},
    ),
    "what a seller gets, in German": (
        "de",
        "Der Staat übernimmt Velgas. Norra bekommt für seine Aktien 480 Millionen Euro.",
        {("nationalised", True, "agreed"), ("paid-to-norra", 480.0, "agreed")},
    ),
    "fresh money and a price in one sentence": (
        "en",
        "Hartland will inject 8 billion euros into Velgas and buy Norra's shares for 480 million euros.",
        {("paid-to-norra", 480.0, "planned")},
    ),
    "two chiefs at once": (
        "en",
        "Ann Lane and Tom Moss were named co-chief executives of Chipco.",
        {("chief", "Ann Lane", "completed"), ("chief", "Tom Moss", "completed")},
    ),
    "a share that the partners hold each": (
        "en",
        "Hartland holds 70 percent of Velgas, the two partners 10 percent each.",
        {("state-share", 70.0, "current")},
    ),
    "a plant near another place": ("en", "Chipco will build a plant near Coldwater.", set()),
    "a chief who speaks of something else": (
        "en",
        "Chipco will no longer go ahead with its project, chief executive Ann Lane said.",
        {("chief", "Ann Lane", "current")},
    ),
    "a headcount beside a cut in percent": (
        "en",
        "Chipco wants to have 75,000 employees by December, after cutting 15% of its jobs.",
        set(),
    ),
    "a unit of the group": ("en", "Acme, part of the Chipco group, will cut 7,500 jobs.", set()),
    "an unknown investor": ("en", "Acme has agreed to cut 7,500 jobs.", set()),
}


@pytest.mark.parametrize(("lang", "text", "claims"), TOLD.values(), ids=TOLD)
def test_a_deal_is_told_by_those_who_make_it(lang: str, text: str, claims: set[tuple[str, object, str]]) -> None:
    """A takeover, its price and other sums are claims only of those of whom the sentence tells them."""
    assert read(text, lang, "Chipco, Velgas, Meridia and Kestrel") == claims
