"""The words of the project as values: topic-free, I/O-free, frozen.

Knows nothing of storage, sources, languages or any particular topic. Every type here survives pickling, because
articles are read in worker processes.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Stage(StrEnum):
    """How far a thing has come, as one sentence says it."""

    RUMOURED = "rumoured"
    PLANNED = "planned"
    AGREED = "agreed"
    COMPLETED = "completed"
    CURRENT = "current"
    DENIED = "denied"
    CANCELLED = "cancelled"


class Track(StrEnum):
    """What holds (actual) and what is planned (expected). A denial or a cancellation speaks of the expected track."""

    ACTUAL = "actual"
    EXPECTED = "expected"


TRACK_OF_STAGE = {
    Stage.RUMOURED: Track.EXPECTED,
    Stage.PLANNED: Track.EXPECTED,
    Stage.AGREED: Track.EXPECTED,
    Stage.COMPLETED: Track.ACTUAL,
    Stage.CURRENT: Track.ACTUAL,
    Stage.DENIED: Track.EXPECTED,
    Stage.CANCELLED: Track.EXPECTED,
}


class Mention(StrEnum):
    """Whether a sentence reports something new or restates what was known."""

    NEWS = "news"
    BACKGROUND = "background"


class AttributionKind(StrEnum):
    """Who says so."""

    COMPANY = "company"
    FILING = "filing"
    NAMED = "named"
    UNNAMED = "unnamed"
    OUTLET = "outlet"


class ChangeKind(StrEnum):
    """What happened on the ledger."""

    ADDED = "added"
    CONFIRMED = "confirmed"
    VALUE_CHANGED = "value_changed"
    STAGE_CHANGED = "stage_changed"
    DATE_SLIPPED = "date_slipped"
    CONTESTED = "contested"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    OVERDUE = "overdue"


class Reason(StrEnum):
    """Why a claim became no change (design, rule 10)."""

    SAME_VALUE = "same_value"
    BACKGROUND = "background"
    REPRINT = "reprint"
    OLDER = "older"
    WRONG_SLOT = "wrong_slot"
    LOW_AUTHORITY = "low_authority"
    NEEDS_REVIEW = "needs_review"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LESS_PRECISE = "less_precise"
    SEED = "seed"  # it founded a belief; a seed is no change


# --- values: the tagged JSON of the labelling guide, one class a kind ------------------------------------------------


@dataclass(frozen=True, slots=True)
class Percent:
    """A share in percent; `decimals` is the precision it was stated with (43 -> 0, 43.4 -> 1)."""

    percent: float
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole currency units (600 million euros -> 600_000_000, EUR); `digits` significant digits stated."""

    amount: float
    currency: str
    digits: int = 2


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A closed interval of days: a single day, or what "mid-2023" or "by year-end" means."""

    date_from: date
    date_to: date


@dataclass(frozen=True, slots=True)
class State:
    """Whether something is so."""

    state: bool


@dataclass(frozen=True, slots=True)
class Name:
    """Who or what fills the slot, as written, or the entity id's first name where it is a known entity."""

    name: str


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A rank, 1 = first."""

    ordinal: int


@dataclass(frozen=True, slots=True)
class Years:
    """A founding year, or the two years an age leaves open."""

    year_from: int
    year_to: int


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things ("20,000 jobs"); `unit` is a lexicon label, `digits` the significant digits stated."""

    count: float
    unit: str
    digits: int = 2


@dataclass(frozen=True, slots=True)
class Rate:
    """A number of things per period ("38 a month"); period is day, week, month, quarter or year."""

    rate: float
    unit: str
    period: str


@dataclass(frozen=True, slots=True)
class Text:
    """Free text; equal to any other text of the same slot only letter by letter."""

    text: str


Value = Percent | Money | DateSpan | State | Name | Ordinal | Years | Count | Rate | Text


# --- articles ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Article:
    """One version of one article as it is read for claims. Evidence offsets point into `title` or `text`."""

    article_id: str  # stable per canonical URL
    version_id: str  # sha256 of title + text: a changed article is a new version
    url: str
    outlet: str
    title: str
    text: str
    lang: str  # ISO 639-1
    published_at: datetime | None
    published_from: str  # where the date was read: feed, json_ld, meta, htmldate, none
    modified_at: datetime | None
    fetched_at: datetime
    source: str  # id of the configured source
    origin: str = ""  # id shared by reprints of one piece of reporting
    tier: int = 2  # 1 party or filing, 2 established outlet, 3 unknown page


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A sketch of one article version's text. Two that resemble each other are reprints and share an `origin`."""

    version_id: str
    origin: str
    published_at: datetime
    hashes: tuple[int, ...]  # ascending, positive, below 2**62


