"""Who holds whom: evidence for the roles of a share, collected from the words around a number or a noun.

Weights are small integers: 4 for words that touch ("15 % of X"), 3 for grammar (a possessor, the subject of the verb),
1 for being in the sentence. Contradicting evidence for another entity counts against.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from factdrift.facts.extract.apiece import JOINT, is_joint
from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Rule
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.strangers import (
    is_held_by_stranger,
    is_in_unknown,
    is_noun_of_unknown,
    is_of_rest,
    is_of_unknown,
    is_some_shareholder,
)
from factdrift.facts.extract.weights import GENITIVE, held_weight, holder_weight, names_shares, owns_shareholder

_THINGS: Final = ("plan", "product", "place")  # what holds no shares
_INVERTED: Final = 6  # characters between a verb and a subject that follows it
_OFFICE: Final = 10  # characters between an office and the firm that it heads
_SAID: Final = 12  # characters between "the two groups" and "said"
_BESIDE: Final = 5  # the weight of a holder that stands right beside the number
_REACHES: Final = 8  # letters of "down to "
UNKNOWN: Final = "?"  # a holder that the topic does not know

_VERBS: Final = ("own", "shareholder", "lower", "raise", "take_stake", "sell", "buy", "park", "sale")
_NOUNS: Final = ("stake", "cross", "votes", "trust")


@dataclass
class Roles:
    """Weights by entity for the holder and the held side; `both_ways` where each holds the other."""

    holder: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    both_ways: bool = False

    def score(self, subject: str, other: str) -> int:
        """How well subject-holds-other fits; negative where the words say something else."""
        holds, held = self.holder.get(subject, 0), self.held.get(other, 0)
        if holds <= 2 and self.held.get(subject, 0) >= 4:
            return -1
        for entity, weight in self.holder.items():
            if weight > holds and entity != subject and (entity != other or weight >= 3):
                return -1  # a rival holds more surely
        for entity, weight in self.held.items():
            if weight > held and entity != other and (entity != subject or weight >= 4):
                return -1
        if self.held.get(UNKNOWN, 0) >= held > 0:
            return -1  # said to be of something else, as surely
        return holds + held if holds and held else 0


def roles_at(sentence: Sentence, start: int, end: int, context: tuple[str, ...]) -> Roles:
    """Roles of the share that stands at [start, end). `context` are entities spoken of just before, newest first."""
    of_rest = is_of_rest(sentence, start, end)
    roles = Roles(both_ways=not of_rest and _is_mutual(sentence, start, end))
    noun = _nearest(sentence, start, _NOUNS, reach=110)
    held = [(m, held_weight(sentence, m, start, end, noun)) for m in sentence.mentions]
    holders = [m for m in sentence.mentions if m.type not in _THINGS]
    holder = [(m, holder_weight(sentence, m, start, end, noun)) for m in holders]
    held, holder = _with_compounds(sentence, held, holder, noun)
    taken = [m for m, weight in held if weight >= 4]
    subject = _subject(sentence, start, taken)
    if subject is None or subject.type == "person":
        subject = _speaker(sentence, start) or subject
    if subject is not None:
        holder = [(m, max(w, 3) if m is subject else w) for m, w in holder]
    for mention, weight in holder:
        if weight >= 3 or mention not in taken:
            roles.holder[mention.id] = max(roles.holder[mention.id], weight)
    if of_rest or (not sentence.labels.isdisjoint(JOINT) and is_joint(sentence, start)):
        roles.holder[UNKNOWN] = 6
    if is_held_by_stranger(sentence, start) or is_some_shareholder(sentence, start):
        roles.holder[UNKNOWN] = 4
    # "cut its stake in X to 15 % in a landmark deal": what the level is of has been said.
    behind = any(m.start >= end and m.marker == "of" for m in taken)  # "in which X owns 43 % of Y"
    reached = bool(taken) and any(start - t.end <= 1 for t in sentence.within((start - _REACHES, start), "to"))
    if (not reached and is_of_unknown(sentence, end)) or (not behind and is_in_unknown(sentence, start)):
        roles.held[UNKNOWN] = 4
    if noun and is_noun_of_unknown(sentence, noun):
        roles.held[UNKNOWN] = 4
    for mention, weight in held:
        if not _is_itself(mention, weight, roles, sentence):
            roles.held[mention.id] = max(roles.held[mention.id], weight)
    if context and not any(owns_shareholder(sentence, m) for m in sentence.mentions):
        _from_context(roles, context)  # "X's biggest shareholder" is named beside it, or unknown
    return roles


_Weighed = list[tuple[Mention, int]]


def _with_compounds(
    sentence: Sentence, held: _Weighed, holder: _Weighed, noun: Tag | None
) -> tuple[_Weighed, _Weighed]:
    """In "the X stake in Y" and "la participation de X" the first name is the holder's, unless nothing else is held."""
    owners = [m for m, _ in held if _names_owner(sentence, m, noun)]
    if not owners:
        return held, holder
    others = [m for m, weight in held if weight >= 4 and m not in owners]
    if not (others or owners[0].marker in ("of", "by")):
        return held, holder
    return (
        [(m, 0 if m in owners else w) for m, w in held],
        [(m, max(w, 3) if m in owners else w) for m, w in holder],
    )


