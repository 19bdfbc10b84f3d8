"""`facts`, `changes`, `why`, `status` and `candidates`: questions to the snapshot."""

import difflib
import json
import sys
from datetime import datetime
from typing import Any

import click

from factdrift.cli.options import Place, moment, with_place
from factdrift.errors import UsageError
from factdrift.report.lines import evidence_lines, stored_change_lines
from factdrift.report.tables import console, show, write

_FORMS = click.Choice(["table", "json", "csv"])


@click.command()
@with_place
@click.option("--as-of", help="What was true then (valid time).")
@click.option("--known-on", help="As it was known then (system time).")
@click.option("--format", "form", type=_FORMS, default="table", show_default=True)
def facts(where: Place, as_of: str | None, known_on: str | None, form: str) -> None:
    """What stands, on both tracks: since when, last confirmed."""
    show_facts(where, moment(as_of, end=True), moment(known_on, end=True), form)


def show_facts(where: Place, as_of: datetime | None, known_on: datetime | None, form: str) -> None:
    """Write the standing facts to stdout."""
    from storage.reading import open_snapshot

    with open_snapshot(where.snapshot) as snapshot:
        rows = snapshot.facts(where.topic, as_of, known_on)
    columns = ["fact", "track", "value", "stage", "since", "last_confirmed", "due"]
    table = [
        [
            r["fact"],
            r["track"],
            f"{r['value_text']} {r['measure'] or ''}".strip() + (" (contested)" if r["contested"] else ""),
            r["stage"],
            f"{r['since']:%Y-%m-%d}",
            f"{r['last_confirmed']:%Y-%m-%d}" if r["last_confirmed"] else "",
            r["due_to"],
        ]
        for r in rows
    ]
    show(columns, table, form=form)


@click.command()
@with_place
@click.option("--since", help="Only changes from this day on.")
@click.option("--fact", help="Only this fact.")
@click.option("--format", "form", type=_FORMS, default="table", show_default=True)
def changes(where: Place, since: str | None, fact: str | None, form: str) -> None:
    """What changed, newest first, with the sentence that says so."""
    from storage.reading import open_snapshot

    with open_snapshot(where.snapshot) as snapshot:
        _check_fact(fact, snapshot.fact_names(where.topic))
        rows = snapshot.changes(where.topic, moment(since), fact)
    if form == "table" and sys.stdout.isatty():
        for r in rows:
            write(console(), stored_change_lines(r))
        return
    columns = ["date", "fact", "kind", "old", "new", "sentence", "outlet", "url", "review"]
    table = [
        [
            f"{r['happened_at']:%Y-%m-%d}",
            r["fact"],
            r["kind"],
            r["old_text"],
            r["new_text"],
            r["sentence"],
            r["outlet"],
            r["url"],
            "waits" if r["needs_review"] else "",
        ]
        for r in rows
    ]
    show(columns, table, form=form)


@click.command()
@with_place
@click.argument("fact")
@click.option("--format", "form", type=_FORMS, default="table", show_default=True)
def why(where: Place, fact: str, form: str) -> None:
    """The chain of evidence of a FACT: each sentence, its source and date, and what it did."""
    from storage.reading import open_snapshot

    with open_snapshot(where.snapshot) as snapshot:
        _check_fact(fact, snapshot.fact_names(where.topic))
        rows = snapshot.evidence(where.topic, fact)
    if form != "table":
        columns = [
            "published_at",
            "outlet",
            "stage",
            "mention",
            "value",
            "did",
            "detail",
            "sentence",
            "url",
            "claim_id",
        ]
        show(columns, [[r[c] for c in columns] for r in rows], form=form)
        return
    out = console()
    for r in rows:
        did = "withdrawn" if r["withdrawn_at"] else f"{r['did'] or '?'}{': ' + r['detail'] if r['detail'] else ''}"
        said = f"{_value(r['value'])}, {r['stage']} ({r['mention']})"
        origin = f"{r['outlet']}  {r['url'] or ''}  {r['claim_id']}"
        write(out, evidence_lines(r["published_at"], did, said, r["sentence"], origin))


def _value(packed: str | None) -> str:
    from factdrift.codec import value_from_json
    from factdrift.wording import describe_value

    return describe_value(value_from_json(json.loads(packed))) if packed else "(stage only)"


@click.command()
@with_place
def status(where: Place) -> None:
    """Sources, last runs, lag, and what was not read."""
    from storage.reading import open_snapshot

    with open_snapshot(where.snapshot) as snapshot:
        sources, runs, unread = snapshot.sources(where.topic), snapshot.runs(where.topic), snapshot.unread(where.topic)
        missing = snapshot.missing(where.topic)
    columns = ["source", "last_success_at", "failures", "last_error", "last_new_at", "articles", "unread"]
    show(columns, [[r[c] for c in columns] for r in sources], title="Sources")
    console().print()
    columns = ["started_at", "outcome", "new_articles", "new_claims", "new_changes"]
    show(columns, [[r[c] for c in columns] for r in runs], title="Last runs")
    if unread:
        console().print()
        show(["reason", "lang", "articles"], [list(r.values()) for r in unread], title="Not read")
    if missing:
        console().print()
        show(list(missing[0]), [list(r.values()) for r in missing], title="Not to be had")
    console().print(f"\nDatabase {where.database}\nSnapshot {where.snapshot}")


@click.command()
@with_place
def candidates(where: Place) -> None:
    """Claims between the topic's entities that fit no fact, by slot, and the YAML to paste."""
    from storage.reading import open_snapshot

    with open_snapshot(where.snapshot) as snapshot:
        rows = snapshot.candidates(where.topic)
    out = console()
    if not rows:
        out.print("no candidates: every claim that was read fits a tracked fact")
    for r in rows:
        out.print(_yaml(r), markup=False)


def _yaml(row: dict[str, Any]) -> str:
    from factdrift.facts.extract.lexicon import load_relations

    name = "-".join(part.replace("_", "-") for part in (row["subject"], row["relation"], row["object"]) if part)
    lines = [
        f"  # {row['claims']} claims from {row['origins']} origins, newest {row['newest']:%Y-%m-%d}, {row['outlet']}:",
        f"  # {row['sentence']}",
        f"  - name: {name}",
        f"    meaning: {row['subject']} {row['relation'].replace('_', ' ')} {row['object']}",
        f"    relation: {row['relation']}",
        f"    subject: {row['subject']}",
        *([f"    object: {row['object']}"] if row["object"] else []),
        f"    value: {load_relations()[row['relation']].value[0]}",
    ]
    return "\n".join(lines) + "\n"


def _check_fact(fact: str | None, known: list[str]) -> None:
    if fact is None or fact in known:
        return
    near = difflib.get_close_matches(fact, known, 3, 0.5) or known
    raise UsageError(f"no fact {fact!r}", f"did you mean: {', '.join(near)}")
