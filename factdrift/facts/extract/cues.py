"""The cues of a stage: which words of negation, hedge, intention and completion govern a trigger, and how far."""

import re
from dataclasses import dataclass
from typing import Final

from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.scan import Tag

LABELS: Final = (
    *("future", "intend", "rumour", "agree", "hard_done", "done"),
    *("cancel", "deny", "neg", "yet", "undecided", "unnamed"),
)
STEPS: Final = ("lower", "raise", "sell", "buy", "take_stake")
AUXILIARY: Final = 60  # characters that may stand between an auxiliary and its verb, commas and all
_COMMA: Final = re.compile(r",(?!\d)")
_OWNER: Final = 12  # characters between a company and its largest shareholder
_STILL: Final = 14  # characters of "still the "
_DATED: Final = 8  # characters between "before" and a date
_GUESS: Final = 12  # characters between a word of guessing and what is permitted
_YET: Final = 12  # characters between "still have to" and the verb
_OPENING: Final = 8  # characters of an article before a noun that opens the sentence
_APPOSITION: Final = re.compile(r", (?:the |a |an |its |le |la |son |sa |el |su |il |lo |der |die |das )?$")
_MOVES: Final = ("own", "lower", "raise", "take_stake", "sell", "buy", "park", "settle", "present")
_LABELS: Final = frozenset(LABELS)
_NONE: Final[list[Tag]] = []


@dataclass(slots=True)
class Cues:
    """The cues that govern a trigger, by label, in the order of the text.

    `span` is the closed-open span of the text that they were looked for in; `future` says that the thing is to come.
    """

    found: dict[str, list[Tag]]
    span: tuple[int, int]
    future: bool
    delays: list[Tag]
    hearsay: bool

    def __getitem__(self, label: str) -> list[Tag]:
        return self.found[label]

    @property
    def open(self) -> bool:
        """Whether the thing is only to come, intended or told by hearsay."""
        return self.future or self.hearsay or bool(self.found["intend"])


def cues_of(
    sentence: Sentence, trigger: Tag, at: int, *, permission: bool = False, ending: bool = False, granted: bool = False
) -> Cues:
    """The cues of what `trigger` says about the thing at offset `at`; see `stages.stage_of` for the rest."""
    span = _span(sentence, trigger, at)
    found: dict[str, list[Tag]] = dict.fromkeys(LABELS, _NONE)
    for label in _LABELS & sentence.labels:
        found[label] = sentence.within(span, label)
    _drop_of_others(sentence, found, trigger, at)
    if granted or permission:
        _drop_permissions(sentence, found, trigger, span, granted=granted, permission=permission)
    _drop_of_other_verbs(sentence, found, trigger)
    if ending:
        found["cancel"] = found["neg"] = []
        that = {t.start for t in sentence.tagged("that")}  # "denied that it would cut jobs"
        found["deny"] = [t for t in found["deny"] if t.end + 1 in that and t.end <= trigger.start]
    if found["rumour"]:  # "schließt ... nicht aus", "no longer rules out": nothing is ruled out, nothing falls
        for label in ("deny", "cancel"):
            if found[label]:
                found[label] = [t for t in found[label] if not any(r.start <= t.start < r.end for r in found["rumour"])]
    future = bool(found["future"]) or _title_future(sentence, trigger)
    negated = found["neg"] and (trigger.aspect in ("base", "done") or not sentence.capital_names)
    if (found["deny"] or negated) and _is_awaited(sentence, trigger, span):
        found["deny"], found["neg"], future = [], [], True  # "will not be listed before 2025"
    delays = sentence.within(span, "delay")
    if delays:
        _stand_delayed(sentence, found, span, delays)
    hearsay = bool(found["rumour"]) or bool(found["undecided"]) or _unnamed_only(sentence, found)
    return Cues(found, span, future, delays, hearsay)


def _is_around(cue: Tag, trigger: Tag) -> bool:
    """Whether the word of falling opens before what falls and ends behind it ("bläst die Übernahme ab")."""
    return cue.start < trigger.start and trigger.end < cue.end


def coincides(tag: Tag, others: list[Tag]) -> bool:
    """Whether the tag overlaps one of the others."""
    return any(tag.start < other.end and other.start < tag.end for other in others)


