"""Counts and rates: how many of a thing, in all ("20,000 jobs") or per period ("38 jets a month").

A number counts only beside the thing that is counted, or beside a period where a rate is watched. Percentages, sums of
money and dates are no counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Plain
from factdrift.facts.extract.parties import acting_subject, parties_present, triggers
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Count, Rate, Stage
from factdrift.topic import Entity

PERIODS: Final = ("day", "week", "month", "quarter", "year")
_BESIDE: Final = 34  # characters from a number to the thing it counts ("38 of its best-selling narrow-body jets")
_PART: Final = 8  # characters of "about" between a verb and its percentage
_WORDS: Final = 5
_NEAR: Final = 90  # characters from a number to the word that evokes the fact
_MOVES: Final = ("raise", "lower", "job_cut", "limit", "produce", "pace")
_VERBS: Final = ("raise", "lower", "produce", "limit", "job_cut", "hold_level")


@dataclass(frozen=True, slots=True)
class _Number:
    """A plain number with its span, and the tag of what it counts or of its period."""

    value: Plain
    by: Tag


def read_counts(
    sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: Mapping[str, Entity]
) -> list[Draft]:
    """At most one draft: the number that stands nearest to the word that evokes the fact."""
    evoking = triggers(sentence, rule)
    evoking = [t for t in evoking if not _has_part(sentence, t)]
    if not evoking or not parties_present(sentence, rule, context) or sentence.tagged("opinion"):
        return []
    if rule.fact.others and not {rule.fact.object, *rule.fact.others} <= {m.id for m in sentence.mentions}:
        return []  # "25 points above" is of those two that are named, and of no others
    kinds = {rule.fact.value, *rule.fact.also_value}
    found = [n for kind in ("rate", "count") if kind in kinds for n in _numbers(sentence, rule, kind, evoking)]
    found = [n for n in found if _reach(sentence, n, evoking) <= _NEAR and not _is_allowed(sentence, rule, n, evoking)]
    if not found:
        return []
    best = min(found, key=lambda n: (_is_left(sentence, n), _reach(sentence, n, evoking), n.value.start))
    if _is_left(sentence, best):
        return []
    tag = min(evoking, key=lambda t: (distance(sentence, t.start, best.value.start), t.start))
    if not acting_subject(sentence, tag, rule, dict(entities)):
        return []
    return [_draft(sentence, rule, best, tag, kinds)]


def _has_part(sentence: Sentence, verb: Tag) -> bool:
    """Whether the verb's number is a part in percent ("75,000 employees, after cutting 15 % of its staff")."""
    return verb.aspect in ("base", "done") and any(0 <= q.start - verb.end <= _PART for q in sentence.percents)


def _numbers(sentence: Sentence, rule: Rule, kind: str, evoking: Sequence[Tag]) -> list[_Number]:
    if kind == "count":
        things = sentence.tagged(f"unit:{rule.fact.unit}") or ([t for t in evoking if t.aspect in ("", "noun")])
        return [_Number(n, t) for n in sentence.plains if (t := _beside(sentence, n, things)) is not None]
    periods = sentence.tagged(*(f"period:{p}" for p in PERIODS))
    return [_Number(n, t) for n in sentence.plains if (t := _per(sentence, n, periods)) is not None]


def _beside(sentence: Sentence, number: Plain, things: Sequence[Tag]) -> Tag | None:
    """What the number counts: the nearest thing behind it in the same breath."""
    for tag in things:
        gap = _unnamed(sentence, number.end, tag.start)
        if 0 <= tag.start - number.end <= _BESIDE and _is_breath(gap) and len(gap.split()) <= _WORDS:
            return tag
    if not sentence.capital_names:  # 利用者は1億7000万人: a particle joins the thing to its number
        near = [p for p in sentence.within((number.start - 1, number.start), "subject_after") if p.end == number.start]
        return next((t for t in things for p in near if t.end == p.start), None)
    return None


def _per(sentence: Sentence, number: Plain, periods: Sequence[Tag]) -> Tag | None:
    """The period of a rate: behind the number ("38 a month"), or right before it ("a monthly 38")."""
    behind = _beside(sentence, number, periods)
    if behind is not None:
        return behind
    ahead = [t for t in periods if 0 <= number.start - t.end <= _BESIDE]
    return ahead[-1] if ahead and _is_breath(sentence.shadow[ahead[-1].end : number.start]) else None


