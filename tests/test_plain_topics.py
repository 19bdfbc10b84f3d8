"""The reader on plain sentences about rates, takeovers, plants and a maker's output, in six languages."""

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from factdrift.codec import value_to_json
from factdrift.facts.extract.reader import Reader
from factdrift.model import Article
from factdrift.topic import Topic

TOPICS = Path(__file__).parent / "topics"
SEED = TOPICS.parent.parent / "seeds" / "ecb-rates.yaml"
_VALUES = ("percent", "money", "name", "date_from", "rate", "count", "state")
CASES = {  # sentences: (topic, the title they stand under)
    "rates.txt": (SEED, "ECB"),
    "deals.txt": (TOPICS / "deals.yaml", "News on Meridia, Kestrel and Chipco"),
    "maker.txt": (TOPICS / "maker.yaml", "Avion"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_plain_sentence_says_what_it_says(name: str) -> None:
    topic, title = CASES[name]
    reader = Reader(Topic.model_validate(yaml.safe_load(topic.read_text(encoding="utf-8"))))
    lines = (TOPICS / name).read_text(encoding="utf-8").splitlines()
    cases = [[part.strip() for part in line.split("|")] for line in lines if not line.startswith("#")]

    misread = {c[2]: found for c in cases if (found := _told(reader, c[0], c[1], title, c[2])) != c[3]}

    assert misread == {}


def _told(reader: Reader, lang: str, day: str, title: str, text: str) -> str:
    at = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    claims = reader.read(Article("a", "v", "", "", title, text, lang, at, "meta", None, at, "s"))
    claims = tuple(claim for claim in claims if claim.fact and claim.evidence.part == "text")
    told = {f"{claim.fact} {_short(value_to_json(claim.value))} {claim.stage.value}" for claim in claims}
    return ", ".join(sorted(told))


def _short(value: dict[str, object] | None) -> object:
    told = None if value is None else next(value[key] for key in _VALUES if key in value)
    return f"{told:g}" if isinstance(told, float) else told
