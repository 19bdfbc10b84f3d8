"""Plain sentences in six languages about invented firms: each says what `tests/sentences` has beside it, no more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from factdrift.codec import value_to_json
from factdrift.facts.extract.reader import Reader
from factdrift.model import Article, Claim
from factdrift.topic import Topic

AT = datetime(2023, 7, 28, tzinfo=UTC)
HERE = Path(__file__).parent
TITLES = {"ja": "オービスとカイドー"}
FILES = sorted((HERE / "sentences").glob("*.txt"))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Topic.model_validate(yaml.safe_load((HERE / "topics" / "two-makers.yaml").read_text("utf-8"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_plain_sentence_says_what_it_says(reader: Reader, path: Path) -> None:
    cases = [line.split(" | ") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]

    misread = {text: found for text, wanted in cases if (found := _read(reader, text, path.stem)) != wanted}

    assert len(cases) > 25
    assert misread == {}


def _read(reader: Reader, text: str, language: str) -> str:
    title = TITLES.get(language, "Orbis, Kaido")
    article = Article("a", "v", "", "", title, text, language, AT, "meta", None, AT, "s")
    return ", ".join(sorted(f"{c.fact} {_short(c)} {c.stage.value}" for c in reader.read(article) if c.fact))


def _short(claim: Claim) -> str:
    if claim.value is None:
        return "-"
    found = value_to_json(claim.value)
    shown = next(found[key] for key in ("percent", "money", "state", "name", "ordinal", "date_from") if key in found)
    return f"{shown:g}" if isinstance(shown, float) else str(shown).lower() if isinstance(shown, bool) else str(shown)
