"""Which rules can apply to a sentence: by whom it speaks of and by its words.

A set of rules is an integer with one bit a rule, so that a watch list of thousands is asked in a few steps.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from factdrift.facts.extract.drafts import Rule


class Candidates:
    """The rules of a topic by entity and by label. Built once, then read-only."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._of_entity: dict[str, int] = defaultdict(int)
        self._of_label: dict[str, int] = defaultdict(int)  # those that a word of this label may tell of
        self._of_subject: dict[str, int] = defaultdict(int)  # those that need no word where their subject is named
        self._wordless = 0  # those that need no word at all
        self._anywhere = 0  # those whose thing need not be named ("the 23-year-old alliance")
        for index, rule in enumerate(rules):
            self._add(rule, 1 << index)

    def _add(self, rule: Rule, bit: int) -> None:
        for entity in {rule.fact.subject, rule.fact.object, *rule.fact.people} - {None}:
            self._of_entity[str(entity)] |= bit
        for label in rule.labels or rule.evoking:
            self._of_label[label] |= bit
        if rule.relation.reader == "age":
            self._anywhere |= bit
        if not rule.labels:
            self._of_subject[rule.fact.subject] |= bit
            self._wordless |= bit if rule.relation.reader == "level" else 0

    def among(self, labels: Iterable[str], named: set[str], context: Iterable[str]) -> list[Rule]:
        """The rules whose parties are named or in the context, and whose words are there, in the topic's order."""
        spoken, told = self._anywhere, self._wordless
        for entity in named:
            spoken |= self._of_entity.get(entity, 0)
            told |= self._of_subject.get(entity, 0)
        for entity in context:
            spoken |= self._of_entity.get(entity, 0)
        for label in labels:
            told |= self._of_label.get(label, 0)
        return self._listed(spoken & told)

    def _listed(self, bits: int) -> list[Rule]:
        found = []
        while bits:
            lowest = bits & -bits
            found.append(self._rules[lowest.bit_length() - 1])
            bits ^= lowest
        return found
