"""How far a thing has come: read from the clause that carries a claim.

The order of decision: a plan that fell (cancelled), a plan that is refused (denied), then the finished event, the
lasting state, hearsay, agreement, intention. Permission and condition never make an event.
"""

import re

from factdrift.facts.extract.dates import When
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.scan import Tag
from factdrift.model import Stage

_AUXILIARY = 60  # characters that may stand between an auxiliary and its verb, commas and all


def stage_of(
    sentence: Sentence,
    trigger: Tag,
    at: int,
    *,
    lasting: bool = False,
    permission: bool = False,
    ending: bool = False,
    granted: bool = False,
) -> Stage:
    """The stage of what `trigger` says about the thing at offset `at`.

    `lasting`: a bare mention says that something holds. `permission`: "may" grants something instead of guessing.
    `ending`: the trigger says that something ends, so words of ending do not make it fall. `granted`: the relation is a
    right, so "may" says that it holds.
    """
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
    cues: dict[str, list[Tag]] = dict.fromkeys(_CUES, _NONE)
    for label in _CUE_LABELS & sentence.labels:
        cues[label] = sentence.within(span, label)
    if sentence.asides:
        cues.update({label: [t for t in tags if not sentence.is_aside(t.start, at)] for label, tags in cues.items()})
    if cues["yet"]:  # "still have to approve it": nothing is agreed
        cues["agree"] = [t for t in cues["agree"] if not any(0 <= t.start - y.end <= _YET for y in cues["yet"])]
    if cues["rumour"]:  # "10 May" is no "may"
        cues["rumour"] = [t for t in cues["rumour"] if not any(w.start <= t.start < w.end for w in sentence.dates)]
    if granted:
        rights = {tag.start for tag in sentence.within(span, "may")}
        cues["rumour"] = [tag for tag in cues["rumour"] if tag.start not in rights]
    if permission:
        cues["rumour"] = [tag for tag in cues["rumour"] if tag.end < trigger.start - 12]
        cues["cancel"] = [tag for tag in cues["cancel"] if tag.end <= trigger.start]
    if trigger.aspect in ("base", "done", "state"):
        for label in ("future", "intend", "agree", "rumour"):
            if cues[label]:
                cues[label] = [t for t in cues[label] if t.start <= trigger.start or _still_rules(t, trigger)]
    if trigger.label.startswith("fact:"):
        _keep_to_itself(sentence, cues, trigger)
    if ending:
        cues["cancel"] = cues["deny"] = cues["neg"] = []
    if trigger.aspect == "done":  # "will close plants, X said as he presented ...": another verb's future
        cues["future"] = [t for t in cues["future"] if _reaches(sentence, t, trigger)]
    if trigger.label in _STEPS:  # "its holding drops to 15 %": the word that moves it does not make it fall
        cues["cancel"] = [t for t in cues["cancel"] if not _coincides(t, [trigger])]
    future = bool(cues["future"]) or _title_future(sentence, trigger)
    if cues["deny"] and cues["rumour"]:  # "schließt ... nicht aus" rules nothing out
        cues["deny"] = [t for t in cues["deny"] if not any(r.start <= t.start < r.end for r in cues["rumour"])]
    negated = cues["neg"] and (trigger.aspect in ("base", "done") or not sentence.capital_names)
    if (cues["deny"] or negated) and _is_awaited(sentence, trigger, span):
        cues["deny"], cues["neg"], future = [], [], True  # "will not be listed before 2025"
    if _is_imagined(sentence, trigger, span):
        return Stage.RUMOURED  # "selling shares would be another source of money"
    if _is_conditional(sentence, trigger):
        return Stage.RUMOURED  # "if X is listed": nothing has happened
    delays = sentence.within(span, "delay")
    if delays:  # "denied that it had been delayed": the plan stands
        cues["deny"] = [t for t in cues["deny"] if t.start > delays[0].start]
    if delays and any(
        span[0] <= w.start < span[1] for w in sentence.dates
    ):  # "put off until 2024": it is still to come
        cues["cancel"] = [t for t in cues["cancel"] if not _coincides(t, delays)]
    if trigger.label == "shelve" and _coincides(trigger, delays):
        return Stage.RUMOURED if cues["rumour"] else Stage.PLANNED
    if _cancelled(cues, trigger):
        return Stage.CANCELLED
    if _denied(cues, trigger):
        return Stage.DENIED
    hearsay = bool(cues["rumour"]) or bool(cues["undecided"]) or _unnamed_only(sentence, cues)
    if permission and not hearsay:
        return Stage.CURRENT if trigger.aspect == "state" and not cues["agree"] else Stage.AGREED
    ahead = trigger.label == "approve" and (future or bool(cues["intend"]))  # "approval is expected in May"
    if any(tag.start < trigger.end and trigger.start < tag.end for tag in cues["agree"]):
        if ahead and trigger.aspect != "done":
            return Stage.RUMOURED if hearsay else Stage.PLANNED
        return Stage.RUMOURED if hearsay else Stage.AGREED
    if decided := _by_aspect(sentence, cues, trigger, future):
        return decided
    if trigger.aspect == "base" and _is_behind(sentence, trigger) and not (future or cues["intend"] or hearsay):
        return Stage.COMPLETED  # "after selling 5 %, X still has ..."
    if cues["hard_done"] and not future and not hearsay:
        return Stage.COMPLETED
    if trigger.aspect == "base" and not (future or cues["intend"] or hearsay) and _past_year(sentence, span):
        return Stage.COMPLETED
    if not (future or hearsay or cues["intend"]) and (main := _goes_along(sentence, trigger)):
        return Stage.AGREED if _coincides(main, sentence.tagged("agree")) else Stage.COMPLETED
    stage = _by_cues(sentence, cues, trigger, hearsay, future, lasting)
    if stage is Stage.AGREED and not cues["agree"] and _depends(sentence, trigger):
        return Stage.PLANNED
    if stage is Stage.COMPLETED and delays and not _coincides(trigger, delays):
        return Stage.PLANNED  # "the listing has been put off"
    noun = trigger.aspect in ("", "noun") and not (future or cues["intend"])
    return Stage.COMPLETED if stage is Stage.PLANNED and noun and _past_date(sentence, span) else stage


