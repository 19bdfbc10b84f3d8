"""What keeps a topic from being read: facts that no relation, word or lexicon can serve. Knows no files."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from factdrift.codec import value_from_json
from factdrift.facts.extract.lexicon import Lexicon, Relation, lexicon_languages, load_lexicon, load_relations
from factdrift.topic import FactSpec, Topic

# How a seed value of each kind is written; its keys are those that are known.
EXAMPLES: Final[dict[str, dict[str, object]]] = {
    "percent": {"percent": 43.4},
    "money": {"money": 600, "scale": "million", "currency": "EUR"},
    "date": {"date_from": "2023-05-01", "date_to": "2023-08-31"},
    "state": {"state": True},
    "name": {"name": "Jane Doe"},
    "ordinal": {"ordinal": 3},
    "year": {"year": 1999, "year_from": 1999, "year_to": 2000},
    "count": {"count": 20000, "unit": "jobs"},
    "rate": {"rate": 38, "unit": "jets", "period": "month"},
}
HEADS: Final = "chief"  # the label of those who lead


def problems_of(topic: Topic) -> tuple[str, ...]:
    """Every problem, as `facts.NAME.key: what is wrong, and the way out`; empty for a topic that can be read."""
    relations = load_relations()
    lexicons = [lexicon for language in sorted(lexicon_languages()) if (lexicon := load_lexicon(language))]
    found = list(_entity_problems(topic, lexicons))
    for fact in topic.facts:
        relation = relations.get(fact.relation)
        if relation is None:
            found.append(f"facts.{fact.name}.relation: no relation {fact.relation}{_near(fact.relation, relations)}")
        else:
            found += [f"facts.{fact.name}.{problem}" for problem in _fact_problems(topic, fact, relation, lexicons)]
    return tuple(found)


def with_heads(fact: FactSpec, topic: Topic, relation: Relation) -> FactSpec:
    """The fact; where it asks who leads and names nobody, with the persons that may head its subject."""
    heads = tuple(i for i, e in topic.entities.items() if fact.subject in e.heads)
    if fact.people or not heads or HEADS not in relation.evoked_by:
        return fact
    return fact.model_copy(update={"people": heads})


def _fact_problems(topic: Topic, fact: FactSpec, relation: Relation, lexicons: list[Lexicon]) -> Iterator[str]:
    for kind in (fact.value, *fact.also_value):
        if kind not in relation.value:
            yield f"value: {fact.relation} takes {' or '.join(relation.value)}, not {kind}"
    known = {*topic.concepts, *(concept for lexicon in lexicons for concept in lexicon.concepts)}
    for key, concepts in (("about", fact.about), ("where", fact.where)):
        for concept in concepts:
            if concept not in known:
                yield f"{key}: no concept {concept} in the topic or a lexicon{_near(concept, known)}"
    if not relation.evoked_by and not fact.words and not fact.about:
        yield f"words: {fact.relation} has no words of its own: give the fact some, or a concept it is about"
    if HEADS in relation.evoked_by and not with_heads(fact, topic, relation).people:
        yield f"people: {fact.relation} needs those who may fill the slot, or persons with `heads: [{fact.subject}]`"
    for index, seed in enumerate(fact.seed):
        if seed.value is not None and (problem := _value_problem(seed.value, (fact.value, *fact.also_value))):
            yield f"seed.{index}.value: {problem}"


def _value_problem(raw: Mapping[str, object], kinds: tuple[str, ...]) -> str:
    for kind in kinds:
        if EXAMPLES[kind].keys() >= raw.keys() - {"decimals", "digits"}:
            try:
                return "" if value_from_json(dict(raw)) is not None else "is empty"
            except (KeyError, TypeError, ValueError) as exc:
                return f"{raw} cannot be read: {exc}"
    return f"{dict(raw)} is no {' or '.join(kinds)}, which is written {EXAMPLES[kinds[0]]}"


def _entity_problems(topic: Topic, lexicons: list[Lexicon]) -> Iterator[str]:
    countries = {label for lexicon in lexicons for label in lexicon.nationalities}
    for name, entity in topic.entities.items():
        if entity.nationality and entity.nationality not in countries:
            known = ", ".join(sorted(countries))
            yield f"entities.{name}.nationality: no country {entity.nationality} in the lexicons; known: {known}"


def _near(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 3, 0.5)
    return f"; near it: {', '.join(close)}" if close else ""
