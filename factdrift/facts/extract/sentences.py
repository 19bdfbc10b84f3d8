"""Sentences of a text as offsets, by rules that need no model and run in linear time."""

import re
from typing import Final

MAX_SENTENCE: Final = 1000  # a longer one is read in pieces: one endless sentence cannot cost more than its length

_NO_BREAK: Final = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "no",
        "nr",
        "inc",
        "corp",
        "co",
        "ltd",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "u.s",
        "u.k",
        "e.u",
        "vs",
        "approx",
        "ca",
        "mio",
        "mrd",
        "bzw",
        "usw",
        "etc",
        "fig",
        "al",
        "m",
        "mme",
        "mlle",
        "cf",
        "p",
        "ex",
        "env",
        "art",
        "nº",
        "núm",
        "sr",
        "sra",
        "ee.uu",
        "dott",
        "sig",
        "u.s.a",
        "gen",
        "sen",
        "gov",
        "rep",
        "z.b",
        "d.h",
        "u.a",
        "evtl",
        "inkl",
        "rs",
        "pct",
        "vol",
        "abb",
        "bd",
        "jahrh",
        "tel",
        "zzgl",
    )
)
# A mark with what may follow it; that every match begins with one of a few characters makes the search fast.
_END: Final = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])[.!?…]*[\"'”’»)\]]*\s+|(?<=[。！？])[。！？]*[」』）]*\s*|(?<=\n)\n*)"
)
# German writes "26. Juli", "2. Quartal": a number with a point and one of these is an ordinal, no end.
_AFTER_ORDINAL: Final = re.compile(
    r"(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Quartal|Halbjahr|Jahr|Platz|Rang|Oktober|Stelle)"
)


def sentences(text: str) -> list[tuple[int, int]]:
    """Closed-open spans of the sentences, in order, without surrounding white space."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if _is_break(text, start, match):
            _add(text, start, match.end(), spans)
            start = match.end()
    _add(text, start, len(text), spans)
    return spans


def _is_break(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if "\n" in mark or mark[0] not in ".…":
        return True
    after = text[match.end() : match.end() + 1]
    if after and not (after.isupper() or after.isdigit() or after in "\"'“‘«„¿¡([" or ord(after) >= 0x2E80):
        return False
    word = text[max(start, match.start() - 8) : match.start()].split()[-1:] or [""]
    last = word[0].strip("\"'“‘«„([").lower()
    if last in _NO_BREAK:
        return False
    if len(last) == 1 and last.isalpha():
        return False
    is_ordinal = last.isdigit() and len(last) <= 2 and _AFTER_ORDINAL.match(text, match.end())
    return not is_ordinal


def _add(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while end - start > MAX_SENTENCE:
        cut = text.rfind(" ", start + MAX_SENTENCE // 2, start + MAX_SENTENCE)
        cut = cut if cut > start else start + MAX_SENTENCE
        spans.append((start, cut))
        start = cut
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append((start, end))