_CUES = (
    "future",
    "intend",
    "rumour",
    "agree",
    "hard_done",
    "done",
    "cancel",
    "deny",
    "neg",
    "yet",
    "undecided",
    "unnamed",
)


_CUE_LABELS = frozenset(_CUES)
_NONE: list[Tag] = []


def _keep_to_itself(sentence: Sentence, cues: dict[str, list[Tag]], trigger: Tag) -> None:
    """Take away what is said of something else: words inside the fact's own, and what a thing done is to bring about.

    "Termination fee" cancels nothing; "sued to stop the deal, seeking to ..." stops no lawsuit.
    """
    aims = {t.end for t in sentence.tagged("title_future") if t.start >= trigger.end}
    cues["cancel"] = [
        t for t in cues["cancel"] if not _coincides(t, [trigger]) and not (t.start in aims or t.start - 1 in aims)
    ]
    if any(0 <= trigger.start - t.end <= _AUXILIARY for t in cues["hard_done"]):
        cues["intend"] = [t for t in cues["intend"] if t.start < trigger.start]


def _coincides(tag: Tag, others: list[Tag]) -> bool:
    return any(tag.start < other.end and other.start < tag.end for other in others)


def _is_behind(sentence: Sentence, trigger: Tag) -> bool:
    """Whether the open verb follows a word that puts it into the past at once."""
    return any(t.end + 1 == trigger.start for t in sentence.tagged("once_done"))


def _is_conditional(sentence: Sentence, trigger: Tag) -> bool:
    """Whether the clause of the trigger opens with a word of condition."""
    low, _ = sentence.clause(trigger.start)
    return any(t.end < trigger.start for t in sentence.within((low, low + 2), "condition"))