def _span(sentence: Sentence, trigger: Tag, at: int) -> tuple[int, int]:
    """The span of the text in which cues are of the trigger."""
    low, high = min(trigger.start, at), max(trigger.end - 1, at)  # a comma that ends the trigger opens no other clause
    span = (sentence.clause(low)[0], sentence.clause(high)[1])
    if span[0] > sentence.start and sentence.within((span[0] - 1, span[0] + 2), "for"):
        # "is in talks with X, its owner, to buy ...": a purpose is of its verb, whatever stands between them.
        edge = next((a for a, b in sentence.asides if 0 <= span[0] - b <= 1), span[0] - 1)
        span = (sentence.clause(edge - 1)[0], span[1])
    if conditions := [t for t in sentence.within((high + 1, span[1]), "condition") if t.start > trigger.end]:
        span = (span[0], conditions[0].start)  # "rises to 3.5 billion if the deal is not done by August"
    if trigger.aspect == "state" and (opening := _own_clause(sentence, trigger)) is not None:
        span = (opening, _closing(sentence, opening, high, span[1]))
    return span


def _drop_of_others(sentence: Sentence, found: dict[str, list[Tag]], trigger: Tag, at: int) -> None:
    """Take away what an aside says, what is still to be done, and words that are dates."""
    if sentence.asides:
        found.update({label: [t for t in tags if not sentence.is_aside(t.start, at)] for label, tags in found.items()})
    if found["yet"]:  # "still have to approve it": nothing is agreed
        found["agree"] = [t for t in found["agree"] if not any(0 <= t.start - y.end <= _YET for y in found["yet"])]
    if found["rumour"]:  # "10 May" is no "may", "a potential stake" one through derivatives
        stakes = {t.start for t in sentence.tagged("stake")}
        found["rumour"] = [t for t in found["rumour"] if t.end + 1 not in stakes]
        found["rumour"] = [t for t in found["rumour"] if not any(w.start <= t.start < w.end for w in sentence.dates)]


def _drop_permissions(
    sentence: Sentence,
    found: dict[str, list[Tag]],
    trigger: Tag,
    span: tuple[int, int],
    *,
    granted: bool,
    permission: bool,
) -> None:
    """Take away the words of a right, which guess nothing."""
    if granted:
        rights = {tag.start for tag in sentence.within(span, "may")}
        found["rumour"] = [tag for tag in found["rumour"] if tag.start not in rights]
    if permission:
        found["rumour"] = [tag for tag in found["rumour"] if tag.end < trigger.start - _GUESS]
        found["cancel"] = [tag for tag in found["cancel"] if tag.end <= trigger.start]


def _drop_of_other_verbs(sentence: Sentence, found: dict[str, list[Tag]], trigger: Tag) -> None:
    """Take away what is said of another verb of the clause."""
    if trigger.aspect in ("base", "done", "state"):
        for label in ("future", "intend", "agree", "rumour"):
            if found[label]:
                found[label] = [t for t in found[label] if t.start <= trigger.start or _still_rules(t, trigger)]
    elif found["done"] and (said := sentence.tagged("said")):  # "a annoncé la vente": "a" is the auxiliary of saying
        found["done"] = [t for t in found["done"] if not any(s.start == t.start and t.end < s.end for s in said)]
    if trigger.label.startswith("fact:"):
        _keep_to_itself(sentence, found, trigger)
    if trigger.aspect == "done":  # "will close plants, X said as he presented ...": another verb's future
        found["future"] = [t for t in found["future"] if _reaches(sentence, t, trigger)]
    if trigger.label in STEPS:  # "its holding drops to 15 %": the word that moves it does not make it fall
        found["cancel"] = [t for t in found["cancel"] if _is_around(t, trigger) or not coincides(t, [trigger])]


def _stand_delayed(sentence: Sentence, found: dict[str, list[Tag]], span: tuple[int, int], delays: list[Tag]) -> None:
    """Let a plan that is put off stand: "denied that it had been delayed", "put off until 2024"."""
    found["deny"] = [t for t in found["deny"] if t.start > delays[0].start]
    if any(span[0] <= w.start < span[1] for w in sentence.dates):
        found["cancel"] = [t for t in found["cancel"] if not coincides(t, delays)]


