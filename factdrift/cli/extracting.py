"""`extract`: pages in, claims out, one JSON line a page."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from factdrift.codec import value_to_json
from factdrift.errors import UsageError
from factdrift.model import Article, Claim
from factdrift.resources import find


@click.command()
@click.option("--topic", required=True, help="A topic's id, or the path of its YAML file.")
@click.argument("pages")
def extract(topic: str, pages: str) -> None:
    """Read PAGES (JSONL with id, url, published, lang, title, text; `-` is stdin) for the claims of a topic."""
    from factdrift.facts.extract.reader import Reader
    from factdrift.topic import load_topic

    reader = Reader(load_topic(topic_path(topic)))
    unread: dict[str, int] = {}
    for number, raw in read_lines(pages):
        article = article_of(raw, f"{pages}:{number}")
        if article.lang not in reader.languages:
            unread[article.lang] = unread.get(article.lang, 0) + 1
        claims = [claim_json(claim) for claim in reader.read(article)]
        sys.stdout.write(json.dumps({"id": raw["id"], "claims": claims}, ensure_ascii=False) + "\n")
    for language, count in sorted(unread.items()):
        click.echo(f"unread: {count} pages in {language!r}: no lexicon for that language", err=True)


def topic_path(topic: str) -> Path:
    """The file of a topic given by id or path."""
    return find(topic if topic.endswith((".yaml", ".yml")) else f"seeds/{topic}.yaml")


def read_lines(name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSONL file, or of stdin for `-`. Raises UsageError naming file and line."""
    with ExitStack() as opened:
        try:
            stream = sys.stdin.buffer if name == "-" else opened.enter_context(Path(name).open("rb"))
        except OSError as exc:
            raise UsageError(f"{name}: cannot be read: {exc.strerror}") from exc
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, _object(line, f"{name}:{number}")


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        raw = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise UsageError(f"{where}: not a JSON object in UTF-8: {exc}") from exc
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise UsageError(f"{where}: not a page: it has no id (a text)")
    return raw


def article_of(raw: dict[str, Any], where: str) -> Article:
    """A page as an article. Raises UsageError naming the line and the field."""
    if missing := [key for key in ("published", "lang", "text") if not isinstance(raw.get(key), str)]:
        raise UsageError(f"{where}: no {', '.join(missing)}", "a page needs id, url, published, lang, title, text")
    try:
        published = datetime.fromisoformat(raw["published"])
    except ValueError as exc:
        raise UsageError(f"{where}: published: {raw['published']!r} is no ISO date") from exc
    title, text, lang = str(raw.get("title") or ""), raw["text"], raw["lang"]
    published = published if published.tzinfo else published.replace(tzinfo=UTC)
    return Article(
        article_id=str(raw["id"]),
        version_id=str(raw["id"]),
        url=str(raw.get("url", "")),
        outlet=str(raw.get("outlet", "")),
        title=title,
        text=text,
        lang=lang,
        published_at=published,
        published_from="feed",
        modified_at=None,
        fetched_at=published,
        source="extract",
    )


def claim_json(claim: Claim) -> dict[str, Any]:
    """A claim in the shape of the labelling guide, with its offsets."""
    evidence = claim.evidence
    return {
        "fact": claim.fact,
        "value": value_to_json(claim.value),
        "stage": claim.stage.value,
        "mention": claim.mention.value,
        "approx": claim.approx,
        "bound": claim.bound,
        "measure": claim.measure,
        "quote": evidence.exact,
        "as_of": claim.as_of.date_from.isoformat() if claim.as_of else None,
        "attribution": claim.attribution.kind.value if claim.attribution else None,
        "part": evidence.part,
        "start": evidence.start,
        "end": evidence.end,
        "slot": {"relation": claim.slot.relation, "subject": claim.slot.subject, "object": claim.slot.object},
    }
