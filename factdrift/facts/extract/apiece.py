"""Shares told of several at once: "X, Y and Z own 15 % each of W". A sum that they hold together is nobody's own."""

from typing import Final

from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of

_BESIDE: Final = 5  # characters between a number and "each" ("cada uno un 15 %")
_OF: Final = 10  # characters of " of the " between a number and what it is of
_LISTED: Final = 24  # characters between holders that are listed ("X and the investor Y")
_VERBS: Final = ("own", "take_stake", "buy", "lower", "raise")
JOINT: Final = ("jointly", "several")  # one of these stands in every sentence that tells of a joint share
_THINGS: Final = ("plan", "product", "place", "person")


def read_apiece(
    sentence: Sentence, quantity: Quantity, rules: list[Rule], context: tuple[str, ...]
) -> list[Draft] | None:
    """One draft for each tracked holder of a list that holds the share each; None where the sentence lists none.

    Empty where what they hold is a thing that nobody tracks.
    """
    if "apiece" not in sentence.labels or not _is_each(sentence, quantity):
        return None
    verb = _verb(sentence, quantity)
    holders = _holders(sentence, verb.start if verb.start < quantity.start else quantity.start)
    if len(holders) < 2:
        return None
    held = _held(sentence, rules, holders, context)
    if held is None:
        return [] if any(m.type == "venture" for m in sentence.mentions) else None
    stage = stage_of(sentence, verb, quantity.start, lasting=True)
    span = (quantity.start, quantity.end)
    fitting = [r for r in rules if r.fact.subject in holders and r.fact.object == held]
    return [Draft(r.fact, sentence, quantity.value, stage, span) for r in fitting]


def is_joint(sentence: Sentence, start: int) -> bool:
    """Whether several hold the share together ("X, Y and others would together own 80 %"): nobody holds it alone."""
    low, _ = sentence.clause(start)
    if sentence.within((low, start), "several"):
        return True  # "each of the three will hold 15 %"
    words = [t for t in sentence.within((low, start), "jointly") if not sentence.within((t.end, t.end + 2), "together")]
    verbs = sentence.within((low, start), "own", "take_stake")
    return any(min(abs(v.start - t.end), abs(t.start - v.end)) <= _BESIDE for t in words for v in verbs)


def _is_each(sentence: Sentence, quantity: Quantity) -> bool:
    things = [t.end for t in sentence.within((quantity.end, quantity.end + _BESIDE), "stake")]
    things += [m.end for m in sentence.mentions if m.marker == "of" and 0 < m.start - quantity.end <= _OF]
    if any(sentence.within((end, end + _BESIDE), "apiece") for end in (quantity.end, *things)):
        return True  # "15 percent each", "15 percent of Z each"
    before = sentence.within((sentence.start, quantity.start), "apiece")
    return bool(before) and 0 <= quantity.start - before[-1].end <= _BESIDE


def _verb(sentence: Sentence, quantity: Quantity) -> Tag:
    span = sentence.clause(quantity.start)
    verbs = [t for t in sentence.within(span, *_VERBS) if t.aspect != "noun"]
    at = Tag(quantity.start, quantity.end, "own", "state")
    return min(verbs, key=lambda t: (abs(t.start - quantity.start), t.start), default=at)


def _holders(sentence: Sentence, before: int) -> list[str]:
    """The ids of those listed right before an offset, unmarked; the first of the list comes last."""
    listed: list[Mention] = []
    for mention in reversed([m for m in sentence.mentions if m.end <= before and m.type not in _THINGS]):
        if mention.marker == "of" and not listed:
            continue  # "X and Y are the investors in Z with 15 % each"
        gap = (mention.end, listed[-1].start) if listed else (mention.end, mention.end)
        text = sentence.shadow[gap[0] : gap[1]]
        if mention.marker or mention.poss or len(text) > _LISTED or any(c in ".;:()" or c.isdigit() for c in text):
            break
        if sentence.within(gap, "relative", "that", *_VERBS):
            break  # "Z, in which X and Y hold"
        listed.append(mention)
    return list(dict.fromkeys(m.id for m in listed))


def _held(sentence: Sentence, rules: list[Rule], holders: list[str], context: tuple[str, ...]) -> str | None:
    """What they hold: another thing that is named, else one spoken of before; never one of themselves."""
    first = min(m.start for m in sentence.mentions if m.id in holders)
    others = [m for m in sentence.mentions if m.id not in holders]
    named = [m.id for m in others if m.marker == "of" or m.type == "venture" or m.end <= first]
    objects = {r.fact.object for r in rules if r.fact.subject in holders and r.fact.object not in holders}
    return next((e for e in named or context if e in objects), None)