def _keep_to_itself(sentence: Sentence, cues: dict[str, list[Tag]], trigger: Tag) -> None:
    """Take away what is said of something else: words inside the fact's own, and what a thing done is to bring about.

    "Termination fee" cancels nothing; "sued to stop the deal, seeking to ..." stops no lawsuit.
    """
    aims = {t.end for t in sentence.tagged("title_future") if t.start >= trigger.end}
    cues["cancel"] = [
        t for t in cues["cancel"] if not coincides(t, [trigger]) and not (t.start in aims or t.start - 1 in aims)
    ]
    if any(0 <= trigger.start - t.end <= AUXILIARY for t in cues["hard_done"]):
        cues["intend"] = [t for t in cues["intend"] if t.start < trigger.start]


def _is_awaited(sentence: Sentence, trigger: Tag, span: tuple[int, int]) -> bool:
    """Whether a date stands behind the trigger before which nothing comes."""
    low = trigger.start if sentence.capital_names else span[0]  # the verb may stand last
    marks = sentence.within((low, span[1] + 1), "not_before")  # it may open the next clause
    return any(0 < w.start - t.end <= _DATED or t.start == w.start for t in marks for w in sentence.dates)


def _reaches(sentence: Sentence, cue: Tag, trigger: Tag) -> bool:
    return trigger.start - cue.end <= AUXILIARY or ", " not in sentence.shadow[cue.end : trigger.start]


def _still_rules(cue: Tag, trigger: Tag) -> bool:
    """Whether a cue that does not stand before the verb says something of it all the same."""
    return _is_late(cue, trigger) or _is_modal(cue, trigger) or _is_inside(cue, trigger)


def _is_late(cue: Tag, trigger: Tag) -> bool:
    """Whether a cue behind the verb still rules it: never behind what is done, else far enough to be a modal."""
    return trigger.aspect != "done" and cue.start >= trigger.end + 40


def _is_inside(cue: Tag, trigger: Tag) -> bool:
    """Whether the ending of the verb itself says it ("se quedará con")."""
    return cue.label in ("future", "rumour") and trigger.start < cue.start < trigger.end


def _is_modal(cue: Tag, trigger: Tag) -> bool:
    """Whether the cue follows an open verb at once: then that is a noun ("the float could come in spring")."""
    return trigger.aspect == "base" and 0 < cue.start - trigger.end <= 1


def _own_clause(sentence: Sentence, trigger: Tag) -> int | None:
    """Where the clause of a state begins that defines a noun ("level with the 15 % that X has")."""
    if _APPOSITION.search(sentence.shadow, max(sentence.start, trigger.start - 6), trigger.start):
        return trigger.start  # ", the owner of 43 %"
    still = sentence.within((trigger.start - _STILL, trigger.start), "now_held")
    if trigger.label == "shareholder" and still and sentence.shadow[still[0].start - 2 : still[0].start] == ", ":
        return trigger.start  # ", still the largest shareholder"
    owned = [m for m in sentence.mentions if m.poss and 0 < trigger.start - m.end <= _OWNER]
    if trigger.label == "shareholder" and owned and sentence.shadow[owned[0].start - 2 : owned[0].start] == ", ":
        return trigger.start  # ", Y's largest shareholder"
    if trigger.label == "shareholder" and trigger.start - sentence.start <= _OPENING:
        return trigger.start  # "Largest shareholder of X with 36 %, Y said ..."
    opens = [t.start for t in sentence.tagged("that", "relative") if 0 < trigger.start - t.end <= 30]
    if not opens or any(t.aspect in ("base", "done") for t in sentence.within((opens[-1], trigger.start), *_MOVES)):
        return None
    return opens[-1]


def _closing(sentence: Sentence, opening: int, at: int, end: int) -> int:
    """Where an apposition ends: at the next comma behind what it says of the thing."""
    comma = _COMMA.search(sentence.shadow, at, end) if sentence.shadow[opening - 2 : opening] != ". " else None
    return comma.start() if comma else end


def _title_future(sentence: Sentence, trigger: Tag) -> bool:
    if trigger.aspect not in ("base", ""):
        return False
    near = [tag for tag in sentence.tagged("title_future") if tag.end <= trigger.start <= tag.end + 3]
    if not sentence.index:
        return bool(near)
    opens = [m for m in sentence.mentions if m.start == sentence.start]  # a headline within a text
    return bool(opens) and any(tag.start == opens[0].end + 1 for tag in near)


def _unnamed_only(sentence: Sentence, cues: dict[str, list[Tag]]) -> bool:
    return bool(cues["unnamed"]) or bool(sentence.tagged("unnamed") and not sentence.tagged("agree", "hard_done"))
