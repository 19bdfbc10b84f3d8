"""Where clauses begin, and how far apart two places of a sentence are."""

import re

from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.scan import STAGE_LABELS, tags_between

_HARD = re.compile(r"[;:](?!\d)|\s[-–—]\s|[()]|、(?=[^、]{12})|，")
_COMMA = re.compile(r",(?!\d)")
_PHRASES = ("with", "avec", "mit ", "con ", "and with")
_NOMINAL = ("forecast", "supply", "produce", "partner", "shareholder")


def mark_breaks(sentence: Sentence) -> None:
    """Set `sentence.breaks`: after strong punctuation, and where a word opens a clause after a comma."""
    breaks = {match.end() for match in _HARD.finditer(sentence.text, sentence.start, sentence.end)}
    covered = [tag for tag in sentence.tags if tag.label in STAGE_LABELS]
    for tag in sentence.tagged("clause"):
        if tag.aspect == "noun" or any(cue.start <= tag.start < cue.end for cue in covered):
            continue  # "will not, after all"
        before = sentence.shadow[max(sentence.start, tag.start - 2) : tag.start].rstrip()
        if (
            before.endswith(",")
            and sentence.shadow.startswith(_PHRASES, tag.start)
            and not _has_verb(sentence, tag.end)
        ):
            continue  # ", with projects in India": a phrase, no clause
        if before.endswith(",") or tag.aspect == "state":
            breaks.add(tag.start)
    phrases = {t.start for t in sentence.tagged("for", "occasion")}
    opening = [t for t in sentence.tagged("clause") if t.start - sentence.start <= 1 and t.start not in phrases]
    if opening and opening[0].aspect in ("base", "state") and (comma := _comma(sentence, opening[0].end)) > 0:
        breaks.add(
            comma + 1
        )  # "Despite the collapse of the merger, ...": what opens the sentence is a clause of its own
    earlier = -1
    for tag in sentence.tags:
        if tag.aspect in ("base", "done") and tag.label != "clause":
            if 0 <= earlier < tag.start and sentence.shadow[max(0, tag.start - 2) : tag.start] == ", ":
                breaks.add(tag.start)  # "ends the venture, takes full control"
            earlier = max(earlier, tag.start) if earlier >= 0 else tag.start
    for tag in sentence.tagged("relative"):
        if sentence.shadow[max(sentence.start, tag.start - 2) : tag.start].rstrip().endswith(","):
            closing = _comma(sentence, tag.end)
            if sentence.shadow[tag.start] == "," and not _has_verb(sentence, tag.end):
                continue
            breaks.add(tag.start)
            if closing > 0:
                breaks.add(closing + 1)
                sentence.asides.append((tag.start, closing + 1))
    sentence.breaks = sorted(breaks)


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
    low, high = min(a, b), max(a, b)
    cost = _apart(sentence, low, high)
    for start, end in sentence.asides:
        if low < start and end < high:
            cost -= _apart(sentence, start - 1, end) - 12
    return cost


def _apart(sentence: Sentence, low: int, high: int) -> int:
    commas = sentence.shadow.count(", ", low, high) + sentence.shadow.count("、", low, high)
    crossed = sum(low < at <= high for at in sentence.breaks)
    numbers = sum(low < q.start and q.end < high for q in sentence.percents)
    return (high - low) + 12 * commas + 35 * crossed + 30 * numbers
