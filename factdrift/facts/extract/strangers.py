"""Shares of others: held by somebody, or of something, that the topic does not know."""

import re
from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.scan import Tag, tags_between

_KNOWN_AFTER_OF: Final = (
    *("entity", "stake", "votes", "other", "each", "both", "whole"),
    *("pronoun", "latter", "partner_ref", "trust", "relative", "that"),
)
_WORD: Final = re.compile(r"[\w&.'’-]+")
_FOREIGN: Final = re.compile(r"(?:[ァ-ヴー・]{3,}|[A-Z][A-Za-z]+)$")  # how Japanese writes names from abroad
_VERBAL: Final = (
    *("done", "future", "intend", "agree", "rumour", "may", "to", "title_future", "settle", "newly", "deny", "neg"),
    "adverb",
)
_GROUP: Final = 90  # characters in which a verb's subject is looked for
_LONG: Final = 5  # letters of a word that a title in capitals writes large
_HOLDS: Final = 60  # characters from a verb of holding to its share
_NEW: Final = 40  # characters of "a software joint venture " before "in which"
_NAME: Final = 2  # words of an unknown name
_EACH: Final = 8  # characters from a share to "each"
_OPENING: Final = 4  # words of an unknown subject with its article
_INTO: Final = 28  # the same between "in" and a trust
_OUTSIDER: Final = 40  # characters between a kind of holder and its verb, or between the verb and the share
_OF: Final = 9  # characters of "from the "
_NAMED: Final = 22  # characters between "of" and a name that is introduced
_ACTS: Final = ("own", "take_stake", "buy", "sell", "lower", "raise")


def unknown_before(sentence: Sentence, at: int) -> bool:
    """Whether a name that the topic does not know stands before the verb at `at` ("Acme has agreed to invest").

    Words of the verb's own group (auxiliaries, hedges, adverbs) may stand between; any other known word is no stranger.
    """
    if not sentence.capital_names:
        return _opens_unnamed(sentence, at)
    low = max(sentence.clause(at)[0], at - _GROUP)
    group = sentence.within((low, at), *_VERBAL)
    for word in reversed(list(_WORD.finditer(sentence.text, low, at))):
        if any(t.start < word.end() and word.start() < t.end for t in group):
            continue
        spans = [(t.start, t.end) for t in sentence.tags] + [(w.start, w.end) for w in sentence.dates]
        if any(a < word.end() and word.start() < b for a, b in spans) or word.start() == low > sentence.start:
            return False
        if word.start() == sentence.start:
            return _may_open(sentence, word[0])
        return word[0][0].isupper() and not _is_in_capitals(sentence)
    return False


def _opens_unnamed(sentence: Sentence, at: int) -> bool:
    """Whether one or two unknown words open the sentence before its verb, and nobody known is named anywhere in it.

    Where every noun has a capital (German) that alone tells a name: a statement has a subject.
    """
    words = sentence.text[sentence.start : at].split()
    if not 0 < len(words) <= _NAME or sentence.mentions or sentence.tagged("pronoun"):
        return False
    known = tags_between(sentence.tags, sentence.start, at)
    return not known and words[0][0].isupper() and sentence.text[at - 1] == " "


def _is_in_capitals(sentence: Sentence) -> bool:
    """Whether it is a title that writes every longer word large, so that a capital marks no name."""
    words = sentence.text[sentence.start : sentence.end].split()
    return not sentence.index and not any(len(word) >= _LONG and word.islower() for word in words)


def _may_open(sentence: Sentence, word: str) -> bool:
    """Whether a word that opens the sentence can be a name: by a capital inside where a verb may stand there too."""
    if any(letter.isupper() for piece in re.split("['’-]", word) for letter in piece[1:]):
        return True
    return sentence.subject_first and word[0].isupper()


