"""What kind of share a percentage is, by the words around it: a holding, a part in trust, a floor, a block sold.

Which slot it fills, and how far the thing has come, is decided elsewhere.
"""

import re
from typing import Final

from factdrift.facts.extract.amounts import is_movement, is_now, is_source, is_target
from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.trusts import is_apart, parked, parked_source

_CUES: Final = {
    "holding": ("own", "stake", "shareholder", "lower", "raise", "take_stake", "cross", "votes", "invest", "commit"),
    "trust": ("trust",),
    "floor": ("floor",),
    "block": ("sell", "sale", "buy", "buyback"),
}
_REACH: Final = {"holding": 100, "trust": 75, "floor": 90, "block": 80}
_BONUS: Final = {"holding": 0, "trust": 5, "floor": 60, "block": 4}
_ONE: Final = 2  # characters between a verb and its number
_COUNT: Final = 24  # characters between a number and the shares that it counts
_WORDS: Final = 2  # between a word of time and the event
_TIME: Final = 24  # characters from a word of time to the event it dates
_THROUGH: Final = 12  # characters between a number and "through derivatives"
_OPENS: Final = 3  # words of "A holding of" before a number
_PASSIVE: Final = 12  # characters of "has been " before a verb
_CAP: Final = 8  # characters from a word of capped votes to the number
_MOVED: Final = 48  # characters from what moves to its verb
_SALE: Final = 80  # characters between those shares and the percentage that they are
_BREATH: Final = re.compile(r"[,;:、]|\d")


def classify(sentence: Sentence, index: int, quantity: Quantity) -> tuple[str, Tag | None]:
    """What kind of share the number is (holding, trust, floor, block; "" for none), and the word that says so."""
    if is_movement(sentence, quantity) or _is_cap(sentence, quantity) or _is_right(sentence, quantity):
        return "", None
    around = [t for t in sentence.tagged("sell") if t.aspect == "done" and t.start < quantity.start < t.end]
    if around and not sentence.capital_names and not is_target(sentence, quantity):
        return "block", around[0]  # "hat fünf Prozent an X verkauft"
    costs: list[tuple[int, str, Tag]] = []
    for kind, labels in _CUES.items():
        for tag in sentence.tagged(*labels):
            if kind == "trust" and is_apart(sentence, quantity, tag):
                continue
            cost = _cost(sentence, index, quantity, kind, tag)
            if cost <= _REACH[kind]:
                costs.append((cost - _BONUS[kind], kind, tag))
    if "unnamed" in sentence.labels:  # "sources say X may take 5 percent": no permission
        mays = {t.start for t in sentence.tagged("may")}
        costs = [e for e in costs if e[1] != "floor" or e[2].start not in mays]
    costs = [e for e in costs if e[1] != "block" or not _is_occasion(sentence, e[2], quantity)]
    if another := _another(sentence, quantity):
        costs.append((0, "block", another))
    if not costs:
        return "", None
    cost, kind, tag = min(costs, key=lambda entry: (entry[0], entry[1], entry[2].start))
    if kind == "holding" and (sold := _sold_count(sentence, quantity)):
        return "block", sold
    having = tag.label == "own" and tag.end <= quantity.start + _CAP  # "hat 5 % ... verkauft"
    if kind == "holding" and (tag.label == "stake" or having) and (sold := _sold_last(sentence, quantity)):
        return "block", sold
    if kind == "holding" and tag.label == "stake" and (sold := _is_sold_behind(sentence, quantity)):
        return "block", sold
    if kind == "holding" and tag.label == "stake" and not is_target(sentence, quantity):
        governing = [
            e for e in costs if e[1] == "block" and e[2].label in ("sell", "buyback") and e[2].end <= quantity.start
        ]
        governing = [e for e in governing if not _is_subject_of(sentence, e[2], quantity)]
        cost, kind, tag = governing[0] if governing else (cost, kind, tag)  # "to sell a stake of 2.5 %": a block
    growth = sentence.tagged("growth") if kind == "holding" else []
    if growth and tag.label in ("lower", "raise") and not sentence.tagged("stake", "own", "votes", "trust", "cross"):
        return "", None  # "X gains 15 % in registrations, while Y stops at 3 %"
    if growth and (
        any(distance(sentence, t.start, quantity.start) < cost for t in growth)
        or _is_of_growth(sentence, tag, quantity)
    ):
        return "", None
    if kind == "floor" and (holds := _apiece(sentence, quantity, tag)):
        return "holding", holds[-1]  # 15%ずつを...の義務つきで保有
    if kind == "floor" and (beside := sentence.within((quantity.end, quantity.end + 3), "cross")):
        return "holding", beside[0]  # "a 15 % cross-shareholding with a lock-up"
    if kind == "holding" and is_target(sentence, quantity) and (source := parked_source(sentence, quantity)):
        return "trust", source
    if (trust := parked(sentence, quantity)) and not (kind == "block" and _is_sold_from(sentence, quantity, tag)):
        return "trust", trust
    if kind == "block" and (
        is_target(sentence, quantity) or is_source(sentence, quantity) or is_now(sentence, quantity)
    ):
        return "holding", tag
    return kind, tag


