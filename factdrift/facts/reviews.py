"""What reviewers decided, looked up by claim. Pure; a note decides nothing."""

from collections.abc import Iterable, Mapping
from typing import Final

from factdrift.model import Review

ACCEPT: Final = "accept"
REJECT: Final = "reject"
UNDO: Final = "undo"


def verdicts(reviews: Iterable[Review]) -> Mapping[str, str]:
    """Claim id -> accept or reject: the last decision on each claim that was not undone."""
    standing = [review for review in reviews if not review.undone and review.verdict in (ACCEPT, REJECT)]
    return {review.claim_id: review.verdict for review in sorted(standing, key=lambda r: (r.at, r.review_id))}