def _depends(sentence: Sentence, trigger: Tag) -> bool:
    """Whether the sentence opens with a condition for what the trigger tells ("if Z is listed, X invests")."""
    return any(t.start - sentence.start <= 1 and t.end < trigger.start for t in sentence.tagged("condition"))


def _is_imagined(sentence: Sentence, trigger: Tag, span: tuple[int, int]) -> bool:
    """Whether an open verb begins the sentence as the subject of what could be."""
    if trigger.aspect != "base" or trigger.start - sentence.start > 1 or not sentence.index:
        return False
    cues = sentence.within((trigger.end, span[1]), "future", "rumour")
    return bool(cues) and "," not in sentence.shadow[trigger.end : cues[0].start]


def _goes_along(sentence: Sentence, trigger: Tag) -> Tag | None:
    """The verb of the past that the trigger, a participle, goes along with ("sold 5 %, cutting its share")."""
    ending = sentence.participle
    if (
        trigger.aspect != "base"
        or not ending
        or not sentence.shadow[trigger.start : trigger.end].split(" ")[0].endswith(ending)
    ):
        return None
    before = [
        t
        for t in sentence.within((sentence.start, trigger.start), *_STEPS, "settle", "park", "invest", "list")
        if t.aspect == "done"
    ]
    ruled = sentence.within(
        (sentence.start, trigger.start), "future", "intend", "rumour", "deny", "cancel", "condition"
    )
    return before[-1] if before and not ruled else None


def _is_awaited(sentence: Sentence, trigger: Tag, span: tuple[int, int]) -> bool:
    """Whether a date stands behind the trigger before which nothing comes."""
    low = trigger.start if sentence.capital_names else span[0]  # the verb may stand last
    marks = sentence.within((low, span[1] + 1), "not_before")  # it may open the next clause
    return any(0 < w.start - t.end <= _DATED or t.start == w.start for t in marks for w in sentence.dates)


def _reaches(sentence: Sentence, cue: Tag, trigger: Tag) -> bool:
    return trigger.start - cue.end <= _AUXILIARY or ", " not in sentence.shadow[cue.end : trigger.start]


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


_COMMA = re.compile(r",(?!\d)")
_OWNER = 12  # characters between a company and its largest shareholder
_STILL = 14  # characters of "still the "
_DATED = 8  # characters between "before" and a date
_YET = 12  # characters between "still have to" and the verb
_OPENING = 8  # characters of an article before a noun that opens the sentence
_STEPS = ("lower", "raise", "sell", "buy", "take_stake")
_APPOSITION = re.compile(r", (?:the |a |an |its |le |la |son |sa |el |su |il |lo |der |die |das )?$")
_MOVES = ("own", "lower", "raise", "take_stake", "sell", "buy", "park", "settle", "present")


def _by_aspect(sentence: Sentence, cues: dict[str, list[Tag]], trigger: Tag, future: bool) -> Stage | None:
    """What the form of the trigger alone decides: a finished event, or a state that holds."""
    if trigger.aspect == "done" and not future and not _modal(cues, trigger):
        # "As part of the deal X went to 15 percent": the deal is not what X did.
        agreed = [t for t in cues["agree"] if not any(t.end <= m.start < trigger.start for m in sentence.mentions)]
        return Stage.AGREED if _governs(sentence, agreed, trigger, 25) else Stage.COMPLETED
    if trigger.aspect == "state" and not future and not _governed(sentence, cues, trigger):
        return Stage.CURRENT
    return None


def _is_infinitive(sentence: Sentence, trigger: Tag) -> bool:
    """Whether the verb is only aimed at ("has offered to bring it down")."""
    if trigger.aspect != "base" or not sentence.index:
        return False
    return any(t.end + 1 == trigger.start for t in sentence.tagged("title_future"))


