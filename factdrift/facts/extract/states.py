"""Facts of state: a trigger, its parties, and what the clause says of it."""

from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.parties import is_called_off, is_measure, is_with_stranger, parties_present, triggers
from factdrift.facts.extract.permits import is_permitted, permit
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.stages import stage_of
from factdrift.facts.extract.takeovers import TAKEOVER, TAKING, governs, is_done_aside, is_only_spoken_of, takes_over
from factdrift.model import Stage, State
from factdrift.topic import Entity

_CHANGE: Final = 30  # characters from a noun to the verb that changes it
_OBJECT: Final = 10  # characters between a verb and its object
_NEGATED: Final = 20  # characters between a denial and its verb


def read_state(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Draft]:
    """One draft of a state fact, from the trigger that stands nearest to the parties."""
    tags = _candidates(sentence, rule, context, entities)
    if not tags:
        return []
    tag = min(tags, key=lambda t: (_party_distance(sentence, t, rule), t.start))
    return permit(sentence, rule, tag) if "approve" in rule.relation.evoked_by else _told(sentence, rule, tag)


def _candidates(sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity]) -> list[Tag]:
    """The words that may tell of the state: its parties are there, and the subject governs them."""
    tags = triggers(sentence, rule)
    if rule.relation.granted:  # "3 % of the votes" measures a share
        tags = [t for t in tags if not is_measure(sentence, t)]
    if rule.relation.both_ways:
        tags = [t for t in tags if not is_with_stranger(sentence, t)]
    if not tags or sentence.tagged(*rule.relation.blocked_by) or not parties_present(sentence, rule, context):
        return []
    if TAKEOVER in rule.relation.evoked_by:
        tags = [tag for tag in tags if takes_over(sentence, tag, rule)]
    return [tag for tag in tags if governs(sentence, tag, rule, entities)]


def _told(sentence: Sentence, rule: Rule, tag: Tag) -> list[Draft]:
    """The state that a trigger tells of, with its stage; nothing where it only speaks of it."""
    relation, span = rule.relation, (tag.start, tag.end)
    if relation.lasting and _is_changing(sentence, tag):
        return []
    if tag.label in TAKING and is_permitted(sentence, tag):
        return []
    # "neither may exercise more than 15 % of the votes": a limit denies nothing
    ending = tag.label == "vote_cap"
    stage = stage_of(sentence, tag, tag.start, lasting=relation.lasting, granted=relation.granted, ending=ending)
    if TAKEOVER in relation.evoked_by:
        stage = Stage.COMPLETED if is_done_aside(sentence, tag) else stage
        if is_only_spoken_of(sentence, tag, stage):
            return []
    stage = _adjusted(sentence, rule, tag, stage)
    if stage in (Stage.DENIED, Stage.CANCELLED) and _is_of_third(sentence, tag, rule):
        return []
    denied = relation.granted and stage is Stage.DENIED
    if denied and not _is_ahead(sentence, tag) and "trust" not in sentence.labels:
        return [Draft(rule.fact, sentence, State(False), Stage.CURRENT, span)]  # "without votes"
    return [Draft(rule.fact, sentence, State(True), stage, span)]


def _is_changing(sentence: Sentence, tag: Tag) -> bool:
    """Whether what lasts is told to become another thing ("buying will change from one standard to ..."): no claim."""
    verbs = sentence.within((tag.end, tag.end + _CHANGE), "changes")
    return bool(verbs) and "," not in sentence.shadow[tag.end : verbs[0].start]


def _adjusted(sentence: Sentence, rule: Rule, tag: Tag, stage: Stage) -> Stage:
    """The stage by what stands beside the word: put off, ended, promised, without votes."""
    delayed = "shelve" in rule.relation.evoked_by and sentence.within(sentence.clause(tag.start), "delay")
    if delayed and stage is Stage.COMPLETED:
        stage = Stage.PLANNED  # "has put off two models": they are still to come
    if rule.relation.lasting and _is_ended(sentence, tag):
        stage = Stage.CANCELLED
    if tag.label == "commit" and stage is Stage.COMPLETED:
        stage = Stage.AGREED  # a word that was given is kept later
    if stage in (Stage.PLANNED, Stage.AGREED) and is_called_off(sentence, tag):
        stage = Stage.CANCELLED
    if tag.label == "nonvoting" and stage is not Stage.RUMOURED:
        stage = Stage.DENIED
    return stage


def _is_of_third(sentence: Sentence, tag: Tag, rule: Rule) -> bool:
    """Whether somebody else stays out: "Z will not join the merger with Y" says nothing of X and Y."""
    if not rule.relation.both_ways or not sentence.within((tag.start - _NEGATED, tag.start), "join"):
        return False
    actors = [m for m in sentence.mentions if m.type == "company" and m.end <= tag.start]
    actors = [m for m in actors if not m.marker and not m.poss and not sentence.is_aside(m.start, tag.start)]
    return bool(actors) and all(m.id not in (rule.fact.subject, rule.fact.object) for m in actors)


def _is_ended(sentence: Sentence, tag: Tag) -> bool:
    """Whether a verb of ending stands beside the state ("the strike will end", "stop joint purchasing")."""
    ends = [t for t in sentence.within((tag.end, tag.end + 14), "ending") if t.aspect in ("base", "done")]
    if tag.label.startswith("fact:"):  # "has sued to stop it": another thing is to end
        aims = {t.end + 1 for t in sentence.tagged("title_future")}
        ends = [t for t in ends if t.start not in aims]
    if ends and "," not in sentence.shadow[tag.end : ends[0].start]:
        return True
    ends = [t for t in sentence.within((tag.start - 24, tag.start), "ending") if t.aspect in ("base", "done")]
    if not ends or "," in sentence.shadow[ends[-1].end : tag.start] or tag.start - ends[-1].end > _OBJECT:
        return False
    return not sentence.within((ends[-1].start - _NEGATED, ends[-1].start), "neg", "deny")


def _party_distance(sentence: Sentence, tag: Tag, rule: Rule) -> int:
    wanted = rule.fact.object or rule.fact.subject
    return min((distance(sentence, m.start, tag.start) for m in sentence.mentions if m.id == wanted), default=500)


def _is_ahead(sentence: Sentence, tag: Tag) -> bool:
    """Whether the clause speaks of a time to come, or of a refusal to go there."""
    return bool(sentence.within(sentence.clause(tag.start), "future", "intend", "said"))
