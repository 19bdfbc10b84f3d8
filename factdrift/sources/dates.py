"""Dates as feeds and pages write them, as aware datetimes. Pure: "now" is passed in or left out.

A date without a zone is UTC; an absurd one is None, for a missing date is better than a wrong one.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks and zones differ; a story dated further ahead is misdated


def parsed_date(text: str, now: datetime | None = None) -> datetime | None:
    """An ISO 8601 or RFC 2822 date, or None where it is neither or not plausible."""
    text = text.strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return plausible(read(text), now)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def plausible(at: datetime, now: datetime | None = None) -> datetime | None:
    """`at` in UTC, or None where it lies before the web or, given `now`, in the future."""
    try:
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
    return at if _FIRST <= at <= (now + _AHEAD if now else _LAST) else None
