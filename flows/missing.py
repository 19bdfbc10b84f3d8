"""Articles that cannot be had: when to ask again, and when one that was read counts as withdrawn. Pure."""

from datetime import datetime, timedelta

from factdrift.errors import Gone, PermanentError
from factdrift.facts.identity import article_id
from factdrift.sources.feeds import FeedEntry
from storage.records import Missing

FIRST_WAIT = timedelta(hours=1)  # doubled with every look
LONGEST_WAIT = timedelta(days=7)
ASKED_FOR = timedelta(days=30)  # after that only where its source still offers it
WITHDRAWN_AFTER = timedelta(hours=12)  # gone at every look of so long a time: a hiccup retracts nothing


def missed(source: str, entry: FeedEntry, before: Missing | None, error: PermanentError, now: datetime) -> Missing:
    """What to remember of an article that a look did not get. Only "not there" (404, 410) counts towards withdrawal."""
    looks = before.looks + 1 if before else 1
    gone_since = (before.gone_since if before and before.gone_since else now) if isinstance(error, Gone) else None
    return Missing(
        article_id=article_id(entry.url),
        source=source,
        url=entry.url,
        title=entry.title,
        outlet=entry.outlet,
        published_at=entry.published_at,
        first_at=before.first_at if before else now,
        last_at=now,
        next_at=now + min(FIRST_WAIT * 2 ** min(looks - 1, 10), LONGEST_WAIT),
        looks=looks,
        gone_since=gone_since,
        why=str(error).splitlines()[0],
    )


def is_withdrawn(missing: Missing) -> bool:
    """Whether every look since long enough ago found that the article is not there; true of two looks at least."""
    return missing.gone_since is not None and missing.last_at - missing.gone_since >= WITHDRAWN_AFTER


def is_due(missing: Missing, now: datetime) -> bool:
    """Whether to ask again."""
    return missing.next_at <= now


def asked_again(missing: Missing, now: datetime) -> FeedEntry | None:
    """The entry to ask for once more, whatever the feed says; None where it is not due or was asked for long enough."""
    if not is_due(missing, now) or now - missing.first_at > ASKED_FOR:
        return None
    return FeedEntry(missing.url, missing.title, missing.published_at, missing.outlet, "")
