"""A claim that says what already stands: it adds an origin, sharpens the value, settles a dispute.

The only change it makes is `confirmed`.
"""

from dataclasses import replace

from factdrift.facts.comparing import Likeness, likeness
from factdrift.facts.moving import Word
from factdrift.facts.order import due_said
from factdrift.facts.policy import KNOWN_TIER, is_first_hand
from factdrift.facts.standing import Line, State, because, due_of, with_change, with_line
from factdrift.facts.values import refines
from factdrift.model import Belief, ChangeKind, Claim, Mention, Reason, Stage, StoredClaim, Track, Years


def support(state: State, word: Word, line: Line) -> State:
    """The state in which the claim stands behind a line, with the reason why it is no news."""
    claim_id, fact = word.stored.claim_id, line.belief.fact
    if word.reference < line.belief.valid_from:
        return because(state, claim_id, fact, Reason.OLDER)
    who = word.supporter
    if line.confirmed and who.origin in line.origins and who.article not in line.articles:
        return because(state, claim_id, fact, Reason.REPRINT)
    like = likeness(line.belief, word.stored.claim)
    better = _supported(line, word, like)
    state = with_line(state, line, better)
    if not line.confirmed and word.stored.claim.stage is not Stage.RUMOURED:
        state = with_line(state, better, replace(better, confirmed=True))
        state = with_change(state, ChangeKind.CONFIRMED, line.belief, better.belief, claim_id, word.reference)
        return because(state, claim_id, fact, ChangeKind.CONFIRMED)
    return because(state, claim_id, fact, *_NO_CHANGE[like])


_NO_CHANGE = {
    Likeness.SAME: (Reason.SAME_VALUE, ""),
    Likeness.CONVERTED: (Reason.SAME_VALUE, "in another currency"),
    Likeness.WITHIN: (Reason.LESS_PRECISE, "a bound that what stands satisfies"),
    Likeness.DIFFERENT: (Reason.SAME_VALUE, ""),
}


def _supported(line: Line, word: Word, like: Likeness) -> Line:
    who, belief = word.supporter, line.belief
    origins = line.origins | {who.origin}
    first_hand = line.first_hand or is_first_hand(who)
    settled = belief.contested and is_first_hand(who)
    belief = replace(
        belief,
        origins=belief.origins + (who.origin not in line.origins),
        last_confirmed=max(word.reference, belief.last_confirmed or word.reference),
        contested=belief.contested and not settled,
    )
    if who.tier <= KNOWN_TIER and like is Likeness.SAME:
        belief = _sharpened(belief, word.stored)
    return replace(
        line,
        belief=belief,
        origins=origins,
        articles=line.articles | {who.article},
        first_hand=first_hand,
        rivals=() if settled else line.rivals,
    )


def _is_sharper(belief: Belief, claim: Claim) -> bool:
    if belief.value is None or claim.value is None or claim.approx or isinstance(claim.value, Years):
        return False  # an age is a counter: its two years would shrink to one that next year's age contradicts
    return refines(claim.value, belief.value) or (belief.approx and claim.bound is None)


def _sharpened(belief: Belief, stored: StoredClaim) -> Belief:
    """The belief with what the claim says more precisely; a dead or weaker plan is not sharpened by a rumour."""
    claim, due = stored.claim, due_said(stored)
    if claim.mention is Mention.BACKGROUND or (claim.stage is Stage.RUMOURED and belief.stage is not Stage.RUMOURED):
        return belief
    if _is_sharper(belief, claim):
        belief = replace(belief, value=claim.value, bound=belief.bound or claim.bound, approx=False)
    if belief.track is Track.EXPECTED and due is not None:
        planned = due_of(belief)
        if planned is None or (belief.due is not None and refines(due, belief.due)):
            belief = replace(belief, due=due)
    return belief
