"""What holds of the ledger for any claims in any order, and while claims come, come twice, late, and are withdrawn."""

import pickle
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from ledger_cases import POLICY, claim, seed, spec

from factdrift.facts.alerting import keyed
from factdrift.facts.ledger import compare, finish, fold, start, step
from factdrift.facts.order import in_order
from factdrift.model import (
    AttributionKind,
    ChangeKind,
    DateSpan,
    Mention,
    Name,
    Percent,
    Reason,
    Stage,
    State,
    Track,
)

NOW = datetime(2024, 6, 1, tzinfo=UTC)
MOVES = {ChangeKind.ADDED, ChangeKind.VALUE_CHANGED, ChangeKind.STAGE_CHANGED, ChangeKind.DATE_SLIPPED}
SPECS = {
    "percent": spec(),
    "state": spec("state"),
    "many": spec(cardinality="many"),
    "date": spec("date", also=("state",)),
    "name": spec("name", "many"),
}
days = st.integers(0, 200).map(lambda n: date(2023, 4, 1) + timedelta(days=n))
spans = st.tuples(days, st.sampled_from([0, 0, 30, 92])).map(lambda p: DateSpan(p[0], p[0] + timedelta(days=p[1])))
percents = st.sampled_from(
    [None, Percent(43), Percent(43.4, 1), Percent(15), Percent(15.3, 1), Percent(36), Percent(35.7, 1)]
)
states = st.sampled_from([None, State(True), State(False)])
VALUES = {
    "percent": percents,
    "many": percents,
    "state": states,
    "date": st.one_of(states, spans),
    "name": st.sampled_from([None, Name("Makoto Uchida"), Name("Uchida"), Name("Espinosa")]),
}


