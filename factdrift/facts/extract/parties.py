"""Whose words are these: what evokes a fact in a sentence, whether its parties are there, and who governs a verb."""

import re
from functools import cache
from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Rule
from factdrift.facts.extract.permits import AUTHORITIES, is_author
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.strangers import unknown_before
from factdrift.topic import Entity

PLACES: Final = tuple(f"concept:{place}" for place in ("europe", "asia", "india", "north_america", "latin_america"))
_AT_ONCE: Final = 16  # characters between a word and the place it is about
_LIST: Final = 18  # characters between places that are listed side by side
_BY: Final = 8  # characters of " by the " between a verb and who acts
_JOINED: Final = 14  # characters between companies that act together
_WITH: Final = 32  # characters of "deal on supplies with"
_MEASURED: Final = 8  # characters of " of the "
_STRANGER: Final = 24  # characters of "a smaller partner, X"
_AUXILIARY: Final = 6  # characters of " will "
_DEALS: Final = frozenset(("buy", "merge", "nationalise", "take_stake", "stake", "own"))
_PLANS: Final = frozenset(("buy", "merge", "nationalise", "deal", "project", "programme"))
_VERB_GROUP: Final = 24  # characters of "has agreed to" before a verb
_ACTOR: Final = 12  # characters of "will also" between whoever acts and the verb
_NEARER: Final = 30  # characters by which the other place must be nearer


def triggers(sentence: Sentence, rule: Rule) -> list[Tag]:
    """The words that evoke a rule's relation here, those of the fact's own included."""
    tags = sentence.tagged(*rule.evoking)
    if tags and (once := sentence.tagged("once_was")):  # "once promised for 2025": no promise now
        tags = [t for t in tags if not any(w.start <= t.start < w.end for w in once)]
    where = rule.fact.where
    if rule.fact.where and tags:
        here = _labels_of(rule.fact.where)
        elsewhere = [place for place in sentence.tagged(*PLACES) if place.label not in here]
        if elsewhere:
            tags = [t for t in tags if not _is_elsewhere(sentence, t, sentence.tagged(*here), elsewhere)]
        where = () if _is_set_in(sentence, rule, here) else where
    for concepts in (rule.fact.about, where):
        if concepts and tags:
            places = sentence.tagged(*_labels_of(concepts))
            tags = [t for t in tags if any(distance(sentence, t.start, p.start) <= 110 for p in places)]
    return tags


@cache
def _labels_of(concepts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"concept:{concept}" for concept in concepts)


def parties_present(sentence: Sentence, rule: Rule, context: tuple[str, ...]) -> bool:
    """Whether the subject and the object are there: named or described here, or spoken of just before."""
    here = {m.id for m in sentence.mentions}
    wanted = [rule.fact.subject, *([rule.fact.object] if rule.fact.object else [])]
    if rule.relation.by_concept and rule.fact.words:
        # Its own words may stand for the object, and "the acquisition of X" for a plan.
        stands = not here or (rule.object_type == "plan" and not _PLANS.isdisjoint(sentence.labels))
        needed = {rule.fact.subject} if stands else set(wanted)
        return needed <= here | set(context)
    if rule.relation.joint:
        together = (
            bool(here & set(wanted))
            or "both" in sentence.labels
            or (not here and (not rule.relation.granted or "each" in sentence.labels))
        )
        return together and set(wanted) <= here | set(context)
    if rule.owner in here and rule.fact.subject in context and not rule.fact.object:
        return True  # "the owner is thinking of a listing"
    if rule.object_type == "plan" and "approve" in rule.relation.evoked_by and _speaks_of_deal(sentence):
        wanted = wanted[:1]  # "cleared X to acquire 30 % of Y": the deal itself need not be named
    missing = [entity for entity in wanted if entity not in here]
    if rule.fact.object in missing and (rule.object_type == "place" or not rule.rivals.isdisjoint(here)):
        return False
    # "The deal, valued at 69 billion, needs Y's approval" names no party either.
    silent = ("person", "plan", "body") if "buy" in rule.relation.evoked_by else ("person",)
    nobody = all(m.type in silent for m in sentence.mentions)
    return not missing or (len(missing) < len(wanted) + nobody and all(e in context for e in missing))


def _speaks_of_deal(sentence: Sentence) -> bool:
    """Whether the sentence tells of two known companies and a share or a purchase."""
    companies = {m.id for m in sentence.mentions if m.type == "company"}
    return len(companies) > 1 and not _DEALS.isdisjoint(sentence.labels)


def is_called_off(sentence: Sentence, tag: Tag) -> bool:
    """Whether what the word tells of is taken back further on ("was to put in 600 million, but it gives up")."""
    return any(t.start >= tag.end for t in sentence.tagged("cancel_it"))


def acting_subject(sentence: Sentence, trigger: Tag, rule: Rule, entities: dict[str, Entity]) -> bool:
    """Whether the fact's subject, and not another company of the sentence, governs the trigger."""
    if rule.relation.both_ways or rule.relation.joint:
        return True
    owner = entities[rule.fact.object].unit_of if rule.fact.object else None
    if entities[rule.fact.subject].type in AUTHORITIES and owner != rule.fact.subject:
        return is_author(sentence, trigger, rule.fact.subject, rule.fact.object)
    companies = [m for m in sentence.mentions if entities[m.id].type == "company" and m.id != rule.fact.object]
    if _acts_itself(sentence, trigger, rule):
        return False
    if entities[rule.fact.subject].type != "company":
        return True
    if not companies:
        return not _is_anothers(sentence, trigger)
    if any(m.marker == "by" and 0 < m.start - trigger.end <= _BY and m.id != rule.fact.subject for m in companies):
        return False  # "is funded by Y"
    if _is_of_authority(sentence, trigger, rule):
        return False
    if _is_appositions(sentence, trigger):
        return False
    companies = [m for m in companies if not sentence.is_aside(m.start, trigger.start)]
    before = [m for m in companies if m.end <= trigger.start and not (m.id == owner and (m.poss or m.marker == "of"))]
    before = [m for m in before if m.id != owner or len({x.id for x in before}) == 1]
    free = [m for m in before if m.marker not in ("of", "from", "by")]
    before = free or before
    if not before:
        if any(m.id == rule.fact.subject for m in companies):
            return True
        return all(m.id != rule.fact.subject for m in sentence.mentions) and not _is_anothers(sentence, trigger)
    nearest = before[-1]
    group = coordinated(sentence, before, nearest)
    return rule.fact.subject in group


