"""Whether a claim is news or background, when it happened, and who says so."""

from datetime import timedelta
from typing import Final

from factdrift.facts.extract.dates import When
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.stages import heading_dates
from factdrift.model import Attribution, AttributionKind, DateSpan, Mention, Stage

_SOURCES: Final = ("unnamed", "filing", "said")
_OPENING: Final = 45  # characters of a phrase that opens a sentence
_WHEN: Final = 3  # characters between a date and the clause that tells of it
_OF: Final = 4  # characters between an agreement and its date
_GENITIVE: Final = 1  # and the other way round
_STEPS: Final = ("sell", "sale", "lower")
_OLD: Final = timedelta(days=8)
_FRESH: Final = timedelta(days=2)  # between an event and the report of it
_LONG_AGO: Final = timedelta(days=70)  # for a date as wide as a year


def mention_of(sentence: Sentence, stage: Stage, span: tuple[int, int]) -> tuple[Mention, DateSpan | None]:
    """News or background, and the date the clause gives for the event."""
    clause = (sentence.clause(span[0])[0], sentence.clause(span[1])[1])
    as_of = _event_date(sentence, stage, clause, span[0])
    if as_of and _is_past(sentence, as_of) and stage is not Stage.PLANNED:
        return Mention.BACKGROUND, as_of
    if sentence.index == 0:
        return Mention.BACKGROUND if stage is Stage.CURRENT else Mention.NEWS, as_of
    if _is_recalled(sentence, clause, span[1]) or (
        stage not in (Stage.COMPLETED, Stage.PLANNED) and _in_relative(sentence, span[0])
    ):
        return Mention.BACKGROUND, as_of
    # Under "X completes ...", "now each holds ..." is what has just come about.
    done = sentence.closing and bool(sentence.tagged("each", "cross"))
    done = done or _follows(sentence)
    done = done or ("hard_done" in sentence.setting and bool(sentence.within(clause, "newly")))
    if stage is Stage.CURRENT and not done and not (sentence.index <= 2 and sentence.tagged("newly")):
        return Mention.BACKGROUND, as_of
    return Mention.NEWS, as_of


def _follows(sentence: Sentence) -> bool:
    """Whether the sentence opens with what has just been done ("After the sale, X still holds 38 %")."""
    opening = [t for t in sentence.tagged("once_done", "occasion") if t.start == sentence.start]
    told = bool(opening) and not sentence.setting.isdisjoint(_STEPS)
    return told and bool(sentence.within((sentence.start, sentence.start + _OPENING), *_STEPS))


def _is_recalled(sentence: Sentence, clause: tuple[int, int], end: int) -> bool:
    """Whether a word of the past stands over the claim; behind a comma it speaks of something else ("..., the first
    since 2011")."""
    if "background" not in sentence.labels:
        return False
    cues = sentence.within(clause, "background")
    opening = [t for t in sentence.tagged("background") if t.end < sentence.start + _OPENING]
    if any(sentence.shadow[t.end : t.end + 1] == "," for t in opening):
        return True  # "Under the deal of last month, X ..., and Y ..."
    return any(cue.start < end or "," not in sentence.shadow[end : cue.start] for cue in cues)


def _event_date(sentence: Sentence, stage: Stage, clause: tuple[int, int], at: int) -> DateSpan | None:
    """The date of the clause that stands nearest to the claim, where the stage is one that has a date behind it."""
    if not _is_event(stage):
        return None
    opens = bool(sentence.within((clause[0], clause[0] + 1), "occasion"))  # "last November, when ..."
    dates = [
        w
        for w in sentence.dates
        if (clause[0] - 8 <= w.start < clause[1] or (opens and 0 <= clause[0] - w.end <= _WHEN))
        and w.span.date_from <= sentence.published
    ]
    if stage is not Stage.AGREED:
        dates = [w for w in dates if w.relative or w.start == at or not _names_agreement(sentence, w)]
    dates += [w for w in heading_dates(sentence) if w not in dates]
    # "on Monday", or the day of the report itself, dates what is told, whatever else is dated beside it.
    told = [w for w in dates if w.start == at or w.relative or _is_fresh(sentence, w)] or dates
    return min(told, key=lambda w: (abs(w.start - at), w.start)).span if told else None


def _is_fresh(sentence: Sentence, when: When) -> bool:
    return when.span.date_from == when.span.date_to and sentence.published - when.span.date_to <= _FRESH


def _names_agreement(sentence: Sentence, when: When) -> bool:
    """Whether the date only says which agreement is meant ("with the contract of 11 July signed, X has now ...")."""
    agreements = sentence.tagged("deal", "agree")
    return any(0 < when.start - t.end <= _OF or 0 < t.start - when.end <= _GENITIVE for t in agreements)


def _is_past(sentence: Sentence, when: DateSpan) -> bool:
    old = _OLD if (when.date_to - when.date_from).days <= 31 else _LONG_AGO
    return when.date_to < sentence.published - old


def _is_event(stage: Stage) -> bool:
    return stage in (Stage.COMPLETED, Stage.AGREED, Stage.CANCELLED, Stage.CURRENT)


def _in_relative(sentence: Sentence, at: int) -> bool:
    if "relative" not in sentence.labels:
        return False
    start, _ = sentence.clause(at)
    return any(abs(tag.start - start) <= 2 and start > sentence.start for tag in sentence.tagged("relative"))


def attribution_of(sentence: Sentence, organisations: frozenset[str]) -> Attribution | None:
    """Who says so: the words of the sentence that name the source, or None where it is the outlet's own statement."""
    if sentence.labels.isdisjoint(_SOURCES):
        return None
    if unnamed := sentence.tagged("unnamed"):
        return Attribution(AttributionKind.UNNAMED, "", unnamed[0].start, unnamed[0].end)
    if filing := sentence.tagged("filing"):
        return Attribution(AttributionKind.FILING, "", filing[0].start, filing[0].end)
    said = sentence.tagged("said")
    if not said:
        return None
    near = min(
        (m for m in sentence.mentions if m.id in organisations),
        key=lambda m: min(abs(m.start - s.start) for s in said),
        default=None,
    )
    if near is None:
        return Attribution(AttributionKind.NAMED, "", said[0].start, said[0].end)
    return Attribution(AttributionKind.COMPANY, near.id, near.start, said[0].end)
