"""Shares told from the other side or in words: blocks that are bought from a holder, full ownership, equal shares."""

from typing import Final

from factdrift.facts.extract.amounts import is_source, markers_of
from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.roles import choose_rules, roles_at
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.facts.extract.transfers import is_more
from factdrift.model import Percent, Stage

_SOLD: Final = 24  # characters between a verb of selling and all that is sold
_BESIDE: Final = 70  # characters from the verb of buying to what is bought


def read_wholes(sentence: Sentence, rules: list[Rule], context: tuple[str, ...], found: list[Draft]) -> list[Draft]:
    """Full ownership in words ("sole owner") is 100 percent."""
    drafts: list[Draft] = []
    for tag in sentence.tagged("whole")[:1]:
        roles = roles_at(sentence, tag.start, tag.end, context)
        if sentence.within((tag.start - _SOLD, tag.start), "sell"):
            continue  # "has sold its entire stake"
        here = {m.id for m in sentence.mentions if m.type == "venture"} or {m.id for m in sentence.mentions}
        bought = [r for r in rules if any(d.fact is r.fact and d.value is None for d in found)]
        chosen = bought or choose_rules([r for r in rules if r.fact.object in here], roles, context, 2)
        chosen = chosen or [r for r in rules if _takes_beside(sentence, tag, r)]
        for rule in chosen:
            if bought or all(d.fact is not rule.fact for d in found):
                verbs = sentence.within((max(sentence.start, tag.start - 28), tag.start), "take_stake", "own")
                verbs = verbs or sentence.within((tag.start, tag.end), "take_stake")
                state = Tag(tag.start, tag.end, tag.label, "state")
                stage = stage_of(sentence, verbs[-1] if verbs else state, tag.start)
                stage = next((d.stage for d in found if bought and d.fact is rule.fact), stage)
                drafts.append(Draft(rule.fact, sentence, Percent(100.0), stage, (tag.start, tag.end)))
    return drafts


def _takes_beside(sentence: Sentence, whole: Tag, rule: Rule) -> bool:
    """Whether a venture stands right before "has fully taken over", or in it, and its owner is the subject."""
    parties = {m.id: m for m in sentence.mentions if m.id in (rule.fact.subject, rule.fact.object)}
    if len(parties) < 2:
        return False
    owner, thing = parties[rule.fact.subject], parties[str(rule.fact.object)]
    beside = -2 <= whole.start - thing.end <= 1 or whole.start < thing.start < whole.end
    return (
        thing.type == "venture"
        and beside
        and owner.end < thing.start
        and owner.marker in ("", "subject")
        and not owner.poss
    )


def read_resold(sentence: Sentence, rules: list[Rule], found: list[Draft]) -> list[Draft]:
    """Blocks told from the buyer's side: shares bought from a holder, or bought back from it, are sold by it."""
    told = {d.fact.name for d in found}
    drafts: list[Draft] = []
    for rule in rules:
        if "sell" not in rule.relation.evoked_by or rule.fact.name in told:
            continue
        verb = next((v for v in sentence.tagged("buyback", "buy", "take_stake") if _is_from(sentence, v, rule)), None)
        if verb is None:
            continue
        parts = [q for q in sentence.percents if distance(sentence, q.start, verb.start) <= _BESIDE]
        if any(is_more(sentence, q) for q in parts):
            continue
        if any(tag.label in ("to", "from") for q in parts for tag in markers_of(sentence, q)):
            continue  # a level that is reached, told by the same verb
        value = parts[0].value if parts else None
        at = (parts[0].start, parts[0].end) if parts else (verb.start, verb.end)
        destroyed = not any(tag.start < verb.start for tag in sentence.tagged("cancel"))  # "bought and cancelled"
        drafts.append(Draft(rule.fact, sentence, value, stage_of(sentence, verb, at[0], ending=destroyed), at))
    return drafts


def _is_from(sentence: Sentence, verb: Tag, rule: Rule) -> bool:
    """Whether the verb says that shares of the rule's object come from its subject."""
    held = [m for m in sentence.mentions if m.id == rule.fact.object]
    sellers = [m for m in sentence.mentions if m.id == rule.fact.subject]
    if not held or not sellers:
        return False
    if verb.label == "buyback":
        acting = [m for m in sentence.mentions if m.end <= verb.start and not m.marker and not m.poss]
        if acting and acting[-1].id == rule.fact.subject and sentence.capital_names:
            return False  # who sells does not buy
        return any(m.start > verb.start or m.marker == "from" for m in sellers)
    shares = [t for t in sentence.tagged("stake") if distance(sentence, t.start, verb.start) <= _BESIDE]
    if not shares:
        return False
    if any(m.marker == "from" for m in sellers) and all(m.marker != "from" for m in held):
        return True
    owned = [t for m in sellers if m.poss for t in shares if 0 <= t.start - m.end <= 3]
    return bool(owned) and any(m.marker == "of" for m in held)


def read_equals(sentence: Sentence, rules: list[Rule]) -> list[Draft]:
    """A share that is said to equal a number told before it: "to 15 %, the same as what Y holds in X"."""
    drafts: list[Draft] = []
    for verb in sentence.tagged("own") if sentence.percents else ():
        if verb.aspect != "state" or any(0 < q.start - verb.end <= _BESIDE for q in sentence.percents):
            continue
        parts = [q for q in sentence.percents if 0 < verb.start - q.end <= _BESIDE and not is_source(sentence, q)]
        if not parts or not sentence.within((parts[-1].end, verb.start), "same"):
            continue
        holder = next((m.id for m in sentence.mentions if 0 <= verb.start - m.end <= 3), None)
        held = [m.id for m in sentence.mentions if m.marker == "of" and 0 < m.start - verb.end <= 16]
        for rule in rules:
            if held and (rule.fact.subject, rule.fact.object) == (holder, held[0]):
                span = (parts[-1].start, parts[-1].end)
                drafts.append(Draft(rule.fact, sentence, parts[-1].value, Stage.CURRENT, span))
    return drafts
