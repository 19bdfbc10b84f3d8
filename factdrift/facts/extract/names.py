"""Who fills a slot: an office holder, a partner; and at which rank or since when. Needs the thing beside the word."""

import re
from collections.abc import Mapping

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.lexicon import Lexicon
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.facts.extract.states import triggers
from factdrift.model import Name, Ordinal, Stage, Value, Years
from factdrift.topic import Entity

_TITLE = 4  # characters of a title behind a name
_ATTACHED = 25  # characters from the start of a noun to the clause that tells its age
_SOUGHT = 45  # characters between "is looking" and "for a partner"
_BY = 6  # characters of " by " behind a verb
_AGE_REACH = 60
_WILL = 8  # characters between "will" and "owned"
_ONCE = 24  # characters between "once" and a rank
_BESIDE = 40
_OWN = 24  # characters between "X and Y's" and their venture
_STRANGER = re.compile(r"\s(?:with |avec |con |by |a |à |de |di )?((?:[A-ZÀ-Ý][\w&-]+\s?){1,3})(?<!\s)")
_INSIDE = re.compile(r"\w+\s((?:[A-ZÀ-Ý][\w&-]+\s?){1,3})(?<!\s)(?:'s)?\s(?=\w)")
_EVENTS = ("found", "join", "take_stake")
_PARTNERING = ("partner", "join", "found")  # holding a share makes a partner only where the partners are listed


