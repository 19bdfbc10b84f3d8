"""A small topic in a folder of its own, and runs over articles written by hand, for the tests of the flows.

What a sentence says is said by the test, not read from it, unless a test is about reading.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from factdrift.facts.identity import article_id, version_id
from factdrift.model import Article, Claim, Evidence, Mention, Percent, Slot, Stage
from flows.applying import Applied, apply_run
from flows.gathering import ReadArticle, SourceResult
from flows.job import Job, load_job
from storage.records import SourceState

FACT = "acme-stake-in-beta"
TOPIC = "acme-beta"
START = datetime(2024, 1, 10, 12, tzinfo=UTC)
SEED_QUOTE = "Acme holds 43% of Beta."
_TOPIC = {
    "topic": TOPIC,
    "title": "Acme and Beta",
    "seed_article": "acme-beta.md",
    "entities": {"acme": {"names": ["Acme"]}, "beta": {"names": ["Beta"]}},
    "facts": [
        {
            "name": FACT,
            "meaning": "the share of Beta that Acme holds",
            "relation": "holds_stake",
            "subject": "acme",
            "object": "beta",
            "value": "percent",
            "seed": [{"stage": "current", "value": {"percent": 43}, "quote": SEED_QUOTE}],
        }
    ],
}
_SEED = f"---\ntitle: Acme and Beta\npublished: 2024-01-02\noutlet: Example News\nlanguage: en\n---\n{SEED_QUOTE}\n"


def at(day: float) -> datetime:
    """Noon, some days after the start."""
    return START + timedelta(days=day)


def small_topic(folder: Path) -> Path:
    """Write the topic and its configuration; returns the configuration's path."""
    (folder / "acme-beta.yaml").write_text(yaml.safe_dump(_TOPIC))
    (folder / "acme-beta.md").write_text(_SEED)
    sources = [{"id": "example", "url": "http://127.0.0.1:9/feed"}]
    config = {
        "database": "facts.duckdb",
        "snapshot": "shown.duckdb",
        "topics": {TOPIC: {"file": "acme-beta.yaml", "sources": sources}},
        "alerts": [],
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    return folder / "config.yaml"


def small_job(folder: Path) -> Job:
    """The job of the small topic."""
    return load_job(small_topic(folder))


def told(
    name: str, percent: int, day: float, *, stage: Stage = Stage.COMPLETED, tier: int = 2, text: str = ""
) -> ReadArticle:
    """An article whose one sentence says that Acme now holds a share of Beta, as it was read."""
    quote = f"Acme now holds {percent}% of Beta."
    text = text or quote
    article = Article(
        article_id=article_id(f"https://news.example/{name}"),
        version_id=version_id(name, text),
        url=f"https://news.example/{name}",
        outlet="Example News",
        title=name,
        text=text,
        lang="en",
        published_at=at(day),
        published_from="feed",
        modified_at=None,
        fetched_at=at(day),
        source="example",
        tier=tier,
    )
    start = text.find(quote)
    if start < 0:
        return ReadArticle(article, ())
    number = text.index(f"{percent}%", start)
    evidence = Evidence("text", quote, text[:start][-16:], text[start + len(quote) :][:16], start, start + len(quote))
    claim = Claim(
        fact=FACT,
        slot=Slot("holds_stake", "acme", "beta"),
        value=Percent(float(percent)),
        stage=stage,
        mention=Mention.NEWS,
        evidence=evidence,
        cue=(number, number + len(str(percent))),
    )
    return ReadArticle(article, (claim,))


def ran(job: Job, articles: Iterable[ReadArticle], day: float, **more: Any) -> Applied:
    """One run of the real deciding and writing over these articles."""
    result = SourceResult("example", SourceState("example", last_success_at=at(day)), tuple(articles), **more)
    return apply_run(job, [result], uuid4().hex, at(day), at(day))
