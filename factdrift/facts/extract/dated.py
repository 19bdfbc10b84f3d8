"""When something is due or was done: agreements, plans, listings, endings. A plan that fell is a claim of its own."""

from datetime import date
from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.dates import When
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.parties import PLACES, acting_subject, is_with_stranger, parties_present, triggers
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import DateSpan, Stage, State
from factdrift.topic import Entity

_ABOUT: Final = 12  # characters between an agreement and what it is about
_UNTIL: Final = 12  # characters between "slipped" and the date it slipped to
_ARTICLE: Final = 8  # characters of "without any listing"
_OWNER: Final = 24  # characters between a party and its agreement
_SUBJECT: Final = 3  # words before the noun of a subject
_OVER: Final = 45  # days after which a month that is said to be to come must be the next one
_FEBRUARY: Final = 2
_BEGUN: Final = 60  # characters between an event and the verb that it has begun
_DUE: Final = 20  # characters between "due" and its date
_PARTICIPLE: Final = 2  # characters between "deal" and "signed"
_ONCE: Final = 20  # characters of "once promised for" before a date
_AWAITED: Final = 14  # characters between "expects" and the agreement
_EXPECTED: Final = (Stage.PLANNED, Stage.AGREED, Stage.RUMOURED)


def read_dated(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """When something is due, or was done; a fall of the plan is a claim of its own."""
    lacking = sentence.tagged("lacking")
    tags = [t for t in triggers(sentence, rule) if not any(_is_lacked(t, w) for w in lacking)]
    if (
        not tags
        or not parties_present(sentence, rule, context)
        or not any(acting_subject(sentence, tag, rule, entities) for tag in tags)
    ):
        return []
    needs_step = bool(rule.relation.steps)
    if needs_step and rule.relation.both_ways:
        return _agreement(sentence, rule, tags, entities)
    steps = sentence.tagged(*rule.relation.steps) if needs_step else tags
    if needs_step and (moved := _moved(sentence, sentence.dates)):
        span = _ahead(sentence, moved[0], Stage.PLANNED)
        return [Draft(rule.fact, sentence, span, Stage.PLANNED, (moved[0].start, moved[0].end), due=span)]
    if not steps:
        return _dropped(sentence, rule, tags)
    step = min(steps, key=lambda t: (min(distance(sentence, t.start, x.start) for x in tags), t.start))
    stage = stage_of(sentence, step, step.start, ending=rule.relation.ending)
    if rule.relation.by_concept and stage is Stage.PLANNED and _has_begun(sentence, step):
        stage = Stage.COMPLETED
    when = _date_of(sentence, step, stage, _others_dates(sentence, rule))
    if stage in (Stage.CANCELLED, Stage.DENIED) and not needs_step:
        return [Draft(rule.fact, sentence, State(True), stage, (step.start, step.end))]
    if when is None:
        if rule.relation.ending and stage is Stage.COMPLETED and step.aspect == "done":
            return [Draft(rule.fact, sentence, None, stage, (step.start, step.end))]
        if rule.relation.by_concept and stage not in (Stage.COMPLETED, Stage.CANCELLED, Stage.DENIED):
            return []  # "extends the deadline": to when is not said
        if stage is Stage.RUMOURED and "condition" in sentence.labels:
            return []  # "if it is listed ..." says nothing of when
        if "state" not in rule.relation.value:
            return _dropped(sentence, rule, tags) if needs_step else []
        return [Draft(rule.fact, sentence, State(True), stage, (step.start, step.end))]
    if stage is Stage.COMPLETED and when.date_from > sentence.published:
        stage = Stage.PLANNED  # "when it is listed next year"
    due = when if stage in _EXPECTED else None
    drafts = [Draft(rule.fact, sentence, when, stage, (step.start, step.end), due=due)]
    fallen = [t for t in sentence.tagged("cancel_it") if t.start > step.end]
    if fallen and due and "state" in rule.relation.value:  # "had planned to list it in May but called it off"
        drafts.append(Draft(rule.fact, sentence, State(True), Stage.CANCELLED, (fallen[0].start, fallen[0].end)))
    return drafts


def _has_begun(sentence: Sentence, event: Tag) -> bool:
    """Whether a verb of the past beside the event says that it has begun, and none that it is to."""
    span = sentence.clause(event.start)
    begun = [t for t in sentence.within(span, "begun") if distance(sentence, t.start, event.start) <= _BEGUN]
    return bool(begun) and not sentence.within(span, "future", "intend", "rumour")


def _is_lacked(tag: Tag, lacking: Tag) -> bool:
    """Whether it is said to be missing, or not to matter ("without any listing", "listing or no listing")."""
    return 0 < tag.start - lacking.end <= _ARTICLE or lacking.start - tag.end == 1


def _dropped(sentence: Sentence, rule: Rule, tags: list[Tag]) -> list[Draft]:
    """A plan that is dropped or not presented when it was due: a claim without a date."""
    tags = [t for t in tags if sentence.shadow[t.end : t.end + 4] != " to "]  # "a plan to invest": another thing
    for tag in tags:
        missed = sentence.within((tag.start - _BEFORE, tag.end + _BEFORE), "delay")
        if missed or stage_of(sentence, tag, tag.start) is Stage.CANCELLED:
            return [Draft(rule.fact, sentence, None, Stage.CANCELLED, (tag.start, tag.end))]
    return []


_BEFORE: Final = 30  # characters between a plan and the word that says it is late


def _agreement(sentence: Sentence, rule: Rule, tags: list[Tag], entities: dict[str, Entity]) -> list[Draft]:
    """When the parties' agreement was signed, or is due: by a step with a date, or by the date that names it."""
    parties = {rule.fact.subject, rule.fact.object}
    strangers = [m for m in sentence.mentions if entities[m.id].type == "company" and m.id not in parties]
    if not strangers and (pending := _pending(sentence)):
        if missed := _missed(sentence):
            return [Draft(rule.fact, sentence, missed.span, Stage.CANCELLED, (missed.start, missed.end))]
        return [Draft(rule.fact, sentence, None, Stage.PLANNED, (pending.start, pending.end))]
    ventures = [m for m in sentence.mentions if entities[m.id].type == "venture"]
    tags = [t for t in tags if not is_with_stranger(sentence, t) and not _is_own(sentence, t, parties)]
    if strangers or sentence.tagged("amend") or (ventures and sentence.percents):
        return _named_by_date(sentence, rule, tags) if not strangers else []
    steps = _settled(sentence, tags) or _awaited(sentence, tags)
    for step in steps:
        near = [t for t in tags if distance(sentence, t.start, step.start) <= 100]
        wide = bool(sentence.tagged("delay"))  # "slips into 2023"
        dates = [w for w in sentence.dates if wide or w.exact or w.bound or "year" in sentence.shadow[w.start : w.end]]
        dates = [w for w in dates if distance(sentence, w.start, step.start) <= 120]
        if not near or not dates:
            continue
        named = any(0 < step.start - t.end <= _PARTICIPLE for t in near) and step.aspect == "done"
        stage = Stage.COMPLETED if named else stage_of(sentence, step, step.start)  # "the deal signed in July"
        if moved := _moved(sentence, dates):
            dates, stage = moved, Stage.PLANNED  # "due by March, have been delayed to the autumn"
        if stage is Stage.DENIED and step.label != "settle":
            continue  # "no deal is expected in May" gives no date
        if stage in (Stage.COMPLETED, Stage.AGREED, Stage.CURRENT):
            past = [w for w in dates if w.exact and w.span.date_to <= sentence.published]
            ahead = [w for w in dates if not w.relative and w.span.date_to > sentence.published]
            dates, stage = (past, Stage.COMPLETED) if past else (ahead, Stage.PLANNED)
        else:
            dates = [w for w in dates if not w.relative]
        if dates:
            best = min(dates, key=lambda w: (distance(sentence, w.start, step.start), w.start))
            span = _ahead(sentence, best, stage)
            due = span if stage in _EXPECTED else None
            return [Draft(rule.fact, sentence, span, stage, (best.start, best.end), due=due)]
    return _named_by_date(sentence, rule, tags)


def _is_own(sentence: Sentence, deal: Tag, parties: set[str | None]) -> bool:
    """Whether the agreement is one party's own affair ("X's labour contracts")."""
    named = {m.id for m in sentence.mentions if m.id in parties}
    sure = [m for m in sentence.mentions if m.sure and m.id in parties]
    owners = [m for m in sure if m.poss and 0 < deal.start - m.end <= _OWNER]
    owners += [m for m in sure if m.marker == "of" and 0 < m.start - deal.end <= _OWNER]
    return bool(owners) and len(named) == 1 and not sentence.tagged("both", "partner_ref", "each", "other")


def _settled(sentence: Sentence, tags: list[Tag]) -> list[Tag]:
    """The steps of settling; a noun in a clause of its own ("...; the closing in autumn") is another step."""
    spans = [sentence.clause(t.start) for t in tags]
    steps = sentence.tagged("settle")
    return [s for s in steps if s.aspect != "noun" or any(a <= s.start < b for a, b in spans)]


def _awaited(sentence: Sentence, tags: list[Tag]) -> list[Tag]:
    """The agreement itself where it is awaited and no verb says that it is settled ("contracts are due by March")."""
    awaited = [t for t in sentence.tagged("intend") if t.aspect != "noun"]
    return [
        tag
        for tag in tags
        if (sentence.within((tag.end, tag.end + 30), "future", "intend") and _opens(sentence, tag))
        or any(0 < tag.start - t.end <= _AWAITED for t in awaited)
    ]


def _opens(sentence: Sentence, deal: Tag) -> bool:
    """Whether the agreement is the subject of its clause, and not only what another thing is about."""
    low, _ = sentence.clause(deal.start)
    return len(sentence.shadow[low : deal.start].split()) <= _SUBJECT or not sentence.capital_names


def _pending(sentence: Sentence) -> Tag | None:
    """The step that is said to be still ahead ("the terms have yet to be finalised")."""
    steps = sentence.tagged("settle")
    return next((s for y in sentence.tagged("yet") for s in steps if 0 <= s.start - y.start <= 30), None)


def _missed(sentence: Sentence) -> When | None:
    """The date that was named and is over ("due at the end of March, the contracts are still not signed")."""
    over = [w for w in sentence.dates if w.exact and not w.relative and w.span.date_to < sentence.published]
    return next((w for w in over if sentence.within((w.start - _DUE, w.start), "future", "intend")), None)


def _named_by_date(sentence: Sentence, rule: Rule, tags: list[Tag]) -> list[Draft]:
    """ "July's agreement", "the pact of July 2023": an agreement known by its date is signed and past."""
    for when in sentence.dates:
        if not when.exact or when.relative or when.span.date_to >= sentence.published:
            continue
        for tag in tags:
            if any(0 <= tag.start - t.end <= 3 for t in sentence.tagged("amend")):
                continue  # "the amended pact of March" is another one
            edge = max(when.end, tag.end)
            if any(m.type == "venture" and 0 < m.start - edge <= _ABOUT for m in sentence.mentions):
                continue  # "the July agreement on Z": about something else
            gap = sentence.shadow[min(when.end, tag.end) : max(when.start, tag.start)]
            if len(gap) <= 12 and "," not in gap:
                return [Draft(rule.fact, sentence, when.span, Stage.COMPLETED, (when.start, when.end), background=True)]
    return []


def _others_dates(sentence: Sentence, rule: Rule) -> list[When]:
    """The dates of what other facts are about: where two things are named, a date is that of the one before it."""
    own = [f"concept:{concept}" for concept in rule.fact.about]
    things = [t for t in sentence.tags if t.label.startswith("concept:") and t.label not in PLACES]
    if not own or all(t.label in own for t in things) or all(t.label not in own for t in things):
        return []
    found = []
    for when in sentence.dates:
        before = [t for t in things if t.start < when.start]
        nearest = before[-1] if before else things[0]
        if nearest.label not in own:
            found.append(when)
    return found


def _date_of(sentence: Sentence, step: Tag, stage: Stage, others: list[When]) -> DateSpan | None:
    dates = [
        w for w in sentence.dates if w not in others and not (w.relative and stage in (Stage.PLANNED, Stage.RUMOURED))
    ]
    dates = [w for w in dates if not _was_once(sentence, w) and not _is_since(sentence, w)]
    if not dates:
        return None
    moved = _moved(sentence, dates)
    best = moved[0] if moved else min(dates, key=lambda w: (distance(sentence, w.start, step.start), w.start))
    return _ahead(sentence, best, stage)


def _is_since(sentence: Sentence, when: When) -> bool:
    """Whether the date is when something began that still holds ("in place since 1994")."""
    return any(when.start - t.end == 1 for t in sentence.within((when.start - _UNTIL, when.start), "since"))


def _was_once(sentence: Sentence, when: When) -> bool:
    """Whether the date is an earlier plan's ("once promised for 2025")."""
    span = (when.start - _ONCE, when.start)
    return bool(sentence.within(span, "once_was")) and bool(sentence.within(span, "background"))


def _moved(sentence: Sentence, dates: list[When]) -> list[When]:
    """The dates to which something is put off."""
    delays = [t for t in sentence.tagged("delay") if t.aspect != "noun"]
    near = [w for w in dates for t in delays if 0 < w.start - t.end <= _UNTIL]
    if near or not delays:
        return near
    _, high = sentence.clause(delays[0].start)  # "put off from autumn to spring"
    later = [w for w in dates if delays[0].end < w.start < high]
    return [w for w in later if any(w.start - t.end <= 1 for t in sentence.within((w.start - _UNTIL, w.start), "to"))]


def _ahead(sentence: Sentence, when: When, stage: Stage) -> DateSpan:
    """The date itself; of a month without its year that is long over, the next one where it is said to be to come."""
    span = when.span
    over = (sentence.published - span.date_to).days > _OVER
    if not (when.loose and over and stage in _EXPECTED) or sentence.within(sentence.clause(when.start), "background"):
        return span
    return DateSpan(_next_year(span.date_from), _next_year(span.date_to))


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == _FEBRUARY else day.day)
