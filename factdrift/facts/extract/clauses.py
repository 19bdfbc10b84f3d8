"""Where clauses begin, and how far apart two places of a sentence are."""

import re
from bisect import bisect_right
from typing import Final

from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.scan import STAGE_LABELS, Tag, tags_between

_HARD: Final = re.compile(r"[;:](?!\d)|\s[-–—]\s|[()]|、(?=[^、]{12})|，")
_MARKS: Final = re.compile("[-–—;:()、，]")  # every strong break has one of these
_COMMA: Final = re.compile(r",(?!\d)")
_PHRASES: Final = ("with", "avec", "mit ", "con ", "and with")
_PART: Final = 14  # characters between "of which" and a number ("dont environ 18 %")
_NOMINAL: Final = ("forecast", "supply", "produce", "partner", "shareholder")


def mark_breaks(sentence: Sentence) -> None:
    """Set `sentence.breaks`: after strong punctuation, and where a word opens a clause after a comma."""
    breaks = {*_strong_breaks(sentence), *_opened_clauses(sentence), *_chained_verbs(sentence)}
    if (opening := _opening(sentence)) and (comma := _comma(sentence, opening.end)) > 0:
        breaks.add(comma + 1)  # "Despite the collapse of the merger, ...": what opens it is a clause of its own
    if (comma := _behind_occasion(sentence)) > 0:
        breaks.add(comma + 1)  # "After the first sale of 13 December, X announces another"
    for tag in sentence.tagged("once_was"):  # "production, once promised for 2025, will ..."
        closing = _comma(sentence, tag.end)
        if _is_behind_comma(sentence, tag) and closing > 0:
            breaks.update((tag.start, closing + 1))
            sentence.asides.append((tag.start, closing + 1))
    for tag in sentence.tagged("relative"):
        if _is_behind_comma(sentence, tag):
            closing = _comma(sentence, tag.end)
            if sentence.shadow[tag.start] == "," and not _has_verb(sentence, tag.end):
                continue
            wherein = any(t.end == tag.end for t in sentence.tagged("wherein"))
            if wherein and any(0 <= q.start - tag.end <= _PART for q in sentence.percents):
                continue  # "dont 18 % en fiducie": a part of the number before
            breaks.add(tag.start)
            if closing > 0:
                breaks.add(closing + 1)
                sentence.asides.append((tag.start, closing + 1))
    sentence.breaks = sorted(breaks)


def _opening(sentence: Sentence) -> Tag | None:
    """The word that opens the sentence with a clause of its own."""
    opening = [t for t in sentence.tagged("clause") if t.start - sentence.start <= 1]
    if not opening:
        return None
    phrases = {t.start for t in sentence.tagged("for", "occasion")}
    first = next((t for t in opening if t.start not in phrases), None)
    return first if first and first.aspect in ("base", "state") else None


def _behind_occasion(sentence: Sentence) -> int:
    """Where the phrase ends that opens a sentence with an earlier event, if another is told of; -1 where none does."""
    opening = [t for t in sentence.tagged("occasion") if t.start == sentence.start]
    comma = _comma(sentence, opening[0].end) if opening else -1
    return comma if comma > 0 and any(t.start > comma for t in sentence.tagged("another")) else -1


def _strong_breaks(sentence: Sentence) -> list[int]:
    """Where strong punctuation ends; most sentences have none of its marks, which is quickly seen."""
    mark = _MARKS.search(sentence.text, sentence.start, sentence.end)
    if mark is None:
        return []
    low = max(sentence.start, mark.start() - 1)  # a dash counts with the blank before it
    return [match.end() for match in _HARD.finditer(sentence.text, low, sentence.end)]


def _opened_clauses(sentence: Sentence) -> list[int]:
    """Where a word opens a clause: behind a comma, or anywhere if its form says so."""
    return [
        tag.start
        for tag in sentence.tagged("clause")
        if tag.aspect != "noun"
        and (tag.aspect == "state" or _is_behind_comma(sentence, tag))
        and not _is_in_cue(sentence, tag)
        and not _is_phrase(sentence, tag)
    ]


def _chained_verbs(sentence: Sentence) -> list[int]:
    """Where a further verb follows a comma at once ("ends the venture, takes full control")."""
    verbs = [t.start for t in sentence.tags if t.aspect in ("base", "done") and t.label != "clause"]
    if len(verbs) < 2:
        return []
    return [at for at in verbs if at > verbs[0] and sentence.shadow[max(0, at - 2) : at] == ", "]


def _is_behind_comma(sentence: Sentence, tag: Tag) -> bool:
    return sentence.shadow[max(sentence.start, tag.start - 2) : tag.start].rstrip().endswith(",")


def _is_in_cue(sentence: Sentence, tag: Tag) -> bool:
    """Whether the word is part of one that sets the stage ("will not, after all")."""
    return any(cue.start <= tag.start < cue.end for cue in sentence.tags if cue.label in STAGE_LABELS)


def _is_phrase(sentence: Sentence, tag: Tag) -> bool:
    """Whether what follows a comma is no clause (", with projects in India")."""
    return (
        sentence.shadow.startswith(_PHRASES, tag.start)
        and _is_behind_comma(sentence, tag)
        and not _has_verb(sentence, tag.end)
    )


def _comma(sentence: Sentence, start: int) -> int:
    """Where the next comma stands that is none inside a number; -1 where there is none."""
    match = _COMMA.search(sentence.shadow, start, sentence.end)
    return match.start() if match else -1


def _has_verb(sentence: Sentence, start: int) -> bool:
    """Whether a verb stands between `start` and the next comma; nouns that are verbs too do not count."""
    comma = _comma(sentence, start)
    near = tags_between(sentence.tags, start, comma if comma > 0 else sentence.end)
    return any(tag.aspect in ("base", "done", "state") and tag.label not in _NOMINAL for tag in near)


def distance(sentence: Sentence, a: int, b: int) -> int:
    """Characters between two offsets, with a surcharge for every comma, clause break and percentage in between.

    A relative clause that lies wholly in between counts as one comma: it parts nothing.
    """
    low, high = (a, b) if a < b else (b, a)
    cost = _apart(sentence, low, high)
    for start, end in sentence.asides:
        if low < start and end < high:
            cost -= _apart(sentence, start - 1, end) - 12
    return cost


def _apart(sentence: Sentence, low: int, high: int) -> int:
    cost = high - low + 12 * sentence.shadow.count(", ", low, high)
    if not sentence.capital_names:
        cost += 12 * sentence.shadow.count("、", low, high)
    if sentence.breaks:
        cost += 35 * (bisect_right(sentence.breaks, high) - bisect_right(sentence.breaks, low))
    for quantity in sentence.percents:
        if low < quantity.start and quantity.end < high:
            cost += 30
    return cost
