"""How far a thing has come: decided from the cues that govern a claim.

The order of decision: a plan that fell (cancelled), a plan that is refused (denied), then the finished event, the
lasting state, hearsay, agreement, intention. Permission and condition never make an event.
"""

from typing import Final

from factdrift.facts.extract.cues import STEPS, Cues, coincides, cues_of
from factdrift.facts.extract.dates import When
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.scan import Tag
from factdrift.model import Stage

_CANCELS: Final = 90  # characters in which a word of falling may stand
_DENIES: Final = 70  # and one of denying
_ADJOINS: Final = 16  # characters between a state and a denial that is its own
_MOVED: Final = 40  # characters between a fact's own word and the verb that moves it
_NEGATES: Final = 12  # characters between a negation and a word of falling
_AGREED: Final = 25  # characters between a word of agreeing and the verb that it rules
_GOVERNED: Final = 30  # and of guessing


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
    trigger = _as_continued(sentence, _as_participle(sentence, trigger))
    cues = cues_of(sentence, trigger, at, permission=permission, ending=ending, granted=granted)
    if _is_imagined(sentence, trigger, cues.span) or is_conditional(sentence, trigger):
        return Stage.RUMOURED  # "selling shares would be another source of money", "if X is listed"
    if trigger.label == "shelve" and coincides(trigger, cues.delays):
        return Stage.RUMOURED if cues["rumour"] else Stage.PLANNED
    if _cancelled(cues, trigger):
        return Stage.CANCELLED
    if _denied(cues, trigger):
        return Stage.DENIED
    if permission and not cues.hearsay:
        return Stage.CURRENT if trigger.aspect == "state" and not cues["agree"] else Stage.AGREED
    if coincides(trigger, cues["agree"]):
        return _agreeing(cues, trigger)
    if decided := _by_aspect(sentence, cues, trigger) or _by_past(sentence, cues, trigger):
        return decided
    stage = _by_cues(sentence, cues, trigger, lasting)
    if stage is Stage.AGREED and not cues["agree"] and _depends(sentence, trigger):
        return Stage.PLANNED
    if stage is Stage.COMPLETED and cues.delays and not coincides(trigger, cues.delays):
        return Stage.PLANNED  # "the listing has been put off"
    noun = trigger.aspect in ("", "noun") and not (cues.future or cues["intend"])
    return Stage.COMPLETED if stage is Stage.PLANNED and noun and _past_date(sentence, cues.span) else stage


def _as_participle(sentence: Sentence, trigger: Tag) -> Tag:
    """The verb's past where it is written like its open form, stands last and an auxiliary before it ("hat gebaut")."""
    if trigger.aspect != "base" or sentence.capital_names:
        return trigger
    span = (trigger.start, trigger.start + 1)
    twins = [t for t in sentence.within(span, trigger.label) if t.aspect == "done" and t.end == trigger.end]
    low = sentence.clause(trigger.start)[0]
    return twins[0] if twins and sentence.within((low, trigger.start), "done") else trigger


def _as_continued(sentence: Sentence, trigger: Tag) -> Tag:
    """The verb's past where a later verb sets the time of both (5%を売却し、38%に下げた)."""
    if sentence.capital_names or not sentence.shadow.startswith(("し、", "して、"), trigger.end):
        return trigger
    later = [t for t in sentence.tags if t.start > trigger.end and t.aspect in ("base", "done")]
    return trigger.told_as("done") if later and later[0].aspect == "done" else trigger


def _agreeing(cues: Cues, trigger: Tag) -> Stage:
    """The stage of a word that says itself that something is agreed."""
    if cues.hearsay:
        return Stage.RUMOURED
    if trigger.label == "approve" and trigger.aspect == "done" and not cues.future:
        return Stage.COMPLETED  # who has approved has nothing left to do
    ahead = trigger.label == "approve" and trigger.aspect != "done" and cues.open  # "approval is expected in May"
    return Stage.PLANNED if ahead else Stage.AGREED


def _by_past(sentence: Sentence, cues: Cues, trigger: Tag) -> Stage | None:
    """What an earlier time decides, where nothing is open: a finished verb, a year, a main verb of the past."""
    is_base = trigger.aspect == "base"
    if is_base and not cues.open and _is_behind(sentence, trigger):
        return Stage.COMPLETED  # "after selling 5 %, X still has ..."
    own = trigger.label.startswith("fact:") and not (cues.open or cues["agree"])
    if own and _is_moved(sentence, cues.span, trigger):
        return Stage.COMPLETED  # "lifted the credit line to 9 billion"
    if cues["hard_done"] and not cues.future and not cues.hearsay:
        return Stage.COMPLETED
    if is_base and not cues.open and _past_year(sentence, cues.span):
        return Stage.COMPLETED
    if not cues.open and (main := _goes_along(sentence, trigger)):
        return Stage.AGREED if coincides(main, sentence.tagged("agree")) else Stage.COMPLETED
    return None


