"""What a claim asks of the ledger: the rules of the two tracks.

Completed and current things speak of the actual track; rumours, plans and agreements of the expected one; a denial or
a cancellation of the plan that stands, or else of what holds. Whether the claim gets what it asks is for `moving`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from factdrift.facts.comparing import Likeness, find_line, find_open_plan, is_like, likeness, measure_of
from factdrift.facts.moving import Move, Word, attempt, contest, is_identified, is_recalled
from factdrift.facts.order import due_said
from factdrift.facts.policy import is_first_hand
from factdrift.facts.standing import DEAD, FIRM, Line, State, because, due_of
from factdrift.facts.supporting import support
from factdrift.facts.values import same_value
from factdrift.model import (
    TRACK_OF_STAGE,
    Belief,
    ChangeKind,
    Claim,
    DateSpan,
    Mention,
    Name,
    Ordinal,
    Percent,
    Reason,
    Stage,
    Text,
    Track,
    Value,
    Years,
)
from factdrift.model import State as Truth
from factdrift.topic import FactSpec

RANK = {Stage.RUMOURED: 0, Stage.PLANNED: 1, Stage.AGREED: 2, Stage.CURRENT: 0, Stage.COMPLETED: 0}
STEP_DAYS = 60  # a sale of the same size this long after the last is another sale


def apply_claim(spec: FactSpec, state: State, word: Word) -> State:
    """The state after one claim, with exactly one more reason."""
    claim = word.stored.claim
    track = TRACK_OF_STAGE[claim.stage]
    measure = measure_of(spec, state, track, claim)
    actual = find_line(spec, state, Track.ACTUAL, claim, measure)
    expected = find_line(spec, state, Track.EXPECTED, claim, measure)
    if spec.cardinality == "many":
        actual, expected = _same_step(word, actual), _same_step(word, expected)
        if claim.value is None and expected is None and claim.stage not in DEAD:
            actual = actual or _latest_step(state, word)
        if expected is None and actual is None and not is_recalled(word) and claim.stage not in DEAD:
            expected = find_open_plan(state, measure)
    return _rule(claim.stage)(spec, state, word, measure, actual, expected)


def _rule(stage: Stage) -> Callable[[FactSpec, State, Word, str | None, Line | None, Line | None], State]:
    if stage in DEAD:
        return _fall
    return _hold if TRACK_OF_STAGE[stage] is Track.ACTUAL else _expect


def _hold(
    spec: FactSpec, state: State, word: Word, measure: str | None, actual: Line | None, expected: Line | None
) -> State:
    """Completed or current: the actual track, and the fulfilment of what was expected."""
    claim = word.stored.claim
    fulfilled = expected if expected and _fulfils(claim, expected.belief) else None
    unchanged = actual is not None and _is_unchanged(actual.belief, claim, fulfilled)
    again = fulfilled and fulfilled.belief.value is not None and _brings_back(word, fulfilled.belief)
    if actual and unchanged and not again:
        return support(state, word, actual)
    value = claim.value if claim.value is not None else _value_of_event(word, fulfilled or actual)
    new = _belief(spec, word, Track.ACTUAL, measure, value)
    if isinstance(value, DateSpan) and claim.value is None and claim.as_of is None:
        new = replace(new, approx=True)  # the day of the page, until a sentence says which day
    ends = (fulfilled,) if fulfilled else ()
    if actual is None:
        kind = _kind_of_fulfilment(fulfilled, value) if fulfilled else ChangeKind.ADDED
        return attempt(state, word, Move(kind, new, fulfilled.belief if fulfilled else None, None, ends))
    if unchanged and fulfilled:
        return attempt(state, word, Move(ChangeKind.STAGE_CHANGED, new, fulfilled.belief, actual, ends))
    return attempt(state, word, Move(ChangeKind.VALUE_CHANGED, new, actual.belief, actual, ends))


def _is_unchanged(holds: Belief, claim: Claim, fulfilled: Line | None) -> bool:
    """True where the claim leaves what holds as it is. A stage alone completes the plan, whatever its value."""
    if claim.value is None and fulfilled is not None:
        return same_value(holds.value, fulfilled.belief.value)
    return is_like(holds, claim)


def _kind_of_fulfilment(plan: Line, value: Value | None) -> ChangeKind:
    return ChangeKind.VALUE_CHANGED if plan.belief.value is None and value is not None else ChangeKind.STAGE_CHANGED


def _brings_back(word: Word, plan: Belief) -> bool:
    """What was called off and is said to hold all the same is back only when a party or an explicit cue says so."""
    return plan.stage not in DEAD or word.stored.claim.returns or is_first_hand(word.supporter)


def _expect(
    spec: FactSpec, state: State, word: Word, measure: str | None, actual: Line | None, expected: Line | None
) -> State:
    """Rumoured, planned or agreed: the expected track only."""
    claim = word.stored.claim
    if actual and _is_already_so(claim, actual.belief, expected):
        return support(state, word, actual)
    if expected is None:
        new = _belief(spec, word, Track.EXPECTED, measure, claim.value)
        return attempt(state, word, Move(ChangeKind.ADDED, new, None))
    stands = expected.belief
    like = likeness(stands, claim)
    value = claim.value if like is Likeness.DIFFERENT else stands.value
    new = _belief(spec, word, Track.EXPECTED, measure, value, like=stands if like is not Likeness.DIFFERENT else None)
    if stands.stage in DEAD:
        if like is not Likeness.DIFFERENT and word.reference <= stands.valid_from and not claim.returns:
            return because(state, word.stored.claim_id, spec.name, Reason.OLDER, "fell at the same time")
        kind = ChangeKind.STAGE_CHANGED if like is not Likeness.DIFFERENT else ChangeKind.VALUE_CHANGED
        return attempt(state, word, Move(kind, new, stands, expected))
    if like is not Likeness.DIFFERENT:
        return _restate(state, word, expected, new)
    if claim.stage is Stage.RUMOURED and stands.stage in FIRM and stands.value is not None:
        return _rumour_against(state, word, expected, new)
    kind = ChangeKind.DATE_SLIPPED if _are_dates(stands.value, claim.value) else ChangeKind.VALUE_CHANGED
    return attempt(state, word, Move(kind, new, stands, expected))


def _is_already_so(claim: Claim, holds: Belief, expected: Line | None) -> bool:
    """True where the plan is to have what holds, and no other plan has been made since it does."""
    if claim.value is None or not is_like(holds, claim):
        return False
    return expected is None or (holds.valid_from > expected.belief.valid_from and not is_like(expected.belief, claim))


def _restate(state: State, word: Word, expected: Line, new: Belief) -> State:
    """The same plan again: firmer, for another day, or just again."""
    claim, stands = word.stored.claim, expected.belief
    firmer = RANK[claim.stage] > RANK[stands.stage]
    weaker = RANK[claim.stage] < RANK[stands.stage]
    if firmer:
        return attempt(state, word, Move(ChangeKind.STAGE_CHANGED, new, stands, expected))
    if _slips(word, stands) and not (weaker and claim.stage is Stage.RUMOURED):
        slipped = replace(new, stage=stands.stage)
        return attempt(state, word, Move(ChangeKind.DATE_SLIPPED, slipped, stands, expected))
    return support(state, word, expected)


def _rumour_against(state: State, word: Word, expected: Line, new: Belief) -> State:
    """A rumour never replaces a plan; from somebody with a name it contests it."""
    if is_recalled(word):
        return because(state, word.stored.claim_id, new.fact, Reason.BACKGROUND)
    if not is_identified(word) or word.reference < expected.belief.valid_from:
        return because(state, word.stored.claim_id, new.fact, Reason.LOW_AUTHORITY, "a rumour against a plan")
    return contest(state, word, Move(ChangeKind.CONTESTED, new, expected.belief, expected))


def _fall(
    spec: FactSpec, state: State, word: Word, measure: str | None, actual: Line | None, expected: Line | None
) -> State:
    """Denied or cancelled: the plan that stands falls; where none stands, what holds does."""
    claim = word.stored.claim
    if expected:
        if not _may_fall(expected.belief, claim):
            return because(
                state, word.stored.claim_id, spec.name, Reason.WRONG_SLOT, "speaks of a plan that does not stand"
            )
        if expected.belief.stage in DEAD:
            return support(state, word, expected)
        value = expected.belief.value if claim.value is None or is_like(expected.belief, claim) else claim.value
        new = _belief(spec, word, Track.EXPECTED, measure, value, like=expected.belief)
        return attempt(state, word, Move(ChangeKind.STAGE_CHANGED, new, expected.belief, expected))
    if actual is None or not _may_fall(actual.belief, claim):
        return attempt(
            state, word, Move(ChangeKind.ADDED, _belief(spec, word, Track.EXPECTED, measure, claim.value), None)
        )
    if isinstance(actual.belief.value, Percent | Ordinal | Years):
        # A share that is held, a rank or an age is no plan: it can change, it cannot be called off.
        return because(state, word.stored.claim_id, spec.name, Reason.WRONG_SLOT, "calls off what is no plan")
    fallen = _belief(spec, word, Track.EXPECTED, measure, actual.belief.value)
    if not _is_over(claim, actual.belief):
        return attempt(state, word, Move(ChangeKind.STAGE_CHANGED, fallen, actual.belief))
    over = replace(_belief(spec, word, Track.ACTUAL, measure, Truth(False)), stage=Stage.COMPLETED)
    return attempt(state, word, Move(ChangeKind.STAGE_CHANGED, fallen, actual.belief, None, (actual,), over))


def _may_fall(belief: Belief, claim: Claim) -> bool:
    if claim.value is None or isinstance(claim.value, Truth | DateSpan):
        return True
    return belief.value is None or is_like(belief, claim)


def _is_over(claim: Claim, holds: Belief) -> bool:
    """A cancellation of something that holds ends it where the sentence says so: "no longer", or a day that is past."""
    if claim.stage is not Stage.CANCELLED or holds.value != Truth(True):
        return False
    return claim.value == Truth(False) or claim.as_of is not None


def _fulfils(claim: Claim, plan: Belief) -> bool:
    if isinstance(plan.value, DateSpan):
        # Whatever day it happened on, it happened; "it has not happened" is no fulfilment.
        return claim.value != Truth(False)
    return is_like(plan, claim) if plan.value is not None else plan.stage not in DEAD


def _value_of_event(word: Word, line: Line | None) -> Value | None:
    """What a sentence without a value completes: the planned value, and for a plan of a date the day it happened."""
    value = line.belief.value if line else None
    if isinstance(value, DateSpan):
        day = word.reference.date()
        return word.stored.claim.as_of or DateSpan(day, day)
    return value


def _same_step(word: Word, line: Line | None) -> Line | None:
    """None where the line is an earlier step of the same size: sales of 5 % in December and in September are two."""
    if line is None or word.stored.claim.mention is Mention.BACKGROUND:
        return line
    belief, value = line.belief, word.stored.claim.value
    if belief.stage is not Stage.COMPLETED or value is None or isinstance(value, Name | Truth | Text):
        return line
    if word.stored.claim.stage is Stage.CURRENT or word.reference - belief.valid_from <= timedelta(days=STEP_DAYS):
        return line
    return None


def _latest_step(state: State, word: Word) -> Line | None:
    """The step of which "it has sold shares", read within days of one, speaks without its number."""
    since = word.reference - timedelta(days=STEP_DAYS)
    steps = [line for line in state.lines if line.belief.track is Track.ACTUAL and line.belief.valid_from >= since]
    return max(steps, key=lambda line: line.belief.valid_from, default=None)


def _slips(word: Word, stands: Belief) -> bool:
    due, planned = due_said(word.stored), due_of(stands)
    return due is not None and planned is not None and not same_value(due, planned)


def _are_dates(a: Value | None, b: Value | None) -> bool:
    return isinstance(a, DateSpan) and isinstance(b, DateSpan)


def _belief(
    spec: FactSpec,
    word: Word,
    track: Track,
    measure: str | None,
    value: Value | None,
    like: Belief | None = None,
) -> Belief:
    """The belief that the claim asks for; what it leaves open is taken from the belief it restates."""
    claim = word.stored.claim
    inherits = like is not None and claim.value is None
    return Belief(
        fact=spec.name,
        track=track,
        value=value,
        stage=claim.stage,
        valid_from=word.reference,
        valid_to=None,
        claim_id=word.stored.claim_id,
        due=(due_said(word.stored) or (like.due if like else None)) if track is Track.EXPECTED else None,
        bound=like.bound if like and inherits else claim.bound,
        approx=like.approx if like and inherits else claim.approx,
        last_confirmed=word.reference,
        measure=measure,
    )
