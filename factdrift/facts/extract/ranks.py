"""At which rank something stands among its peers, and since when it is there."""

from collections.abc import Mapping
from typing import Final

from factdrift.facts.extract.clauses import distance
from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.lexicon import Lexicon
from factdrift.facts.extract.parties import triggers
from factdrift.facts.extract.scan import Tag
from factdrift.model import Ordinal, Stage, Value, Years
from factdrift.topic import Entity

_ATTACHED: Final = 25  # characters from the start of a noun to the clause that tells its age
_AGE_REACH: Final = 60
_PASSED: Final = 12  # characters between whoever is passed and the verb
_LOST: Final = 24  # characters between "loses its place" and the rank
_NOUN: Final = 3  # characters between a rank and its noun
_MODAL: Final = 16  # characters between a modal and its verb
_ONCE: Final = 24  # characters between "once" and a rank


def read_rank(
    sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity], lexicon: Lexicon
) -> list[Draft]:
    """A rank, or the loss of a place to another."""
    spoken = [m for m in sentence.mentions if m.id == rule.fact.subject]
    if not spoken or ("rank" not in sentence.labels and all(m.sure for m in spoken)):
        return []  # a place in a race needs no peers
    span = sentence.shadow[sentence.start : sentence.end]
    for pattern in lexicon.ranks:
        for match in pattern.finditer(span):
            word = match["rank"]
            rank = lexicon.ordinals.get(word) or (int(word) if word.isdigit() else 0)
            at = (sentence.start + match.start(), sentence.start + match.end())
            mentions = [m for m in sentence.mentions if entities[m.id].type == "company"]
            near = min(mentions, key=lambda m: distance(sentence, m.start, at[0]), default=None)
            if not rank or near is None or _is_of_person(sentence, at[1]) or _would_be(sentence, at[0]):
                continue
            if sentence.within((at[0] - _LOST, at[0]), "lose_place") and near.id == rule.fact.subject:
                return [Draft(rule.fact, sentence, Ordinal(rank + 1), Stage.COMPLETED, at)]
            passed = sentence.tagged("overtake")
            nouns = sentence.within((at[0], at[1] + _NOUN), "shareholder", "outsider")
            if any(t.end > at[1] for t in nouns):
                continue  # "the fifth-largest shareholder", "the third-largest bank"
            if passed and sentence.within((passed[0].start - _MODAL, passed[0].start), "future", "rumour"):
                return []  # "will overtake X": X is not passed yet
            if passed and _is_overtaken(sentence, rule, passed[0], mentions):
                return [Draft(rule.fact, sentence, Ordinal(rank + 1), Stage.COMPLETED, at)]
            if near.id == rule.fact.subject:
                return [Draft(rule.fact, sentence, Ordinal(rank), Stage.CURRENT, at)]
    return []


def _is_of_person(sentence: Sentence, end: int) -> bool:
    """Whether it is a person's place in a firm ("number three at X")."""
    return sentence.shadow[end : end + 4] == " at "


def _would_be(sentence: Sentence, at: int) -> bool:
    """Whether the rank is of something that is not there ("would have made the fourth-biggest carmaker")."""
    if sentence.within((at - _ONCE, at), "formerly"):
        return True  # "once the country's second-largest"
    return bool(sentence.within((max(sentence.start, at - 40), at), "future", "rumour"))


def _is_overtaken(sentence: Sentence, rule: Rule, verb: Tag, mentions: list[Mention]) -> bool:
    after = [m for m in mentions if m.start >= verb.end]
    before = [m for m in mentions if m.end <= verb.start]
    if not sentence.capital_names and not any(m.sure for m in after):
        passed = [m for m in before if m.sure and m.start > sentence.start and m.marker != "subject"]
        # "Suzuki hat X überholt": where verbs stand last, what stands before them is passed.
        return bool(passed) and passed[-1].id == rule.fact.subject and verb.start - passed[-1].end <= _PASSED
    passive = bool(before) and before[-1].id == rule.fact.subject  # "X was passed and is now fourth"
    return bool(after) and after[0].id == rule.fact.subject and not passive


def read_age(
    sentence: Sentence, rule: Rule, context: tuple[str, ...], entities: dict[str, Entity], lexicon: Lexicon
) -> list[Draft]:
    """A founding year, or an age turned into the two years it leaves open. Needs the thing's own noun beside it."""
    things = [t.start for t in triggers(sentence, rule)]
    things += [m.start for m in sentence.mentions if m.id == rule.fact.subject]
    if not things:
        return []
    span = sentence.shadow[sentence.start : sentence.end]
    for pattern in lexicon.ages:
        for match in pattern.finditer(span):
            at = (sentence.start + match.start(), sentence.start + match.end())
            if min(distance(sentence, start, at[1]) for start in things) > _AGE_REACH and not _is_attached(
                things, at[0]
            ):
                continue
            value = _founding(match.groupdict(), sentence, lexicon.numbers.words)
            if value:
                return [Draft(rule.fact, sentence, value, Stage.CURRENT, at, background=True)]
    return []


def _is_attached(things: list[int], at: int) -> bool:
    """Whether the age follows its thing at once, whatever clause it opens ("the alliance, which dates back to ...")."""
    return any(0 < at - start <= _ATTACHED for start in things)


def _spelled(age: str, words: Mapping[str, float]) -> int:
    """A number in digits or words ("twenty-three"); 0 for none."""
    return int(age) if age.isdigit() else sum(int(words.get(word, 0)) for word in age.split("-"))


def _founding(groups: dict[str, str | None], sentence: Sentence, words: Mapping[str, float]) -> Value | None:
    if year := groups.get("year"):
        return Years(int(year), int(year)) if int(year) <= sentence.published.year else None
    if tens := int(words.get(groups.get("decades") or "", 0)):
        born = sentence.published.year - 10 * tens
        return Years(born - 10, born)  # "two decades old": from 20 to 30 years
    if (nth := groups.get("nth")) and nth.isdigit() and int(nth) > 1:
        return Years(sentence.published.year - int(nth), sentence.published.year - int(nth) + 1)
    if (age := _spelled(groups.get("years") or "", words)) > 1:
        born = sentence.published.year - age
        return Years(born - 1, born)
    return None