# --- claims -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """What is claimed about: relation + subject + object (+ qualifiers, sorted pairs)."""

    relation: str
    subject: str
    object: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """W3C TextQuoteSelector + TextPositionSelector: `exact` == part[start:end] in one article version, code points."""

    part: str  # "title" or "text"
    exact: str
    prefix: str
    suffix: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says so, with the span of the words (offsets in the evidence's part; 0, 0 for the outlet itself)."""

    kind: AttributionKind
    name: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """What one sentence of one article says about a slot. `fact` is None for a candidate that fits no tracked fact."""

    fact: str | None
    slot: Slot
    value: Value | None  # None where the sentence speaks of the stage only
    stage: Stage
    mention: Mention
    evidence: Evidence
    approx: bool = False
    bound: str | None = None  # "max" (up to), "min" (at least)
    measure: str | None = None  # economic, direct, voting
    attribution: Attribution | None = None
    as_of: DateSpan | None = None  # when the sentence dates the event
    due: DateSpan | None = None  # when an expected thing is due
    corefs: tuple[tuple[str, int, int], ...] = ()  # (entity id, start, end) of words resolved to an entity
    cue: tuple[int, int] = (0, 0)  # offsets in the part of the word or number that carries the claim
    returns: bool = False  # an explicit cue that an earlier state is back ("again", "returns to")


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """A claim with what the fold needs to know of where and when it was read."""

    claim_id: str
    claim: Claim
    version_id: str
    article_id: str
    outlet: str
    source: str
    tier: int
    origin: str
    published_at: datetime  # published, or fetched where no date was found
    system_from: datetime  # when we knew it
    system_to: datetime | None = None  # when its article version was replaced or withdrawn
    extractor: str = ""


# --- the ledger -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Belief:
    """The value and stage that stand for a fact on one track from `valid_from` until `valid_to` (None: still)."""

    fact: str
    track: Track
    value: Value | None
    stage: Stage
    valid_from: datetime
    valid_to: datetime | None
    claim_id: str  # the claim it rests on; "seed:..." for a seed
    due: DateSpan | None = None
    bound: str | None = None
    approx: bool = False
    origins: int = 1  # independent origins that support it
    last_confirmed: datetime | None = None
    contested: bool = False
    measure: str | None = None  # economic, direct, voting: beliefs of different measures stand side by side


@dataclass(frozen=True, slots=True)
class Change:
    """One event on the ledger, with the claim that made it and what it replaced."""

    change_id: str
    fact: str
    track: Track
    kind: ChangeKind
    old: Belief | None
    new: Belief | None
    claim_id: str
    at: datetime  # valid time: when it happened or was reported
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class ClaimReason:
    """What a claim did: the change it made, or the coded reason why none."""

    claim_id: str
    fact: str
    reason: str  # a Reason or a ChangeKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """How many changes and reasons a fact had before."""

    changes: int
    reasons: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """The result of a fold over one fact's claims.

    Where the fold went on from a kept state, `after` says from which place: then `beliefs` are those that are open or
    were closed since, and `changes` and `reasons` those that came since.
    """

    beliefs: tuple[Belief, ...] = field(default=())
    changes: tuple[Change, ...] = field(default=())
    reasons: tuple[ClaimReason, ...] = field(default=())
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What a person decided about a claim. Of several on one claim the last that is not undone counts."""

    review_id: str
    claim_id: str
    verdict: str  # accept, reject, note; undo takes another one back
    who: str
    at: datetime
    undone: bool = False
    note: str = ""
    undoes: str = ""  # the review that an undo takes back


@dataclass(frozen=True, slots=True)
class Alert:
    """One message to the user, kept in the store before it is sent. `key` is what it tells; nothing is told twice."""

    alert_id: str
    topic: str
    change_id: str
    fact: str
    key: str
    title: str
    body: str
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0
    last_error: str = ""
