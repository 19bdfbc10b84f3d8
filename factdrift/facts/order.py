"""The order in which claims are folded: by the time they speak of, never by the time they arrived. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from factdrift.model import DateSpan, Stage, StoredClaim

SEED = "seed"  # the `extractor` of a seed claim

OrderKey = tuple[bool, datetime, datetime, bool, str]


def reference_time(stored: StoredClaim) -> datetime:
    """When what the sentence says began to be so, as far as it tells.

    The start of the interval the sentence names, if that interval was over when the article was published; else the
    publication ("this year", "on Wednesday" read on Wednesday: the news is not older than its page).
    """
    as_of, published = stored.claim.as_of, published_time(stored)
    if as_of is None or as_of.date_to >= published.astimezone(UTC).date():
        return published
    return start_of(as_of.date_from)


def published_time(stored: StoredClaim) -> datetime:
    """When the page came out; no later than we knew it, whatever date the page gives itself."""
    return min(stored.published_at, stored.system_from)


def due_said(stored: StoredClaim) -> DateSpan | None:
    """When an expected thing is due: as said, or the coming day that dates it ("leaves on 15 July")."""
    claim = stored.claim
    if claim.due is not None or claim.as_of is None or isinstance(claim.value, DateSpan):
        return claim.due
    return claim.as_of if claim.as_of.date_from > published_time(stored).astimezone(UTC).date() else None


def start_of(day: date) -> datetime:
    """Midnight, UTC, at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def order_key(stored: StoredClaim) -> OrderKey:
    """A total order: seeds first, then by reference time and publication; events before states, then by id.

    Many pages of one day have no hour: "has cut to 15 %" is then what happened, "has 15 %" what holds since.
    """
    state = stored.claim.stage is Stage.CURRENT
    return (stored.extractor != SEED, reference_time(stored), stored.published_at, state, stored.claim_id)


def in_order(claims: Iterable[StoredClaim]) -> list[StoredClaim]:
    """The claims once each, in the order in which they are folded."""
    unique = {stored.claim_id: stored for stored in sorted(claims, key=_arrival)}
    return sorted(unique.values(), key=order_key)


def _arrival(stored: StoredClaim) -> tuple[datetime, str, str, bool]:
    # Of two rows with one id the later known wins, whichever was handed over first.
    return (stored.system_from, stored.version_id, stored.origin, stored.system_to is not None)
