"""How well claims that were read agree with labelled ones, matched one to one within a page and a fact.

Three levels: `value` is the same fact and value, `track` also the same side (expected, actual, negative), `stage` also
the same stage. Works on claims as the labelling guide writes them (JSON objects); knows no topic, no reader and no
file. Its equality is the guide's, looser than `facts.values`: a label may say less than the sentence.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factdrift.codec import SCALES

Labelled = dict[str, Any]  # a claim of the labelling guide
GROUPINGS = ("lang", "fact", "stage", "outlet", "split")
LEVELS = ("value", "track", "stage")

_SIDES = {
    "rumoured": "expected",
    "planned": "expected",
    "agreed": "expected",
    "completed": "actual",
    "current": "actual",
    "denied": "negative",
    "cancelled": "negative",
}
_PERCENT_TOLERANCE = 0.5
_MONEY_TOLERANCE = 0.03
_PLAIN_KINDS = ("state", "ordinal", "count", "rate")


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits among what was labelled and what was predicted."""

    hits: int = 0
    gold: int = 0
    predicted: int = 0

    @property
    def precision(self) -> float:
        """The share of predictions that are right; 0 where there is none."""
        return self.hits / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """The share of labels that were found; 0 where there is none."""
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.hits + other.hits, self.gold + other.gold, self.predicted + other.predicted)


@dataclass(frozen=True, slots=True)
class Match:
    """A label and the prediction it was matched with; `level` is 1 (value), 2 (track) or 3 (stage)."""

    gold: Labelled
    predicted: Labelled
    level: int


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page: what matched, what was missed, what was claimed without a label. `counted` are the predictions."""

    page: Mapping[str, Any]
    gold: tuple[Labelled, ...]
    counted: tuple[Labelled, ...]
    matches: tuple[Match, ...]
    missed: tuple[Labelled, ...]
    extra: tuple[Labelled, ...]
    is_empty: bool  # no label at all, not even an optional one
    claims: int  # predictions, those that an optional label excuses included

    def tally(self, level: int) -> Tally:
        """The page's tally at a level."""
        return Tally(sum(match.level >= level for match in self.matches), len(self.gold), len(self.counted))


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A whole corpus."""

    pages: tuple[PageScore, ...]

    def level(self, name: str) -> Tally:
        """The tally at `value`, `track` or `stage`."""
        return sum((page.tally(LEVELS.index(name) + 1) for page in self.pages), Tally())

    @property
    def matches(self) -> list[Match]:
        """Every matched claim."""
        return [match for page in self.pages for match in page.matches]

    @property
    def right_mentions(self) -> int:
        """Matched claims whose mention (news or background) is right."""
        return sum(_is_right_mention(match) for match in self.matches)

    @property
    def empty_pages(self) -> int:
        """Pages that make no claim."""
        return sum(page.is_empty for page in self.pages)

    @property
    def false_on_empty(self) -> int:
        """Pages that make no claim, on which one was read all the same."""
        return sum(page.is_empty and page.claims > 0 for page in self.pages)

    def by(self, grouping: str) -> dict[str, Tally]:
        """Tallies at track level for each group, the one with the most labels first."""
        groups: dict[str, Tally] = defaultdict(Tally)
        for page in self.pages:
            key = _key_of(grouping, page.page)
            for claim in page.gold:
                groups[key(claim)] += Tally(gold=1)
            for claim in page.counted:
                groups[key(claim)] += Tally(predicted=1)
            for match in page.matches:
                groups[key(match.gold)] += Tally(hits=int(match.level >= 2))
        return dict(sorted(groups.items(), key=lambda item: -item[1].gold))

    def stage_confusion(self) -> Counter[tuple[str, str]]:
        """How often a label's stage (first) was read as a stage (second), over matched claims."""
        return Counter(
            (m.gold["stage"] if m.level < 3 else m.predicted["stage"], m.predicted["stage"]) for m in self.matches
        )


def evaluate(
    gold: Iterable[Mapping[str, Any]],
    predicted: Mapping[str, Sequence[Labelled]],
    is_left_out: Callable[[str], bool] = lambda fact: False,
) -> Evaluation:
    """Every labelled page scored; a page without a prediction counts as one on which nothing was read."""
    return Evaluation(tuple(score_page(page, predicted.get(page["id"], ()), is_left_out) for page in gold))