def is_held_by_stranger(sentence: Sentence, at: int) -> bool:
    """Whether somebody whom the topic does not know holds the share at `at` ("BlackRock owns 5 % of X")."""
    if _is_outsider(sentence, at) or _is_marked_stranger(sentence, at) or _is_opening_stranger(sentence, at):
        return True
    verbs = [t for t in sentence.tagged(*_ACTS) if t.end <= at and distance(sentence, t.end, at) <= _HOLDS]
    return bool(verbs) and unknown_before(sentence, verbs[-1].start)


def is_of_rest(sentence: Sentence, start: int, end: int) -> bool:
    """Whether each of some others holds the share ("X is to hold 70 percent of Z, the partners 10 percent each")."""
    before = [q for q in sentence.percents if q.end < start]
    comma = sentence.shadow.rfind(",", before[-1].end, start) if before else -1
    if comma < 0 or not sentence.within((comma, end + _EACH), "each"):
        return False
    same = sentence.within((comma, start), "both", "other")
    if same and sentence.within((same[-1].end, sentence.clause(start)[1]), "own", "lower", "raise", "take_stake"):
        return False  # "and both will hold 15 percent each"
    return not any(comma < m.start < start for m in sentence.mentions)


def is_some_shareholder(sentence: Sentence, at: int) -> bool:
    """Whether the share is that of somebody who is not named ("a shareholder of X that holds 3 %")."""
    low, _ = sentence.clause(at)
    near = [t for t in sentence.within((low, at), "shareholder") if at - t.end <= _OUTSIDER]
    if not near or "," in sentence.shadow[near[-1].end : at]:
        return False
    articles = sentence.within((near[-1].start - _NAMED, near[-1].start), "indefinite")
    if not articles:
        return False
    before = sentence.shadow[max(sentence.start, articles[-1].start - 2) : articles[-1].start]
    return "," not in before  # not "X, a shareholder of Y with 15 %"


def is_of_unknown(sentence: Sentence, end: int) -> bool:
    """Whether the share is "of" something the topic does not know ("51 % of the plant", "a 5 % stake in a bank")."""
    if "of" not in sentence.labels and "pronoun" not in sentence.labels:
        return False
    stake = next(iter(sentence.within((end, end + 3), "stake", "votes")), None)
    edge = stake.end if stake else end
    marker = next(iter(sentence.within((edge, edge + 3), "of")), None)
    if _is_part_of_its(sentence, edge, edge):
        return True  # "80 Prozent seiner Tochter"
    if marker is None or "," in sentence.shadow[edge : marker.start]:
        return False
    if sentence.within((marker.start, marker.start + 1), "to"):
        return False  # "30 per cent at the start"
    if _is_part_of_its(sentence, marker.start, marker.end):
        return True
    if any(m.marker == "of" and 0 < m.start - marker.end <= _NAMED for m in sentence.mentions):
        return False  # "of smaller partner X"
    if sentence.within((marker.end, marker.end + _INTO), "trust"):
        return False  # "28 Prozent an einen französischen Treuhänder"
    if any(t.start <= marker.start and t.end > marker.end and t.end - t.start <= _NAMED for t in sentence.tags):
        return False  # part of a longer word: "in parte", "en direct"
    near = sentence.within((marker.start + 1, marker.end + 12), *_KNOWN_AFTER_OF)  # "de l'usine": the article is its
    named = [t for t in near if t.label != "entity" or "-" not in sentence.shadow[marker.end : t.start]]
    tail = sentence.shadow[marker.end : marker.end + 6]
    return (
        not named
        and not any(c.isdigit() for c in tail)
        and not any(marker.end <= w.start <= marker.end + 8 for w in sentence.dates)
    )


def is_noun_of_unknown(sentence: Sentence, noun: Tag) -> bool:
    """Whether a word of holding is followed by something new ("its stake in a battery maker fell to 10 %")."""
    marker = next((t for t in sentence.within((noun.end, noun.end + 2), "of") if t.start - noun.end == 1), None)
    if marker is None or not sentence.within((marker.end - 1, marker.end + 2), "indefinite"):
        return False
    if sentence.within((marker.end, marker.end + _INTO), "trust"):
        return False  # "28 % of the shares in a trust"
    return not any(0 < m.start - marker.end <= _OUTSIDER for m in sentence.mentions)


