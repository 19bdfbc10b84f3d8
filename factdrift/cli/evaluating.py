"""`eval`: the reader's claims against labelled ones, in figures a person can check."""

import json
from pathlib import Path
from typing import Any

import click

from factdrift.cli.extracting import article_of, claim_json, read_lines, topic_path
from factdrift.config import load_config
from factdrift.errors import UsageError
from factdrift.facts.scoring import GROUPINGS, LEVELS, Evaluation, Labelled, PageScore, Tally, evaluate
from factdrift.model import Stage
from factdrift.resources import find

_OUTLET_KEYS = ("outlet", "split", "lang")


@click.command("eval")
@click.argument("pages")
@click.argument("gold")
@click.option("--topic", help="A topic's id, or the path of its YAML file [the first of config.yaml].")
@click.option("--by", type=click.Choice(GROUPINGS), help="Also the track figures of each group.")
@click.option("--errors", type=click.Path(path_type=Path), help="Write what was missed, added or mis-staged (JSONL).")
def evaluate_pages(pages: str, gold: str, topic: str | None, by: str | None, errors: Path | None) -> None:
    """Score the reader on PAGES (JSONL) against the labels in GOLD (JSONL, docs/labelling.md)."""
    scored = run_evaluation(pages, gold, topic)
    for line in report_lines(scored, by):
        click.echo(line)
    if errors:
        _write_errors(errors, scored)


def run_evaluation(pages: str, gold: str, topic: str | None = None) -> Evaluation:
    """Read every page for claims and score them. Raises UsageError naming file and line of a malformed one."""
    labelled = _labelled(gold)
    known, claims = _read(pages, topic or next(iter(load_config(find("config.yaml")).topics)))
    if missing := sum(page["id"] not in claims for page in labelled):
        click.echo(f"{missing} labelled pages are not in {pages} and count as empty", err=True)
    whole = [{**known.get(page["id"], {}), **page} for page in labelled]
    return evaluate(whole, claims, is_left_out)


def is_left_out(fact: str) -> bool:
    """True for a topic's catch-all ("...-other"): free text that no two people label alike is not scored."""
    return fact.endswith("-other")


def report_lines(scored: Evaluation, by: str | None = None) -> list[str]:
    """The figures, one line each; the last is the track F1."""
    groups = scored.by(by) if by else {}
    matched = len(scored.matches)
    return [
        *(_row(f"  {by} {name}", tally) for name, tally in groups.items()),
        *(_row(level, scored.level(level)) for level in LEVELS),
        f"stage right on {scored.level('stage').hits} of {matched} matched claims",
        *_confusion_lines(scored),
        f"mention right on {scored.right_mentions} of {matched} matched claims; "
        f"false claims on {scored.false_on_empty} of {scored.empty_pages} pages that make none",
        f"track F1 {scored.level('track').f1:.3f}",
    ]


def _labelled(gold: str) -> list[dict[str, Any]]:
    pages = []
    for number, page in read_lines(gold):
        claims = page.get("claims")
        if not isinstance(claims, list) or any("fact" not in c or "stage" not in c for c in claims):
            raise UsageError(f"{gold}:{number}: not a labelled page: needs claims, each with fact and stage")
        pages.append(page)
    return pages


def _read(pages: str, topic: str) -> tuple[dict[str, dict[str, Any]], dict[str, list[Labelled]]]:
    from factdrift.facts.extract.reader import Reader
    from factdrift.topic import load_topic

    reader = Reader(load_topic(topic_path(topic)))
    known, claims = {}, {}
    for number, raw in read_lines(pages):
        article = article_of(raw, f"{pages}:{number}")
        known[raw["id"]] = {key: raw[key] for key in _OUTLET_KEYS if key in raw}
        claims[raw["id"]] = [claim_json(claim) for claim in reader.read(article)]
    return known, claims


def _row(name: str, tally: Tally) -> str:
    figures = f"P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"
    return f"{name:34s} {figures}   ({tally.hits} of {tally.gold} gold, {tally.predicted} predicted)"


def _confusion_lines(scored: Evaluation) -> list[str]:
    wrong = [(pair, count) for pair, count in scored.stage_confusion().items() if pair[0] != pair[1]]
    order = {stage.value: place for place, stage in enumerate(Stage)}
    wrong.sort(key=lambda item: (-item[1], order.get(item[0][0], 9), order.get(item[0][1], 9)))
    return [f"  {labelled} read as {read}: {count}" for (labelled, read), count in wrong]


def _write_errors(path: Path, scored: Evaluation) -> None:
    lines = [_error_line(page) for page in scored.pages]
    try:
        path.write_text("".join(line for line in lines if line), encoding="utf-8")
    except OSError as exc:
        raise UsageError(f"{path}: cannot be written: {exc.strerror}") from exc
    click.echo(f"wrote {path}: {sum(map(bool, lines))} pages with an error", err=True)


def _error_line(page: PageScore) -> str:
    wrong = [(match.gold, match.predicted) for match in page.matches if match.level < 3]
    if not (page.missed or page.extra or wrong):
        return ""
    found = {"id": page.page["id"], "missed": page.missed, "extra": page.extra, "stage_wrong": wrong}
    return json.dumps(found, ensure_ascii=False) + "\n"
