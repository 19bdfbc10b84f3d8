"""How surely a mention holds, or is held, by the words around a share: small integers, see `roles`."""

from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.scan import Tag

_BESIDE: Final = 3  # characters between a verb and whom it names
GENITIVE: Final = 8  # characters between a noun and the name that a genitive puts behind it
_GAPPED: Final = 18  # characters of " the remaining "
_WITH: Final = 7  # characters of "con el"


def held_weight(sentence: Sentence, mention: Mention, start: int, end: int, noun: Tag | None) -> int:
    """How surely the share at [start, end) is one of the mention; `noun` is the word of holding nearest to it."""
    if _follows_verb(sentence, mention):
        return 0
    if mention.start >= end and mention.marker in ("of", "to") and _is_close(sentence, end, mention.start):
        before = [m for m in sentence.mentions if m.marker == "of" and end <= m.start < mention.start]
        return 0 if mention.marker == "to" and before else 4  # "51 % of X passes to Y"
    if mention.marker == "to" and noun and _is_handed_over(sentence, mention, noun):
        return 0  # "selling shares to X"
    if noun and mention.marker in ("of", "to") and 0 <= mention.start - noun.end <= 24 and noun.label != "trust":
        between = sentence.shadow[noun.end : mention.start]
        if not _has_number(between) and "," not in between:
            return 4 if mention.marker == "of" else 2
    if noun and not mention.poss and 0 <= noun.start - mention.end <= 2:
        return 4  # "the X stake", X株
    if names_shares(sentence, mention):
        return 4
    if (
        owns_shareholder(sentence, mention)
        or _is_where(sentence, mention, start)
        or _has_shareholder(sentence, mention)
    ):
        return 4
    if mention.poss and _is_possession(sentence, mention, start):
        return 0
    if mention.poss and not mention.sure:
        return 0  # "its share was 30 % and the partner's 70 %"
    if _is_marked_behind(sentence, mention, start):
        return 4
    if not sentence.capital_names and _has_own_subject(sentence, end):
        verbs = sentence.within((end, end + _BESIDE), "own", "take_stake")
        return 4 if any(t.end == mention.start for t in verbs) else 2
    behind = mention.start >= end and sentence.clause(mention.start) != sentence.clause(start)
    return 1 if behind else 2  # "X holds 35 %, and of Z's offer it said ...": what another clause is about


def _follows_verb(sentence: Sentence, mention: Mention) -> bool:
    """Whether this is X in "36 % stays with X"."""
    verbs = sentence.tagged("own_after")
    return bool(verbs) and any(0 <= mention.start - t.end <= _BESIDE for t in verbs)


def _reach_of_by(sentence: Sentence, mention: Mention, start: int) -> int:
    """How far a share may stand from "by X": further within a clause."""
    return 90 if sentence.clause(mention.start) == sentence.clause(start) else 60


def names_shares(sentence: Sentence, mention: Mention) -> bool:
    """Whether this is X in "les titres X", "le azioni X": a name right behind its shares, and no verb of its own."""
    if mention.marker or mention.poss or not mention.sure:
        return False
    shares = any(mention.start - t.end == 1 for t in sentence.tagged("stake"))
    verbs = sentence.within((mention.end, mention.end + 2), "own", "future", "done", "may")
    return shares and not verbs


def _is_handed_over(sentence: Sentence, mention: Mention, noun: Tag) -> bool:
    """Whether this is X in "selling shares to X", where X takes what is sold."""
    return any(0 <= noun.start - t.end <= 30 and noun.end <= mention.start for t in sentence.tagged("sell"))


def _is_where(sentence: Sentence, mention: Mention, start: int) -> bool:
    """Whether this is X in "X, in which Y holds 24 %": the relative stands for what is held."""
    if mention.end >= start:
        return False
    if any(t.end <= start for t in sentence.within((mention.end, mention.end + 3), "wherein")):
        return True
    markers = sentence.within((mention.end + 1, mention.end + 4), "of")
    if not markers:
        return False
    behind = sentence.tagged("relative", "that")
    return any(0 < r.start - t.end <= 2 and r.end <= start for t in markers for r in behind)


def _is_marked_behind(sentence: Sentence, mention: Mention, start: int) -> bool:
    """Whether a particle behind a name makes it what is held: Xへの出資比率を15%, Xに15%を出資."""
    if mention.end > start or mention.marker not in ("of", "to"):
        return False
    gap = sentence.shadow[mention.end : start]
    if len(gap) > 40 or "、" in gap or any(c.isdigit() for c in gap):
        return False
    if not sentence.within((mention.end, mention.end + 10), f"{mention.marker}_after"):
        return False
    return mention.marker == "of" or bool(sentence.within((start, start + 16), "invest", "take_stake"))


def is_gapped(sentence: Sentence, mention: Mention, at: int) -> bool:
    """Whether a name stands right before a share with its verb left out ("Y 49 %", "and Y with 49 %")."""
    if mention.marker or mention.poss or not 0 <= at - mention.end <= _GAPPED:
        return False
    gap = (mention.end, at)
    said = sentence.shadow[mention.end : at].strip()
    if said and all(q.end > mention.start for q in sentence.percents):
        return False  # "controls Y with a 34 % stake": no verb was told before that could be left out
    if not said or any(sentence.shadow[t.start : t.end] == said for t in sentence.within(gap, "rest", "other")):
        return True
    return len(said) <= _WITH and any(t.start - mention.end == 1 for t in sentence.within(gap, "together"))


