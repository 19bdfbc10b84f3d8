"""Facts of money: which sum of a sentence is the one that the subject, and nobody else, puts in or pays."""

from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.parties import coordinated, is_called_off, parties_present, triggers
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.facts.extract.takeovers import (
    TAKING,
    governs,
    is_anothers,
    is_only_spoken_of,
    is_price,
    is_sale,
    is_told_by_seller,
    names_shares_of,
)
from factdrift.model import Money, Stage
from factdrift.topic import Entity

_EXPENSE: Final = 3  # characters between a sum and what it is spent on
_PLANT: Final = 24  # characters of " chip assembly " between a sum and the plant
_ONCE: Final = 10  # characters of "once" or "of which" before a sum
_FROM: Final = 8  # characters of "600 million from X"


def read_money(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """An amount for each sum that the subject (and nobody else) puts in."""
    tags = triggers(sentence, rule) or _worth(sentence, rule)
    if not tags or not sentence.moneys:
        return []
    told_by_seller = "price" in rule.relation.evoked_by and is_told_by_seller(sentence, rule, context)
    if not told_by_seller and not parties_present(sentence, rule, context):
        return []
    if is_called_off(sentence, tags[0]):
        return []  # "was to put in 600 million, but it gives up": nobody puts in anything
    drafts = []
    subjects = [m for m in sentence.mentions if entities[m.id].type == "company"]
    for quantity in sentence.moneys:
        tag = min(tags, key=lambda t: (distance(sentence, t.start, quantity.start), t.start))
        if distance(sentence, tag.start, quantity.start) > 110 or is_anothers(sentence, tag, quantity, rule):
            continue
        if sentence.within((quantity.start - _ONCE, quantity.start), "once_was"):
            continue  # "once 18 billion"
        if _is_left(sentence, quantity):
            continue
        if "price" in rule.relation.evoked_by and not is_price(sentence, tag, quantity, rule, context):
            continue
        if not governs(sentence, tag, rule, entities, context):
            continue
        if (
            not is_sale(tag, rule)
            and tag.label != "receive"
            and not _is_payer(sentence, quantity.start, rule, subjects)
        ):
            continue
        if _is_of_other(sentence, quantity.start, rule, entities):
            continue
        before = sentence.within(
            (max(sentence.start, quantity.start - 18), quantity.start), "at_most", "at_least", "around"
        )
        labels = {t.label for t in before}
        tag = _promise(sentence, tags, tag)
        bound = "max" if "at_most" in labels else "min" if "at_least" in labels else None
        stage = stage_of(sentence, tag, quantity.start)
        if (
            stage in (Stage.CANCELLED, Stage.DENIED)
            and isinstance(quantity.value, Money)
            and quantity.value.amount == 1
        ):
            continue  # "not a single euro"
        if tag.label == "commit" and stage is Stage.COMPLETED:
            stage = Stage.AGREED
        if tag.label in TAKING and stage is Stage.COMPLETED and is_only_spoken_of(sentence, tag, stage):
            stage = Stage.PLANNED  # "sued to block the 69 billion takeover"
        drafts.append(
            Draft(rule.fact, sentence, quantity.value, stage, (quantity.start, quantity.end), bound, "around" in labels)
        )
    return drafts


def _worth(sentence: Sentence, rule: Rule) -> list[Tag]:
    """What a sum is the size of, where one is put in: the plant right behind it ("is to build a $4 billion plant")."""
    if "invest" not in rule.relation.evoked_by or "works" not in sentence.labels:
        return []
    ends = [q.end for q in sentence.moneys]
    plants = [m for m in sentence.mentions if m.id == rule.fact.object and not m.marker and not m.poss]
    plants = [m for m in plants if any(0 < m.start - end <= _PLANT for end in ends)]
    return [Tag(m.start, m.end, "invest", "noun") for m in plants]


def _is_left(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the sum is the one that is left, a step to another ("by 4 billion from 2 to 6"), a part or an expense."""
    if sentence.within((quantity.end, quantity.end + _EXPENSE), "expense"):
        return True  # "100 million in legal fees"
    if any(t.start - quantity.end == 1 for t in sentence.within((quantity.end, quantity.end + 2), "of_it")):
        return len(sentence.moneys) > 1  # "1.3 billion, at least 1 billion of it at the works"
    before = sentence.within((quantity.start - _ONCE, quantity.start), "from", "step", "wherein", "of_it")
    if not before or sentence.shadow[before[-1].end : quantity.start].strip(" -$€£"):
        return False
    return len(sentence.moneys) > 1


def _promise(sentence: Sentence, tags: list[Tag], verb: Tag) -> Tag:
    """The word of promising that governs the verb, where there is one ("had committed itself to putting in ...")."""
    low, _ = sentence.clause(verb.start)
    ahead = [t for t in tags if t.label == "commit" and low <= t.start and t.end <= verb.start]
    return ahead[-1] if ahead and verb.aspect == "base" else verb


def _is_of_other(sentence: Sentence, at: int, rule: Rule, entities: dict[str, Entity]) -> bool:
    """Whether the sum stands nearer to another thing of the object's kind ("X by 15bn a month, and Y ...")."""
    if rule.fact.object is None:
        return False
    kind = entities[rule.fact.object].type
    things = [m for m in sentence.mentions if entities[m.id].type == kind and kind in ("product", "plan")]
    ahead = [m for m in things if m.end <= at] or things
    return bool(ahead) and min(ahead, key=lambda m: distance(sentence, m.start, at)).id != rule.fact.object


def _is_payer(sentence: Sentence, at: int, rule: Rule, companies: list[Mention]) -> bool:
    """In "X and Y up to 600 and 200 million" the sums go to the companies in order; a joint sum goes to none."""
    others = [m for m in companies if m.id != rule.fact.object and not names_shares_of(sentence, m)]
    own = [m.id for m in others if 0 < m.start - _end_of(sentence, at) <= _FROM and m.marker in ("from", "by")]
    if own or _is_total(sentence, at):
        return own == [rule.fact.subject]
    sums = [q for q in sentence.moneys if isinstance(q.value, Money)]
    position = next(i for i, q in enumerate(sums) if q.start == at)
    ahead = list(dict.fromkeys(m.id for m in others if m.end <= sums[0].start))
    behind = list(dict.fromkeys(m.id for m in others if m.start >= sums[-1].end))
    names = list(dict.fromkeys(m.id for m in others))
    for listed in (ahead, behind):
        if len(sums) == len(listed) > 1:
            return listed[position] == rule.fact.subject
    if rule.fact.subject not in names and sentence.tagged("both"):
        return False
    before = [m for m in others if m.end <= sums[0].start and m.marker not in ("of", "from")]
    if before and len(sums) == 1 and len(coordinated(sentence, before, before[-1])) > 1:
        return False  # "X and Y together invest 800 million": the sum is of both
    free = [m for m in others if m.end <= at and not sentence.is_aside(m.start, at)]
    return not free or rule.fact.subject in {m.id for m in free}


def _end_of(sentence: Sentence, at: int) -> int:
    return next(q.end for q in sentence.moneys if q.start == at)


def _is_total(sentence: Sentence, at: int) -> bool:
    """Whether the sum is that of the others in the sentence ("800 million: 600 from X and 200 from Y")."""
    sums = {q.start: q.value.amount for q in sentence.moneys if isinstance(q.value, Money)}
    rest = [amount for start, amount in sums.items() if start != at]
    return len(rest) > 1 and abs(sum(rest) - sums.get(at, 0)) < 1
