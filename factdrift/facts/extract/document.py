"""An article as sentences with tags, numbers, dates and mentions: what the readers of relations look at.

Knows entities by id only; who is meant by a word is resolved in `discourse`.
"""

from bisect import bisect_right
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from operator import attrgetter
from typing import Final

from factdrift.facts.extract.dates import DateReader, When
from factdrift.facts.extract.numbers import NumberReader, Plain, Quantity
from factdrift.facts.extract.scan import Tag, tags_between

ORGANISATIONS: Final = frozenset(("company", "state", "venture", "body", "person"))

_PARTICLES: Final = 6  # characters of particles between a name and a fraction of it
_LEVEL: Final = 12  # characters of "to 15 " before a verb that stands last
_COUNTED: Final = 6  # characters of " d'" between a number and what it counts
_ARTICLE: Final = 8  # characters of an article between "of" and a name
MOST_NUMBERS: Final = 8  # a sentence with more is a table: what it says of whom is not in its grammar
_NONE: Final[list[Tag]] = []
_start_of = attrgetter("start")


class Mention:
    """One place where a sentence speaks of an entity, of `type`. `poss` marks a possessor ("X's", "its", Xの).

    `marker` is what stands right before it (or after it, for particles): of, by, from, to, subject.
    A mention equals only itself: readers look all the time whether one is among others.
    """

    __slots__ = ("end", "id", "marker", "poss", "start", "sure", "type")

    def __init__(
        self, start: int, end: int, id: str, sure: bool, poss: bool = False, type: str = "", marker: str = ""
    ) -> None:
        self.start = start
        self.end = end
        self.id = id
        self.sure = sure
        self.poss = poss
        self.type = type
        self.marker = marker


