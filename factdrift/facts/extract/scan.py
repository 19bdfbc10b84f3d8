"""One pass of a multi-pattern automaton over a shadow: every known word and name as a tag.

A tag counts only where it stands as a word of its own; a tag inside a longer one is dropped ("no plans" hides "plans").
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from operator import attrgetter
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation

from factdrift.facts.extract.lexicon import MAX_GAP, expand
from factdrift.facts.extract.shadow import CONTINUES_WORD, continues_word, is_spaced

STAGE_LABELS: Final = frozenset(
    (
        "future",
        "intend",
        "title_future",
        "rumour",
        "agree",
        "done",
        "hard_done",
        "cancel",
        "deny",
        "undecided",
        "yet",
        "condition",
        "neg",
        "again",
        "retire",  # shares that are cancelled: no plan falls
    )
)

MARKER_LABELS: Final = frozenset(
    (
        "of",
        "by",
        "from",
        "to",
        "around",
        "at_most",
        "at_least",
        "each",
        "other",
        "both",
        "clause",
        "background",
        "newly",
        "said",
        "relative",
        "now_held",
        "formerly",
        "of_after",
        "by_after",
        "from_after",
        "to_after",
        "subject_after",
        "pronoun",
        "latter",
        "partner_ref",
        "venture_ref",
        "may",
        "for",
    )
)
_LONGEST: Final = 40  # characters that a word with an open end may have
_KINDS: Final = {
    "entity": "name",
    **dict.fromkeys(STAGE_LABELS, "stage"),
    **{label: label for label in MARKER_LABELS},  # a marker hides only its own kind
    **dict.fromkeys(("to", "from", "around", "at_most", "at_least", "equals"), "amount"),  # "close to" hides "to"
    **dict.fromkeys(
        ("growth", "other_office", "nonvoting", "bodies", "idiom"), "blocker"
    ),  # "market share" is no share, hides every word
}


class Tag:
    """A word or name in a document. `ids` are the entities a name or description may stand for.

    `sure` is False for a description or pronoun. Hundreds are made for each article: a dataclass would not be compiled.
    """

    __slots__ = ("aspect", "end", "ids", "label", "start", "sure")

    def __init__(
        self, start: int, end: int, label: str, aspect: str = "", ids: tuple[str, ...] = (), sure: bool = True
    ) -> None:
        self.start = start
        self.end = end
        self.label = label
        self.aspect = aspect
        self.ids = ids
        self.sure = sure

    def __repr__(self) -> str:
        return f"Tag({self.start}, {self.end}, {self.label!r}, {self.aspect!r}, {self.ids!r}, {self.sure})"

    def told_as(self, aspect: str) -> "Tag":
        """The same word with another aspect."""
        return Tag(self.start, self.end, self.label, aspect, self.ids, self.sure)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase means."""

    label: str
    aspect: str = ""
    ids: tuple[str, ...] = ()
    sure: bool = True