def _by_cues(
    sentence: Sentence, cues: dict[str, list[Tag]], trigger: Tag, hearsay: bool, future: bool, lasting: bool
) -> Stage:
    if hearsay:
        return Stage.RUMOURED
    if cues["agree"]:
        return Stage.AGREED
    if cues["intend"] or future:
        return Stage.PLANNED
    if lasting or trigger.aspect == "state":
        return Stage.CURRENT
    if cues["done"] and not _is_infinitive(sentence, trigger):
        return Stage.COMPLETED
    return Stage.AGREED if trigger.aspect == "base" else Stage.PLANNED


def heading_dates(sentence: Sentence) -> list[When]:
    """The date that heads the sentence ("2002: X gets 15 percent, and Y ..."): it dates every clause."""
    return [
        w for w in sentence.dates[:1] if w.start - sentence.start <= 1 and sentence.shadow[w.end : w.end + 1] == ":"
    ]


def _past_year(sentence: Sentence, span: tuple[int, int]) -> bool:
    """Whether the clause is dated to an earlier year ("2002: X gets 15 percent")."""
    near = [w for w in sentence.dates if span[0] - 8 <= w.start < span[1]]
    near += heading_dates(sentence)
    return any(w.span.date_to.year < sentence.published.year for w in near)


def _past_date(sentence: Sentence, span: tuple[int, int]) -> bool:
    """Whether the clause is dated to a day or month that is over ("a 5 % parcel went the same way in December")."""
    near = [w for w in sentence.dates if span[0] <= w.start < span[1] and w.exact and not w.relative]
    return bool(near) and all(w.span.date_to < sentence.published for w in near)


def _title_future(sentence: Sentence, trigger: Tag) -> bool:
    if trigger.aspect not in ("base", ""):
        return False
    near = [tag for tag in sentence.tagged("title_future") if tag.end <= trigger.start <= tag.end + 3]
    if not sentence.index:
        return bool(near)
    opens = [m for m in sentence.mentions if m.start == sentence.start]  # a headline within a text
    return bool(opens) and any(tag.start == opens[0].end + 1 for tag in near)


def _cancelled(cues: dict[str, list[Tag]], trigger: Tag) -> bool:
    if trigger.label == "shelve" and trigger.aspect in ("done", "base"):
        return True
    near = [cue for cue in cues["cancel"] if abs(cue.start - trigger.start) <= 90]
    return bool(near) and any(not _negated(cues["neg"], cue) for cue in near)


def _negated(negations: list[Tag], cue: Tag) -> bool:
    return any(0 <= cue.start - neg.end <= 12 for neg in negations)


def _denied(cues: dict[str, list[Tag]], trigger: Tag) -> bool:
    if cues["undecided"] or cues["yet"]:
        return False
    if any(abs(cue.start - trigger.start) <= 70 for cue in cues["deny"]):
        return True
    return any(
        0 <= trigger.start - neg.end <= 25
        or (trigger.start < neg.start and neg.end < trigger.end)  # "geht nicht an die Börse"
        for neg in cues["neg"]
    )


def _modal(cues: dict[str, list[Tag]], trigger: Tag) -> bool:
    return any(0 <= trigger.start - cue.end <= 14 for cue in cues["rumour"])


def _governs(sentence: Sentence, tags: list[Tag], trigger: Tag, reach: int) -> bool:
    """Whether one of the tags stands right before the trigger, in the same breath."""
    return any(
        0 <= trigger.start - tag.end <= reach and ", " not in sentence.shadow[tag.end : trigger.start] for tag in tags
    )


def _governed(sentence: Sentence, cues: dict[str, list[Tag]], trigger: Tag) -> bool:
    return _governs(sentence, [*cues["intend"], *cues["rumour"], *cues["agree"]], trigger, 30)


def _unnamed_only(sentence: Sentence, cues: dict[str, list[Tag]]) -> bool:
    return bool(cues["unnamed"]) or bool(sentence.tagged("unnamed") and not sentence.tagged("agree", "hard_done"))
