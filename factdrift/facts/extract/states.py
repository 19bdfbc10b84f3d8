"""Facts of state, money, dates, names, ranks and ages: a trigger, its parties, and what the clause says of it."""

import re
from collections.abc import Iterable

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.lexicon import Lexicon
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import DateSpan, Money, Name, Ordinal, Stage, State, Value, Years
from factdrift.topic import Entity

_EXPECTED = (Stage.PLANNED, Stage.AGREED, Stage.RUMOURED)


def triggers(sentence: Sentence, rule: Rule) -> list[Tag]:
    """The words that evoke a rule's relation here, those of the fact's own included."""
    own = (f"fact:{rule.fact.name}", f"office:{rule.fact.unit}")
    evoked = () if rule.fact.unit and rule.relation.reader == "name" else rule.relation.evoked_by
    tags = sentence.tagged(*evoked, *own)
    for concepts in (rule.fact.about, rule.fact.where):
        if concepts:
            places = sentence.tagged(*(f"concept:{c}" for c in concepts))
            tags = [t for t in tags if any(distance(sentence, t.start, p.start) <= 110 for p in places)]
    return tags


def parties_present(sentence: Sentence, rule: Rule, context: tuple[str, ...]) -> bool:
    """Whether the subject and the object are there: named or described here, or spoken of just before."""
    here = {m.id for m in sentence.mentions}
    wanted = [rule.fact.subject, *([rule.fact.object] if rule.fact.object else [])]
    if rule.relation.joint:
        together = (
            bool(here & set(wanted)) or "both" in sentence.labels or (rule.relation.reader == "date" and not here)
        )
        return together and set(wanted) <= here | set(context)
    missing = [entity for entity in wanted if entity not in here]
    return not missing or (len(missing) < len(wanted) + (not here) and all(e in context for e in missing))


def acting_subject(sentence: Sentence, trigger: Tag, rule: Rule, entities: dict[str, Entity]) -> bool:
    """Whether the fact's subject, and not another company of the sentence, governs the trigger."""
    if rule.relation.both_ways or rule.relation.joint:
        return True
    companies = [m for m in sentence.mentions if entities[m.id].type == "company" and m.id != rule.fact.object]
    if not companies or entities[rule.fact.subject].type != "company":
        return True
    owner = entities[rule.fact.object].unit_of if rule.fact.object else None
    before = [m for m in companies if m.end <= trigger.start and not (m.id == owner and (m.poss or m.marker == "of"))]
    before = [m for m in before if m.id != owner or len({x.id for x in before}) == 1]
    free = [m for m in before if m.marker not in ("of", "from", "by")]
    before = free or before
    if not before:
        return any(m.id == rule.fact.subject for m in companies) or all(
            m.id != rule.fact.subject for m in sentence.mentions
        )
    nearest = before[-1]
    group = _coordinated(sentence, before, nearest)
    return rule.fact.subject in group


def _coordinated(sentence: Sentence, before: list[Mention], nearest: Mention) -> set[str]:
    group = {nearest.id}
    last = nearest
    for mention in reversed(before[:-1]):
        gap = sentence.shadow[mention.end : last.start]
        if len(gap) > 14:
            break
        group.add(mention.id)
        last = mention
    return group


