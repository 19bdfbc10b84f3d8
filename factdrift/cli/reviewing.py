"""`review`: what waits for a person, and what the person decided."""

import getpass
import json
from datetime import UTC, datetime

import click

from factdrift.cli.options import Place, with_place
from factdrift.codec import value_from_json
from factdrift.errors import UsageError
from factdrift.model import Change
from factdrift.report.lines import change_lines, evidence_lines, printable
from factdrift.report.tables import console, write
from factdrift.wording import describe_value

_ACTIONS = ("accept", "reject", "note", "undo")


@click.command()
@with_place
@click.argument("action", type=click.Choice(_ACTIONS), required=False)
@click.argument("claim", required=False)
@click.option("--who", help="Who decides [the user's name].")
@click.option("--note", "remark", default="", help="Why.")
def review(
    where: Place,
    action: str | None,
    claim: str | None,
    who: str | None,
    remark: str,
) -> None:
    """List what waits for review, with the sentence; or decide on one CLAIM, which folds its fact again.

    A decision is kept with name and time and can be undone; a note decides nothing.
    """
    if action is None:
        _list(where)
        return
    if claim is None:
        raise UsageError(f"review {action} needs a claim", "`factdrift review` lists their ids")
    if action == "note" and not remark:
        raise UsageError("a note needs --note TEXT")
    _decide(where, action, claim, who or getpass.getuser(), remark)


def _decide(where: Place, action: str, claim: str, who: str, remark: str) -> None:
    from flows import refolding

    now = datetime.now(UTC)
    if action == "undo":
        last, changes = refolding.undo(where.job, claim, who, now, remark)
        _show(f"took back {last.verdict} by {last.who} of {last.at:%Y-%m-%d}", changes)
    else:
        _show("kept", refolding.review(where.job, claim, action, who, now, remark))


def _list(where: Place) -> None:
    from storage.reading import open_snapshot

    with open_snapshot(where.snapshot) as snapshot:
        rows = snapshot.waiting(where.topic)
    out = console()
    if not rows:
        out.print("nothing waits for review")
        return
    for r in rows:
        value = describe_value(value_from_json(json.loads(r["value"]))) if r["value"] else "(stage only)"
        origin = f"{r['outlet']}  {r['url'] or ''}  {r['claim_id']}"
        write(out, evidence_lines(r["published_at"], r["fact"], f"{value}, {r['stage']}", r["sentence"], origin))
    out.print(f"\n{len(rows)} wait. Decide: factdrift review accept CLAIM, or reject CLAIM; undo CLAIM takes it back.")


def _show(done: str, changes: tuple[Change, ...]) -> None:
    out = console()
    for change in changes:
        out.print(change_lines(change, "", ""))
    out.print(f"{printable(done)}; {len(changes)} {'change' if len(changes) == 1 else 'changes'} on the ledger")
