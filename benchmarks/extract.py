"""How fast articles are read for claims, on one core: about the topic and not, with 20 facts and with 10,000.

uv run python benchmarks/extract.py            # about a minute; prints a table and the two ratios
"""

import json
import platform
import time
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

from factdrift.facts.extract.reader import Reader
from factdrift.model import Article
from factdrift.topic import Entity, Topic, load_topic

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "seeds" / "recorded" / "nissan-renault.pages.jsonl"
OTHER_PAGES = ROOT / "tests" / "corpus" / "ecb.pages.jsonl"
WORDS = 400
FACTS, MANY_FACTS = 20, 10_000
SECONDS = 4.0
AT = datetime(2023, 7, 26, tzinfo=UTC)


def main() -> None:
    """Print articles a second for each case, then how much the long watch list costs."""
    topic = load_topic(ROOT / "seeds" / "nissan-renault.yaml")
    watch_lists = {FACTS: with_facts(topic, FACTS), MANY_FACTS: with_facts(topic, MANY_FACTS)}
    kinds = {"about the topic": articles(PAGES), "about something else": articles(OTHER_PAGES)}
    print(f"articles of {WORDS} words, English, one core of {platform.machine()}, Python {platform.python_version()}")
    rates = {}
    for count, watched in watch_lists.items():
        reader = Reader(watched)
        for kind, given in kinds.items():
            reader.read(given[0])  # compiles the word lists
            rates[kind, count] = rate_of(reader, given)
            print(f"{kind:22s} {count:6d} facts  {rates[kind, count]:9.0f} articles/s")
    for kind in kinds:
        times = rates[kind, FACTS] / rates[kind, MANY_FACTS]
        print(f"{kind:22s} {MANY_FACTS} facts take {times:.2f}x the time of {FACTS}")


def articles(path: Path, count: int = 120) -> list[Article]:
    """Articles of the wanted length made of whole recorded pages, one after the other."""
    texts = [
        page["text"] for page in map(json.loads, path.read_text(encoding="utf-8").splitlines()) if is_english(page)
    ]
    turn = cycle(texts)
    return [_article(number, _of_length(turn)) for number in range(count)]


def is_english(page: dict[str, str]) -> bool:
    """Most of what is read is."""
    return page["lang"] == "en"


def with_facts(topic: Topic, count: int) -> Topic:
    """The topic with so many facts: its first ones, then stakes that other companies hold in each other."""
    facts, entities = list(topic.facts[:count]), dict(topic.entities)
    pattern = next(fact for fact in topic.facts if fact.object)
    for number in range(count - len(facts)):
        name = f"company-{number}"
        entities[name] = Entity(names=(f"Holding {_letters(number)}",), type="company")
        other = f"company-{max(0, number - 1)}"
        facts.append(pattern.model_copy(update={"name": f"stake-{number}", "subject": name, "object": other}))
    return topic.model_copy(update={"facts": tuple(facts), "entities": entities})


def rate_of(reader: Reader, given: list[Article]) -> float:
    """Articles read a second, over the best of two rounds."""
    return max(_round(reader, given) for _ in range(2))


def _round(reader: Reader, given: list[Article]) -> float:
    started, done = time.process_time(), 0
    while time.process_time() - started < SECONDS / 2:
        for article in given:
            reader.read(article)
        done += len(given)
    return done / (time.process_time() - started)


def _of_length(turn: "cycle[str]") -> str:
    words: list[str] = []
    paragraphs = []
    while len(words) < WORDS:
        text = next(turn)
        paragraphs.append(text)
        words += text.split()
    return " ".join("\n\n".join(paragraphs).split(" ")[:WORDS])


def _article(number: int, text: str) -> Article:
    return Article(
        str(number), str(number), f"https://news.example/{number}", "", "", text, "en", AT, "feed", None, AT, "s"
    )


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + int(digit)) for digit in f"{number:05d}").capitalize()


if __name__ == "__main__":
    main()
