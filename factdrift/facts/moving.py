"""Carries out or refuses a move that a claim asks for: background, reprints, authority, going back, conflict.

Knows nothing of how a claim came to ask for it: that is `tracks`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from factdrift.facts.comparing import comparable
from factdrift.facts.order import published_time
from factdrift.facts.policy import IDENTIFIED, Supporter, is_enough, is_first_hand
from factdrift.facts.standing import DEAD, Line, State, Stood, Waiting, because, ended, with_change, with_line
from factdrift.facts.values import same_value
from factdrift.model import Belief, ChangeKind, Mention, Reason, Stage, StoredClaim, Track
from factdrift.topic import FactPolicy

CORROBORATION_DAYS = 60  # two origins that say a thing further apart than this do not support one another
MEMORY_DAYS = 366  # what held longer ago than this need not hold any more
CONFLICT_DAYS = 7  # another value this soon after a change is a dispute, not a second change
DISPUTE_ORIGINS = 3  # once the days of a dispute are over, so many origins win it
RETURN_ORIGINS = 2  # independent origins that bring an earlier value back


@dataclass(frozen=True, slots=True)
class Word:
    """A claim as it is weighed: when it speaks of, who stands behind it, by which policy."""

    stored: StoredClaim
    reference: datetime
    supporter: Supporter
    policy: FactPolicy
    many: bool = False  # the fact holds several values at once


@dataclass(frozen=True, slots=True)
class Move:
    """What a claim asks for: `new` beside or instead of `replaces`, ending `ends` as well."""

    kind: ChangeKind
    new: Belief
    shown: Belief | None  # the belief that the change shows as the old one
    replaces: Line | None = None
    ends: tuple[Line, ...] = ()
    also: Belief | None = None  # a belief that the move founds on the other track


def attempt(state: State, word: Word, move: Move) -> State:
    """The state after the move, or with the coded reason why it did not happen."""
    claim_id, fact = word.stored.claim_id, move.new.fact
    old = move.replaces or next(iter(move.ends), None)
    if old is not None and word.reference < old.belief.valid_from:
        return because(state, claim_id, fact, Reason.OLDER)
    if is_recalled(word) and not _may_be_learnt(move, word):
        return because(state, claim_id, fact, Reason.BACKGROUND)
    earlier = _stood_before(state, move)
    waiting = _waiting_for(state, move.new)
    if _is_reprint(word.supporter, earlier, waiting):
        return because(state, claim_id, fact, Reason.REPRINT)
    supporters = _supporters(waiting, word)
    if earlier and not _may_return(word, supporters, old):
        state = _wait(state, waiting, move.new, supporters, told=False)
        return because(state, claim_id, fact, Reason.OLDER, "stood before; another origin or a party must say so")
    if not is_enough(supporters, move.new.stage, word.policy):
        return _hold_back(state, word, move, waiting, supporters)
    if _is_dispute(word, move, supporters):
        return _contest(state, word, move, waiting, supporters)
    return _carry_out(state, word, move, supporters)


def contest(state: State, word: Word, move: Move) -> State:
    """The state with the move recorded as contesting what stands, once a rival value."""
    waiting = _waiting_for(state, move.new)
    return _contest(state, word, move, waiting, _supporters(waiting, word))


def is_recalled(word: Word) -> bool:
    """True for background, and for "news" of what happened long ago. A reviewer who accepts it makes it news."""
    return not word.supporter.accepted and (word.stored.claim.mention is Mention.BACKGROUND or _is_long_ago(word))


def _is_long_ago(word: Word) -> bool:
    return published_time(word.stored) - word.reference > timedelta(days=MEMORY_DAYS)


def _may_be_learnt(move: Move, word: Word) -> bool:
    """A fact of which nothing is known yet may be learnt from a sentence that recalls it, if not from long ago."""
    return (
        move.kind is ChangeKind.ADDED
        and move.new.track is Track.ACTUAL
        and not _is_long_ago(word)
        and is_enough((word.supporter,), move.new.stage, word.policy)
    )


def _same_position(a: Stood | Waiting | Belief, b: Belief) -> bool:
    return (
        a.track is b.track
        and a.measure == b.measure
        and (a.stage in DEAD) == (b.stage in DEAD)
        and (a.value is None) == (b.value is None)
        and comparable(a.value, b.value)
        and same_value(a.value, b.value)
        and (a.due is None or b.due is None or same_value(a.due, b.due))
    )


def _stood_before(state: State, move: Move) -> tuple[Stood, ...]:
    """The earlier times at which this value stood, if something else stands now: to firm up is not to return."""
    now = move.replaces.belief if move.replaces else None
    if now is not None and _same_position(now, move.new):
        return ()
    return tuple(past for past in state.stood if _same_position(past, move.new))


def _waiting_for(state: State, new: Belief) -> Waiting | None:
    return next((waiting for waiting in state.waiting if _same_position(waiting, new)), None)


def _is_reprint(supporter: Supporter, earlier: tuple[Stood, ...], waiting: Waiting | None) -> bool:
    if supporter.accepted:
        return False
    heard = waiting.supporters if waiting else ()
    return any(supporter.origin in past.origins for past in earlier) or any(
        other.origin == supporter.origin and other.article != supporter.article for other in heard
    )


def _supporters(waiting: Waiting | None, word: Word) -> tuple[Supporter, ...]:
    since = word.reference - timedelta(days=CORROBORATION_DAYS)
    heard = waiting.supporters if waiting else ()
    return (*(s for s in heard if s.reference >= since), word.supporter)


def _may_return(word: Word, supporters: tuple[Supporter, ...], old: Line | None) -> bool:
    if old is not None and word.reference <= old.belief.valid_from:
        return False
    if word.stored.claim.returns or is_first_hand(word.supporter):
        return True
    return len({s.origin for s in supporters}) >= RETURN_ORIGINS


def _hold_back(
    state: State, word: Word, move: Move, waiting: Waiting | None, supporters: tuple[Supporter, ...]
) -> State:
    state = _wait(state, waiting, move.new, supporters, told=True)
    if waiting and waiting.told:
        return because(state, word.stored.claim_id, move.new.fact, Reason.LOW_AUTHORITY, "still waits for review")
    state = with_change(state, move.kind, move.shown, move.new, word.stored.claim_id, word.reference, needs_review=True)
    return because(state, word.stored.claim_id, move.new.fact, Reason.NEEDS_REVIEW)


def _wait(state: State, old: Waiting | None, new: Belief, supporters: tuple[Supporter, ...], *, told: bool) -> State:
    told = told or (old.told if old else False)
    waiting = Waiting(new.track, new.measure, new.value, new.stage, new.due, supporters, told)
    return replace(state, waiting=(*(w for w in state.waiting if w is not old), waiting))


def _is_dispute(word: Word, move: Move, supporters: tuple[Supporter, ...]) -> bool:
    """Two values within days, neither from a party and neither explained by an event: they contradict each other."""
    old = move.replaces
    if old is None or move.new.track is not Track.ACTUAL or move.ends or old.belief.value is None:
        return False
    known_rival = any(same_value(rival, move.new.value) for rival in old.rivals)
    if same_value(old.belief.value, move.new.value) or not (known_rival or _is_fresh(old, word)):
        return False
    if is_first_hand(word.supporter) or word.stored.claim.returns or _is_later_event(word, old):
        return False
    against = len({s.origin for s in supporters})
    if _is_fresh(old, word):
        return old.first_hand or against <= old.belief.origins
    return against < min(old.belief.origins + 1, DISPUTE_ORIGINS)


def _is_fresh(old: Line, word: Word) -> bool:
    return old.confirmed and word.reference - old.belief.valid_from <= timedelta(days=CONFLICT_DAYS)


def _is_later_event(word: Word, old: Line) -> bool:
    claim = word.stored.claim
    return (
        claim.stage is Stage.COMPLETED
        and claim.as_of is not None
        and claim.as_of.date_from > old.belief.valid_from.date()
    )


def _contest(state: State, word: Word, move: Move, waiting: Waiting | None, supporters: tuple[Supporter, ...]) -> State:
    line, rival = move.replaces, move.new
    assert line is not None
    state = _wait(state, waiting, rival, supporters, told=False)
    if any(same_value(known, rival.value) for known in line.rivals):
        return because(
            state, word.stored.claim_id, rival.fact, Reason.LOW_AUTHORITY, "contests what stands, as told before"
        )
    disputed = replace(line.belief, contested=True)
    state = with_line(state, line, replace(line, belief=disputed, rivals=(*line.rivals, rival.value)))
    shown = replace(rival, contested=True)
    state = with_change(state, ChangeKind.CONTESTED, line.belief, shown, word.stored.claim_id, word.reference)
    return because(state, word.stored.claim_id, rival.fact, ChangeKind.CONTESTED)


def _carry_out(state: State, word: Word, move: Move, supporters: tuple[Supporter, ...]) -> State:
    origins = frozenset(s.origin for s in supporters)
    since = _since(word, move, supporters)
    outgoing = [line for line in (move.replaces, *move.ends) if line]
    since = max([since, *(line.belief.valid_from for line in outgoing), *_ends_before(state, word, move.new)])
    for line in outgoing:
        state = ended(state, line, since)
    new = replace(move.new, valid_from=since, origins=len(origins), last_confirmed=word.reference)
    articles = frozenset(s.article for s in supporters)
    first_hand = any(is_first_hand(s) for s in supporters)
    state = with_line(state, None, Line(new, origins, articles, first_hand=first_hand))
    if move.also:
        also = replace(move.also, valid_from=since, origins=len(origins), last_confirmed=word.reference)
        state = with_line(state, None, Line(also, origins, articles, first_hand=first_hand))
    state = replace(state, waiting=_still_waiting(state, new))
    state = with_change(state, move.kind, move.shown, new, word.stored.claim_id, word.reference)
    return because(state, word.stored.claim_id, new.fact, move.kind)


def _since(word: Word, move: Move, supporters: tuple[Supporter, ...]) -> datetime:
    """The claim's own time where its word is enough; else that of the first whose word counted towards enough."""
    if is_first_hand(word.supporter) or is_enough((word.supporter,), move.new.stage, word.policy):
        return word.reference
    return min(s.reference for s in supporters if s.kind in word.policy.confirm or s.reference == word.reference)


def _ends_before(state: State, word: Word, new: Belief) -> list[datetime]:
    """When earlier beliefs of the same line ended: what waited for support while they stood begins after them."""
    if word.many:
        return []
    return [end.at for end in state.ends if (end.track, end.measure) == (new.track, new.measure)]


def _still_waiting(state: State, new: Belief) -> tuple[Waiting, ...]:
    return tuple(w for w in state.waiting if not _same_position(w, new))


def is_identified(word: Word) -> bool:
    """True where somebody with a name, a party or a filing says so."""
    return word.supporter.accepted or word.supporter.kind in IDENTIFIED
