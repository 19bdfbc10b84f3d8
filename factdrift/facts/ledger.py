"""The fold: the stored claims of one fact become its beliefs, its changes and a reason for every claim.

Pure and independent of the order in which claims are handed over. It is a left fold over the claims in `order`, so a
caller may keep the `State` and go on from there when all new claims sort after the last one folded:
`finish(step(step(start(spec), a), b), now)`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from factdrift.facts.comparing import fits
from factdrift.facts.moving import Word
from factdrift.facts.order import SEED, in_order, reference_time
from factdrift.facts.policy import origin_of, supporter_of
from factdrift.facts.reviews import ACCEPT, REJECT, verdicts
from factdrift.facts.seeding import seed_claims
from factdrift.facts.standing import Line, State, because, elapse, with_line
from factdrift.facts.tracks import apply_claim
from factdrift.facts.withdrawal import compare
from factdrift.model import TRACK_OF_STAGE, Belief, Ledger, Reason, Review, StoredClaim
from factdrift.topic import FactPolicy, FactSpec

__all__ = ["advance", "compare", "finish", "fold", "seed_claims", "start", "step"]

_NO_VERDICTS: Mapping[str, str] = {}


def fold(
    spec: FactSpec,
    claims: Iterable[StoredClaim],
    policy: FactPolicy,
    now: datetime,
    reviews: Iterable[Review] = (),
) -> Ledger:
    """The ledger of one fact. Claims handed over twice count once; what was withdrawn is not to be handed over."""
    return finish(advance(spec, start(spec), in_order(claims), policy, verdicts(reviews)), now)


def advance(
    spec: FactSpec, state: State, ordered: Iterable[StoredClaim], policy: FactPolicy, decided: Mapping[str, str]
) -> State:
    """The state after some more claims, in order."""
    for stored in ordered:
        state = step(spec, state, stored, policy, decided)
    return state


def start(spec: FactSpec) -> State:
    """The state before any claim. Seeds are claims too: see `seeding`."""
    return State()


def step(
    spec: FactSpec,
    state: State,
    stored: StoredClaim,
    policy: FactPolicy,
    decided: Mapping[str, str] = _NO_VERDICTS,
) -> State:
    """The state after one more claim, which must not sort before those already folded."""
    verdict = decided.get(stored.claim_id)
    if stored.system_to is not None:
        return because(state, stored.claim_id, spec.name, Reason.WITHDRAWN)
    if stored.extractor == SEED:
        return _seed(spec, state, stored)
    reference = reference_time(stored)
    state = elapse(state, reference)
    if verdict == REJECT:
        return because(state, stored.claim_id, spec.name, Reason.REJECTED)
    if not fits(spec, stored.claim):
        return because(state, stored.claim_id, spec.name, Reason.WRONG_SLOT)
    if state.seeded_at is not None and reference < state.seeded_at:
        return because(state, stored.claim_id, spec.name, Reason.OLDER, "before the seed")
    supporter = supporter_of(stored, reference, accepted=verdict == ACCEPT)
    return apply_claim(spec, state, Word(stored, reference, supporter, policy, spec.cardinality == "many"))


def finish(state: State, now: datetime) -> Ledger:
    """The ledger as it stands at `now`: due intervals that have ended by then are overdue."""
    state = elapse(state, now)
    beliefs = [*state.closed, *(line.belief for line in state.lines)]
    beliefs.sort(key=lambda belief: (belief.valid_from, belief.track, belief.claim_id))
    return Ledger(tuple(beliefs), state.changes, state.reasons)


def _seed(spec: FactSpec, state: State, stored: StoredClaim) -> State:
    claim, since = stored.claim, stored.published_at
    track = TRACK_OF_STAGE[claim.stage]
    belief = Belief(
        fact=spec.name,
        track=track,
        value=claim.value,
        stage=claim.stage,
        valid_from=since,
        valid_to=None,
        claim_id=stored.claim_id,
        due=claim.due,
        bound=claim.bound,
        approx=claim.approx,
        last_confirmed=since,
        measure=claim.measure,
    )
    line = Line(belief, frozenset({origin_of(stored)}), frozenset({stored.article_id}), confirmed=False)
    state = with_line(because(state, stored.claim_id, spec.name, Reason.SEED), None, line)
    return replace(state, seeded_at=max(since, state.seeded_at or since))
