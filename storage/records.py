"""The rows that a flow hands to the store and gets back. Plain values; knows no SQL."""

from dataclasses import dataclass, field
from datetime import datetime

from factdrift.model import Alert, Article, Change, Ledger, StoredClaim


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
class FactRow:
    """What a tracked slot is about, for people who ask in SQL."""

    fact: str
    meaning: str
    relation: str
    subject: str
    object: str
    value_kind: str


@dataclass(frozen=True, slots=True)
class Batch:
    """All that one run writes, in one transaction. `ledgers` holds the new fold of each affected fact."""

    topic: str
    run_id: str
    started_at: datetime
    now: datetime
    outcome: str
    articles: tuple[StoredArticle, ...] = ()
    claims: tuple[StoredClaim, ...] = ()
    ended_versions: tuple[str, ...] = ()
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    notices: tuple[Change, ...] = ()  # corrected and retracted: told once, not part of the fold
    alerts: tuple[Alert, ...] = ()
    sources: tuple[SourceState, ...] = ()
    facts: tuple[FactRow, ...] = ()


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a commit added. `repeated` says that the run had been written before and nothing was added."""

    articles: int = 0
    claims: int = 0
    changes: tuple[Change, ...] = ()
    repeated: bool = False