def read_state(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """One draft of a state fact, from the trigger that stands nearest to the parties."""
    tags = triggers(sentence, rule)
    if not tags or not parties_present(sentence, rule, context):
        return []
    tags = [tag for tag in tags if acting_subject(sentence, tag, rule, entities)]
    if not tags:
        return []
    tag = min(tags, key=lambda t: (_party_distance(sentence, t, rule), t.start))
    stage = stage_of(sentence, tag, tag.start, lasting=rule.relation.lasting)
    return [Draft(rule.fact, sentence, State(True), stage, (tag.start, tag.end))]


def _party_distance(sentence: Sentence, tag: Tag, rule: Rule) -> int:
    wanted = rule.fact.object or rule.fact.subject
    return min((distance(sentence, m.start, tag.start) for m in sentence.mentions if m.id == wanted), default=500)


def read_money(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """An amount for each sum that the subject (and nobody else) puts in."""
    tags = triggers(sentence, rule)
    if not tags or not sentence.moneys or not parties_present(sentence, rule, context):
        return []
    drafts = []
    subjects = [m for m in sentence.mentions if entities[m.id].type == "company"]
    for quantity in sentence.moneys:
        tag = min(tags, key=lambda t: (distance(sentence, t.start, quantity.start), t.start))
        if distance(sentence, tag.start, quantity.start) > 110 or not acting_subject(sentence, tag, rule, entities):
            continue
        if not _is_payer(sentence, quantity.start, rule, subjects):
            continue
        before = sentence.within(
            (max(sentence.start, quantity.start - 18), quantity.start), "at_most", "at_least", "around"
        )
        labels = {t.label for t in before}
        bound = "max" if "at_most" in labels else "min" if "at_least" in labels else None
        stage = stage_of(sentence, tag, quantity.start)
        drafts.append(
            Draft(rule.fact, sentence, quantity.value, stage, (quantity.start, quantity.end), bound, "around" in labels)
        )
    return drafts


def _is_payer(sentence: Sentence, at: int, rule: Rule, companies: list[Mention]) -> bool:
    """In "X and Y up to 600 and 200 million" the sums go to the companies in order; a joint sum goes to none."""
    others = [m for m in companies if m.id != rule.fact.object]
    names = list(dict.fromkeys(m.id for m in others))
    sums = [q for q in sentence.moneys if isinstance(q.value, Money)]
    position = next(i for i, q in enumerate(sums) if q.start == at)
    apart = (
        all(q.start > others[-1].end for q in sums) or all(q.end < others[0].start for q in sums) if others else False
    )
    if len(sums) == len(names) > 1 and apart:
        return names[position] == rule.fact.subject
    if rule.fact.subject not in names and sentence.tagged("both"):
        return False
    free = [m for m in others if m.end <= at]
    return not free or rule.fact.subject in {m.id for m in free}


def read_dated(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """When something is due, or was done; a fall of the plan is a claim of its own."""
    tags = triggers(sentence, rule)
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
    if not steps:
        return []
    step = min(steps, key=lambda t: (min(distance(sentence, t.start, x.start) for x in tags), t.start))
    stage = stage_of(sentence, step, step.start, ending=rule.relation.ending)
    when = _date_of(sentence, step, stage)
    if stage in (Stage.CANCELLED, Stage.DENIED) and not needs_step:
        return [Draft(rule.fact, sentence, State(True), stage, (step.start, step.end))]
    if when is None:
        if "state" not in rule.relation.value:
            return []
        return [Draft(rule.fact, sentence, State(True), stage, (step.start, step.end))]
    due = when if stage in _EXPECTED else None
    return [Draft(rule.fact, sentence, when, stage, (step.start, step.end), due=due)]


def _agreement(sentence: Sentence, rule: Rule, tags: list[Tag], entities: dict[str, Entity]) -> list[Draft]:
    """When the parties' agreement was signed, or is due: by a step with a date, or by the date that names it."""
    parties = {rule.fact.subject, rule.fact.object}
    strangers = [m for m in sentence.mentions if entities[m.id].type == "company" and m.id not in parties]
    if strangers or sentence.tagged("amend"):
        return _named_by_date(sentence, rule, tags) if not strangers else []
    for step in sentence.tagged("settle"):
        near = [t for t in tags if distance(sentence, t.start, step.start) <= 70]
        dates = [w for w in sentence.dates if w.exact or w.bound or "year" in sentence.shadow[w.start : w.end]]
        dates = [w for w in dates if distance(sentence, w.start, step.start) <= 90]
        if not near or not (dates or sentence.tagged("yet")):
            continue
        stage = stage_of(sentence, step, step.start)
        if sentence.within(sentence.clause(step.start), "yet"):
            return [Draft(rule.fact, sentence, None, Stage.PLANNED, (step.start, step.end))]
        if stage in (Stage.COMPLETED, Stage.AGREED, Stage.CURRENT):
            dates = [w for w in dates if w.exact and w.span.date_from <= sentence.published]
            stage = Stage.COMPLETED
        else:
            dates = [w for w in dates if not w.relative]
        if dates:
            best = min(dates, key=lambda w: (distance(sentence, w.start, step.start), w.start))
            due = best.span if stage in _EXPECTED else None
            return [Draft(rule.fact, sentence, best.span, stage, (best.start, best.end), due=due)]
    return _named_by_date(sentence, rule, tags)


def _named_by_date(sentence: Sentence, rule: Rule, tags: list[Tag]) -> list[Draft]:
    """ "July's agreement", "the pact of July 2023": an agreement known by its date is signed and past."""
    for when in sentence.dates:
        if not when.exact or when.relative or when.span.date_to >= sentence.published:
            continue
        for tag in tags:
            gap = sentence.shadow[min(when.end, tag.end) : max(when.start, tag.start)]
            if len(gap) <= 12 and "," not in gap:
                return [Draft(rule.fact, sentence, when.span, Stage.COMPLETED, (when.start, when.end), background=True)]
    return []


def _date_of(sentence: Sentence, step: Tag, stage: Stage) -> DateSpan | None:
    dates = [w for w in sentence.dates if not (w.relative and stage in (Stage.PLANNED, Stage.RUMOURED))]
    if not dates:
        return None
    best = min(dates, key=lambda w: (distance(sentence, w.start, step.start), w.start))
    return best.span


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
        verb = tag.label in ("found", "join") and tag.aspect in ("base", "done")
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
    if not triggers(sentence, rule):
        return []
    span = sentence.shadow[sentence.start : sentence.end]
    for pattern in lexicon.ages:
        for match in re.finditer(pattern, span):
            at = (sentence.start + match.start(), sentence.start + match.end())
            if min(distance(sentence, t.start, at[1]) for t in triggers(sentence, rule)) > 40:
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


READERS = {"state": read_state, "money": read_money, "date": read_dated, "name": read_name}
LEXICON_READERS = {"rank": read_rank, "age": read_age}


def iter_all(
    sentence: Sentence, rules: Iterable[Rule], context: tuple[str, ...], entities: dict[str, Entity], lexicon: Lexicon
) -> list[Draft]:
    """Drafts of every rule that is not about shares."""
    found: list[Draft] = []
    for rule in rules:
        if reader := READERS.get(rule.relation.reader):
            found += reader(sentence, rule, context, entities)
        elif with_lexicon := LEXICON_READERS.get(rule.relation.reader):
            found += with_lexicon(sentence, rule, context, entities, lexicon)
    return found
