"""What a withdrawn or corrected article did to the ledger, seen by comparing the ledger before with the one after.

Pure. The fold knows only the claims that are open; that something was believed and is no more is told here.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from factdrift.facts.identity import change_id, stable_id
from factdrift.facts.values import same_value
from factdrift.model import Belief, Change, ChangeKind, Ledger, Reason

_MOVES = frozenset(
    {
        ChangeKind.ADDED,
        ChangeKind.VALUE_CHANGED,
        ChangeKind.STAGE_CHANGED,
        ChangeKind.DATE_SLIPPED,
        ChangeKind.CONTESTED,
    }
)
_HEARD = _MOVES | {ChangeKind.CONFIRMED, Reason.SAME_VALUE, Reason.LESS_PRECISE}


def compare(
    old: Ledger,
    new: Ledger,
    withdrawn: Iterable[str],
    replaced_by: Mapping[str, str],
    at: datetime,
) -> tuple[Change, ...]:
    """`corrected` or `retracted` for each move of the old ledger that the new one lacks because claims were withdrawn.

    `replaced_by` says which claim of the new article version took a withdrawn claim's place. A belief that another
    claim carries as well is not retracted. `old` of a change is what was believed, `new` what stands instead (None:
    nothing), each with the claim it rests on; `at` is when the withdrawal became known.
    """
    gone = frozenset(withdrawn)
    if not gone:
        return ()
    kept = [change.new for change in new.changes if _is_move(change) and change.new]
    lost = [change for change in old.changes if _is_move(change) and change.new and not _is_kept(change.new, kept)]
    blamed = [(change, _blamed(change, old, gone)) for change in lost]
    return tuple(_told(change, claim, new, replaced_by, at) for change, claim in blamed if claim)


def _is_move(change: Change) -> bool:
    return change.kind in _MOVES and not change.needs_review


def _is_kept(belief: Belief, kept: list[Belief]) -> bool:
    return any(_says_the_same(belief, other) for other in kept)


def _says_the_same(a: Belief, b: Belief) -> bool:
    return (
        (a.track, a.measure, a.stage) == (b.track, b.measure, b.stage)
        and same_value(a.value, b.value)
        and same_value(a.due, b.due)
    )


def _blamed(change: Change, old: Ledger, gone: frozenset[str]) -> str | None:
    """The withdrawn claim that took the move away: its own, else one that had waited for it or prepared it."""
    if change.claim_id in gone:
        return change.claim_id
    folded = [reason.claim_id for reason in old.reasons]
    before = folded[: folded.index(change.claim_id)] if change.claim_id in folded else folded
    return next((claim for claim in reversed(before) if claim in gone), None)


def _told(change: Change, claim: str, new: Ledger, replaced_by: Mapping[str, str], at: datetime) -> Change:
    assert change.new is not None
    instead = _stands_instead(change.new, new)
    corrected = any(reason.claim_id == replaced_by.get(claim) and reason.reason in _HEARD for reason in new.reasons)
    kind = ChangeKind.CORRECTED if corrected else ChangeKind.RETRACTED
    # What comes back may be withdrawn again: that is another event, and only the time tells them apart.
    made = stable_id(
        change_id(change.fact, change.track, kind, change.new, instead, claim), at.astimezone(UTC).isoformat()
    )
    return Change(made, change.fact, change.track, kind, change.new, instead, claim, at)


def _stands_instead(belief: Belief, new: Ledger) -> Belief | None:
    standing = [b for b in new.beliefs if b.valid_to is None and (b.track, b.measure) == (belief.track, belief.measure)]
    return next((b for b in standing if same_value(b.value, belief.value)), standing[-1] if standing else None)
