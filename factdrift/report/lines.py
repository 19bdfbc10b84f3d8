"""Changes as a person reads them: date, fact, old -> new, stage, the sentence, the outlet. Knows no storage."""

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


def change_lines(change: Change, sentence: str, outlet: str) -> Text:
    """A change in two or three lines."""
    text = Text()
    text.append(f"{change.at:%Y-%m-%d}  ", style="dim")
    text.append(f"{change.kind.value.replace('_', ' ')}  ", style=_STYLE[change.kind])
    text.append(f"{change.fact}", style="bold")
    text.append(
        f"  {describe_belief(change.old)} -> {describe_belief(change.new)}"
        if change.old
        else f"  {describe_belief(change.new)}"
    )
    if change.needs_review:
        text.append("  [waits for review]", style="yellow")
    if sentence:
        text.append(f"\n            “{sentence}”", style="italic")
        text.append(f"  — {outlet}", style="dim")
    return text
