"""Levels: rates that are set, targets, forecasts, counts of members. Each number goes to the thing it is said of.

Numbers and things are paired within a sentence: in order where a list of things meets a list of numbers
("A, B and C will be x, y and z respectively"), else by nearness. What markets or analysts expect is no claim.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Count, Percent, Stage

EXACT_DECIMALS = 2  # a set rate is exact: 4 % and 3.75 % are two rates
_FOLLOWS = 16  # characters within which "5.6% in 2023" belongs together
_REACH = 110
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,6})(?![\w.,]*[%\d])")


def read_levels(sentence: Sentence, rules: Sequence[Rule], context: tuple[str, ...]) -> list[Draft]:
    """Drafts of every level in the sentence."""
    drafts: list[Draft] = []
    by_relation: dict[str, list[Rule]] = {}
    for rule in rules:
        by_relation.setdefault(rule.fact.relation, []).append(rule)
    for group in by_relation.values():
        if group[0].fact.value == "count":
            drafts += _counts(sentence, group, context)
        elif sentence.percents and not sentence.tagged("opinion"):
            drafts += _percents(sentence, group, context)
    return drafts


def _percents(sentence: Sentence, group: list[Rule], context: tuple[str, ...]) -> list[Draft]:
    objects = {rule.fact.object for rule in group if rule.fact.object}
    things = [m for m in sentence.mentions if m.id in objects]
    triggers = [tag for tag in sentence.tags if tag.label in group[0].relation.evoked_by]
    if objects and not things:
        return []
    if group[0].relation.exact:  # a rate's name is enough: "the deposit facility: 2 %"
        triggers = triggers or [Tag(m.start, m.end, "rate") for m in things]
    if not triggers:
        return []
    drafts = []
    for quantity, thing in _pairs(sentence, things, bool(objects)):
        for rule in group:
            fits = not objects or (thing is not None and rule.fact.object == thing.id)
            if fits and _is_about(sentence, rule, quantity.start) and _has_subject(sentence, rule, context):
                drafts.append(_draft(sentence, rule, quantity, triggers))
    return drafts


def _pairs(sentence: Sentence, things: list[Mention], needs_thing: bool) -> list[tuple[Quantity, Mention | None]]:
    numbers = [q for q in sentence.percents if not _is_step(sentence, q)]
    if not needs_thing:
        return [(q, None) for q in numbers[:1]]
    once = [m for i, m in enumerate(things) if all(m.id != n.id for n in things[:i])]
    if len(once) > 1 and len(once) == len(numbers) and once[-1].end <= numbers[0].start:
        return list(zip(numbers, once, strict=True))
    return [(q, thing) for q in numbers if (thing := _nearest(sentence, q, things)) is not None]


def _nearest(sentence: Sentence, quantity: Quantity, things: list[Mention]) -> Mention | None:
    after = [m for m in things if 0 <= m.start - quantity.end <= _FOLLOWS and _is_joined(sentence, quantity, m)]
    if after:
        return after[0]
    before = [m for m in things if m.end <= quantity.start]
    near = before or [m for m in things if m.start >= quantity.end]
    best = min(near, key=lambda m: (distance(sentence, m.start, quantity.start), m.start), default=None)
    return best if best and distance(sentence, best.end, quantity.start) <= _REACH else None


def _is_joined(sentence: Sentence, quantity: Quantity, thing: Mention) -> bool:
    return not any(c in sentence.shadow[quantity.end : thing.start] for c in ",;、")


def _is_step(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is a former level ("from 3.75 %") or the size of a move ("by half a point")."""
    low = max(sentence.start, quantity.start - 14)
    before = sentence.within((low, quantity.start), "from", "to")
    return bool(before) and before[-1].label == "from" and not sentence.shadow[before[-1].end : quantity.start].strip()


def _is_about(sentence: Sentence, rule: Rule, at: int) -> bool:
    """Whether the concept nearest before the number (or, failing that, after it) is one of the rule's."""
    if not rule.fact.about:
        return True
    wanted = {f"concept:{c}" for c in rule.fact.about}
    concepts = [tag for tag in sentence.tags if tag.label.startswith("concept:")]
    before = [tag for tag in concepts if tag.start < at]
    nearest = before[-1] if before else (concepts[0] if concepts else None)
    return nearest is not None and nearest.label in wanted


def _has_subject(sentence: Sentence, rule: Rule, context: tuple[str, ...]) -> bool:
    return rule.fact.subject in {m.id for m in sentence.mentions} or rule.fact.subject in context


def _draft(sentence: Sentence, rule: Rule, quantity: Quantity, triggers: list[Tag]) -> Draft:
    tag = min(triggers, key=lambda t: (distance(sentence, t.start, quantity.start), t.start))
    value = quantity.value
    if isinstance(value, Percent) and rule.relation.exact:
        value = replace(value, decimals=max(value.decimals, EXACT_DECIMALS))
    return Draft(rule.fact, sentence, value, _stage(sentence, tag, quantity, rule), (quantity.start, quantity.end))


def _stage(sentence: Sentence, tag: Tag, quantity: Quantity, rule: Rule) -> Stage:
    if rule.relation.always:
        return Stage(rule.relation.always)
    span = sentence.clause(quantity.start)
    moves = [t for t in sentence.within(span, "raise", "lower", "hold_level") if t.aspect in ("base", "done")]
    verb = min(moves, key=lambda t: (distance(sentence, t.start, quantity.start), t.start), default=tag)
    if verb.label == "hold_level":
        return Stage.CURRENT
    stage = stage_of(sentence, verb, quantity.start, lasting=verb is tag)
    return Stage.COMPLETED if stage is Stage.AGREED and verb.aspect == "base" and verb is not tag else stage


def _counts(sentence: Sentence, group: list[Rule], context: tuple[str, ...]) -> list[Draft]:
    drafts = []
    for tag in sentence.tagged(*group[0].relation.evoked_by):
        low = max(sentence.start, tag.start - 14)
        found = list(_NUMBER.finditer(sentence.shadow, low, tag.start))
        if not found:
            continue
        at = found[-1].span(1)
        for rule in group:
            needed = {rule.fact.object, *rule.fact.others} - {None}
            here = {m.id for m in sentence.mentions}
            if needed <= here and _is_about(sentence, rule, at[0]) and rule.fact.subject in {*here, *context}:
                count = Count(float(found[-1][1]), rule.fact.unit or "", len(found[-1][1]))
                stage = stage_of(sentence, tag, at[0], lasting=True)
                drafts.append(Draft(rule.fact, sentence, count, stage, at))
    return drafts[:1]
