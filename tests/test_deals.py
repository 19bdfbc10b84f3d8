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