def _unnamed(sentence: Sentence, start: int, end: int) -> str:
    """The text between two offsets without the names in it: "38 of its 737 MAX jets" has one number."""
    gap = sentence.shadow[start:end]
    for tag in sentence.within((start, end), "entity"):
        gap = gap.replace(sentence.shadow[tag.start : tag.end], "x")
    return gap


def _is_breath(gap: str) -> bool:
    return not any(c in ",;:()、。" or c.isdigit() for c in gap)


def _reach(sentence: Sentence, number: _Number, evoking: Sequence[Tag]) -> int:
    return min(distance(sentence, t.start, number.value.start) for t in evoking)


def _is_allowed(sentence: Sentence, rule: Rule, number: _Number, evoking: Sequence[Tag]) -> bool:
    """Whether the number is what somebody allows and not what is done ("capped at 38", "may produce 42")."""
    if "limit" in rule.relation.evoked_by:
        return False
    limits = sentence.tagged("limit")
    doing = [t for t in evoking if t.label != "pace"]  # "a month" is said of both
    if any(_governs(sentence, limit, number, doing) for limit in limits):
        return True
    if limits and (not doing or _reach(sentence, number, limits) <= _reach(sentence, number, doing)):
        return True
    verb = min(evoking, key=lambda t: (distance(sentence, t.start, number.value.start), t.start))
    return bool(sentence.within((verb.start - _BESIDE, verb.start), "approve")) and not rule.relation.ending


def _governs(sentence: Sentence, limit: Tag, number: _Number, doing: Sequence[Tag]) -> bool:
    """Whether a verb of limiting stands before the number with no other verb in between ("capped output at 38")."""
    if limit.aspect not in ("base", "done", "state") or limit.end > number.value.start:
        return False
    return not any(t.aspect in ("base", "done") and limit.end <= t.start < number.value.start for t in doing)


def _is_left(sentence: Sentence, number: _Number) -> bool:
    """Whether it is the level that is left ("from 31 a month to 38"), or the size of a step ("by five a month")."""
    steps = [t for t in sentence.within((number.by.end, number.by.end + 2), "raise", "lower") if t.aspect == "noun"]
    cuts = {t.start for t in sentence.tagged("job_cut")}  # 1万人を削減: so many go
    if any(t.start not in cuts for t in steps):
        return True  # "the 60 bps drop"
    before = sentence.within((max(sentence.start, number.value.start - 14), number.value.start), "from", "step")
    if not before or sentence.shadow[before[-1].end : number.value.start].strip(" -"):
        return False
    moves = sentence.within(sentence.clause(number.value.start), *_MOVES)
    return before[-1].label == "from" or bool(moves)  # "is used by 170 million" is no step


def _draft(sentence: Sentence, rule: Rule, number: _Number, tag: Tag, kinds: set[str]) -> Draft:
    plain = number.value
    unit = rule.fact.unit or ""
    value: Count | Rate = Count(plain.number, unit, plain.digits)
    if "rate" in kinds and number.by.label.startswith("period:"):
        value = Rate(plain.number, unit, number.by.label.removeprefix("period:"))
    low = max(sentence.start, plain.start - 18)
    labels = {t.label for t in sentence.within((low, plain.start), "at_most", "at_least", "around")}
    bound = "max" if "at_most" in labels else "min" if "at_least" in labels else None
    span = (plain.start, plain.end)
    return Draft(rule.fact, sentence, value, _stage(sentence, rule, tag, plain), span, bound, "around" in labels)


def _stage(sentence: Sentence, rule: Rule, tag: Tag, number: Plain) -> Stage:
    if rule.relation.always:
        return Stage(rule.relation.always)
    span = sentence.clause(number.start)
    moves = [t for t in sentence.within(span, *_VERBS) if t.aspect in ("base", "done")]
    verb = min(moves, key=lambda t: (distance(sentence, t.start, number.start), t.start), default=tag)
    if verb.label == "hold_level":
        return Stage.CURRENT
    lasting = verb.aspect in ("", "noun")
    stage = stage_of(sentence, verb, number.start, lasting=lasting, ending=rule.relation.ending)
    told = verb.label == "produce" or (verb.label == "limit" and sentence.index > 0)  # a title tells what is decided
    told = told and stage is Stage.AGREED and verb.aspect == "base"
    return Stage.CURRENT if told else stage  # "builds 38 a month"
