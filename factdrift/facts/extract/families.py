"""Which reader reads which family of relations, shares and levels apart (they look at all their rules at once)."""

from collections.abc import Iterable
from typing import Final

from factdrift.facts.extract.counts import read_counts
from factdrift.facts.extract.dated import read_dated
from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.drafts import Draft, Rule
from factdrift.facts.extract.lexicon import Lexicon
from factdrift.facts.extract.moneys import read_money
from factdrift.facts.extract.names import read_name
from factdrift.facts.extract.ranks import read_age, read_rank
from factdrift.facts.extract.states import read_state
from factdrift.topic import Entity

READERS: Final = {"state": read_state, "money": read_money, "date": read_dated, "name": read_name, "count": read_counts}
LEXICON_READERS: Final = {"rank": read_rank, "age": read_age}


def iter_all(
    sentence: Sentence, rules: Iterable[Rule], context: tuple[str, ...], entities: dict[str, Entity], lexicon: Lexicon
) -> list[Draft]:
    """Drafts of every rule that is not about shares."""
    found: list[Draft] = []
    for rule in rules:
        kind = rule.relation.reader
        if kind in READERS:
            found += READERS[kind](sentence, rule, context, entities)
        elif kind in LEXICON_READERS:
            found += LEXICON_READERS[kind](sentence, rule, context, entities, lexicon)
    return found
