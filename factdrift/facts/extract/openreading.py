"""Open reading: claims between two of the topic's organisations that fit no tracked fact, by slot.

Cautious on purpose: two organisations in one sentence, a word that evokes an open relation between or right beside
them, and no fact of that relation for the pair. They are listed as candidates, never alerted.
"""

from collections.abc import Mapping

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft
from factdrift.facts.extract.lexicon import Relation
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import State
from factdrift.topic import Entity, FactSpec

CANDIDATE = "candidate"  # the name of a fact that nobody tracks yet
_PARTIES = ("company", "venture", "body")
_REACH = 60


def read_candidates(
    sentence: Sentence,
    relations: Mapping[str, Relation],
    tracked: frozenset[tuple[str, str, str]],
    entities: Mapping[str, Entity],
) -> list[Draft]:
    """Drafts of untracked slots, at most one a relation and sentence."""
    parties = [m for m in sentence.mentions if m.sure and entities[m.id].type in _PARTIES]
    if len({m.id for m in parties}) != 2:
        return []
    first, second = parties[0], next(m for m in parties if m.id != parties[0].id)
    if _belong_together(entities, first.id, second.id):
        return []
    drafts = []
    for name, relation in relations.items():
        allies = name == "partners_with" and second.id in entities[first.id].partner_of
        tag = _trigger(sentence, relation, first, second) if relation.open and not allies else None
        if tag and not _is_tracked(tracked, name, first.id, second.id):
            stage = stage_of(sentence, tag, tag.start)
            drafts.append(Draft(_spec(name, first.id, second.id), sentence, State(True), stage, (tag.start, tag.end)))
    return drafts


def _belong_together(entities: Mapping[str, Entity], a: str, b: str) -> bool:
    one, two = entities[a], entities[b]
    return b in (one.unit_of, *one.members) or a in (two.unit_of, *two.members)


def _trigger(sentence: Sentence, relation: Relation, first: Mention, second: Mention) -> Tag | None:
    near = [
        tag
        for tag in sentence.tagged(*relation.evoked_by)
        if min(distance(sentence, m.start, tag.start) for m in (first, second)) <= _REACH
    ]
    return near[0] if near else None


def _is_tracked(tracked: frozenset[tuple[str, str, str]], relation: str, a: str, b: str) -> bool:
    return bool({(relation, a, b), (relation, b, a)} & tracked)


def _spec(relation: str, subject: str, other: str) -> FactSpec:
    return FactSpec(name=CANDIDATE, meaning=CANDIDATE, relation=relation, subject=subject, object=other, value="state")
