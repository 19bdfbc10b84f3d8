"""Levels: rates that are set, targets, forecasts. Each number goes to the thing it is said of.

Numbers and things are paired within a sentence: in order where a list of things meets a list of numbers
("A, B and C will be x, y and z respectively"), else by nearness. What markets or analysts expect is no claim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from factdrift.facts.extract.amounts import is_source, is_target
from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.parties import parties_present, triggers
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Percent, Stage
from factdrift.topic import Entity

EXACT_DECIMALS: Final = 2  # a set rate is exact: 4 % and 3.75 % are two rates
_FOLLOWS: Final = 16  # characters within which "5.6% in 2023" belongs together
_STAFF: Final = 8  # characters of "of the"
_AIM: Final = 24  # characters between a number and a word for what is aimed at
_REACH: Final = 110


def read_levels(
    sentence: Sentence, rules: Sequence[Rule], context: tuple[str, ...], entities: Mapping[str, Entity]
) -> list[Draft]:
    """Drafts of every level in the sentence."""
    drafts: list[Draft] = []
    by_relation: dict[str, list[Rule]] = {}
    for rule in rules:
        by_relation.setdefault(rule.fact.relation, []).append(rule)
    for group in by_relation.values():
        if group[0].relation.by_concept:
            drafts += [d for rule in group for d in _own_level(sentence, rule, context)]
        elif sentence.percents and not _is_opinion(sentence):
            drafts += _percents(sentence, group, context, entities)
    return drafts


def _is_opinion(sentence: Sentence) -> bool:
    """Whether outsiders say it: analysts, economists, experts, who are nobody's own ("its experts expect")."""
    own = {t.end + 1 for t in sentence.tagged("pronoun") if t.aspect == "state"}
    return any(t.start not in own and not _is_staff(sentence, t) for t in sentence.tagged("opinion"))


def _is_staff(sentence: Sentence, experts: Tag) -> bool:
    """Whether they are those of an organisation ("die Fachleute der Notenbank")."""
    behind = [m for m in sentence.mentions if 0 < m.start - experts.end <= _STAFF and m.marker in ("of", "by")]
    return any(m.type in ("body", "company", "state") for m in behind)


def _percents(
    sentence: Sentence, group: list[Rule], context: tuple[str, ...], entities: Mapping[str, Entity]
) -> list[Draft]:
    objects = {rule.fact.object for rule in group if rule.fact.object}
    things = [m for m in sentence.mentions if m.id in objects and not _is_in_date(sentence, m)]
    triggers = [tag for tag in sentence.tags if tag.label in group[0].relation.evoked_by]
    if objects and not things:
        return []
    if group[0].relation.exact:  # a rate's name is enough: "the deposit facility: 2 %"
        triggers = triggers or [Tag(m.start, m.end, "rate") for m in things]
    if not triggers and group[0].relation.ahead:  # a number for a year to come needs no word for "forecast"
        triggers = [Tag(m.start, m.end, "forecast") for m in things] if _is_ahead(sentence, things) else []
    if not triggers:
        return []
    aims = "target" in group[0].relation.evoked_by
    drafts = []
    for quantity, thing in _pairs(sentence, things, triggers, bool(objects)):
        if not aims and thing is not None and not thing.sure and _is_aim(sentence, quantity):
            continue  # "should return to the 2 % target this year"
        for rule in group:
            fits = not objects or (thing is not None and rule.fact.object == thing.id)
            if fits and _is_about(sentence, rule, quantity.start) and _has_subject(sentence, rule, context, entities):
                drafts.append(_draft(sentence, rule, quantity, triggers))
    return drafts


def _own_level(sentence: Sentence, rule: Rule, context: tuple[str, ...]) -> list[Draft]:
    """The percentage that stands nearest to the words by which a fact of its own kind is known."""
    evoking = triggers(sentence, rule) if sentence.percents else []
    if not evoking or not parties_present(sentence, rule, context) or _is_opinion(sentence):
        return []
    numbers = [
        q for q in sentence.percents if not q.vague and not _is_step(sentence, q) and not _is_vote(sentence, q, evoking)
    ]
    near = [(min(distance(sentence, t.start, q.start) for t in evoking), q.start, q) for q in numbers]
    best = min(near, key=lambda entry: entry[:2], default=None)
    return [_draft(sentence, rule, best[2], evoking)] if best and best[0] <= _REACH else []


