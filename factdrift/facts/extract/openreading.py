"""Open reading: claims between two of the topic's organisations that fit no tracked fact, by slot: states and shares.

Cautious on purpose: two organisations in one sentence, a word that evokes an open relation between or right beside
them, and no fact of that relation for the pair. They are listed as candidates, never alerted.
"""

from collections.abc import Mapping
from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft
from factdrift.facts.extract.lexicon import Relation
from factdrift.facts.extract.roles import UNKNOWN, roles_at
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.sharekinds import classify
from factdrift.facts.extract.stages import stage_of
from factdrift.facts.extract.takeovers import TAKING, is_only_spoken_of
from factdrift.model import State
from factdrift.topic import Entity, FactSpec

CANDIDATE: Final = "candidate"  # the name of a fact that nobody tracks yet
_PARTIES: Final = ("company", "venture", "body")
_REACH: Final = 60
_AND: Final = 6  # characters of " and "


def may_be_candidate(sentence: Sentence) -> bool:
    """Whether two of the topic's entities are named: nothing is a candidate without."""
    return len({m.id for m in sentence.mentions if m.sure}) > 1


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
    side_by_side = second.start - first.end <= _AND
    for name, relation in relations.items():
        if not relation.open or _is_tracked(tracked, name, first.id, second.id):
            continue
        if side_by_side and not (relation.both_ways or relation.reader == "name"):
            continue  # "X and Y invest": both do, neither in the other
        if name == "partners_with" and second.id in entities[first.id].partner_of:
            continue
        if tag := _trigger(sentence, relation, first, second):
            stage = stage_of(sentence, tag, tag.start)
            if tag.label in TAKING and is_only_spoken_of(sentence, tag, stage):
                continue  # "extended the deadline for their merger"
            drafts.append(Draft(_spec(name, first.id, second.id), sentence, State(True), stage, (tag.start, tag.end)))
    return drafts


def read_share_candidates(
    sentence: Sentence, tracked: frozenset[tuple[str, str, str]], entities: Mapping[str, Entity]
) -> list[Draft]:
    """Drafts of holdings that nobody tracks: both sides named in the sentence, and their roles certain."""
    named = {m.id for m in sentence.mentions if m.sure and entities[m.id].type in _PARTIES}
    if len(named) < 2:
        return []
    drafts = []
    for index, quantity in enumerate(sentence.percents):
        kind, cue = classify(sentence, index, quantity)
        if kind != "holding" or cue is None:
            continue
        roles = roles_at(sentence, quantity.start, quantity.end, ())
        holder, held = _certain(roles.holder, 3), _certain(roles.held, 4)
        if not holder or not held or holder == held or not {holder, held} <= named:
            continue
        if not _is_tracked(tracked, "holds_stake", holder, held) and not _belong_together(entities, holder, held):
            spec = FactSpec(
                name=CANDIDATE, meaning=CANDIDATE, relation="holds_stake", subject=holder, object=held, value="percent"
            )
            stage = stage_of(sentence, cue, quantity.start, lasting=True)
            drafts.append(Draft(spec, sentence, quantity.value, stage, (quantity.start, quantity.end)))
    return drafts


def _certain(weights: Mapping[str, int], least: int) -> str | None:
    """The one entity that has at least this weight; None where several do, or none."""
    best = [entity for entity, weight in weights.items() if weight >= least]
    return best[0] if len(best) == 1 and best[0] != UNKNOWN else None


def _belong_together(entities: Mapping[str, Entity], a: str, b: str) -> bool:
    one, two = entities[a], entities[b]
    return b == one.unit_of or b in one.members or a == two.unit_of or a in two.members


def _trigger(sentence: Sentence, relation: Relation, first: Mention, second: Mention) -> Tag | None:
    near = [
        tag
        for tag in sentence.tagged(*(relation.open_by or relation.evoked_by))
        if min(distance(sentence, m.start, tag.start) for m in (first, second)) <= _REACH
    ]
    return near[0] if near else None


def _is_tracked(tracked: frozenset[tuple[str, str, str]], relation: str, a: str, b: str) -> bool:
    return (relation, a, b) in tracked or (relation, b, a) in tracked


def _spec(relation: str, subject: str, other: str) -> FactSpec:
    return FactSpec(name=CANDIDATE, meaning=CANDIDATE, relation=relation, subject=subject, object=other, value="state")
