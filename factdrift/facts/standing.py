"""What stands for a fact while its claims are folded: open lines, what stood before, what waits for support.

Knows how to change the state, not when: that is `tracks`. Everything is frozen and pickles, so that a fold can be
stopped after any claim and taken up again. What the rules ask of the past stands in `lines`, `stood`, `waiting` and
`ends`; `closed`, `changes` and `reasons` are only ever added to, so that `keeping` may leave them behind.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from factdrift.facts.identity import change_id
from factdrift.facts.order import start_of
from factdrift.facts.policy import Supporter
from factdrift.model import (
    Belief,
    Change,
    ChangeKind,
    ClaimReason,
    DateSpan,
    Stage,
    Track,
    Value,
)

DEAD = frozenset({Stage.DENIED, Stage.CANCELLED})
FIRM = frozenset({Stage.PLANNED, Stage.AGREED})


@dataclass(frozen=True, slots=True)
class Line:
    """An open belief with those who support it. A fact of one value has one line a track and measure.

    How many support it stands in the belief; `origins` and `articles` are only asked whether somebody is among them.
    """

    belief: Belief
    origins: frozenset[str]
    articles: frozenset[str]
    confirmed: bool = True  # False for a seed that no article has confirmed yet
    first_hand: bool = False  # a party itself has said so, or a reviewer
    overdue: DateSpan | None = None  # the due interval that was already reported as missed
    rivals: tuple[Value | None, ...] = ()  # values already reported as contesting it


@dataclass(frozen=True, slots=True)
class Stood:
    """A value that stood earlier on a track, once or several times, and who had said so."""

    track: Track
    measure: str | None
    value: Value | None
    stage: Stage
    due: DateSpan | None
    origins: frozenset[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A value that has been claimed on too little authority to stand."""

    track: Track
    measure: str | None
    value: Value | None
    stage: Stage
    due: DateSpan | None
    supporters: tuple[Supporter, ...]
    told: bool  # whether a change with `needs_review` says so


@dataclass(frozen=True, slots=True)
class End:
    """When the last belief of a track and measure to end ended."""

    track: Track
    measure: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """The fold so far."""

    seeded_at: datetime | None = None  # the seed says what held then; what is older is history
    lines: tuple[Line, ...] = ()
    closed: tuple[Belief, ...] = ()
    stood: tuple[Stood, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    ends: tuple[End, ...] = ()
    changes: tuple[Change, ...] = ()
    reasons: tuple[ClaimReason, ...] = ()


def because(state: State, claim: str, fact: str, reason: str, detail: str = "") -> State:
    """The state with what the claim did."""
    return _moved(state, state.lines, (*state.reasons, ClaimReason(claim, fact, reason, detail)))


def with_line(state: State, old: Line | None, new: Line | None) -> State:
    """The state with `new` where `old` was: added, replaced or gone."""
    kept = tuple(line for line in state.lines if line is not old)
    return _moved(state, (*kept, new) if new else kept, state.reasons)


def _moved(state: State, lines: tuple[Line, ...], reasons: tuple[ClaimReason, ...]) -> State:
    # Every claim comes through here, and `replace` looks at each field by name: written out it takes a quarter.
    return State(state.seeded_at, lines, state.closed, state.stood, state.waiting, state.ends, state.changes, reasons)


def ended(state: State, line: Line, at: datetime) -> State:
    """The state with a line closed at a time, its value remembered as one that stood."""
    belief = line.belief
    closed = replace(belief, valid_to=max(at, belief.valid_from))
    past = Stood(belief.track, belief.measure, belief.value, belief.stage, belief.due, line.origins)
    end = End(belief.track, belief.measure, max(at, belief.valid_from))
    return replace(
        with_line(state, line, None),
        closed=(*state.closed, closed),
        stood=_with_past(state.stood, past),
        ends=_with_end(state.ends, end),
    )


def _with_past(stood: tuple[Stood, ...], past: Stood) -> tuple[Stood, ...]:
    """Each value once, with all who ever said it: a value that comes and goes for years takes no more room."""
    alike = [s for s in stood if replace(s, origins=past.origins) == past]
    origins = past.origins.union(*(s.origins for s in alike))
    return (*(s for s in stood if s not in alike), replace(past, origins=origins))


def _with_end(ends: tuple[End, ...], end: End) -> tuple[End, ...]:
    same = [e for e in ends if (e.track, e.measure) == (end.track, end.measure)]
    return (*(e for e in ends if e not in same), max((*same, end), key=lambda e: e.at))


def with_change(
    state: State,
    kind: ChangeKind,
    old: Belief | None,
    new: Belief,
    claim: str,
    at: datetime,
    *,
    needs_review: bool = False,
) -> State:
    """The state with one more event on the ledger."""
    # What waited for review and what it became once accepted are two events, though one claim says both.
    made = change_id(new.fact, new.track, kind, old, new, f"{claim}?" if needs_review else claim)
    change = Change(made, new.fact, new.track, kind, old, new, claim, at, needs_review)
    return replace(state, changes=(*state.changes, change))


def due_of(belief: Belief) -> DateSpan | None:
    """When an expected thing is due: its due interval, or its value where that is a date."""
    return belief.due or (belief.value if isinstance(belief.value, DateSpan) else None)


def elapse(state: State, until: datetime) -> State:
    """The state with `overdue` for each firm plan whose due interval ended by then, once an interval."""
    if not any(line.belief.track is Track.EXPECTED for line in state.lines):
        return state
    missed = [(at, line) for line in state.lines if (at := _missed_at(line)) is not None and at <= until]
    for at, line in sorted(missed, key=lambda pair: (pair[0], pair[1].belief.claim_id)):
        state = with_line(state, line, replace(line, overdue=due_of(line.belief)))
        state = with_change(state, ChangeKind.OVERDUE, line.belief, line.belief, line.belief.claim_id, at)
    return state


def _missed_at(line: Line) -> datetime | None:
    """When a firm plan that was not yet reported as overdue becomes so."""
    belief = line.belief
    due = due_of(belief) if belief.track is Track.EXPECTED and belief.stage in FIRM else None
    if due is None or due == line.overdue or due.date_to == date.max:
        return None
    missed_at = start_of(due.date_to) + timedelta(days=1)
    # A plan first told after its date, or made firmer after it was reported as missed, is not missed once more.
    return missed_at if missed_at > belief.valid_from else None
