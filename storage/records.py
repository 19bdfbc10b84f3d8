"""The rows that a flow hands to the store and gets back. Plain values; knows no SQL."""

from dataclasses import dataclass, field
from datetime import datetime

from factdrift.model import Alert, Article, Change, Ledger, Review, StoredClaim


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source between runs. Validators are kept byte for byte."""

    source: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_success_at: datetime | None = None
    last_attempt_at: datetime | None = None
    failures: int = 0
    last_error: str = ""
    last_new_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article version to keep; `unread` says why it was not read for claims (empty: it was)."""

    article: Article
    unread: str = ""
    hashes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """An article that could not be had when it was last asked for; `gone_since` where each look since then said that it
    is not there."""

    article_id: str
    source: str
    url: str
    title: str
    outlet: str
    published_at: datetime | None
    first_at: datetime
    last_at: datetime
    next_at: datetime
    looks: int
    gone_since: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """What a tracked slot is about, for people who ask in SQL."""

    fact: str
    meaning: str
    relation: str
    subject: str
    object: str
    value_kind: str


@dataclass(frozen=True, slots=True)
class KeptFold:
    """Where the fold of a fact stands after a run: `body` is the fold's own, `stamp` names what it rests on."""

    fact: str
    stamp: str
    body: str


@dataclass(frozen=True, slots=True)
class Batch:
    """All that one run writes, in one transaction. `ledgers` holds the new fold of each affected fact.

    A ledger that goes on after a place is added to what stands up to there; any other takes the place of all that
    stands. `kept` is where the folds may go on; a fact that is touched and not among them is folded whole next time.
    """

    topic: str
    run_id: str
    started_at: datetime
    now: datetime
    outcome: str
    articles: tuple[StoredArticle, ...] = ()
    claims: tuple[StoredClaim, ...] = ()
    ended_versions: tuple[str, ...] = ()  # article versions, and all their claims with them
    ended_claims: tuple[str, ...] = ()
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    notices: tuple[Change, ...] = ()  # corrected and retracted: told once, not part of the fold
    alerts: tuple[Alert, ...] = ()
    sources: tuple[SourceState, ...] = ()
    facts: tuple[FactRow, ...] = ()
    kept: tuple[KeptFold, ...] = ()
    reviews: tuple[Review, ...] = ()
    missing: tuple[Missing, ...] = ()
    had: tuple[str, ...] = ()  # articles that were had, and so are missing no more


@dataclass(frozen=True, slots=True)
class Met:
    """What the store holds of a fact: how many claims, and which of some origins and articles they come from."""

    claims: int = 0
    origins: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the ledgers of a run that has too many to hold at once, as they stand in a `Batch`."""

    ledgers: dict[str, Ledger]
    kept: tuple[KeptFold, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a commit added. `repeated` says that the run had been written before and nothing was added."""

    articles: int = 0
    claims: int = 0
    changes: tuple[Change, ...] = ()
    repeated: bool = False