def _is_aim(sentence: Sentence, quantity: Quantity) -> bool:
    return bool(sentence.within((quantity.start - _AIM, quantity.end + _AIM), "target"))


def _is_ahead(sentence: Sentence, things: list[Mention]) -> bool:
    """Whether the years spoken of reach beyond the year of publication, or that year is told in the future."""
    years = [w.span.date_from.year for m in things for w in sentence.dates if w.start < m.end and m.start < w.end]
    now = sentence.published.year
    return any(year > now or (year == now and bool(sentence.tagged("future"))) for year in years)


def _is_in_date(sentence: Sentence, thing: Mention) -> bool:
    """Whether a year is part of a day or month: "5 February 2025" is no year that a forecast is for."""
    return any(w.start < thing.start and thing.end <= w.end for w in sentence.dates)


def _pairs(
    sentence: Sentence, things: list[Mention], triggers: list[Tag], needs_thing: bool
) -> list[tuple[Quantity, Mention | None]]:
    numbers = [q for q in sentence.percents if not q.vague and not _is_step(sentence, q)]
    if not needs_thing:  # the number that stands by the word ("the goal of 2 percent")
        numbers.sort(key=lambda q: (min(distance(sentence, t.start, q.start) for t in triggers), q.start))
        return [(q, None) for q in numbers[:1]]
    once = [m for i, m in enumerate(things) if all(m.id != n.id for n in things[:i])]
    if len(once) > 1 and len(once) == len(numbers) and once[-1].end <= numbers[0].start:
        return list(zip(numbers, once, strict=True))
    return [(q, thing) for q in numbers for thing in _things_of(sentence, q, once, things)]


def _things_of(
    sentence: Sentence, quantity: Quantity, once: list[Mention], things: list[Mention]
) -> list[Mention | None]:
    """What a number is said of: the things that follow it closely ("2.1% in both 2023 and 2024"), else the nearest."""
    after = [m for m in things if 0 <= m.start - quantity.end <= _FOLLOWS and _is_joined(sentence, quantity.end, m)]
    if not after and _has_own_year(sentence, quantity, things):
        return []
    if after:
        more = [m for m in things if 0 < m.start - after[0].end <= 6 and not _numbers_after(sentence, m)]
        return [after[0], *more]
    # "Inflation, now at 2.1 %, is to fall next year": words for a year must stand right beside their number.
    before = [m for m in things if m.end <= quantity.start and (m.sure or quantity.start - m.end <= _FOLLOWS)]
    near = before or [m for m in things if m.start >= quantity.end and m.sure]
    best = min(near, key=lambda m: (distance(sentence, m.start, quantity.start), m.start), default=None)
    return [best] if best and distance(sentence, best.end, quantity.start) <= _REACH else []


def _has_own_year(sentence: Sentence, quantity: Quantity, things: list[Mention]) -> bool:
    """Whether the number is for a year that nobody watches ("8.1% in 2022") where years are what is watched."""
    if not all(sentence.shadow[m.start : m.end][:4].isdigit() or not m.sure for m in things):
        return False
    years = [w for w in sentence.dates if 0 <= w.start - quantity.end <= _FOLLOWS]
    return any(not any(m.start < w.end and w.start < m.end and m.sure for m in things) for w in years)


def _numbers_after(sentence: Sentence, thing: Mention) -> bool:
    return any(0 <= q.start - thing.end <= 4 for q in sentence.percents)


def _is_joined(sentence: Sentence, end: int, thing: Mention) -> bool:
    gap = (end, thing.start)
    return not any(c in sentence.shadow[end : thing.start] for c in ",;、") and not sentence.within(gap, "clause")


def _is_vote(sentence: Sentence, quantity: Quantity, evoking: list[Tag]) -> bool:
    """Whether it is the size of a majority or a move ("rejected by 94.6 per cent") and no rise tells it."""
    steps = [t for t in sentence.within((quantity.start - 8, quantity.start), "step") if t.end <= quantity.start]
    rises = [t for t in sentence.within((quantity.start - 40, quantity.start), "raise", "lower") if t.aspect != "noun"]
    rises = [
        t
        for t in rises
        if not any(e.start <= t.start < e.end and (e.start, e.end) != (t.start, t.end) for e in evoking)
    ]
    return bool(steps) and not rises and not sentence.shadow[steps[-1].end : quantity.start].strip()


