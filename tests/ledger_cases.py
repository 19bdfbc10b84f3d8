"""Builders of facts and claims for the tests of the ledger: only what a test is about needs to be said."""

from datetime import UTC, date, datetime, timedelta

from factdrift.facts.ledger import fold
from factdrift.model import (
    Article,
    Attribution,
    AttributionKind,
    Claim,
    DateSpan,
    Evidence,
    Mention,
    Percent,
    Slot,
    Stage,
    State,
    StoredClaim,
)
from factdrift.topic import FactPolicy, FactSpec

SEED_DAY = date(2023, 4, 14)
NOW = datetime(2023, 8, 1, tzinfo=UTC)
QUOTE = Evidence("text", "It says so.", "", "", 0, 11)
YES, NO = State(True), State(False)
POLICY = FactPolicy()


def at(day, hour=9):
    """A moment: day N after the seed, or an ISO date."""
    first = SEED_DAY + timedelta(days=day) if isinstance(day, int) else date.fromisoformat(day)
    return datetime(first.year, first.month, first.day, hour, tzinfo=UTC)


def span(first, last=None):
    return DateSpan(date.fromisoformat(first), date.fromisoformat(last or first))


def spec(value="percent", cardinality="one", also=(), name="stake"):
    return FactSpec(
        name=name,
        meaning="m",
        relation="holds_stake",
        subject="a",
        object="b",
        value=value,
        cardinality=cardinality,
        also_value=also,
    )


def claim(
    value,
    stage=Stage.CURRENT,
    day=1,
    *,
    hour=9,
    by=AttributionKind.OUTLET,
    origin=None,
    article=None,
    tier=2,
    mention=Mention.NEWS,
    name=None,
    fact="stake",
    slot=None,
    system_to=None,
    **said,
):
    """One stored claim; a bare number is a percentage. Its origin and article are its own unless given."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    value = Percent(value, 0 if float(value).is_integer() else 1) if number else value
    name = (
        name or f"{fact}-{stage}-{value}-{day}-{hour}-{by}-{origin}-{article}-{mention}-{tier}-{sorted(said.items())}"
    )
    made = Claim(
        fact,
        slot or Slot("holds_stake", "a", "b"),
        value,
        stage,
        mention,
        QUOTE,
        attribution=Attribution(by) if by else None,
        **said,
    )
    article = article or name
    origin = name if origin is None else origin
    when = at(day, hour)
    return StoredClaim(name, made, article, article, "Outlet", "feed", tier, origin, when, when, system_to)


def seed(value, stage=Stage.CURRENT, number=0, **said):
    """A seed claim of the day of the seed article."""
    stored = claim(
        value, stage, 0, hour=0, name=f"seed:stake:{number}", article="seed-article", origin="seed", tier=1, **said
    )
    return StoredClaim(
        **{field: getattr(stored, field) for field in stored.__slots__ if field != "extractor"}, extractor="seed"
    )


def ledger(*claims, spec_=None, policy=POLICY, now=NOW, reviews=()):
    return fold(spec_ or spec(), claims, policy, now, reviews)


def told(folded):
    """The changes as (kind, track, value, stage) of what is new, those for review left out."""
    return [
        (str(c.kind), str(c.track), getattr(c.new.value, "percent", c.new.value), str(c.new.stage))
        for c in folded.changes
        if not c.needs_review
    ]


def standing(folded):
    """The open beliefs as (track, value, stage)."""
    return sorted(
        (str(b.track), str(getattr(b.value, "percent", b.value)), str(b.stage))
        for b in folded.beliefs
        if b.valid_to is None
    )


def reasons(folded):
    return [str(r.reason) for r in folded.reasons]


def reason_of(folded, stored):
    return next(str(r.reason) for r in folded.reasons if r.claim_id == stored.claim_id)


def article(text, title="Title"):
    return Article(
        "art", "ver", "https://e.org/a", "Outlet", title, text, "en", at(0, 0), "feed", None, at(0, 0), "feed", "seed"
    )
