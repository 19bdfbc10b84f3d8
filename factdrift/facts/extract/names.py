"""Who fills a slot: an office holder, a partner; and at which rank or since when. Needs the thing beside the word."""

import re

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.lexicon import Lexicon
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.facts.extract.states import triggers
from factdrift.model import Name, Ordinal, Stage, Value, Years
from factdrift.topic import Entity

_AGE_REACH = 60


def read_name(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """Who fills the slot: an office holder, or a partner."""
    tags = triggers(sentence, rule)
    if "chief" in rule.relation.evoked_by:
        return _chief(sentence, rule, tags, context, entities)
    if not tags:
        return []
    return _partners(sentence, rule, tags, context, entities)


def _chief(
    sentence: Sentence, rule: Rule, tags: list[Tag], context: tuple[str, ...], entities: dict[str, Entity]
) -> list[Draft]:
    departure = _departure(sentence, rule, entities)
    gone = [departure] if departure else []
    for tag in tags:
        if any(
            o.start <= tag.start and tag.end <= o.end + 20 and o.end >= tag.start - 10
            for o in sentence.tagged("other_office")
        ):
            continue
        people = [
            m
            for m in sentence.mentions
            if entities[m.id].type == "person"
            and m.id in rule.fact.people
            and distance(sentence, m.start, tag.start) <= 60
        ]
        if people:
            person = min(people, key=lambda m: distance(sentence, m.start, tag.start))
            stage = _office_stage(sentence, tag)
            name = Name(entities[person.id].names[0])
            return [*gone, Draft(rule.fact, sentence, name, stage, (person.start, person.end))]
    return gone


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
            stage = Stage.PLANNED if stage is Stage.AGREED else stage
            return Draft(rule.fact, sentence, None, stage, (step.start, step.end))
    return None


def _office_stage(sentence: Sentence, tag: Tag) -> Stage:
    span = sentence.clause(tag.start)
    for step in sentence.within(span, "appoint"):
        stage = stage_of(sentence, step, tag.start)
        return Stage.COMPLETED if stage in (Stage.CURRENT, Stage.AGREED) else stage
    return Stage.CURRENT


def _partners(
    sentence: Sentence, rule: Rule, tags: list[Tag], context: tuple[str, ...], entities: dict[str, Entity]
) -> list[Draft]:
    here = {m.id for m in sentence.mentions}
    if rule.fact.subject not in here and (rule.fact.people or rule.fact.subject not in context):
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
    drafts = []
    for partner in partners:
        mention = next(m for m in sentence.mentions if m.id == partner)
        tag = min(tags, key=lambda t: (distance(sentence, t.start, mention.start), t.start))
        known = bool(rule.fact.people)
        verb = tag.label in ("found", "join") and (tag.aspect in ("base", "done") or sentence.index <= 1)
        stage = Stage.CURRENT if known and not verb else stage_of(sentence, tag, mention.start, lasting=known)
        drafts.append(Draft(rule.fact, sentence, Name(entities[partner].names[0]), stage, (mention.start, mention.end)))
    return drafts


def read_rank(
    sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity], lexicon: Lexicon
) -> list[Draft]:
    """A rank, or the loss of a place to another."""
    if not any(m.id == rule.fact.subject for m in sentence.mentions):
        return []
    span = sentence.shadow[sentence.start : sentence.end]
    for pattern in lexicon.ranks:
        for match in re.finditer(pattern, span):
            word = match["rank"]
            rank = lexicon.ordinals.get(word) or (int(word) if word.isdigit() else 0)
            at = (sentence.start + match.start(), sentence.start + match.end())
            mentions = [m for m in sentence.mentions if entities[m.id].type == "company"]
            near = min(mentions, key=lambda m: distance(sentence, m.start, at[0]), default=None)
            if not rank or near is None:
                continue
            passed = sentence.tagged("overtake")
            if passed and _is_overtaken(sentence, rule, passed[0], mentions):
                return [Draft(rule.fact, sentence, Ordinal(rank + 1), Stage.COMPLETED, at)]
            if near.id == rule.fact.subject:
                return [Draft(rule.fact, sentence, Ordinal(rank), Stage.CURRENT, at)]
    return []


def _is_overtaken(sentence: Sentence, rule: Rule, verb: Tag, mentions: list[Mention]) -> bool:
    after = [m for m in mentions if m.start >= verb.end]
    return bool(after) and after[0].id == rule.fact.subject


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
            if min(distance(sentence, start, at[1]) for start in things) > _AGE_REACH:
                continue
            value = _founding(match.groupdict(), sentence)
            if value:
                return [Draft(rule.fact, sentence, value, Stage.CURRENT, at, background=True)]
    return []


def _founding(groups: dict[str, str | None], sentence: Sentence) -> Value | None:
    if year := groups.get("year"):
        return Years(int(year), int(year))
    if (years := groups.get("years")) and years.isdigit() and int(years) > 1:
        born = sentence.published.year - int(years)
        return Years(born - 1, born)
    return None