@st.composite
def claims_of(draw, kind):
    return claim(
        draw(VALUES[kind]),
        draw(st.sampled_from(Stage)),
        draw(st.integers(-5, 120)),
        hour=draw(st.integers(0, 23)),
        by=draw(st.sampled_from([None, *AttributionKind])),
        origin=draw(st.sampled_from(["", "w1", "w2", None])),
        article=draw(st.sampled_from([None, "a1", "a2"])),
        tier=draw(st.sampled_from([1, 2, 2, 3])),
        mention=draw(st.sampled_from([Mention.NEWS, Mention.NEWS, Mention.BACKGROUND])),
        measure=draw(st.sampled_from([None, None, "economic", "direct"])) if kind == "percent" else None,
        due=draw(st.one_of(st.none(), spans)),
        as_of=draw(st.one_of(st.none(), st.none(), spans)),
        bound=draw(st.sampled_from([None, None, "min", "max"])),
        approx=draw(st.booleans()),
        returns=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def histories(draw):
    kind = draw(st.sampled_from(sorted(SPECS)))
    claims = draw(st.lists(claims_of(kind), max_size=14))
    seeds = [seed(draw(VALUES[kind]), Stage.CURRENT, 0), seed(draw(VALUES[kind]), Stage.PLANNED, 1)]
    return kind, [*seeds[: draw(st.integers(0, 2))], *claims]


def check(folded, claims):
    """What holds of every ledger."""
    ids = {c.claim_id for c in claims}
    assert sorted(r.claim_id for r in folded.reasons) == sorted(ids)
    made = {c.claim_id for c in folded.changes if c.kind is not ChangeKind.OVERDUE and not c.needs_review}
    assert {r.claim_id for r in folded.reasons if r.reason in set(ChangeKind)} == made
    held_back = {c.claim_id for c in folded.changes if c.needs_review}
    assert {r.claim_id for r in folded.reasons if r.reason == Reason.NEEDS_REVIEW} == held_back
    assert len({c.change_id for c in folded.changes}) == len(folded.changes)
    assert len({key for c, key in keyed(folded.changes) if not c.needs_review and c.kind in MOVES}) == sum(
        not c.needs_review and c.kind in MOVES for c in folded.changes
    )
    for change in folded.changes:
        assert change.claim_id in ids
        assert change.new.track is change.track
        assert change.at <= NOW


def check_beliefs(folded, cardinality):
    rumours = {Stage.RUMOURED, Stage.PLANNED, Stage.AGREED, Stage.DENIED, Stage.CANCELLED}
    for belief in folded.beliefs:
        assert belief.valid_to is None or belief.valid_from <= belief.valid_to
        assert (belief.stage in rumours) == (belief.track is Track.EXPECTED)
        assert belief.origins >= 1
    if cardinality == "many":
        return
    for track in Track:
        for measure in {b.measure for b in folded.beliefs}:
            line = [b for b in folded.beliefs if (b.track, b.measure) == (track, measure)]
            assert sum(b.valid_to is None for b in line) <= 1
            spans_ = sorted((b.valid_from, b.valid_to or NOW + timedelta(days=9999)) for b in line)
            assert all(first[1] <= second[0] for first, second in pairwise(spans_))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_any_number_of_copies_give_the_same_ledger(history, random):
    kind, claims = history
    folded = fold(SPECS[kind], claims, POLICY, NOW)

    shuffled = claims + random.sample(claims, k=len(claims) // 2)
    random.shuffle(shuffled)

    assert fold(SPECS[kind], shuffled, POLICY, NOW) == folded
    check(folded, claims)
    check_beliefs(folded, SPECS[kind].cardinality)


@settings(max_examples=100, deadline=None)
@given(histories(), st.integers(0, 14))
def test_the_fold_taken_up_from_any_checkpoint_is_the_fold(history, cut):
    kind, claims = history
    ordered = in_order(claims)
    state = start(SPECS[kind])
    for stored in ordered[:cut]:
        state = step(SPECS[kind], state, stored, POLICY)
    state = pickle.loads(pickle.dumps(state))
    for stored in ordered[cut:]:
        state = step(SPECS[kind], state, stored, POLICY)

    assert finish(state, NOW) == fold(SPECS[kind], claims, POLICY, NOW)


@settings(max_examples=150, deadline=None)
@given(histories())
def test_expected_claims_alone_never_touch_the_actual_track(history):
    kind, claims = history
    plans = [c for c in claims if c.claim.stage in (Stage.RUMOURED, Stage.PLANNED, Stage.AGREED, Stage.DENIED)]

    folded = fold(SPECS[kind], plans, POLICY, NOW)

    assert all(b.track is Track.EXPECTED for b in folded.beliefs)


@settings(max_examples=150, deadline=None)
@given(histories())
def test_background_alone_moves_nothing_that_stands(history):
    kind, claims = history
    seeds = [c for c in claims if c.extractor == "seed"]
    recalled = [c for c in claims if c.claim.mention is Mention.BACKGROUND]

    folded = fold(SPECS[kind], [*seeds, *recalled], POLICY, NOW)

    assert {c.kind for c in folded.changes} <= {ChangeKind.ADDED, ChangeKind.CONFIRMED, ChangeKind.OVERDUE}
    assert all(b.valid_to is None for b in folded.beliefs)


@settings(max_examples=100, deadline=None)
@given(histories())
def test_later_claims_leave_what_was_decided_before_them(history):
    kind, claims = history
    whole = fold(SPECS[kind], claims, POLICY, NOW)
    ordered = in_order(claims)
    state = start(SPECS[kind])
    for stored in ordered[: len(ordered) // 2]:
        state = step(SPECS[kind], state, stored, POLICY)

    assert whole.changes[: len(state.changes)] == state.changes
    assert whole.reasons[: len(state.reasons)] == state.reasons


class Newsroom(RuleBasedStateMachine):
    """Claims arrive in any order, twice, late, and are withdrawn; after each the ledger is folded again."""

    known = Bundle("known")

    def __init__(self):
        super().__init__()
        self.spec = SPECS["percent"]
        self.base = [seed(43), seed(15, Stage.PLANNED, 1)]
        self.arrived = []
        self.ledger = self.folded(self.arrived)

    def folded(self, claims):
        return fold(self.spec, [*claims, *self.base], POLICY, NOW)

    @rule(target=known, stored=claims_of("percent"))
    def arrives(self, stored):
        self.arrived.append(stored)
        self.ledger = self.folded(self.arrived)
        return stored

    @rule(stored=known)
    def arrives_again(self, stored):
        if stored in self.arrived:
            self.arrived.insert(0, stored)
            assert self.folded(self.arrived) == self.ledger

    @rule(stored=known)
    def is_withdrawn(self, stored):
        before = self.ledger
        gone = [stored.claim_id] if stored in self.arrived else []
        self.arrived = [c for c in self.arrived if c.claim_id != stored.claim_id]
        self.ledger = self.folded(self.arrived)
        told = compare(before, self.ledger, gone, {}, NOW)
        lost = [c for c in before.changes if c.claim_id in gone and c.kind in MOVES and not c.needs_review]
        assert {c.kind for c in told} <= {ChangeKind.RETRACTED}
        assert {c.claim_id for c in told} <= set(gone)
        still = [(b.track, b.measure, b.value, b.stage, b.due) for c in self.ledger.changes if (b := c.new)]
        for change in lost:
            new = change.new
            assert any(c.old == new for c in told) or any(k[:2] == (new.track, new.measure) for k in still)

    @rule(stored=known)
    def comes_back(self, stored):
        if stored not in self.arrived:
            before = self.ledger
            self.arrived.append(stored)
            again = self.folded(self.arrived)
            self.arrived.remove(stored)
            assert self.folded(self.arrived) == before
            self.arrived.append(stored)
            self.ledger = again

    @invariant()
    def the_ledger_is_whole(self):
        check(self.ledger, [*self.arrived, *self.base])
        check_beliefs(self.ledger, "one")

    @invariant()
    def the_order_of_arrival_does_not_matter(self):
        assert self.folded(list(reversed(self.arrived))) == self.ledger


TestNewsroom = Newsroom.TestCase
TestNewsroom.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
