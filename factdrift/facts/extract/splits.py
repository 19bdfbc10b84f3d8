"""One thing shared out among several: "X will own 51 % of Z and Y 49 %", "70 % owned by X and 30 % by Y".

The parts must make the whole, every further part must name its holder beside the number, and one thing must be left
that can be what they hold.
"""

from typing import Final

from factdrift.facts.extract.amounts import is_source
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.roles import roles_at
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Percent

_SLACK: Final = 1.0  # percent by which parts may miss the whole, for rounding
_BESIDE: Final = 3  # characters between a number and its holder
_PREPOSITION: Final = 7  # the same, with "with" in between
_BY: Final = 20  # the same, behind "owned by"


def read_split(sentence: Sentence, rules: list[Rule], context: tuple[str, ...]) -> tuple[list[Draft], set[int]]:
    """Drafts for the tracked parts, and where all the parts stand; both empty where nothing is shared out."""
    parts = _parts(sentence)
    if len(parts) < 2:
        return [], set()
    holders = [_listed(sentence, part) for part in parts]
    if holders[0] is None:
        roles = roles_at(sentence, parts[0].start, parts[0].end, ())
        holders[0] = max((e for e, w in roles.holder.items() if w >= 3), key=lambda e: roles.holder[e], default=None)
    if None in holders or len(set(holders)) < len(holders):
        return [], set()
    wholes = _wholes(sentence, rules, holders, context)
    if len(wholes) != 1:
        return [], set()
    cue = _holding_word(sentence, parts)
    stage = stage_of(sentence, cue, parts[0].start, lasting=cue.label in ("own", "stake"))
    slots = {(r.fact.subject, r.fact.object): r for r in rules}
    drafts = []
    for part, holder in zip(parts, holders, strict=True):
        if (rule := slots.get((holder or "", wholes[0]))) is not None:
            drafts.append(Draft(rule.fact, sentence, part.value, stage, (part.start, part.end)))
    return drafts, {part.start for part in parts}


def _parts(sentence: Sentence) -> list[Quantity]:
    """The first run of numbers that make a whole; empty where none does."""
    if len(sentence.percents) < 2:
        return []
    numbers = [q for q in sentence.percents if not is_source(sentence, q)]
    sizes = [q.value.percent if isinstance(q.value, Percent) else 0.0 for q in numbers]
    for first in range(len(numbers) - 1):
        for last in range(first + 2, len(numbers) + 1):
            if abs(sum(sizes[first:last]) - 100) <= _SLACK:
                return numbers[first:last]
    return []


def _listed(sentence: Sentence, part: Quantity) -> str | None:
    """Whoever is named right beside the number as its holder ("Y 49 %", "49 % Y", "49 % by Y", "49 % for Y")."""
    behind = (m.id for m in sentence.mentions if _is_behind(sentence, part, m))
    ahead = (m.id for m in reversed(sentence.mentions) if _is_ahead(sentence, part, m))
    return next(behind, None) or next(ahead, None)


def _is_ahead(sentence: Sentence, part: Quantity, mention: Mention) -> bool:
    gap = sentence.shadow[mention.end : part.start]
    verbs = sentence.within((mention.end, part.start), "own")
    words = gap.replace(sentence.shadow[verbs[0].start : verbs[0].end], "") if verbs else gap
    near = mention.end <= part.start and len(words.strip()) <= _PREPOSITION
    return near and mention.marker not in ("of", "from") and not mention.poss


def _is_behind(sentence: Sentence, part: Quantity, mention: Mention) -> bool:
    gap = sentence.shadow[part.end : mention.start]
    if mention.start < part.end or "," in gap or any(c.isdigit() for c in gap):
        return False
    return (len(gap) <= _BESIDE and not mention.marker) or (mention.marker in ("by", "for", "to") and len(gap) <= _BY)


def _wholes(sentence: Sentence, rules: list[Rule], holders: list[str | None], context: tuple[str, ...]) -> list[str]:
    """What the parts can be of: a thing of the sentence, else one spoken of before, that is no holder here."""
    held = [r.fact.object for r in rules if r.fact.subject in holders and r.fact.object not in holders]
    named = {m.id for m in sentence.mentions}
    here = dict.fromkeys(e for e in held if e in named)
    others = [m.id for m in sentence.mentions if m.id not in holders and m.type in ("company", "venture")]
    if here or others:
        return [e for e in here if e and set(others) <= {e}]
    return [e for e in dict.fromkeys(held) if e and e in context[:2]]


def _holding_word(sentence: Sentence, parts: list[Quantity]) -> Tag:
    """The verb or noun that says how the parts are held; the first number itself where there is none."""
    span = (sentence.clause(parts[0].start)[0], parts[-1].end + _BY)
    verbs = sentence.within(span, "own", "lower", "raise", "take_stake", "split")
    first = min(verbs, key=lambda t: abs(t.start - parts[0].start), default=None)
    return first or Tag(parts[0].start, parts[0].end, "stake", "state")