def _is_step(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is a former level ("from 3.75 %"). A word that means "of" too needs a level that follows."""
    later = [q for q in sentence.percents if 0 < q.start - quantity.end <= _FOLLOWS]
    if later and is_source(sentence, quantity) and is_target(sentence, later[0]):
        return True  # "de 4 % à 3,75 %", 4%から3.75%に
    if later and not sentence.capital_names and sentence.within((quantity.end, quantity.end + 1), "raise", "lower"):
        return True  # 0.25%引き上げ4%とした
    low = max(sentence.start, quantity.start - 14)
    before = sentence.within((low, quantity.start), "from", "to")
    if not before or before[-1].label != "from":
        return False
    words = sentence.within((before[-1].end, quantity.start), "formerly", "now_held")  # "von bisher 4 Prozent"
    edge = words[-1].end if words else before[-1].end
    if sentence.shadow[edge : quantity.start].strip():
        return False
    if words or before[-1].start not in {t.start for t in sentence.within((low, quantity.start), "of", "by")}:
        return True
    return any(is_target(sentence, q) for q in sentence.percents if 0 < q.start - quantity.end <= _FOLLOWS)


def _is_about(sentence: Sentence, rule: Rule, at: int) -> bool:
    """Whether the concept nearest before the number (or, failing that, after it) is one of the rule's."""
    if not rule.fact.about:
        return True
    wanted = {f"concept:{c}" for c in rule.fact.about}
    concepts = [tag for tag in sentence.tags if tag.label.startswith("concept:")]
    before = [tag for tag in concepts if tag.start < at]
    nearest = before[-1] if before else (concepts[0] if concepts else None)
    return nearest is not None and nearest.label in wanted


def _has_subject(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: Mapping[str, Entity]) -> bool:
    """Whether the subject is named here, or is the one of its kind that was spoken of last."""
    subject = rule.fact.subject
    here = [m.id for m in sentence.mentions]
    if subject in here:
        return True
    kinds = set(entities[subject].kinds)
    peers = [i for i in (*here, *context) if i == subject or kinds & set(entities[i].kinds)]
    return bool(peers) and peers[0] == subject


def _draft(sentence: Sentence, rule: Rule, quantity: Quantity, triggers: list[Tag]) -> Draft:
    tag = min(triggers, key=lambda t: (distance(sentence, t.start, quantity.start), t.start))
    value = quantity.value
    if isinstance(value, Percent) and rule.relation.exact:
        value = replace(value, decimals=max(value.decimals, EXACT_DECIMALS))
    stage, fresh = _stage(sentence, tag, quantity, rule)
    span = (quantity.start, quantity.end)
    return Draft(rule.fact, sentence, value, stage, span, background=False if fresh and sentence.index <= 4 else None)


def _stage(sentence: Sentence, tag: Tag, quantity: Quantity, rule: Rule) -> tuple[Stage, bool]:
    """The stage, and whether it is what the day decided, whatever else is recalled beside it."""
    if rule.relation.always:
        return Stage(rule.relation.always), rule.relation.always == Stage.PLANNED
    span = sentence.clause(quantity.start)
    moves = [t for t in sentence.within(span, "raise", "lower", "hold_level") if t.aspect in ("base", "done")]
    moves = [t for t in moves if t is tag or not tag.start <= t.start < tag.end]  # "pay rise" is no verb
    if not moves and is_target(sentence, quantity):  # "A falls to 2 %, and B to 3 %": one verb for both
        moves = [t for t in sentence.tagged("raise", "lower") if t.aspect in ("base", "done") and t.end <= span[0]]
    stands = [t for t in sentence.within(span, "own") if t.aspect == "state"] if not moves else []
    if stands and not sentence.within(span, "future", "intend", "rumour"):
        return Stage.CURRENT, False  # "s'établit désormais à 3,75 %"
    verb = min(moves, key=lambda t: (distance(sentence, t.start, quantity.start), t.start), default=tag)
    if verb.label == "hold_level":
        return Stage.CURRENT, not any(w.span.date_to.year < sentence.published.year for w in sentence.dates)
    stage = stage_of(sentence, verb, quantity.start, lasting=not verb.aspect)
    return Stage.COMPLETED if stage is Stage.AGREED and verb.aspect == "base" else stage, False
