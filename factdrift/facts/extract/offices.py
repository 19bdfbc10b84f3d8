"""Who heads an organisation: the people near the word for the office, who is appointed, who goes."""

from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.model import Name, Stage
from factdrift.topic import Entity

_STEP: Final = 130  # characters, with what commas add, between a person and a verb of appointing
_VERB: Final = 90  # characters between a verb of appointing and the office
_LEAVES: Final = 12  # characters between a person and the verb of leaving
_STANDS: Final = 3  # characters between a company and the office at its head
_COPULA: Final = 14  # characters between "the new chief" and "will be"
_WILL: Final = 12  # characters between a person and the verb of appointing
_OWNER: Final = 14  # characters between a firm and the office at its head
_NEAR: Final = 70  # characters between somebody beside the office and the verb that appoints
_SPEAKS: Final = 3  # characters between a person and "said"
_AND: Final = 6  # characters of " and " between two who share an office
_TITLE: Final = 4  # characters of a title behind a name


def read_chief(
    sentence: Sentence, rule: Rule, tags: list[Tag], context: tuple[str, ...], entities: dict[str, Entity]
) -> list[Draft]:
    """Who holds the office or is to hold it, and a departure with nobody named to follow."""
    departure = _departure(sentence, rule, entities)
    drafts = [departure] if departure else []
    tags = [
        t for t in tags if not _is_other_office(sentence, t) and not _is_elsewhere(sentence, t, rule)
    ] or _successions(sentence, rule)
    people = [m for m in sentence.mentions if m.id in rule.fact.people and _is_near_office(sentence, m, tags)]
    if not people:
        return drafts
    chosen = _appointee(sentence, people)
    others = [m for m in people if _stands_by_office(sentence, m, tags) and not _is_succeeded(sentence, m)]
    gone = _gone(people, departure)
    named = [chosen, *(_named_with(sentence, chosen, people) if "joint_chiefs" in sentence.labels else ())]
    for person in dict.fromkeys(m.id for m in (*named, *others)):
        if person == gone:
            continue
        mention = next(m for m in people if m.id == person)
        tag = min(tags, key=lambda t: (distance(sentence, mention.start, t.start), t.start))
        steps = _steps(sentence, people)
        stage = _office_stage(sentence, tag, mention) if steps and any(m.id == person for m in named) else Stage.CURRENT
        if any(t.end + 1 == mention.start for t in sentence.within((tag.end, mention.start), "future")):
            stage = Stage.PLANNED  # "the next chief executive will be X"
        if handed := _handed_to(sentence, mention):
            stage = stage_of(sentence, handed, handed.start)
        name = Name(entities[person].names[0])
        drafts.append(Draft(rule.fact, sentence, name, stage, (mention.start, mention.end)))
    return drafts


def _named_with(sentence: Sentence, chosen: Mention, people: list[Mention]) -> list[Mention]:
    """Who shares the office with the one who is named to it ("X and Y were named co-chiefs")."""
    beside = [m for m in people if m is not chosen and 0 < max(m.start - chosen.end, chosen.start - m.end) <= _AND]
    return [m for m in beside if not any(c.isdigit() for c in sentence.shadow[m.end : chosen.start])]


def _gone(people: list[Mention], departure: Draft | None) -> str | None:
    """Who left, and so holds the office no more ("X stepped down as chief executive")."""
    if departure is None or departure.stage is not Stage.COMPLETED:
        return None
    return next((m.id for m in people if 0 <= departure.cue[0] - m.end <= _LEAVES), None)


def _successions(sentence: Sentence, rule: Rule) -> list[Tag]:
    """Words of succeeding where two of the office's people are named: whom one follows says which office it is."""
    known = {m.id for m in sentence.mentions if m.id in rule.fact.people}
    steps = sentence.tagged("succeed") if len(known) > 1 else []
    if "other_office" in sentence.labels:  # "replaces X with Y, its planning chief"
        steps = [t for t in steps if any(m.id in known and m.start == t.end + 1 for m in sentence.mentions)]
    return steps


def _is_other_office(sentence: Sentence, tag: Tag) -> bool:
    firms = [m for m in sentence.mentions if m.type != "person" and m.end < tag.start <= m.end + _STANDS]
    if any(m.start == o.end + 1 for o in sentence.tagged("other_office") for m in firms):
        return True  # "former X chief Jane Doe"
    return any(
        o.start <= tag.start and tag.end <= o.end + 20 and o.end >= tag.start - 10
        for o in sentence.tagged("other_office")
        if o.start < tag.start or o.end > tag.end  # "consejero" in "consejero delegado" is none
    )


def _is_elsewhere(sentence: Sentence, tag: Tag, rule: Rule) -> bool:
    """Whether the office is one of another organisation ("Z's chief executive", "the head of Z")."""
    firms = [m for m in sentence.mentions if m.sure and m.type != "person"]
    ahead = [m for m in firms if 0 < tag.start - m.end <= (_OWNER if m.poss else 1)]
    if ahead:
        return ahead[-1].id != rule.fact.subject
    marks = [t for t in sentence.within((tag.end, tag.end + 2), "of", "by") if t.start - tag.end == 1]
    if not marks:
        return False
    edge = marks[0].end
    behind = [m for m in sentence.mentions if 0 < m.start - edge <= _OWNER and m.type != "person"]
    if not behind and sentence.within((edge, edge + 2), "definite", "indefinite"):
        return True  # "chief executive of the new venture": of something that is not known
    return bool(behind) and behind[0].sure and behind[0].id != rule.fact.subject


