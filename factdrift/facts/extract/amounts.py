"""What the words around a percentage make of it: a level reached, a level left, a step, the rest, a mere movement."""

from typing import Final

from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.scan import Tag

_NOUN: Final = 24  # characters in which a noun may stand before its "of"
_NOW: Final = 18  # characters of "aujourd'hui de "
_NEXT: Final = 2  # characters between "to" and its number
_BY: Final = 8  # characters of " by " and an article between a share and its holder
_PAIR: Final = 24  # characters in which "to" may follow "from"


def is_target(sentence: Sentence, quantity: Quantity) -> bool:
    return "to" in [tag.label for tag in markers_of(sentence, quantity)]


def is_source(sentence: Sentence, quantity: Quantity) -> bool:
    return "from" in [tag.label for tag in markers_of(sentence, quantity)]


def markers_of(sentence: Sentence, quantity: Quantity) -> list[Tag]:
    """The words that say whether a level is reached or left, and how exactly; asked many times for each number."""
    if (known := sentence.markers.get(quantity.start)) is None:
        known = sentence.markers[quantity.start] = _markers(sentence, quantity)
    return known


def _markers(sentence: Sentence, quantity: Quantity) -> list[Tag]:
    low = max(sentence.start, quantity.start - 26)
    before = sentence.within((low, quantity.start), "to", "from", "around", "at_most", "at_least")
    by = any(m.marker == "by" and 0 < m.start - quantity.end <= _BY for m in sentence.mentions)
    held = [t for t in sentence.within((low, quantity.start), "own") if by and t.aspect == "state"]
    before = [t for t in before if not any(h.start < t.start and t.end <= h.end for h in held)]  # "controllata al"
    chain: list[Tag] = []
    edge = quantity.start
    for tag in reversed(before):
        if tag.end > edge or sentence.shadow[tag.end : edge].strip(" -") or _is_genitive(sentence, tag):
            continue
        chain.append(tag)
        edge = tag.start
    after = sentence.within((quantity.end, quantity.end + 3), "from_after", "to_after")
    after = after if not sentence.within((quantity.end, quantity.end + 2), "equals_after") else []
    if not any(tag.label in ("to", "from") for tag in chain) and _starts_pair(sentence, quantity, edge):
        chain.append(Tag(quantity.start, quantity.start, "from"))
    return chain + [Tag(t.start, t.end, t.label.removesuffix("_after")) for t in after if t.start - quantity.end <= 1]


def _is_genitive(sentence: Sentence, tag: Tag) -> bool:
    """Whether this is no "from" but the "of" behind a noun ("eine Beteiligung von 36 Prozent")."""
    if tag.label != "from" or not sentence.within((tag.start, tag.start + 1), "genitive"):
        return False
    nouns = sentence.within((tag.start - _NOUN, tag.start), "holding_noun", "sell", "sale", "buy")
    moved = any(t.start > tag.end for t in sentence.tagged("to") if t.start - tag.end <= _PAIR)
    return bool(nouns) and not sentence.shadow[nouns[-1].end : tag.start].strip() and not moved


def _starts_pair(sentence: Sentence, quantity: Quantity, edge: int) -> bool:
    """Whether this is the first of "de 43 % à 15 %": a language may write "of" and "from" alike."""
    before = sentence.within((max(sentence.start, edge - 6), edge), "of", "from")
    after = sentence.within((quantity.end, quantity.end + 4), "to")
    if not before or not after:
        return False
    vague = sentence.within((after[0].end, after[0].end + _NOUN), "around")  # "de 34 % à environ 24 %"
    edge = vague[0].end if vague else after[0].end
    return any(0 <= q.start - edge <= _NEXT for q in sentence.percents)


def is_now(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is what holds at writing ("its interest, now 15 per cent,", "holdings now at 10 %")."""
    words = sentence.within((quantity.start - _NOW, quantity.start), "now_held")
    if not words:
        return False
    gap = sentence.shadow[words[-1].end : quantity.start].strip()
    small = sentence.within((words[-1].end, quantity.start), "of", "to")
    return not gap or any(t.end - t.start == len(gap) for t in small)


def is_rest(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is what was left to take ("the last 51 %", "les 51 % restants")."""
    before = sentence.within((quantity.start - 24, quantity.start), "rest")
    after = sentence.within((quantity.end, quantity.end + 2), "rest")
    return bool(before or after)


def _is_its_own(sentence: Sentence, quantity: Quantity) -> bool:
    return any(m.poss and not m.sure and 0 <= quantity.start - m.end <= 1 for m in sentence.mentions)


def is_movement(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number says by how much something moved, not where it stands."""
    if is_target(sentence, quantity) or is_source(sentence, quantity):
        return False
    if sentence.within((quantity.end, quantity.end + 2), "stake") or _is_its_own(sentence, quantity):
        return False  # "wrote down its 36 percent stake"
    if not sentence.capital_names and any(t.end + 1 == quantity.start for t in sentence.tagged("growth")):
        return True  # 販売の43%: no share of a firm
    grown = sentence.within((quantity.end, quantity.end + 18), "growth_after")
    if (grown and "," not in sentence.shadow[quantity.end : grown[0].start]) or _is_moved(sentence, quantity):
        return True
    step = sentence.within((quantity.end, quantity.end + 2), "lower", "raise")
    if any(t.aspect == "noun" for t in step):
        return True  # "a 5 % fall"
    level = sentence.within((quantity.end, quantity.end + 3), "to", "of")
    # A price: "loses 3.2 % to 35 euros".
    return bool(level) and any(0 <= m.start - level[-1].end <= 2 for m in sentence.moneys)


def _is_moved(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a verb of moving stands right before the number; "up to" is a bound, not a move."""
    span = (max(sentence.start, quantity.start - 24), quantity.start)
    verbs = sentence.within(span, "move")
    if not verbs:
        return False
    bounds = sentence.within(span, "at_most", "at_least", "around")
    verbs = [t for t in verbs if not any(a.start <= t.start < a.end for a in bounds)]
    held = [t for t in sentence.within(span, "own") if t.aspect == "state"]  # "participada en un 36 %"
    verbs = [t for t in verbs if not any(h.start < t.start and t.end <= h.end for h in held)]
    return any(len(sentence.shadow[t.end : quantity.start].split()) <= 1 for t in verbs)