def holder_weight(sentence: Sentence, mention: Mention, start: int, end: int, noun: Tag | None) -> int:
    """How surely the mention holds the share at [start, end)."""
    is_number = sentence.shadow[start].isdigit()
    if is_number and is_gapped(sentence, mention, start):
        return 5  # "and X 15 pct of Y": the verb is left out
    if is_number and 0 <= mention.start - end <= 2 and not mention.marker:
        return 5  # "49% X"
    if is_number and mention.marker == "for" and mention.start - end <= 8 and end < mention.start:
        return 5  # "49% for X"
    if start <= mention.start < end:
        return 5  # "fully X-owned"
    owns = sentence.tagged("own")
    if owns and any(t.start < mention.start and mention.end < t.end <= start for t in owns):
        return 4  # "leaves X with 36 %"
    if _follows_verb(sentence, mention):
        return 5  # "36 % stays with X"
    if not sentence.capital_names and _is_whose(sentence, mention, end):
        return 5  # 34%を出資するX
    if _has_shareholder(sentence, mention):
        return 0
    if mention.marker == "by" and distance(sentence, mention.start, end) < _reach_of_by(sentence, mention, start):
        return 4
    if owns_shareholder(sentence, mention):
        return 0
    if mention.end <= start and _is_named_shareholder(sentence, mention):
        return 4
    if 0 <= mention.start - end <= 14 and is_relative_owner(sentence, mention):
        return 5
    if mention.poss and mention.marker == "of" and 0 <= mention.start - end <= 8:
        return 0  # "28 % of X's shares" are shares of X
    if mention.poss and (
        _is_possession(sentence, mention, start) or (noun and _is_possession(sentence, mention, noun.start))
    ):
        return 3
    return 0 if mention.marker == "of" else 2


def _is_possession(sentence: Sentence, mention: Mention, at: int) -> bool:
    """Whether what stands at `at` is the mention's: nobody else and no comma in between."""
    if not 0 <= at - mention.end <= 30 or "," in sentence.shadow[mention.end : at]:
        return False
    between = any(mention.end <= m.start < at and at - m.end > 2 for m in sentence.mentions)  # "its X shares" is its
    return not between


def owns_shareholder(sentence: Sentence, mention: Mention) -> bool:
    """Whether this is X in "X's largest shareholder" or "X, whose largest shareholder": the company that is held."""
    shareholders = sentence.tagged("shareholder")
    if not shareholders:
        return False
    if mention.poss:
        return any(0 <= t.start - mention.end <= 12 for t in shareholders)
    beside = [t for t in shareholders if t.start - mention.end == 1 and sentence.shadow[mention.end] == " "]
    of_other = any(m.marker and 0 < m.start - t.end <= GENITIVE for m in sentence.mentions for t in beside)
    if beside and not of_other and not mention.marker:  # not "ist X größter Aktionär von Y"
        return True  # "an X shareholder with 3 %"
    opens = [r for r in sentence.tagged("relative") if 0 < r.start - mention.end <= 3]
    return any(0 <= t.start - r.end <= 12 for t in shareholders for r in opens)


def _is_whose(sentence: Sentence, mention: Mention, end: int) -> bool:
    """Whether a relative clause of holding, with the number in it, stands right before the name."""
    if mention.marker == "of" or _has_own_subject(sentence, end):
        return False
    return any(t.end == mention.start for t in sentence.within((end, end + _BESIDE), "own", "take_stake"))


def _has_own_subject(sentence: Sentence, end: int) -> bool:
    """Whether somebody else is the subject of the clause that the number stands in (Xが43%を持つY: Y is held)."""
    low, _ = sentence.clause(end)
    ahead = [m for m in sentence.mentions if low <= m.start and m.end < end and m.marker == "subject"]
    return bool(ahead) and sentence.shadow[ahead[-1].end] == "が"


def _has_shareholder(sentence: Sentence, mention: Mention) -> bool:
    """Whether this is X in "the largest shareholder of X"."""
    if mention.marker not in ("of", "by", "from"):
        return False
    return any(0 < mention.start - t.end <= GENITIVE for t in sentence.tagged("shareholder"))


def is_relative_owner(sentence: Sentence, mention: Mention) -> bool:
    """Whether this is X in "the 51 % that X owns"."""
    relatives = sentence.tagged("relative", "that")
    if not relatives or not any(0 <= mention.start - t.end <= 5 for t in relatives):
        return False
    reach = 2 if sentence.capital_names else 30  # the verb may stand last: "die X an Y hält"
    owns = [t for t in sentence.tagged("own") if 0 <= t.start - mention.end <= reach]
    return bool(owns) and "," not in sentence.shadow[mention.end : owns[0].start]


def _is_named_shareholder(sentence: Sentence, mention: Mention) -> bool:
    """Whether this is Y in "X, whose largest shareholder is Y"."""
    behind = [t for t in sentence.tagged("shareholder") if 0 < mention.start - t.end <= 6]
    return bool(behind) and any(owns_shareholder(sentence, m) for m in sentence.mentions if m.end <= behind[0].start)


def _is_close(sentence: Sentence, end: int, start: int) -> bool:
    gap = sentence.shadow[end:start]
    return len(gap) <= 48 and not any(c in gap for c in ",、();:") and not _has_number(gap)


def _has_number(gap: str) -> bool:
    return any(char.isdigit() for char in gap)
