"""What an authority allows or refuses, and who of several authorities does. A permission that is awaited is none."""

from typing import Final

from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Stage, State

AUTHORITIES: Final = ("body", "state")
_BY: Final = 26  # characters of " by the " and a title between a verb and who did it
_LISTED: Final = 14  # characters between authorities that act together
_NEGATED: Final = 25  # characters between "did not" and the verb
_OBJECT: Final = 8  # characters between a verdict and what it is about
_OPENING: Final = 40  # characters between "after" or "if" and the verb of its clause


def permit(sentence: Sentence, rule: Rule, tag: Tag) -> list[Draft]:
    """The permission or its refusal, or nothing where it is only awaited, asked for or feared."""
    span = (tag.start, tag.end)
    if tag.label == "refuse":
        refused = _is_refused(sentence, tag)
        return [Draft(rule.fact, sentence, State(True), Stage.DENIED, span)] if refused else []
    if _is_awaited(sentence, tag):
        return []
    return [Draft(rule.fact, sentence, State(True), stage_of(sentence, tag, tag.start), span)]


def _is_refused(sentence: Sentence, tag: Tag) -> bool:
    """Whether the refusal is told as done, or as what the authority will do."""
    if any(tag.start - t.end <= 1 and t.end <= tag.start for t in sentence.tagged("title_future")):
        return False  # "sues to block"
    if sentence.within((tag.start - _NEGATED, tag.start), "neg"):
        return False
    stage = stage_of(sentence, tag, tag.start, ending=True)
    return stage in (Stage.COMPLETED, Stage.AGREED, Stage.CURRENT)


def _is_awaited(sentence: Sentence, tag: Tag) -> bool:
    """Whether the permission is still to come ("needs the approval of X", "after X clears it", "X must yet agree")."""
    start, end = sentence.clause(tag.start)
    before = [t for t in sentence.within((start, tag.start), "awaits", "condition") if t.end <= tag.start]
    if before or (not sentence.capital_names and sentence.within((tag.end, end), "awaits")):
        return True  # the verb may stand last
    opens = sentence.within((tag.start - _OPENING, tag.start), "occasion", "condition")
    return tag.aspect == "base" and any("," not in sentence.shadow[t.end : tag.start] for t in opens)


def is_permitted(sentence: Sentence, tag: Tag) -> bool:
    """Whether the noun is only what an authority allows or refuses ("X cleared the takeover")."""
    noun = any(t.aspect in ("", "noun") for t in sentence.within((tag.start, tag.end), tag.label))
    verdicts = sentence.within(sentence.clause(tag.start), "approve", "refuse")
    verdicts = [t for t in verdicts if not tag.start <= t.start < tag.end]
    if not noun or not verdicts:
        return False
    if any(m.type in AUTHORITIES for m in sentence.mentions):
        return True
    # "He approved the takeover": whoever decides is none of the parties.
    acting = [m for m in sentence.mentions if m.type == "company" and not m.marker and m.end <= verdicts[0].start]
    return not acting and any(0 < tag.start - t.end <= _OBJECT for t in verdicts)


def is_author(sentence: Sentence, trigger: Tag, subject: str, other: str | None) -> bool:
    """Whether the authority itself, and none of the others that are named, governs the trigger."""
    rivals = [m for m in sentence.mentions if m.type in AUTHORITIES and m.id not in (subject, other)]
    rivals = [m for m in rivals if not sentence.is_aside(m.start, trigger.start)]
    if not rivals:
        return True
    mine = [m for m in sentence.mentions if m.id == subject]
    if not mine:
        return False
    actors = sorted((*rivals, *mine), key=lambda m: m.start)
    doers = [m.id for m in actors if m.marker == "by" and 0 <= m.start - trigger.end <= _BY]
    if doers:
        return subject in doers
    free = [m for m in actors if m.marker not in ("of", "from", "by")] or actors
    ahead = [m for m in free if m.end <= trigger.start]
    nearest = ahead[-1] if ahead else min(free, key=lambda m: abs(m.start - trigger.start))
    return subject in _together(sentence, actors, nearest)


def _together(sentence: Sentence, actors: list[Mention], nearest: Mention) -> set[str]:
    """The authority and those listed right beside it."""
    group, at = {nearest.id}, actors.index(nearest)
    for one, two in zip(reversed(actors[:at]), reversed(actors[: at + 1]), strict=False):
        if two.start - one.end > _LISTED or any(one.end <= b <= two.start for b in sentence.breaks):
            break
        group.add(one.id)
    return group
