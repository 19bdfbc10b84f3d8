"""What the end of a claim did to the ledger, seen by comparing the ledger before with the one after.

A claim ends with its article, withdrawn or corrected, or is rejected by a reviewer.

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
    """`corrected` or `retracted` for each move of the old ledger that the new one lacks because claims ended.

    `replaced_by` says which claim of the new article version took a withdrawn claim's place. A belief that another
    claim carries as well is not retracted. `old` of a change is what was believed, `new` what stands instead (None:
    nothing), each with the claim it rests on; `at` is when the withdrawal became known.
    """
    gone = frozenset(withdrawn)
    if not gone:
        return ()
    moves = [change for change in new.changes if _is_move(change)]
    lost = _lost([change for change in old.changes if _is_move(change)], moves)
    told: list[Change] = []
    for change in lost:
        claim = _blamed(change, old, gone)
        if claim and not _is_carried(change, moves, new, gone):
            told.append(_told(change, claim, new, replaced_by, at))
    return tuple(told)


def _is_move(change: Change) -> bool:
    return change.kind in _MOVES and change.new is not None and not change.needs_review


def _lost(old: list[Change], new: list[Change]) -> list[Change]:
    """The old moves for which there is no new one: by the same claim, else by any. A value that came twice is two."""
    for is_same in (_is_by_the_same_claim, _says_the_same):
        rest = []
        for change in old:
            match = next((other for other in new if is_same(change, other)), None)
            if match:
                new = [other for other in new if other is not match]
            else:
                rest.append(change)
        old = rest
    return old


def _is_by_the_same_claim(a: Change, b: Change) -> bool:
    return a.claim_id == b.claim_id and _says_the_same(a, b)


def _is_carried(change: Change, moves: list[Change], new: Ledger, gone: frozenset[str]) -> bool:
    """Whether another move says what the lost one said, and nobody has to be told that one of the two is gone."""
    if not any(_says_the_same(change, other) for other in moves):
        return False
    instead = _stands_instead(_belief(change), new)
    return change.claim_id not in gone or (instead is not None and _is_alike(_belief(change), instead))


def _says_the_same(a: Change, b: Change) -> bool:
    return _is_alike(_belief(a), _belief(b))


def _belief(move: Change) -> Belief:
    assert move.new is not None
    return move.new


def _is_alike(a: Belief, b: Belief) -> bool:
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
    instead = _stands_instead(_belief(change), new)
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