def read_name(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """Who fills the slot: an office holder, or a partner."""
    tags = triggers(sentence, rule) or _ventures(sentence, rule)
    if "chief" in rule.relation.evoked_by:
        return _chief(sentence, rule, tags, context, entities)
    if not tags:
        return []
    return _partners(sentence, rule, tags, context, entities)


def _chief(
    sentence: Sentence, rule: Rule, tags: list[Tag], context: tuple[str, ...], entities: dict[str, Entity]
) -> list[Draft]:
    departure = _departure(sentence, rule, entities)
    drafts = [departure] if departure else []
    tags = [tag for tag in tags if not _is_other_office(sentence, tag)] or _successions(sentence, rule)
    people = [m for m in sentence.mentions if m.id in rule.fact.people and _is_near_office(sentence, m, tags)]
    if not people:
        return drafts
    chosen = _appointee(sentence, people)
    others = [m for m in people if _stands_by_office(sentence, m, tags) and not _is_succeeded(sentence, m)]
    for person in dict.fromkeys((chosen.id, *(m.id for m in others))):
        mention = next(m for m in people if m.id == person)
        tag = min(tags, key=lambda t: (distance(sentence, mention.start, t.start), t.start))
        steps = _steps(sentence, people)
        stage = _office_stage(sentence, tag) if person == chosen.id and steps else Stage.CURRENT
        if handed := _handed_to(sentence, mention):
            stage = stage_of(sentence, handed, handed.start)
        name = Name(entities[person].names[0])
        drafts.append(Draft(rule.fact, sentence, name, stage, (mention.start, mention.end)))
    return drafts


def _successions(sentence: Sentence, rule: Rule) -> list[Tag]:
    """Words of succeeding where two of the office's people are named: whom one follows says which office it is."""
    known = {m.id for m in sentence.mentions if m.id in rule.fact.people}
    return sentence.tagged("succeed") if len(known) > 1 and "other_office" not in sentence.labels else []


def _is_other_office(sentence: Sentence, tag: Tag) -> bool:
    return any(
        o.start <= tag.start and tag.end <= o.end + 20 and o.end >= tag.start - 10
        for o in sentence.tagged("other_office")
        if o.start < tag.start or o.end > tag.end  # "consejero" in "consejero delegado" is none
    )


def _is_near_office(sentence: Sentence, person: Mention, tags: list[Tag]) -> bool:
    """Near the word for the office; further where the sentence tells of an appointment."""
    reach = 125 if sentence.tagged("appoint") else 60
    return any(distance(sentence, person.start, tag.start) <= reach for tag in tags)


def _stands_by_office(sentence: Sentence, person: Mention, tags: list[Tag]) -> bool:
    """Whether name and office stand side by side ("X chief Jane Doe")."""
    return any(0 <= person.start - tag.end <= 3 or 0 <= tag.start - person.end <= 3 for tag in tags)


def _steps(sentence: Sentence, people: list[Mention]) -> list[Tag]:
    """Words of appointing that are about people: "a plan named Rebirth" is not."""
    return [t for t in sentence.tagged("appoint") if any(distance(sentence, m.start, t.start) <= 90 for m in people)]


def _appointee(sentence: Sentence, people: list[Mention]) -> Mention:
    """Whoever an appointment is about: after "by" where somebody is succeeded, else the one next to its verb."""
    steps = _steps(sentence, people)
    if not steps:
        return people[0]
    if named := [m for m in people if _handed_to(sentence, m)]:
        return named[0]  # "X will hand over to Y"
    follows = [m for m in people if m.marker == "by" and not _is_succeeded(sentence, m)]
    people = [m for m in people if not _is_succeeded(sentence, m)] or people
    heirs = [m for t in sentence.tagged("succeed") for m in people if m.end <= t.start]
    if heirs and not follows:
        return heirs[-1]  # "X replaces Y"
    return follows[0] if follows else min(people, key=lambda m: (abs(m.start - steps[0].start), m.start))


def _handed_to(sentence: Sentence, person: Mention) -> Tag | None:
    """The word of handing over that stands right before the person who takes the office."""
    return next((t for t in sentence.tagged("succeeded_by") if 0 <= person.start - t.end <= _TITLE), None)


def _is_succeeded(sentence: Sentence, person: Mention) -> bool:
    """Whether this is Y in "X succeeds Y"."""
    if any(0 <= t.start - person.end <= _TITLE for t in sentence.tagged("succeeded_after")):
        return True
    return any(0 <= person.start - t.end <= 6 or t.start < person.start < t.end for t in sentence.tagged("succeed"))


def _departure(sentence: Sentence, rule: Rule, entities: dict[str, Entity]) -> Draft | None:
    """A chief who goes, with nobody named to follow: a claim without a value."""
    heads = [m for m in sentence.mentions if m.id in rule.fact.people or m.id == rule.fact.subject]
    for step in sentence.tagged("office"):
        if step.aspect == "noun" or sentence.tagged("appoint", "other_office"):
            continue
        near = [m for m in heads if 0 <= step.start - m.end <= 30]
        known = [m for m in near if m.id in rule.fact.people] or [m for m in near if "chief" in sentence.labels]
        if known:
            stage = stage_of(sentence, step, step.start)
            if stage is Stage.CANCELLED:  # "abandons the head of X": to leave is what is told
                stage = stage_of(sentence, step, step.start, ending=True)
            stage = Stage.PLANNED if stage is Stage.AGREED else stage
            return Draft(rule.fact, sentence, None, stage, (step.start, step.end))
    return None


def _office_stage(sentence: Sentence, tag: Tag) -> Stage:
    span = sentence.clause(tag.start)
    for step in sentence.within(span, "appoint"):
        if step.aspect == "noun" and not sentence.within(span, "future", "intend", "rumour", "agree", "hard_done"):
            return Stage.CURRENT  # "the new chief executive X faces ..."
        stage = stage_of(sentence, step, tag.start)
        return Stage.COMPLETED if stage in (Stage.CURRENT, Stage.AGREED) else stage
    return Stage.CURRENT


def _partners(
    sentence: Sentence, rule: Rule, tags: list[Tag], context: tuple[str, ...], entities: dict[str, Entity]
) -> list[Draft]:
    here = {m.id for m in sentence.mentions}
    if rule.fact.subject not in here and rule.fact.subject not in context:
        return []
    subject = entities[rule.fact.subject]
    not_partner = {rule.fact.subject, subject.unit_of, *subject.partner_of}
    if rule.fact.people:
        partners = [i for i in dict.fromkeys(m.id for m in sentence.mentions) if i in rule.fact.people]
    else:
        partners = [
            i
            for i in dict.fromkeys(m.id for m in sentence.mentions)
            if i not in not_partner and entities[i].type in ("company", "venture")
        ]
    if not partners and not rule.fact.people and (sought := _sought(sentence, tags)):
        stage = stage_of(sentence, sought, sought.start)
        stage = Stage.PLANNED if stage in (Stage.CURRENT, Stage.COMPLETED) else stage  # nobody has been found
        return [Draft(rule.fact, sentence, None, stage, (sought.start, sought.end))]
    drafts = _strangers(sentence, rule, tags) if not partners and not rule.fact.people else []
    for partner in partners:
        mention = next(m for m in sentence.mentions if m.id == partner)
        fitting = [t for t in tags if rule.fact.people or t.label in _PARTNERING]
        if not fitting:
            continue
        events = [t for t in fitting if t.label in _EVENTS and _is_event(sentence, t)]
        span = sentence.clause(mention.start)
        events = [t for t in events if span[0] <= t.start < span[1] and _takes_part(sentence, mention, t)]
        fitting = events or fitting  # an event says more than a noun
        tag = min(fitting, key=lambda t: (distance(sentence, t.start, mention.start), t.start))
        known = bool(rule.fact.people)
        step = tag.aspect != "noun" or sentence.within(span, "agree", "future", "intend", "rumour", "hard_done")
        verb = tag in events or (tag.label in ("found", "join") and step and sentence.index <= 1)
        ahead = tag.label == "own" and sentence.within((tag.start - _WILL, tag.start), "future")  # "will be owned by X"
        stage = (
            Stage.CURRENT
            if known and not ahead and not verb
            else stage_of(sentence, tag, mention.start, lasting=known and not verb)
        )
        drafts.append(Draft(rule.fact, sentence, Name(entities[partner].names[0]), stage, (mention.start, mention.end)))
    return drafts


def _sought(sentence: Sentence, tags: list[Tag]) -> Tag | None:
    """The word for a partner that somebody is looking for."""
    partners = [t for t in tags if t.label == "partner"]
    seeks = sentence.tagged("seek")
    # The verb may stand last (提携先を探している).
    near = [t for t in partners for s in seeks if 0 <= t.start - s.end <= _SOUGHT or 0 <= s.start - t.end <= _TITLE]
    return near[0] if near else None


def _is_event(sentence: Sentence, tag: Tag) -> bool:
    """Whether a word tells of a step: a verb, or a noun that a verb of the clause completes."""
    if tag.aspect == "noun":
        steps = ("hard_done",) if sentence.capital_names else ("hard_done", "agree", "future", "intend", "rumour")
        return tag.label == "take_stake" and bool(sentence.within(sentence.clause(tag.start), *steps))
    return tag.aspect in ("base", "done")


def _takes_part(sentence: Sentence, mention: Mention, verb: Tag) -> bool:
    """Whether the verb is about the mention: its subject, or the first that is named behind it."""
    doers = [m for m in sentence.mentions if m.marker == "by" and 0 <= m.start - verb.end <= _BY]
    if doers:
        return mention in doers  # "its business with Y could be joined by X"
    between = [m for m in sentence.mentions if verb.end <= m.start < mention.start]
    return mention.end <= verb.start or not between


def _ventures(sentence: Sentence, rule: Rule) -> list[Tag]:
    """The venture itself where its known partners stand beside it ("the venture of X, Y and Z")."""
    found = []
    for venture in (m for m in sentence.mentions if m.id == rule.fact.subject):
        partners = [m for m in sentence.mentions if m.id in rule.fact.people and 0 <= m.start - venture.end <= _BESIDE]
        partners += [
            m for m in sentence.mentions if m.id in rule.fact.people and m.poss and 0 < venture.start - m.end <= _OWN
        ]
        verbs = [t for t in sentence.tags if t.aspect in ("base", "done") and partners and t.end <= partners[0].start]
        if partners and not any(t.start >= venture.end for t in verbs):
            found.append(Tag(venture.start, venture.end, "partner", "state"))
    return found


def _strangers(sentence: Sentence, rule: Rule, tags: list[Tag]) -> list[Draft]:
    """A partner that the topic does not know, named right behind "teams up with" or "partnership with"."""
    if not sentence.capital_names:
        return []
    for tag in tags:
        if tag.label not in _PARTNERING:
            continue
        inside = _INSIDE.match(sentence.text, tag.start, tag.end)  # "uses Acme's software"
        match = inside or _STRANGER.match(sentence.text, tag.end, sentence.end)
        if match and not any(t.start < match.end(1) and match.start(1) < t.end for t in sentence.tagged("entity")):
            stage = stage_of(sentence, tag, match.start(1))
            return [Draft(rule.fact, sentence, Name(match[1]), stage, match.span(1))]
    return []


def read_rank(
    sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity], lexicon: Lexicon
) -> list[Draft]:
    """A rank, or the loss of a place to another."""
    spoken = [m for m in sentence.mentions if m.id == rule.fact.subject]
    if not spoken or (all(m.sure for m in spoken) and not sentence.tagged("rank")):
        return []  # a place in a race needs no peers
    span = sentence.shadow[sentence.start : sentence.end]
    for pattern in lexicon.ranks:
        for match in re.finditer(pattern, span):
            word = match["rank"]
            rank = lexicon.ordinals.get(word) or (int(word) if word.isdigit() else 0)
            at = (sentence.start + match.start(), sentence.start + match.end())
            mentions = [m for m in sentence.mentions if entities[m.id].type == "company"]
            near = min(mentions, key=lambda m: distance(sentence, m.start, at[0]), default=None)
            if not rank or near is None or _is_of_person(sentence, at[1]) or _would_be(sentence, at[0]):
                continue
            passed = sentence.tagged("overtake")
            if passed and _is_overtaken(sentence, rule, passed[0], mentions):
                return [Draft(rule.fact, sentence, Ordinal(rank + 1), Stage.COMPLETED, at)]
            if near.id == rule.fact.subject:
                return [Draft(rule.fact, sentence, Ordinal(rank), Stage.CURRENT, at)]
    return []


