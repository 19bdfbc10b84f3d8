"""Changes and evidence as a person reads them: date, fact, old -> new, the sentence, the outlet. Knows no storage."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.text import Text

from factdrift.model import Change, ChangeKind
from factdrift.wording import describe_belief

_STYLE = {
    ChangeKind.ADDED: "cyan",
    ChangeKind.CONFIRMED: "dim",
    ChangeKind.VALUE_CHANGED: "bold green",
    ChangeKind.STAGE_CHANGED: "green",
    ChangeKind.DATE_SLIPPED: "yellow",
    ChangeKind.CONTESTED: "magenta",
    ChangeKind.CORRECTED: "magenta",
    ChangeKind.RETRACTED: "magenta",
    ChangeKind.OVERDUE: "yellow",
}

DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def change_lines(change: Change, sentence: str, outlet: str) -> Text:
    """A change in two lines."""
    old, new = describe_belief(change.old) if change.old else "", describe_belief(change.new)
    return _change(change.at, change.kind, change.fact, old, new, change.needs_review, sentence, outlet)


def stored_change_lines(row: Mapping[str, Any]) -> Text:
    """A change as it is kept (a row of `change_feed`) in two lines."""
    return _change(
        row["happened_at"],
        ChangeKind(row["kind"]),
        row["fact"],
        row["old_text"] or "",
        row["new_text"],
        row["needs_review"],
        row["sentence"] or "",
        row["outlet"] or "",
    )


def _change(
    at: datetime, kind: ChangeKind, fact: str, old: str, new: str, waits: bool, sentence: str, outlet: str
) -> Text:
    text = Text()
    text.append(f"{at:%Y-%m-%d}  ", style="dim")
    text.append(f"{kind.value.replace('_', ' ')}  ", style=_STYLE[kind])
    text.append(fact, style="bold")
    text.append(f"  {printable(f'{old} -> {new}' if old else new)}")
    if waits:
        text.append("  [waits for review]", style="yellow")
    if sentence:
        text.append(f"\n            “{printable(sentence)}”", style="italic")
        text.append(f"  — {printable(outlet)}", style="dim")
    return text


def evidence_lines(published: datetime, did: str, said: str, sentence: str, origin: str) -> Text:
    """One sentence on a fact in three lines: when and what it did, the sentence, where it stands."""
    text = Text()
    text.append(f"{published:%Y-%m-%d}  ", style="dim")
    text.append(printable(did), style="bold")
    text.append(f"  {printable(said)}")
    text.append(f"\n            “{printable(sentence)}”", style="italic")
    text.append(f"\n            {printable(origin)}", style="dim")
    return text


def printable(text: str) -> str:
    """The text on one line, without what could steer a terminal: control characters and changes of direction."""
    one_line = " ".join(text.split())
    return "".join(c for c in one_line if unicodedata.category(c) not in ("Cc", "Cs") and c not in DIRECTIONS)
