"""Shares in trust: which number a trust holds, and which one is another's."""

import re
from typing import Final

from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.scan import Tag

_COUNT: Final = 24  # characters between what the trust keeps and its level
_HIS_OWN: Final = 16  # characters of "'s holding"
_ITS: Final = 40  # characters between a number and the trust it goes to
_BREATH: Final = re.compile(r"[,;:、]|\d")


def parked(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The trust that follows the number in the same breath ("the 24.63 % held by a French trust")."""
    for tag in sentence.tagged("trust"):
        if is_apart(sentence, quantity, tag):
            continue
        gap = sentence.shadow[quantity.end : tag.start]
        if (
            0 < len(gap) <= 60
            and not _BREATH.search(gap)
            and not any(b for b in sentence.breaks if quantity.end < b <= tag.start)
        ):
            return tag
        before = sentence.shadow[tag.end : quantity.start]
        behind = sentence.within((quantity.end, quantity.end + 3), "own")
        if behind and sentence.within((tag.end, tag.end + 2), "subject_after") and "、" not in before:
            return tag  # 信託がX株の18%を保有
        holds = sentence.within((tag.end, quantity.start), "own")
        near = holds and (_is_beside(sentence, tag, holds[0]) or _is_put_by(sentence, tag, holds[0]))
        if near and quantity.start - holds[0].end <= 12 and "," not in before:
            return tag  # "the trust holds 18 %"
        if (
            0 < len(before) <= 16
            and "、" not in before
            and not _BREATH.search(before)
            and (sentence.within((tag.end, quantity.start), "park") or _is_put_in(sentence, tag))
        ):
            return tag  # 信託に移されたX株18%; "placer dans une fiducie 28 %"
    return None


def parked_source(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The trust right before the level that something in it moves to ("cut what it keeps in the trust to 18 %")."""
    marks = sentence.within((quantity.start - _COUNT, quantity.start), "to")
    near = [t for t in sentence.tagged("trust") for m in marks if t.end + 1 == m.start]
    held = [t for t in near if sentence.within((t.start - _COUNT, t.start), "own", "park")]
    if held:
        return held[0]
    possessors = [t for t in sentence.tagged("trust") if t.end < quantity.start and _is_possessor(sentence, t)]
    return possessors[0] if possessors else None


def _is_possessor(sentence: Sentence, trust: Tag) -> bool:
    """Whether the share spoken of is the trust's ("the trust's holding in X")."""
    behind = sentence.shadow[trust.end : trust.end + 2] == "'s"
    return behind and bool(sentence.within((trust.end, trust.end + _HIS_OWN), "stake"))


def is_apart(sentence: Sentence, quantity: Quantity, trust: Tag) -> bool:
    """Whether the trust is another number's ("15 %, 28 % in trust") or holds a part only ("36 %, partly in trust")."""
    nearer = any(quantity.end <= q.start < trust.start for q in sentence.percents)
    taken = quantity.start > trust.end and any(0 < trust.start - q.end <= _ITS for q in sentence.percents)
    if sentence.numbers.fractions(sentence.shadow, quantity.end, trust.start):
        return True  # "36 %, more than half of it in a trust"
    return nearer or taken or bool(sentence.within((quantity.end, trust.start), "economic"))


def _is_beside(sentence: Sentence, trust: Tag, verb: Tag) -> bool:
    """Whether the trust is the verb's subject: right before it, or with an adverb between ("the trust still holds")."""
    end = max([t.end for t in sentence.within((trust.end, trust.end + 2), "adverb")], default=trust.end)
    return 0 <= verb.start - end <= 2


def _is_put_by(sentence: Sentence, trust: Tag, verb: Tag) -> bool:
    """Whether only who put them there stands between a trust and its verb ("placés en fiducie par X représentent")."""
    return any(m.marker == "by" and trust.end < m.start and 0 <= verb.start - m.end <= 1 for m in sentence.mentions)


def _is_put_in(sentence: Sentence, trust: Tag) -> bool:
    return any(0 <= trust.start - verb.end <= 20 for verb in sentence.tagged("park", "lower"))
