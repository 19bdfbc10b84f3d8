"""One claim per fact, value and side of the story."""

from collections.abc import Iterable
from typing import Final

from factdrift.model import TRACK_OF_STAGE, Claim, Mention, Stage


def unique_claims(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """One claim per fact, value and side of the story; a title that shortens the text makes no second claim."""
    listed = list(claims)
    valued_at = {(c.fact, c.stage) for c in listed if c.fact and c.value is not None}
    listed = [c for c in listed if c.value is not None or (c.fact, c.stage) not in valued_at]  # a number says it better
    told = {(c.fact, c.value) for c in listed if c.evidence.part == "text"}
    blank = {(c.fact, _SIDES[c.stage]) for c in listed if c.evidence.part == "text" and c.value is None}
    valued = {c.fact for c in listed if c.evidence.part == "text" and c.value is not None}
    kept: dict[tuple[object, ...], Claim] = {}
    for claim in listed:
        repeats = (
            (claim.fact, claim.value) in told
            or (claim.fact, _SIDES[claim.stage]) in blank
            or (claim.value is None and claim.fact in valued)
        )
        if claim.fact and claim.evidence.part == "title" and repeats:
            continue
        key = (claim.fact or claim.slot, claim.value, _SIDES[claim.stage])
        if key not in kept or _is_stronger(claim, kept[key]):
            kept[key] = claim
    order = {"title": 0, "text": 1}
    return tuple(
        sorted(kept.values(), key=lambda c: (order[c.evidence.part], c.evidence.start, c.cue, c.fact or "", c.stage))
    )


_SIDES: Final = {**TRACK_OF_STAGE, Stage.DENIED: "fallen", Stage.CANCELLED: "fallen"}


def _is_stronger(new: Claim, old: Claim) -> bool:
    """An event says more than the state it leaves; news more than what is recalled."""
    if (new.stage, old.stage) in ((Stage.COMPLETED, Stage.CURRENT), (Stage.CANCELLED, Stage.DENIED)):
        return True
    return new.mention is Mention.NEWS and old.mention is Mention.BACKGROUND and new.stage is not Stage.CURRENT