def _names_owner(sentence: Sentence, mention: Mention, noun: Tag | None) -> bool:
    """Whether the name stands before the noun as its first part, or right behind a noun that takes its holder so."""
    if noun and 0 <= noun.start - mention.end <= 1 and not mention.poss:
        if any(m.poss and 0 <= mention.start - m.end <= _INVERTED // 2 for m in sentence.mentions):
            return False  # "its X stake" is its own
        return bool(sentence.within((noun.start, noun.start + 1), "holding_noun"))
    nouns = [t for t in sentence.tagged("holding_noun") if 0 < mention.start - t.end <= GENITIVE]
    if nouns and sentence.within((nouns[-1].end, mention.start), "genitive"):
        return True
    if mention.marker not in ("of", "by") or not _is_genitive(sentence, mention):
        return False
    behind = [m for m in sentence.mentions if 0 < m.start - mention.end <= GENITIVE and m.marker == "of"]
    behind = [m for m in behind if m.id != mention.id]
    return bool(behind) and not _is_genitive(sentence, behind[0])  # "la participation de 36 % de X dans Y"


def _is_genitive(sentence: Sentence, mention: Mention) -> bool:
    return bool(sentence.within((mention.start - GENITIVE, mention.start), "genitive"))


def _is_itself(mention: Mention, weight: int, roles: Roles, sentence: Sentence) -> bool:
    """Nobody holds a share of itself: a pronoun that seems to say so means somebody else."""
    if mention.sure or weight < 4 or roles.holder.get(mention.id, 0) < 3:
        return False
    return any(m.sure and m.id == mention.id for m in sentence.mentions)


def _is_mutual(sentence: Sentence, start: int, end: int) -> bool:
    span = (sentence.clause(start)[0], sentence.clause(end)[1])
    each = [t for t in sentence.within(span, "each") if not sentence.within((t.end, t.end + _SAID), "said")]
    each = [t for t in each if not _only_agree(sentence, t)]
    return bool(sentence.within(span, "cross")) or (bool(each) and bool(sentence.within(span, "other", "own", "stake")))


def _only_agree(sentence: Sentence, each: Tag) -> bool:
    """Whether a particle makes both the subject of agreeing, not of holding (両社が合意した)."""
    particles = sentence.within((each.end, each.end + 1), "subject_after")
    return bool(particles) and bool(sentence.within((particles[0].end, particles[0].end + 1), "settle", "agree"))


def _nearest(sentence: Sentence, at: int, labels: tuple[str, ...], reach: int) -> Tag | None:
    near = [(distance(sentence, tag.start, at), tag.start, tag) for tag in sentence.tagged(*labels)]
    near = [entry for entry in near if entry[0] <= reach]
    return min(near, key=lambda entry: entry[:2])[2] if near else None


def _subject(sentence: Sentence, at: int, taken: list[Mention]) -> Mention | None:
    """The subject of the verb that governs the number: the nearest free mention before it."""
    marked = [m for m in sentence.mentions if m.marker == "subject" and m.start < at]
    if marked:
        topics = [m for m in marked if sentence.within((m.end, m.end + 1), "topic_after")]
        return (topics or marked)[-1]  # the other subjects are those of relative clauses
    if leading := _before_relative(sentence, at):
        return leading
    verb = _nearest(sentence, at, _VERBS, reach=110)
    limit = verb.start if verb and verb.start < at else at
    if verb and verb.start < at and not sentence.capital_names:
        inverted = [m for m in sentence.mentions if 0 < m.start - verb.end <= _INVERTED and m.end < at and not m.marker]
        if inverted and inverted[0] not in taken:
            return inverted[0]  # "während ..., halten die X nur 15 Prozent"
    free = [
        m for m in sentence.mentions if m.end <= limit and not m.poss and m.marker not in ("of", "by", "from", "to")
    ]
    if not free:
        return None
    free = [m for m in free if m not in taken and m.type not in _THINGS and not _is_compound(sentence, m)]
    free = [m for m in free if not sentence.is_aside(m.start, at)] or free
    if not free:
        return None
    if verb and verb.start == limit and sentence.shadow[max(0, verb.start - 2) : verb.start].rstrip().endswith(","):
        return free[0]  # "X saves Y, taking 37 percent": the subject is that of the main clause
    return free[-1]


def _speaker(sentence: Sentence, at: int) -> Mention | None:
    """X in "the chief executive of X has ruled out selling" and "our shares, said X's chief executive"."""
    chiefs = [t for t in sentence.tagged("chief") if not sentence.within((t.start - _SAID, t.start), "said")]
    firms = [m for m in sentence.mentions if m.type == "company" and any(_is_headed(m, t) for t in chiefs)]
    ours = [t for t in sentence.tagged("we") if t.start < at]
    return next((m for m in firms if m.end <= at or ours), None)


def _is_headed(firm: Mention, office: Tag) -> bool:
    if firm.poss:
        return 0 <= office.start - firm.end <= _OFFICE
    return firm.marker in ("of", "") and 0 <= firm.start - office.end <= _OFFICE


def _before_relative(sentence: Sentence, at: int) -> Mention | None:
    """X in "X, which holds 43 %": the subject of its clause, whatever its part in the main one."""
    start, _ = sentence.clause(at)
    opens = [t for t in sentence.tagged("relative", "that") if start - 3 <= t.start <= start + 3 and t.end <= at]
    if not opens:
        return None
    parts = {t.start for t in sentence.tagged("of")} | {t.end + 1 for t in sentence.tagged("of")}
    opens = [t for t in opens if t.start not in parts]  # "of which 18 % ..." says nothing of a subject
    near = [m for m in sentence.mentions for t in opens if 0 < t.start - m.end <= 3 and m.end < at]
    inner = [m for m in sentence.mentions if start <= m.start < at and m.marker not in ("of", "from")]
    own = [m for m in inner if any(0 < m.start - t.end <= _INVERTED for t in opens)]  # "which X controls"
    return near[-1] if near and (not own if sentence.capital_names else not inner) else None


def _is_compound(sentence: Sentence, mention: Mention) -> bool:
    return any(0 <= tag.start - mention.end <= 1 for tag in sentence.tagged("stake")) or names_shares(sentence, mention)


def _from_context(roles: Roles, context: tuple[str, ...]) -> None:
    holders = {e for e, w in roles.holder.items() if w >= 3}
    helds = {e for e, w in roles.held.items() if w >= 3}
    for entity in context:
        if not holders and entity not in helds:
            roles.holder[entity] = max(roles.holder[entity], 1)
        if not helds and entity not in holders:
            roles.held[entity] = max(roles.held[entity], 1)


def choose_rules(rules: list[Rule], roles: Roles, context: tuple[str, ...], least: int) -> list[Rule]:
    joint = [rule for rule in rules if rule.relation.joint]
    if joint:
        return [rule for rule in joint if _names_party(rule, roles)]
    scored = [(roles.score(rule.fact.subject, rule.fact.object or ""), rule) for rule in rules]
    best = max((score for score, _ in scored), default=0)
    if roles.both_ways:
        ids = set(roles.holder) | set(roles.held) | set(context)
        third = {e for e, w in roles.held.items() if w >= 4}
        mutual = [r for r in rules if {r.fact.subject, r.fact.object} <= ids and _has_mirror(r, rules)]
        sure = {e for e, w in roles.holder.items() if w >= 3}  # "X and Z 45 % each" says nothing of X and Y
        beside = {e for e, w in roles.holder.items() if w >= _BESIDE}  # "X and Y each hold 45 %, Z 10 %"
        mutual = [r for r in mutual if beside <= {r.fact.subject, r.fact.object}]
        mutual = [r for r in mutual if third <= {r.fact.subject, r.fact.object}]
        mutual = [r for r in mutual if not sure or sure & {r.fact.subject, r.fact.object}]
        if mutual:
            return mutual
    top = [rule for score, rule in scored if score == best and score >= least]
    return top if len(top) == 1 else []


def _names_party(rule: Rule, roles: Roles) -> bool:
    return bool({rule.fact.subject, rule.fact.object} & (set(roles.holder) | set(roles.held)))


def _has_mirror(rule: Rule, rules: list[Rule]) -> bool:
    return any(r.fact.subject == rule.fact.object and r.fact.object == rule.fact.subject for r in rules)