class Scanner:
    """Finds phrases in shadows. Built once, then read-only."""

    def __init__(self, phrases: Iterable[tuple[str, Entry]]) -> None:
        forms: dict[str, list[tuple[Entry, str, tuple[str, ...]]]] = {}
        for phrase, entry in phrases:
            for form in expand(phrase):
                head, _, tail = form.partition(" ... ")
                meanings = forms.setdefault(head, [])
                if (meaning := (entry, tail, _hiders(entry))) not in meanings:
                    meanings.append(meaning)
        patterns = [head.rstrip("*") for head in forms]
        self._edges = [_edges(head) for head in forms]
        self._meanings = [
            [(*astuple(entry), tail, hiders) for entry, tail, hiders in known] for known in forms.values()
        ]
        self._automaton = AhoCorasick(patterns, implementation=Implementation.ContiguousNFA)

    def scan(self, shadow: str) -> list[Tag]:
        """Tags in order of start; of tags that overlap inside one another only the longest stays."""
        tags: list[Tag] = []
        reach: dict[str, tuple[int, int]] = {}  # of each kind the tag that goes furthest
        furthest = 0  # where the furthest of all kinds ends
        for start, minus_end, index in self._spans(shadow):
            end = -minus_end
            span = (start, end)
            is_free = end > furthest  # hidden by nothing
            for label, aspect, ids, sure, tail, hiders in self._meanings[index]:
                stop = self._gap_end(shadow, end, tail) if tail else end
                if not stop or (not is_free and _is_hidden(span, hiders, reach)):
                    continue
                if is_free or hiders[0] not in reach or end > reach[hiders[0]][1]:
                    reach[hiders[0]] = span
                    furthest = end if is_free else furthest
                tags.append(Tag(start, stop, label, aspect, ids, sure))
        return tags

    def _spans(self, shadow: str) -> list[tuple[int, int, int]]:
        """(start, -end, pattern) where a pattern stands as a word of its own; of one start the longest comes first."""
        padded, edges, continues = f"{shadow} ", self._edges, CONTINUES_WORD
        spans: list[tuple[int, int, int]] = []
        for index, start, stop in self._automaton.find_matches_as_indexes(shadow, overlapping=True):
            opens, closes, runs_on, numbered = edges[index]
            if opens and start and continues[padded[start - 1]]:
                continue  # inside a word
            if runs_on:
                while continues[padded[stop]] and stop - start < _LONGEST:
                    stop += 1
            elif closes and continues[padded[stop]]:
                continue
            if numbered and shadow[stop : stop + 2].lstrip()[:1] == "%":
                continue  # "X 5 %" is no product "X 5"
            spans.append((start, -stop, index))
        spans.sort()
        return spans

    @staticmethod
    def _gap_end(shadow: str, end: int, tail: str) -> int:
        window = shadow[end : end + MAX_GAP + len(tail)]
        for stop in (". ", ": ", "; ", "\n", "。"):
            window = window.split(stop, 1)[0]
        open_end = tail.endswith("*")
        tail = tail.rstrip("*")
        at = window.find(tail)
        while at >= 0:
            before = at == 0 or not continues_word(window[at - 1]) or not is_spaced(tail)
            last = at + len(tail)
            after = open_end or last >= len(window) or not continues_word(window[last]) or not is_spaced(tail)
            if before and after:
                return end + last
            at = window.find(tail, at + 1)
        return 0


def _is_hidden(span: tuple[int, int], hiders: tuple[str, ...], reach: dict[str, tuple[int, int]]) -> bool:
    """Whether a longer tag of the same kind, a name or a blocker covers the span; none begins behind it."""
    for kind in hiders:
        covered = reach.get(kind)
        if covered and covered[1] >= span[1] and covered != span:
            return True
    return False


def _edges(head: str) -> tuple[bool, bool, bool, bool]:
    """Whether a word must begin and end where the pattern does, may go on (a trailing `*`), and ends in a number."""
    pattern = head.rstrip("*")
    numbered = pattern[-1:].isdigit()
    if not is_spaced(head):
        return False, False, False, numbered
    return continues_word(pattern[0]), continues_word(pattern[-1]), head.endswith("*"), numbered


def _hiders(entry: Entry) -> tuple[str, ...]:
    """The kinds of tag that hide this one where they cover it, its own first."""
    kind = _KINDS.get(entry.label, entry.label)
    if kind.startswith("period:"):
        return (kind,)  # a plan may be named "42 a month"
    if kind == "name" and not entry.sure:
        return ("description", "name", "blocker")
    if kind in ("host", "works"):
        return (kind, "blocker")  # a place is a name too, and a description may hold the word for a plant
    if kind in ("of", "to", "from", "by"):
        return (kind, "name", "blocker")  # "del banco": a description may begin with its preposition
    if kind.startswith("concept:"):
        return (kind, "name", "blocker")  # "the Chennai plant" is a plant in India all the same
    return tuple(dict.fromkeys((kind, "name", "description", "blocker")))


def tags_between(tags: list[Tag], start: int, end: int) -> list[Tag]:
    """The tags that start in [start, end); `tags` is in order of start."""
    low = bisect_left(tags, start, key=_start_of)
    return tags[low : bisect_left(tags, end, low, key=_start_of)]


_start_of = attrgetter("start")