def score_page(page: Mapping[str, Any], predicted: Sequence[Labelled], is_left_out: Callable[[str], bool]) -> PageScore:
    """One page scored. Optional labels are never demanded and excuse a prediction; doubled predictions count once."""
    labels = [claim for claim in page["claims"] if not is_left_out(claim["fact"])]
    demanded = [claim for claim in labels if not claim.get("optional")]
    optional = [claim for claim in labels if claim.get("optional")]
    read = _distinct(claim for claim in predicted if claim.get("fact") and not is_left_out(claim["fact"]))
    matches, missed, rest = pair(demanded, read)
    excused, _, extra = pair(optional, rest)
    counted = tuple(claim for claim in read if all(claim is not match.predicted for match in excused))
    return PageScore(page, tuple(demanded), counted, tuple(matches), tuple(missed), tuple(extra), not labels, len(read))


def pair(gold: Sequence[Labelled], predicted: Sequence[Labelled]) -> tuple[list[Match], list[Labelled], list[Labelled]]:
    """Matched one to one, the best level first; then what was missed and what is left over."""
    found = sorted(
        (
            (level_of(g, p), g.get("mention") == p.get("mention"), -i, -j)
            for i, g in enumerate(gold)
            for j, p in enumerate(predicted)
            if g["fact"] == p.get("fact") and (g.get("alt_value") or is_same_value(g.get("value"), p.get("value")))
        ),
        reverse=True,
    )
    taken: dict[int, int] = {}
    matches = []
    for level, _, i, j in found:
        if -i not in taken and -j not in taken.values():
            taken[-i] = -j
            matches.append(Match(gold[-i], predicted[-j], level))
    missed = [claim for i, claim in enumerate(gold) if i not in taken]
    return matches, missed, [claim for j, claim in enumerate(predicted) if j not in taken.values()]


def level_of(gold: Labelled, predicted: Labelled) -> int:
    """3 where the stage is one the label allows, 2 where it is on the same side, else 1."""
    allowed = [gold["stage"], *gold.get("alt_stage", [])]
    stage = predicted.get("stage", "")
    return 3 if stage in allowed else 2 if _SIDES.get(stage) in map(_SIDES.get, allowed) else 1


def is_same_value(a: Labelled | None, b: Labelled | None) -> bool:
    """True where two VALUE objects agree as labels do: no value and free text agree with anything."""
    if not a or not b or "text" in a or "text" in b:
        return True
    if "percent" in a and "percent" in b:
        return abs(float(a["percent"]) - float(b["percent"])) <= _PERCENT_TOLERANCE
    if "money" in a and "money" in b:
        return _is_same_money(a, b)
    if "date_from" in a and "date_from" in b:
        return bool(a["date_from"] <= _last_day(b) and b["date_from"] <= _last_day(a))
    if "name" in a and "name" in b:
        return _is_same_name(str(a["name"]).casefold(), str(b["name"]).casefold())
    for kind in _PLAIN_KINDS:
        if kind in a and kind in b:
            return bool(a[kind] == b[kind])
    return _is_same_year(a, b)


def _is_same_money(a: Labelled, b: Labelled) -> bool:
    if a.get("currency") != b.get("currency"):
        return False
    x, y = (float(value["money"]) * SCALES[value.get("scale") or "unit"] for value in (a, b))
    return abs(x - y) <= _MONEY_TOLERANCE * max(abs(x), abs(y), 1e-9)


def _last_day(value: Labelled) -> str:
    return str(value.get("date_to") or value["date_from"])


def _is_same_name(a: str, b: str) -> bool:
    return a in b or b in a or a.split()[-1] == b.split()[-1]


def _is_same_year(a: Labelled, b: Labelled) -> bool:
    (a_from, a_to), (b_from, b_to) = (
        (value.get("year_from", value.get("year")), value.get("year_to", value.get("year"))) for value in (a, b)
    )
    return bool(a_from and b_from and a_from <= b_to and b_from <= a_to)


def _distinct(claims: Iterable[Labelled]) -> list[Labelled]:
    by_key: dict[tuple[str, str, str], Labelled] = {}
    for claim in claims:
        key = (claim["fact"], json.dumps(claim.get("value"), sort_keys=True), str(claim.get("stage")))
        by_key.setdefault(key, claim)
    return list(by_key.values())


def _is_right_mention(match: Match) -> bool:
    return bool(match.gold.get("alt_mention")) or match.gold.get("mention") == match.predicted.get("mention")


def _key_of(grouping: str, page: Mapping[str, Any]) -> Callable[[Labelled], str]:
    if grouping in ("fact", "stage"):
        return lambda claim: str(claim.get(grouping))
    name = str(page.get(grouping) or "(none)")
    return lambda claim: name