def _is_of_person(sentence: Sentence, end: int) -> bool:
    """Whether it is a person's place in a firm ("number three at X")."""
    return sentence.shadow[end : end + 4] == " at "


def _would_be(sentence: Sentence, at: int) -> bool:
    """Whether the rank is of something that is not there ("would have made the fourth-biggest carmaker")."""
    if sentence.within((at - _ONCE, at), "formerly"):
        return True  # "once the country's second-largest"
    return bool(sentence.within((max(sentence.start, at - 40), at), "future", "rumour"))


def _is_overtaken(sentence: Sentence, rule: Rule, verb: Tag, mentions: list[Mention]) -> bool:
    after = [m for m in mentions if m.start >= verb.end]
    before = [m for m in mentions if m.end <= verb.start]
    passive = bool(before) and before[-1].id == rule.fact.subject  # "X was passed and is now fourth"
    return bool(after) and after[0].id == rule.fact.subject and not passive


def read_age(
    sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity], lexicon: Lexicon
) -> list[Draft]:
    """A founding year, or an age turned into the two years it leaves open. Needs the thing's own noun beside it."""
    things = [t.start for t in triggers(sentence, rule)]
    things += [m.start for m in sentence.mentions if m.id == rule.fact.subject]
    if not things:
        return []
    span = sentence.shadow[sentence.start : sentence.end]
    for pattern in lexicon.ages:
        for match in re.finditer(pattern, span):
            at = (sentence.start + match.start(), sentence.start + match.end())
            if min(distance(sentence, start, at[1]) for start in things) > _AGE_REACH and not _is_attached(
                things, at[0]
            ):
                continue
            value = _founding(match.groupdict(), sentence, lexicon.numbers.words)
            if value:
                return [Draft(rule.fact, sentence, value, Stage.CURRENT, at, background=True)]
    return []


def _is_attached(things: list[int], at: int) -> bool:
    """Whether the age follows its thing at once, whatever clause it opens ("the alliance, which dates back to ...")."""
    return any(0 < at - start <= _ATTACHED for start in things)


def _founding(groups: dict[str, str | None], sentence: Sentence, words: Mapping[str, float]) -> Value | None:
    if year := groups.get("year"):
        return Years(int(year), int(year)) if int(year) <= sentence.published.year else None
    if tens := int(words.get(groups.get("decades") or "", 0)):
        born = sentence.published.year - 10 * tens
        return Years(born - 10, born)  # "two decades old": from 20 to 30 years
    if (nth := groups.get("nth")) and nth.isdigit() and int(nth) > 1:
        return Years(sentence.published.year - int(nth), sentence.published.year - int(nth) + 1)
    if (years := groups.get("years")) and years.isdigit() and int(years) > 1:
        born = sentence.published.year - int(years)
        return Years(born - 1, born)
    return None