def is_in_unknown(sentence: Sentence, start: int) -> bool:
    """Whether the clause opens with "in which Y" and no known name stands before that, or it is of something new."""
    low, _ = sentence.clause(start)
    for marker in sentence.within((low - 4, start), "of"):
        opens = sentence.within((marker.end + 1, marker.end + 3), "relative", "that")
        inside = opens and any(opens[0].end <= m.start < start for m in sentence.mentions)
        if inside and sentence.shadow[marker.start - 2 : marker.start].rstrip().endswith(","):
            return not any(0 < marker.start - m.end <= 3 for m in sentence.mentions)
        new = sentence.within((marker.start - _NEW, marker.start), "indefinite") if opens else []
        if new and not any(new[-1].end <= m.start < marker.start for m in sentence.mentions):
            return True  # "will set up a venture in which each holds 50 %"
    return False


def _is_outsider(sentence: Sentence, at: int) -> bool:
    """Whether a kind of holder that the topic does not name is the verb's subject ("the French state owns 15 %")."""
    verbs = [t for t in sentence.tagged(*_ACTS) if t.end <= at and t.aspect != "noun"]
    if not verbs or distance(sentence, verbs[-1].end, at) > _OUTSIDER:
        return False
    verb = verbs[-1]
    nouns = sentence.within((max(sentence.clause(at)[0], verb.start - _OUTSIDER), verb.start), "outsider")
    if not nouns or "," in sentence.shadow[nouns[-1].end : verb.start]:
        return False
    noun = nouns[-1]
    known = [m for m in sentence.mentions if m.start <= noun.start < m.end or noun.end <= m.start < verb.start]
    return not known and not sentence.within((noun.start - _OF, noun.start), "to", "by", "from")


def _is_marked_stranger(sentence: Sentence, at: int) -> bool:
    """Whether the particle of a subject before the share marks a foreign name that the topic does not know."""
    markers = sentence.within((sentence.clause(at)[0], at), "subject_after")
    markers = [t for t in markers if sentence.shadow[t.end : t.end + 1].strip(" 、")]
    if not markers:
        return False
    name = _FOREIGN.search(sentence.text, sentence.start, markers[-1].start)
    if name is None:
        return False
    return not any(t.start < name.end() and name.start() < t.end for t in sentence.tags)


def _is_opening_stranger(sentence: Sentence, at: int) -> bool:
    """Whether an unknown noun opens the sentence right before its verb, and nobody else can be the verb's subject.

    For languages where the verb comes second and every noun has a capital ("Acme hält fünf Prozent an X").
    """
    verbs = [t for t in sentence.tagged(*_ACTS) if t.aspect != "noun" and t.start < at]
    if sentence.capital_names or not verbs:
        return False
    edge = verbs[-1].start
    words = sentence.text[sentence.start : edge].split()
    if not 0 < len(words) <= _OPENING or not words[-1][0].isupper() or sentence.text[edge - 1] != " ":
        return False
    low = edge - 1 - len(words[-1])
    if any(
        t.start < edge and t.end > low and t.label != "outsider" for t in tags_between(sentence.tags, low - 1, edge)
    ):
        return False
    return not any(m.start < edge or (m.start < at and not m.marker) for m in sentence.mentions)


def _is_part_of_its(sentence: Sentence, start: int, end: int) -> bool:
    """Whether the share is of something that somebody has and that is no share ("20 % of its capacity").

    The word for "of" spans [start, end); a language may write it and "its" as one ("de sa").
    """
    owner = next((m for m in sentence.mentions if m.poss and start < m.start <= end + 2), None)
    if owner is None:
        return False
    tail = sentence.shadow[owner.end : owner.end + _OUTSIDER].removeprefix("'s")
    words = re.split(r"[,.;:)]", tail, maxsplit=1)[0]
    if not words.strip():
        return False
    near = sentence.within((owner.end, sentence.end), *_KNOWN_AFTER_OF, "own")
    return all(t.start >= owner.end + len(words) or t.label == "trust" for t in near)
