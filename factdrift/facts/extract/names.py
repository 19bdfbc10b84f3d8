"""Who fills a slot: an office holder (see `offices`) or a partner, known to the topic or not."""

import re
from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.offices import read_chief
from factdrift.facts.extract.parties import triggers
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Name, Stage
from factdrift.topic import Entity

_TITLE: Final = 4  # characters of a title behind a name
_SOUGHT: Final = 45  # characters between "is looking" and "for a partner"
_BY: Final = 6  # characters of " by " behind a verb
_WEIGHED: Final = 25  # characters between "is weighing" and a stake
_WILL: Final = 8  # characters between "will" and "owned"
_BESIDE: Final = 40
_OWN: Final = 24  # characters between "X and Y's" and their venture
_STRANGER: Final = re.compile(r"\s(?:with |avec |con |by |a |à |de |di )?((?:[A-ZÀ-Ý][\w&-]+\s?){1,3})(?<!\s)")
_INSIDE: Final = re.compile(r"\w+\s((?:[A-ZÀ-Ý][\w&-]+\s?){1,3})(?<!\s)(?:'s)?\s(?=\w)")
_EVENTS: Final = ("found", "join", "take_stake")
_ENTRIES: Final = ("take_stake", "invest", "join", "stake")
_DROPPED_LAST: Final = 24  # characters between the noun and a verb that stands last
_DROPPED: Final = 16  # characters of "dropped its "
_PARTNERING: Final = ("partner", "join", "found")  # holding a share makes a partner only where the partners are listed


def read_name(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """Who fills the slot: an office holder, or a partner."""
    tags = triggers(sentence, rule) or _ventures(sentence, rule)
    if "chief" in rule.relation.evoked_by:
        return read_chief(sentence, rule, tags, context, entities)
    if not tags:
        return []
    return _partners(sentence, rule, tags, context, entities)


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
        if owners := [t for t in fitting if not _is_after_owners(sentence, mention, t)]:
            events, fitting = [t for t in events if t in owners], owners
        fitting = events or fitting  # an event says more than a noun
        tag = min(fitting, key=lambda t: (distance(sentence, t.start, mention.start), t.start))
        known = bool(rule.fact.people)
        step = tag.aspect != "noun" or sentence.within(span, "agree", "future", "intend", "rumour", "hard_done")
        verb = tag in events or (tag.label in ("found", "join") and step and sentence.index <= 1)
        ahead = tag.label == "own" and sentence.within((tag.start - _WILL, tag.start), "future")  # "will be owned by X"
        at = mention.start if span[0] <= tag.start < span[1] else tag.start  # "ended X, but will work with Y on Z"
        doubted = known and _is_doubted(sentence, mention, tag)
        stage = (
            Stage.CURRENT
            if known and not ahead and not verb and not doubted
            else stage_of(sentence, tag, at, lasting=known and not verb)
        )
        stage = Stage.CURRENT if doubted and stage is Stage.DENIED else stage
        stage = Stage.CANCELLED if known and _is_dropped(sentence, mention) else stage
        drafts.append(Draft(rule.fact, sentence, Name(entities[partner].names[0]), stage, (mention.start, mention.end)))
    return drafts


def _is_doubted(sentence: Sentence, partner: Mention, noun: Tag) -> bool:
    """Whether hearsay stands between the partner and the word ("X is weighing a stake in Z")."""
    cues = sentence.within((partner.end, noun.start), "rumour")
    return (
        bool(cues) and noun.start - cues[-1].end <= _WEIGHED and ", " not in sentence.shadow[cues[-1].end : noun.start]
    )


def _is_dropped(sentence: Sentence, partner: Mention) -> bool:
    """Whether what the partner would put in is called off right beside the word ("has dropped its investment in Z")."""
    nouns = sentence.within((partner.end, sentence.clause(partner.start)[1]), *_ENTRIES)
    behind = _DROPPED_LAST if not sentence.capital_names else 0
    return any(
        sentence.within((t.start - _DROPPED, t.start), "cancel") or sentence.within((t.end, t.end + behind), "cancel")
        for t in nouns
        if t.aspect in ("noun", "")
    )


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
        steps = ("hard_done", "agree", "future", "intend", "rumour")
        return tag.label == "take_stake" and bool(sentence.within(sentence.clause(tag.start), *steps))
    return tag.aspect in ("base", "done")


def _takes_part(sentence: Sentence, mention: Mention, verb: Tag) -> bool:
    """Whether the verb is about the mention: its subject, or the first that is named behind it."""
    doers = [m for m in sentence.mentions if m.marker == "by" and 0 <= m.start - verb.end <= _BY]
    if doers:
        return mention in doers  # "its business with Y could be joined by X"
    between = [m for m in sentence.mentions if verb.end <= m.start < mention.start]
    return mention.end <= verb.start or not between


def _is_after_owners(sentence: Sentence, partner: Mention, event: Tag) -> bool:
    """Whether the verb comes only after an aside that lists who owns the venture ("Z, owned by X and Y, will open")."""
    if event.start < partner.end or "," not in sentence.shadow[partner.end : event.start]:
        return False
    return any(t.aspect == "state" for t in sentence.within((partner.start - _BESIDE, partner.start), "own"))


def _ventures(sentence: Sentence, rule: Rule) -> list[Tag]:
    """The venture itself where its known partners stand beside it ("the venture of X, Y and Z")."""
    found = []
    for venture in (m for m in sentence.mentions if m.id == rule.fact.subject):
        known = [m for m in sentence.mentions if m.id in rule.fact.people]
        partners = [m for m in known if 0 <= m.start - venture.end <= _BESIDE]
        partners = [m for m in partners if sentence.shadow[venture.end] != "," or m.marker]  # "Z, Y and ..." is a list
        partners += [m for m in known if m.poss and 0 < venture.start - m.end <= _OWN]
        if not partners:
            continue
        verbs = [t for t in sentence.tags if t.aspect in ("base", "done") and t.end <= partners[0].start]
        if not any(t.start >= venture.end for t in verbs):
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