def _is_near_office(sentence: Sentence, person: Mention, tags: list[Tag]) -> bool:
    """Near the word for the office; further where the sentence tells of an appointment."""
    reach = 125 if sentence.tagged("appoint") else 60
    return any(distance(sentence, person.start, tag.start) <= reach for tag in tags)


def _stands_by_office(sentence: Sentence, person: Mention, tags: list[Tag]) -> bool:
    """Whether name and office stand side by side ("X chief Jane Doe")."""
    return any(0 <= person.start - tag.end <= 3 or 0 <= tag.start - person.end <= 3 for tag in tags)


def _steps(sentence: Sentence, people: list[Mention]) -> list[Tag]:
    """Words of appointing that are about people: "a plan named Rebirth" is not."""
    return [t for t in sentence.tagged("appoint") if any(distance(sentence, m.start, t.start) <= _STEP for m in people)]


def _appointee(sentence: Sentence, people: list[Mention]) -> Mention:
    """Whoever an appointment is about: after "by" where somebody is succeeded, else the one next to its verb."""
    steps = _steps(sentence, people)
    if not steps:
        return people[0]
    if named := [m for m in people if _handed_to(sentence, m)]:
        return named[0]  # "X will hand over to Y"
    follows = [m for m in people if m.marker == "by" and not _is_succeeded(sentence, m)]
    people = [m for m in people if not _is_succeeded(sentence, m)] or people
    named = [m for t in steps for m in people if t.aspect in ("base", "done") and m.start == t.end + 1]
    if named:
        return named[0]  # "ousts its chief X, names Y"
    heirs = [m for t in sentence.tagged("succeed") for m in people if m.end <= t.start]
    if heirs and not follows:
        return heirs[-1]  # "X replaces Y"
    return follows[0] if follows else min(people, key=lambda m: (abs(m.start - steps[0].start), m.start))


def _handed_to(sentence: Sentence, person: Mention) -> Tag | None:
    """The word of handing over that stands right before the person who takes the office."""
    return next((t for t in sentence.tagged("succeeded_by") if 0 <= person.start - t.end <= _TITLE), None)


def _is_succeeded(sentence: Sentence, person: Mention) -> bool:
    """Whether this is Y in "X succeeds Y"."""
    if any(0 <= t.start - person.end <= _TITLE for t in sentence.tagged("succeeded_after")):
        return True
    return any(0 <= person.start - t.end <= 6 or t.start < person.start < t.end for t in sentence.tagged("succeed"))


def _departure(sentence: Sentence, rule: Rule, entities: dict[str, Entity]) -> Draft | None:
    """A chief who goes, with nobody named to follow: a claim without a value."""
    heads = [m for m in sentence.mentions if m.id in rule.fact.people or m.id == rule.fact.subject]
    for step in sentence.tagged("office"):
        if sentence.within((step.start, step.start + 1), "own"):
            continue  # "which would leave it with 10 %"
        beside = [t for t in sentence.tagged("other_office") if t.start != step.start]  # "X ousted", "ousted chief X"
        if step.aspect == "noun" or beside or sentence.tagged("appoint", "succeed"):
            continue
        near = [m for m in heads if 0 <= step.start - m.end <= 30]
        known = [m for m in near if m.id in rule.fact.people] or [m for m in near if "chief" in sentence.labels]
        if known:
            stage = stage_of(sentence, step, step.start)
            if stage is Stage.CANCELLED:  # "abandons the head of X": to leave is what is told
                stage = stage_of(sentence, step, step.start, ending=True)
            stage = Stage.PLANNED if stage is Stage.AGREED else stage
            return Draft(rule.fact, sentence, None, stage, (step.start, step.end))
    return None


def _office_stage(sentence: Sentence, tag: Tag, person: Mention) -> Stage:
    span = sentence.clause(tag.start)
    verbs = [t for t in sentence.within(sentence.clause(person.start), "appoint") if t.aspect != "noun"]
    beside = [t for t in verbs if 0 < t.start - person.end <= _WILL]
    if _stands_by_office(sentence, person, [tag]) and not beside:
        near = [t for t in sentence.tagged("appoint") if abs(t.start - person.start) <= _NEAR]
        if not near:
            return Stage.CURRENT  # "asked it to become a part, which its chief, X, rejected"
    # "named its planner, X, as chief executive": the verb may stand before an aside.
    for step in (
        beside
        or sentence.within(span, "appoint")
        or [t for t in sentence.tagged("appoint") if 0 < tag.start - t.end <= _VERB]
    ):
        ahead = [
            t
            for t in sentence.within(span, "future", "intend", "rumour", "agree", "hard_done")
            if t.start <= step.end + _COPULA
        ]
        speaks = sentence.within((person.end, person.end + _SPEAKS), "said")
        if step.aspect == "noun" and (speaks or not ahead):
            return Stage.CURRENT  # "the new chief executive X faces ..."
        stage = stage_of(sentence, step, tag.start)
        return Stage.COMPLETED if stage in (Stage.CURRENT, Stage.AGREED) else stage
    return Stage.CURRENT