def _is_sold_from(sentence: Sentence, quantity: Quantity, sale: Tag) -> bool:
    """Whether a verb of selling stands right at the number: shares that lie in trust are sold ("sold 5 % of X ...")."""
    if sale.label != "sell" or sale.aspect not in ("base", "done"):
        return False
    if 0 <= quantity.start - sale.end <= _ONE:
        return not any(t.label == "to" for t in sentence.within((quantity.end, sentence.end), "to", "park"))
    return not sentence.capital_names and 0 <= sale.start - quantity.end <= _ONE


def _apiece(sentence: Sentence, quantity: Quantity, tag: Tag) -> list[Tag]:
    """The verbs of holding behind a floor that each has to keep."""
    if tag.start <= quantity.end or not sentence.within((quantity.end, quantity.end + 2), "each"):
        return []
    return sentence.within((tag.end, sentence.clause(tag.end)[1]), "own")


def _is_right(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is the part that is held through derivatives, beside another ("9 % and 18 % in options")."""
    through = [t for t in sentence.tagged("derivative") if 0 <= t.start - quantity.end <= _THROUGH]
    if not through or "," in sentence.shadow[quantity.end : through[0].start]:
        return False
    return any(q.end < quantity.start and quantity.start - q.end <= _SALE for q in sentence.percents)


def _is_cap(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is how much may be voted, not held."""
    caps = sentence.tagged("vote_cap")
    return bool(caps) and any(t.start <= quantity.start and quantity.start - t.end <= _CAP for t in caps)


def _another(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """What a clause tells of after an earlier sale ("after the first sale X plans another, of 5 %")."""
    low, _ = sentence.clause(quantity.start)
    more = sentence.within((low, quantity.start), "another")
    if not more or not any(t.aspect == "noun" and t.end <= low for t in sentence.tagged("sell")):
        return None
    return Tag(more[-1].start, more[-1].end, "sell", "noun")


def _is_occasion(sentence: Sentence, noun: Tag, quantity: Quantity) -> bool:
    """Whether a noun of selling only says when ("after the sale X holds ...")."""
    near = sentence.within((noun.start - _TIME, noun.start), "occasion") if noun.aspect in ("noun", "") else []
    if not near or len(sentence.shadow[near[-1].end : noun.start].split()) > _WORDS:
        return False
    return not sentence.within((noun.end, quantity.start), "another")


def _before(sentence: Sentence, verb: Tag) -> list[Mention]:
    return [m for m in sentence.mentions if m.end <= verb.start]


def _is_of_growth(sentence: Sentence, verb: Tag, quantity: Quantity) -> bool:
    """Whether what moves is no share ("X's margin rose from 5 % to 7 %"): it stands before the verb, no share after."""
    if verb.label not in ("lower", "raise", "own") or verb.end > quantity.start:
        return False
    low = max(sentence.clause(verb.start)[0], verb.start - _MOVED)
    nouns = sentence.within((low, verb.start), "growth")
    if (
        nouns
        and verb.label == "own"
        and any(nouns[-1].end <= m.start and not m.marker for m in _before(sentence, verb))
    ):
        return False  # "as sales fell, X held 43 %"
    return bool(nouns) and not sentence.within((nouns[-1].end, quantity.start), "stake", "cross", "votes", "floor")


def _is_subject_of(sentence: Sentence, noun: Tag, quantity: Quantity) -> bool:
    """Whether a noun of selling is the subject of a verb that speaks of what is kept ("the sale leaves X with ...")."""
    verbs = sentence.within((noun.end, quantity.start), "own", "lower")
    return noun.aspect == "noun" and any(t.aspect in ("base", "done", "state") for t in verbs)


def _sold_last(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The verb of selling behind the number, where verbs stand last (X株5%を売却した)."""
    if sentence.capital_names or is_target(sentence, quantity) or is_source(sentence, quantity):
        return None
    end = min(sentence.clause(quantity.start)[1], quantity.end + _SALE)
    verbs = sentence.within((quantity.end, end), "sell", "own", "lower", "raise", "park", "take_stake")
    return verbs[0] if verbs and verbs[0].label == "sell" else None


def _is_sold_behind(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The verb of selling behind the number in the passive ("a 5 % stake in X was sold by Y")."""
    opening = sentence.shadow[sentence.clause(quantity.start)[0] : quantity.start].split()
    if len(opening) > _OPENS or is_target(sentence, quantity):
        return None
    verbs = sentence.within((quantity.end, sentence.clause(quantity.start)[1]), "sell", "own", "lower", "raise", "buy")
    verbs = [t for t in verbs if t.aspect in ("base", "done", "state")]
    if not verbs or verbs[0].label != "sell" or verbs[0].aspect != "done":
        return None
    return verbs[0] if sentence.within((verbs[0].start - _PASSIVE, verbs[0].start), "done", "future") else None


def _sold_count(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The sale whose size this is: "sold ... 211 million shares, equal to 5 %"."""
    counted = sentence.within((quantity.start - _SALE, quantity.start), "stake")
    if not counted or "," not in sentence.shadow[counted[-1].end : quantity.start]:
        return None
    ends = [n.end for n in sentence.plains] + [n.end for n in sentence.moneys]  # "cent millions d'actions" looks a sum
    before = any(0 < counted[-1].start - end <= _COUNT for end in ends)
    if not before and not any(counted[-1].end <= n.start < quantity.start for n in sentence.moneys):
        return None
    labels = ("sell", "buyback") if "trust" in sentence.labels else ("sell", "buyback", "park")
    sales = [t for t in sentence.tagged(*labels) if t.end <= counted[-1].start]
    low = sales[-1].end if sales else 0
    holds = [t for t in sentence.tagged("own", "lower", "raise") if low <= t.start < counted[-1].start]
    if not sales or holds:
        return None
    sale = sales[-1]  # "the transfer of 211 million shares": handed over is sold
    return Tag(sale.start, sale.end, "sell", sale.aspect) if sale.label == "park" else sale


def of_pair(sentence: Sentence, index: int) -> tuple[str, Tag] | None:
    """In "the minimum ... from 15 to 10 %" the second number is what the first is."""
    first, second = sentence.percents[index - 1], sentence.percents[index]
    if not (0 < second.start - first.end <= 6 and is_source(sentence, first) and is_target(sentence, second)):
        return None
    kind, cue = classify(sentence, index - 1, first)
    return (kind, cue) if kind == "floor" and cue else None


def split_of(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The word that says which part of the share before it is ("35 % of X (17 % directly, the rest in trust)")."""
    near = sentence.within((quantity.end, quantity.end + 14), "direct", "economic", "votes")
    return near[0] if near and not _BREATH.search(sentence.shadow[quantity.end : near[0].start]) else None


def gapped(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The verb that is left out in "X has 35 pct of Y and Y 15 pct of X"."""
    verbs = sentence.tagged("own", "lower", "raise")
    if not verbs or not any(0 <= quantity.start - m.end <= 1 and not m.marker for m in sentence.mentions):
        return None
    after = any(0 <= m.start - quantity.end <= 10 and m.marker == "of" for m in sentence.mentions)
    return verbs[0] if after else None


def bare(sentence: Sentence, quantity: Quantity) -> Tag | None:
    """The number itself in "X's 43 %" or "15 % of <a venture>", where no noun behind it says of what else."""
    owned = any(m.poss and 0 <= quantity.start - m.end <= 3 for m in sentence.mentions)
    ventures = [m for m in sentence.mentions if m.type in ("venture", "company") and m.marker == "of" and not m.poss]
    ventures = [m for m in ventures if "、" not in sentence.shadow[quantity.end : m.start]]  # 3%上昇し、Xは
    owned = owned or any(0 < m.start - quantity.end <= 8 for m in ventures)
    if owned and any(m.marker == "of" and 0 < m.start - quantity.end <= 8 for m in sentence.mentions):
        return Tag(quantity.start, quantity.end, "stake", "noun")  # "X's 36 % of Y is worth less"
    behind = sentence.within((quantity.end, quantity.end + 20), "growth", "growth_after", "move", "raise", "lower")
    if not owned or behind or is_movement(sentence, quantity):
        return None
    return Tag(quantity.start, quantity.end, "stake", "noun")


def _cost(sentence: Sentence, index: int, quantity: Quantity, kind: str, tag: Tag) -> int:
    if tag.start >= quantity.end:
        cost = distance(sentence, quantity.end, tag.start)
        return (
            cost if kind in ("trust", "block") or tag.label in ("stake", "own", "shareholder", "votes") else cost + 25
        )
    cost = distance(sentence, tag.end, quantity.start)
    return cost + 25 if kind == "trust" else cost
