"""What a share in its slot says: the level, how far it has come, how it is measured."""

from typing import Final

from factdrift.facts.extract.amounts import is_now, is_rest, is_target, markers_of
from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.numbers import Quantity
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Percent, Stage

_REMAINING: Final = 20  # characters of "its remaining "
_ABOUT: Final = 10  # characters of " about " before a number
_BESIDE: Final = 3  # characters between a possessor and what it has
_APPOSED: Final = 48  # characters between a shareholder and the share
_MEASURE: Final = 30  # characters between a number and how it is measured
_APART: Final = 60  # characters between a part that is sold and a verb behind a comma
_OWN: Final = 8  # characters of "own" between a possessor and a number
_INTO: Final = 14  # characters between "into" and a trust
_NOW: Final = 24  # characters between a number and "now" behind it
_HALF: Final = 50  # percent
_ONCE: Final = 14  # characters of "once" before a share that is past


def _is_held(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a word of holding follows the number at once ("43 % held by X")."""
    return bool(sentence.within((quantity.end, quantity.end + 2), "own"))


def is_possessed(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is what somebody has ("its 43 per cent", "X's own 15 per cent")."""
    own = sentence.within((quantity.start - _OWN, quantity.start), "own")
    edge = own[-1].start if own and own[-1].end == quantity.start - 1 else quantity.start
    return any(m.poss and 0 <= edge - m.end <= _BESIDE for m in sentence.mentions)


def is_possession(sentence: Sentence, quantity: Quantity) -> bool:
    """The same, also of what remains and of a holding ("its remaining 12 %", "its holding of about 26 %")."""
    owned = [m for m in sentence.mentions if m.poss and m.end <= quantity.start]
    if is_possessed(sentence, quantity) or not owned:
        return bool(owned)
    gap = (owned[-1].end, quantity.start)
    words = sentence.shadow[gap[0] : gap[1]].removeprefix("'s").split()
    if len(words) == 1 and words[0].isalpha() and gap[1] - gap[0] <= _REMAINING:
        return True
    nouns = [t for t in sentence.within(gap, "stake") if t.start - gap[0] <= _BESIDE]
    of = sentence.within((nouns[0].end, gap[1]), "of") if nouns else []
    return bool(of) and of[0].start - nouns[0].end == 1 and gap[1] - of[0].end <= _ABOUT


def _is_left(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is the level that a verb behind it moves to another one."""
    end = sentence.clause(quantity.start)[1]
    targets = [q for q in sentence.percents if quantity.end < q.start < end and is_target(sentence, q)]
    verbs = sentence.within((quantity.end, targets[0].start), "lower", "raise") if targets else []
    return any(t.aspect in ("base", "done") for t in verbs)


def is_bought(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number is what a verb right before it buys or takes."""
    return bool(sentence.within((quantity.start - 28, quantity.start), "take_stake", "buy"))


def _is_left_with(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a word for taking and keeping alike tells what a sale leaves ("tras la venta se quedará con el 32 %")."""
    keeps = sentence.within((quantity.start - 28, quantity.start), "own")
    return bool(keeps) and bool(sentence.tagged("occasion")) and bool(sentence.tagged("sell", "sale"))


def _is_kept(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the rest stays where it is ("X's remaining 36 percent stake in Y")."""
    span = sentence.clause(quantity.start)
    moves = sentence.within(span, "take_stake", "buy", "whole")
    return not moves and bool(sentence.tagged("holding_noun", "own"))


def _is_definite(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the number stands with an article that any percentage does not take ("the 51 %", not "il 51%")."""
    articles = sentence.within((quantity.start - 6, quantity.start), "known_share")
    return bool(articles) and not sentence.shadow[articles[-1].end : quantity.start].strip()


def _is_most(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it is more than half, with an article."""
    value = quantity.value
    articles = sentence.within((quantity.start - 5, quantity.start), "definite")
    return bool(articles) and isinstance(value, Percent) and value.percent > _HALF


def draft_of(sentence: Sentence, quantity: Quantity, kind: str, cue: Tag, rule: Rule) -> Draft | None:
    """What the share says in the slot of `rule`; None where it says nothing of it (a level that was left)."""
    value = quantity.value
    if not isinstance(value, Percent) or value.percent < 0:
        return None
    if kind == "trust" and sentence.within((quantity.start - 20, quantity.start), "rest"):
        return None  # "the rest of the 43 % goes to a trust": the number is not the part in trust
    if kind == "holding" and _was_once(sentence, quantity):
        return None  # "its stake, once 43 percent, has shrunk to 36"
    markers = {tag.label for tag in markers_of(sentence, quantity)}
    stage = _stage(sentence, quantity, kind, cue, markers)
    if stage is None:
        return None
    span = (quantity.start, quantity.end)
    rest = kind == "holding" and is_rest(sentence, quantity) and not _is_kept(sentence, quantity)
    if rest and not is_possession(sentence, quantity):
        value = Percent(100.0)
    elif kind == "holding" and _is_part_bought(sentence, quantity, rule):
        return Draft(rule.fact, sentence, None, stage, span)
    return Draft(
        rule.fact,
        sentence,
        value,
        stage,
        span,
        "max"
        if "at_most" in markers or (kind == "holding" and _is_beneath(sentence, quantity))
        else "min"
        if "at_least" in markers
        else None,
        "around" in markers or quantity.vague,
        _measure(sentence, quantity) if kind == "holding" else None,
        True if "from" in markers or is_now(sentence, quantity) else None,  # what is told beside a move is known
    )


def _is_beneath(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a share went below the number, not to it ("fell below 30 percent")."""
    near = sentence.within((quantity.start - _BENEATH, quantity.start), "beneath")
    return bool(near) and not sentence.shadow[near[-1].end : quantity.start].strip()


def _was_once(sentence: Sentence, quantity: Quantity) -> bool:
    near = sentence.within((quantity.start - _ONCE, quantity.start), "once_was")
    return bool(near) and not sentence.shadow[near[-1].end : quantity.start].strip()


def _stage(sentence: Sentence, quantity: Quantity, kind: str, cue: Tag, markers: set[str]) -> Stage | None:
    """How far the share is, by its kind; None where the number is one that was left, or that stays where it is."""
    if kind == "floor":
        return _floor_stage(sentence, quantity, cue, markers)
    if kind == "trust":
        return _parked_stage(sentence, quantity, cue)
    if kind == "holding":
        if "from" in markers:
            return Stage.CURRENT if _is_now_held(sentence, quantity) else None
        if _is_held_already(sentence, quantity, markers):
            return Stage.CURRENT
    owned = is_possession if kind == "holding" else is_possessed
    if "to" not in markers and owned(sentence, quantity):
        stage = Stage.CURRENT  # "would cut its 43 per cent": the number is what it holds
    else:
        stage = _told_stage(sentence, quantity, kind, cue, markers)
        if kind == "block" and stage in (Stage.CANCELLED, Stage.DENIED):
            return None  # "need not sell the 1.19 % it holds": the number is what it keeps
    if kind == "holding" and stage in (Stage.DENIED, Stage.CANCELLED) and _is_definite(sentence, quantity):
        return Stage.CURRENT  # "the 43 % stake will not be sold": it is held
    if kind == "holding" and stage is Stage.CURRENT and "at_most" in markers and cue.label != "own":
        return Stage.PLANNED  # "up to 15 % of Z": nobody holds up to something
    return stage


def _is_now_held(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a word for now stands at the number ("from the present 43 %")."""
    if "now_held" not in sentence.labels:
        return False
    near = sentence.within(sentence.clause(quantity.start), "now_held")
    return is_now(sentence, quantity) or any(abs(t.start - quantity.end) <= _NOW for t in near)


def _is_held_already(sentence: Sentence, quantity: Quantity, markers: set[str]) -> bool:
    """Whether the number is what is held, whatever its clause says is to happen to it."""
    if is_now(sentence, quantity):
        return True
    if markers:
        return False
    # "The 43 % held by X should fall", "the 43 % stake will be pared to 15 %".
    return _is_held(sentence, quantity) or _is_left(sentence, quantity)


def _floor_stage(sentence: Sentence, quantity: Quantity, cue: Tag, markers: set[str]) -> Stage | None:
    if "from" in markers:
        return Stage.CURRENT if _is_now_held(sentence, quantity) else None
    stage = stage_of(sentence, cue, quantity.start, permission=True)
    return Stage.CURRENT if stage is Stage.DENIED else stage  # "neither can go below 10 %"


def _told_stage(sentence: Sentence, quantity: Quantity, kind: str, cue: Tag, markers: set[str]) -> Stage:
    """The stage of the verb that governs the number."""
    span = sentence.clause(quantity.start)
    verb = _governing(sentence, quantity, kind, cue)
    taken = [t.start for t in sentence.within(span, "take_stake", "buy") if t.aspect == "base"]
    moves = "to" in markers or verb.start in taken
    stage = stage_of(sentence, verb, quantity.start, lasting=kind == "holding" and not moves)
    if kind == "holding" and stage is Stage.DENIED and sentence.within(span, "votes"):
        return Stage.CURRENT  # "15 % without votes": the shares are held
    return stage


def _is_part_bought(sentence: Sentence, quantity: Quantity, rule: Rule) -> bool:
    """Whether somebody buys a part that is known ("buys the 51 %"): that is no level.

    "Compra il 51 %" may say either; most of a venture is rather the partner's part.
    """
    if not is_bought(sentence, quantity):
        return False
    if not _is_definite(sentence, quantity) and not (rule.object_type == "venture" and _is_most(sentence, quantity)):
        return False
    return not _is_left_with(sentence, quantity)


_BENEATH: Final = 24  # characters of "below the threshold of "
_LAST: Final = 8  # characters between a level and a verb that stands last
_VERBS: Final = {
    "holding": ("lower", "raise", "take_stake", "own"),
    "trust": ("park", "own"),
    "block": ("sell", "buy"),
}


def _governing(sentence: Sentence, quantity: Quantity, kind: str, cue: Tag) -> Tag:
    """The verb that says how far the thing has come: a noun leaves that to the verb of its clause."""
    moves = bool({t.label for t in markers_of(sentence, quantity)} & {"to", "from"})
    if cue.aspect in ("base", "done", "state") and not (moves and cue.label == "own"):
        return cue
    span = sentence.clause(quantity.start)
    holders = sentence.within((max(span[0], quantity.start - _APPOSED), quantity.start), "shareholder")
    if kind == "holding" and holders and "," not in sentence.shadow[holders[-1].end : quantity.start]:
        return holders[-1]  # "X's largest shareholder with a 43 % stake, has no say"
    if kind == "trust":  # "was completed" behind both is no word of holding
        span = (span[0], max(quantity.end, cue.end)) if sentence.capital_names else span
    verbs = [t for t in sentence.within(span, *_VERBS.get(kind, ())) if t.aspect in ("base", "done", "state")]
    if moves or kind == "trust":
        behind = (
            [] if sentence.capital_names else sentence.within((quantity.end, quantity.end + _LAST), "lower", "raise")
        )
        verbs = [t for t in verbs if t.label != "own"] or behind or verbs  # 保有する株を15%まで減らす
    if moves and kind == "holding" and sentence.capital_names:  # "raised it to 21 % and applied to own 29.9 %"
        verbs = [t for t in verbs if t.end <= quantity.start] or verbs
    if not verbs and kind == "block":  # "a second parcel, 99 million shares or 2.5 % of X, left Y's hands"
        behind = sentence.within((quantity.end, quantity.end + _APART), *_VERBS[kind])
        verbs = [t for t in behind if t.aspect == "done"]
    if not verbs:
        return cue
    return min(verbs, key=lambda t: (distance(sentence, t.start, quantity.start), t.start))


def _measure(sentence: Sentence, quantity: Quantity) -> str | None:
    for label, measure in (("direct", "direct"), ("economic", "economic"), ("votes", "voting")):
        tags = sentence.tagged(label)
        if tags and any(_is_its_measure(sentence, quantity, tag) for tag in tags):
            return measure
    return None


def _is_its_measure(sentence: Sentence, quantity: Quantity, tag: Tag) -> bool:
    """Whether the word measures this number: near it, and no comma behind the number ("40 % of X, votes capped")."""
    if distance(sentence, tag.start, quantity.end) > _MEASURE:
        return False
    return tag.start < quantity.start or ", " not in sentence.shadow[quantity.end : tag.start]


def _parked_stage(sentence: Sentence, quantity: Quantity, cue: Tag) -> Stage:
    """What lies in trust: a state verb makes it current, an event verb completed or planned."""
    low, high = sorted((quantity.end, cue.start))
    verbs = sentence.within((low, high), "park", "own")
    if verbs and verbs[-1].label == "own":
        return Stage.CURRENT
    ends = verbs and sentence.shadow[verbs[-1].end : verbs[-1].end + 1] in ("。", "、", "")  # 移した。: no participle
    went = verbs and sentence.within((verbs[-1].start, verbs[-1].start + 1), "went")
    if verbs and verbs[-1].aspect == "done" and quantity.end <= verbs[-1].start and not ends and not went:
        between = sentence.within((low, verbs[-1].start + 1), "relative", "that", "done", "future", "intend", "rumour")
        if not between or between[0].label in ("relative", "that"):
            return Stage.CURRENT  # "the 24 % (that it has) placed in a trust"
    if not sentence.capital_names and sentence.within((cue.end, quantity.start), "park"):
        return Stage.CURRENT  # 信託に移されたX株18%
    verb = _governing(sentence, quantity, "trust", cue)
    moves = [t for t in sentence.within(sentence.clause(quantity.start), "park") if t.aspect == "noun"]
    if verb is cue and moves:
        verb = moves[0]  # "the transfer of 28 % to a trust"
    into = sentence.within((cue.start - _INTO, cue.start), "into")  # "28 % into a trust": a move, told without a verb
    return stage_of(sentence, verb, quantity.start, lasting=verb is cue and not into)