@dataclass
class Sentence:
    """One sentence of one part of an article. Offsets are those of the part."""

    part: str
    start: int
    end: int
    index: int  # 0 for the title, then 1, 2 ...
    shadow: str
    text: str
    tags: list[Tag]
    published: date
    numbers: NumberReader
    date_reader: DateReader
    capital_names: bool = True  # a capital marks a name (not so in German or Japanese)
    mentions: list[Mention] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)  # offsets at which a new clause starts
    asides: list[tuple[int, int]] = field(default_factory=list)  # relative clauses set off by commas
    setting: Set[str] = frozenset()  # the labels of the title: where a story is set need not be said again
    subject_first: bool = False  # whether no sentence opens with its verb
    participle: str = ""  # how a form ends that goes along with the main verb
    closing: bool = False  # whether the story begins with something that was completed
    markers: dict[int, list[Tag]] = field(default_factory=dict)  # what `amounts.markers_of` has found
    by_label: dict[str, list[Tag]] = field(init=False)  # the tags of each label, in order
    labels: frozenset[str] = field(init=False)  # every label that occurs
    _asked: dict[tuple[str, ...], list[Tag]] = field(default_factory=dict)  # what `tagged` has answered
    _percents: list[Quantity] | None = None
    _moneys: list[Quantity] | None = None
    _plains: list[Plain] | None = None
    _dates: list[When] | None = None

    def __post_init__(self) -> None:
        found: dict[str, list[Tag]] = {}
        for tag in self.tags:
            if tag.label in found:
                found[tag.label].append(tag)
            else:
                found[tag.label] = [tag]
        self.by_label, self.labels = found, frozenset(found)

    @property
    def percents(self) -> list[Quantity]:
        """Percentages, in order; percentage points and insets (", of 43 %,") left out."""
        if self._percents is None:
            self._percents = self._find_percents()
        return self._percents

    def _find_percents(self) -> list[Quantity]:
        found = self.numbers.percents(self.shadow, self.start, self.end)
        found = [q for q in found if not q.points and not self._is_inset(q)]
        more = self._unitless(found) if found else self._fractions()
        return sorted(found + more, key=_start_of)[:MOST_NUMBERS] if more else found[:MOST_NUMBERS]

    @property
    def moneys(self) -> list[Quantity]:
        """Amounts of money, in order; conversions in parentheses left out."""
        if self._moneys is None:
            self._moneys = self._find_moneys()
        return self._moneys

    def _find_moneys(self) -> list[Quantity]:
        found = self.numbers.moneys(self.shadow, self.start, self.end)
        return [q for q in found if not q.conversion and not (q.bare and self._is_counted(q))][:MOST_NUMBERS]

    def _is_counted(self, quantity: Quantity) -> bool:
        """Whether things stand behind the number ("170 millions d'utilisateurs"): it is no money."""
        return any(
            t.label.startswith("unit:") and 0 < t.start - quantity.end <= _COUNTED
            for t in tags_between(self.tags, quantity.end, quantity.end + _COUNTED + 1)
        )

    @property
    def plains(self) -> list[Plain]:
        """Numbers that are no percentage, no amount of money and no part of a date or a name, in order."""
        if self._plains is None:
            self._plains = self._find_plains()
        return self._plains

    def _find_plains(self) -> list[Plain]:
        periods = [t for t in self.tags if t.label.startswith("period:")]
        names = [t for t in self.tagged("entity") if not any(t.start <= p.start < t.end for p in periods)]
        taken = [(x.start, x.end) for x in (*self.percents, *self.moneys)] + [(w.start, w.end) for w in self.dates]
        taken += [(t.start, t.end) for t in names]
        found = self.numbers.plains(self.shadow, self.start, self.end)
        if any(not self.shadow[n.start].isdigit() for n in found):  # "un tercio" is no one
            taken += [(part.start, part.end) for part in self.numbers.fractions(self.shadow, self.start, self.end)]
        return [n for n in found if not any(a < n.end and n.start < b for a, b in taken)][:MOST_NUMBERS]

    @property
    def dates(self) -> list[When]:
        """Dates, in order."""
        if self._dates is None:
            self._dates = self._find_dates()
        return self._dates

    def _find_dates(self) -> list[When]:
        return self.date_reader.dates(self.shadow, self.start, self.end, self.published)

    def _fractions(self) -> list[Quantity]:
        """Fractions in words that are of a named whole ("a third of X"): a third of a stake is no level."""
        wholes = self.tagged("entity", "partner_ref")
        if not wholes or not self.tagged("own", "stake", "shareholder", "take_stake"):
            return []
        found = []
        for part in self.numbers.fractions(self.shadow, self.start, self.end):
            if not self.capital_names and any(0 <= part.start - t.end <= _PARTICLES for t in wholes):
                found += [part] if self.within((part.end, part.end + _PARTICLES), "own") else []  # X株の3分の1を持つ
                continue
            of = [t for t in self.within((part.end, part.end + 3), "of") if not self.shadow[part.end : t.start].strip()]
            whole = next((t for t in wholes if of and 0 <= t.start - of[0].end <= _ARTICLE), None)
            if whole and not self.within((whole.end, whole.end + 4), "stake", "growth"):
                found.append(part)
        return found

    def _unitless(self, percents: list[Quantity]) -> list[Quantity]:
        """Levels that take their unit from a percentage before them ("43 percent today, would drop to 15")."""
        moves = self.tagged("lower", "raise")
        ends = [t.end for t in self.tagged("to") for m in moves if m.start < t.end and t.start - m.end <= 1]
        found = [self.numbers.level(self.shadow, end, self.end) for end in sorted(set(ends))]
        for move in moves:  # the verb may stand last: "soll auf 15 sinken"
            marks = [t.end for t in self.within((move.start - _LEVEL, move.start), "to")]
            found += [self.numbers.level(self.shadow, end, move.start) for end in marks]
        starts = {q.start for q in percents}
        return [q for q in found if q and q.start > percents[0].start and q.start not in starts]

    def _is_inset(self, quantity: Quantity) -> bool:
        """Whether the number is the whole that another is a part of, set off by commas ("28 %, of 43 %, lie in X")."""
        if self.shadow[quantity.end : quantity.end + 1] not in (",", ")"):
            return False
        near = (quantity.start - 9, quantity.start)
        markers = self.within(near, "of")
        if not markers or self.within(near, "to") or self.shadow[markers[-1].end : quantity.start].strip():
            return False
        return self.shadow[markers[-1].start - 2 : markers[-1].start].strip()[-1:] in (",", "(")

    def tagged(self, *labels: str) -> list[Tag]:
        """Tags with one of these labels, in order. The list is shared: not to be changed."""
        if len(labels) == 1:  # most often; every sentence is asked some hundred times
            return self.by_label.get(labels[0], _NONE)
        if (known := self._asked.get(labels)) is None:
            known = self._asked[labels] = self._gather(labels)
        return known

    def _gather(self, labels: tuple[str, ...]) -> list[Tag]:
        lists = [tags for label in labels if (tags := self.by_label.get(label))]
        if len(lists) < 2:
            return lists[0] if lists else _NONE
        return sorted(chain.from_iterable(lists), key=_start_of)

    def clause(self, at: int) -> tuple[int, int]:
        """The closed-open span of the clause around an offset."""
        breaks = self.breaks
        place = bisect_right(breaks, at)
        return breaks[place - 1] if place else self.start, breaks[place] if place < len(breaks) else self.end

    def is_aside(self, at: int, from_: int) -> bool:
        """Whether `at` lies in a relative clause `from_` is no part of: it says nothing of who acts there."""
        return any(a <= at < b and not a <= from_ < b for a, b in self.asides)

    def within(self, span: tuple[int, int], *labels: str) -> list[Tag]:
        """Tags with one of these labels that start inside a span."""
        tags = self.by_label.get(labels[0], _NONE) if len(labels) == 1 else self.tagged(*labels)
        if not tags:
            return _NONE
        low, high = span
        return [tag for tag in tags if low <= tag.start < high]


@dataclass
class Document:
    """All sentences of an article, and the entities that its title speaks of or that it names most."""

    sentences: list[Sentence]
    themes: dict[str, None]  # in order

    def before(self, sentence: Sentence) -> Sentence | None:
        """The sentence before, or None for the title."""
        return self.sentences[sentence.index - 1] if sentence.index else None