def is_with_stranger(sentence: Sentence, noun: Tag) -> bool:
    """Whether what is agreed is agreed with somebody the topic does not know ("a deal with a battery maker")."""
    near = sentence.within((noun.end, noun.end + _WITH), "together")
    if not near or "," in sentence.shadow[noun.end : near[0].start]:
        return False
    edge = near[0].end
    words = sentence.within((edge, edge + 3), "indefinite")
    return bool(words) and not any(0 < m.start - edge <= _STRANGER for m in sentence.mentions)


def coordinated(sentence: Sentence, before: list[Mention], nearest: Mention) -> set[str]:
    group = {nearest.id}
    last = nearest
    for mention in reversed(before[:-1]):
        gap = sentence.shadow[mention.end : last.start]
        beside = sentence.within((mention.end, last.start), "partner_ref")  # "X and its partner Y"
        if len(gap) > (2 * _JOINED if beside else _JOINED):
            break
        group.add(mention.id)
        last = mention
    return group


def _is_anothers(sentence: Sentence, trigger: Tag) -> bool:
    """Whether somebody whom the topic does not know does it ("Acme has agreed to invest")."""
    return trigger.aspect in ("base", "done") and unknown_before(sentence, trigger.start)


_APPOSED: Final = re.compile(r"([A-ZÀ-Ý][\w&.'’-]*(?: [A-ZÀ-Ý][\w&.'’-]*){0,3}), [^,]{4,80}, ")


def _is_appositions(sentence: Sentence, trigger: Tag) -> bool:
    """Whether an unknown name, with what it is between commas, is the verb's subject ("Acme, part of X, will cut")."""
    if not sentence.capital_names or trigger.aspect not in ("base", "done"):
        return False
    low, _ = sentence.clause(trigger.start)
    name = _APPOSED.match(sentence.text, low if sentence.text[low] != " " else low + 1, trigger.start)
    if name is None or trigger.start - name.end() > _VERB_GROUP:
        return False
    return not any(t.start < name.end(1) and name.start(1) < t.end for t in sentence.tags)


def _is_of_authority(sentence: Sentence, trigger: Tag, rule: Rule) -> bool:
    """Whether a state or a body that is not the subject is the verb's ("for which Y had pledged ...")."""
    if trigger.aspect not in ("base", "done"):
        return False
    near = [m for m in sentence.mentions if 0 < trigger.start - m.end <= _ACTOR][-1:]
    near = [m for m in near if m.type in AUTHORITIES]
    return any(not m.marker and not m.poss and m.id != rule.fact.subject for m in near)


def _acts_itself(sentence: Sentence, trigger: Tag, rule: Rule) -> bool:
    """Whether the object is the verb's subject, and the fact's subject not in the sentence ("Z invested in plants")."""
    here = {m.id for m in sentence.mentions}
    if rule.fact.object is None or rule.fact.subject in here or trigger.aspect not in ("base", "done"):
        return False
    near = [m for m in sentence.mentions if m.id == rule.fact.object and not m.marker and not m.poss]
    return any(0 < trigger.start - m.end <= _AUXILIARY for m in near)


def is_measure(sentence: Sentence, votes: Tag) -> bool:
    """Whether the votes only measure a share ("3 % of the votes"), which is not said of both."""
    if sentence.tagged("each", "both"):
        return False
    near = [q.end for q in sentence.percents if 0 < votes.start - q.end <= _MEASURED]
    return bool(near) and bool(sentence.within((near[-1], votes.start), "of"))


def _nearest(sentence: Sentence, tag: Tag, places: list[Tag]) -> int:
    return min((distance(sentence, tag.start, place.start) for place in places), default=10_000)


def _gap(one: Tag, other: Tag) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _is_set_in(sentence: Sentence, rule: Rule, here: tuple[str, ...]) -> bool:
    """Whether the title says where, and the sentence names a party and no place."""
    if sentence.setting.isdisjoint(here) or sentence.tagged(*PLACES):
        return False
    return bool({m.id for m in sentence.mentions} & {rule.fact.subject, rule.fact.object})


def _is_beside(tag: Tag, place: Tag, follows: bool) -> bool:
    return 0 <= (place.start - tag.end if follows else tag.start - place.end) < _AT_ONCE


def _is_elsewhere(sentence: Sentence, tag: Tag, here: list[Tag], elsewhere: list[Tag]) -> bool:
    """Whether the word is about another place: one right beside it, or much nearer."""
    elsewhere = [p for p in elsewhere if all(_gap(p, place) > _LIST for place in here)]  # not listed side by side
    for follows in (True, False):
        there, ours = (any(_is_beside(tag, p, follows) for p in places) for places in (elsewhere, here))
        if there != ours:
            return there
    return _nearest(sentence, tag, here) > _nearest(sentence, tag, elsewhere) + _NEARER