def _is_moved(sentence: Sentence, span: tuple[int, int], noun: Tag) -> bool:
    """Whether a verb of the past beside a fact's own word tells what was done to it."""
    verbs = [t for t in sentence.within(span, *STEPS, "settle", "price") if t.aspect == "done"]
    return any(max(noun.start - t.end, t.start - noun.end) <= _MOVED for t in verbs)


def _by_aspect(sentence: Sentence, cues: Cues, trigger: Tag) -> Stage | None:
    """What the form of the trigger alone decides: a finished event, or a state that holds."""
    if trigger.aspect == "done" and not cues.future and not _modal(cues, trigger):
        # "As part of the deal X went to 15 percent": the deal is not what X did.
        agreed = [t for t in cues["agree"] if not any(t.end <= m.start < trigger.start for m in sentence.mentions)]
        return Stage.AGREED if _governs(sentence, agreed, trigger, _AGREED) else Stage.COMPLETED
    if trigger.aspect == "state" and not cues.future and not _governed(sentence, cues, trigger):
        return Stage.CURRENT
    return None


def _by_cues(sentence: Sentence, cues: Cues, trigger: Tag, lasting: bool) -> Stage:
    if cues.hearsay:
        return Stage.RUMOURED
    if cues["agree"]:
        return Stage.AGREED
    if cues["intend"] or cues.future:
        return Stage.PLANNED
    if lasting or trigger.aspect == "state":
        return Stage.CURRENT
    if cues["done"] and not _is_infinitive(sentence, trigger):
        return Stage.COMPLETED
    return Stage.AGREED if trigger.aspect == "base" else Stage.PLANNED


def _cancelled(cues: Cues, trigger: Tag) -> bool:
    if trigger.label == "shelve" and trigger.aspect in ("done", "base"):
        return True
    near = [cue for cue in cues["cancel"] if abs(cue.start - trigger.start) <= _CANCELS]
    return bool(near) and any(not _negated(cues["neg"], cue) for cue in near)


def _negated(negations: list[Tag], cue: Tag) -> bool:
    return any(0 <= cue.start - neg.end <= _NEGATES for neg in negations)


def _denied(cues: Cues, trigger: Tag) -> bool:
    if cues["undecided"] or cues["yet"]:
        return False
    ends = trigger.end + _ADJOINS if trigger.aspect == "state" else None  # "has 43 %, and that will not change"
    if any(abs(c.start - trigger.start) <= _DENIES and (ends is None or c.start <= ends) for c in cues["deny"]):
        return True
    return any(
        0 <= trigger.start - neg.end <= 25
        or (trigger.start < neg.start and neg.end < trigger.end)  # "geht nicht an die Börse"
        for neg in cues["neg"]
    )


def _modal(cues: Cues, trigger: Tag) -> bool:
    return any(0 <= trigger.start - cue.end <= 14 for cue in cues["rumour"])


def _governs(sentence: Sentence, tags: list[Tag], trigger: Tag, reach: int) -> bool:
    """Whether one of the tags stands right before the trigger, in the same breath."""
    return any(
        0 <= trigger.start - tag.end <= reach and ", " not in sentence.shadow[tag.end : trigger.start] for tag in tags
    )


def _governed(sentence: Sentence, cues: Cues, trigger: Tag) -> bool:
    return _governs(sentence, [*cues["intend"], *cues["rumour"], *cues["agree"]], trigger, _GOVERNED)


def _is_behind(sentence: Sentence, trigger: Tag) -> bool:
    """Whether the open verb follows a word that puts it into the past at once."""
    return any(t.end + 1 == trigger.start for t in sentence.tagged("once_done"))


def is_conditional(sentence: Sentence, trigger: Tag) -> bool:
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
        for t in sentence.within((sentence.start, trigger.start), *STEPS, "settle", "park", "invest", "list")
        if t.aspect == "done"
    ]
    before = before or [
        t for t in sentence.within((sentence.start, trigger.start), "done") if sentence.shadow[t.end : t.end + 1] == " "
    ]
    ruled = sentence.within(
        (sentence.start, trigger.start), "future", "intend", "rumour", "deny", "cancel", "condition"
    )
    return before[-1] if before and not ruled else None


def _is_infinitive(sentence: Sentence, trigger: Tag) -> bool:
    """Whether the verb is only aimed at ("has offered to bring it down")."""
    if trigger.aspect != "base" or not sentence.index:
        return False
    return any(t.end + 1 == trigger.start for t in sentence.tagged("title_future"))


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
