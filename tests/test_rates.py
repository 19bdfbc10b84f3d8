"""The reader on plain sentences about the second topic's rates, forecasts and members, in six languages."""

from datetime import datetime
from pathlib import Path

from factdrift.codec import value_to_json
from factdrift.facts.extract.reader import Reader
from factdrift.model import Article
from factdrift.topic import load_topic

TESTS = Path(__file__).parent
READER = Reader(load_topic(TESTS.parent / "seeds" / "ecb-rates.yaml"))
_VALUES = ("percent", "name", "date_from", "state")


def test_each_plain_sentence_says_what_it_says() -> None:
    lines = (TESTS / "topics" / "rates.txt").read_text(encoding="utf-8").splitlines()
    cases = [[part.strip() for part in line.split("|")] for line in lines if not line.startswith("#")]

    misread = {text: found for lang, day, text, wanted in cases if (found := _told(lang, day, text)) != wanted}

    assert misread == {}


def _told(lang: str, day: str, text: str) -> str:
    at = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    claims = READER.read(Article("a", "v", "", "", "ECB", text, lang, at, "meta", None, at, "s"))
    told = {(claim.fact, _short(value_to_json(claim.value)), claim.stage.value) for claim in claims if claim.fact}
    return ", ".join(sorted(" ".join(map(str, claim)) for claim in told))


def _short(value: dict[str, object] | None) -> object:
    return None if value is None else next(value[key] for key in _VALUES if key in value)
