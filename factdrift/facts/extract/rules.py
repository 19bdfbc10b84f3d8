"""The rules that a topic's facts become: what evokes each, and what a sentence must have to be asked about it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from factdrift.facts.extract.drafts import Rule
from factdrift.facts.extract.lexicon import Relation, load_relations
from factdrift.topic import Entity, FactSpec

_SHARE_LABELS: Final = frozenset(
    (
        "own",
        "stake",
        "shareholder",
        "lower",
        "raise",
        "take_stake",
        "cross",
        "votes",
        "trust",
        "floor",
        "sell",
        "sale",
        "buy",
        "buyback",
        "whole",
    )
)


Entities = Mapping[str, Entity]


def rules_of(facts: Sequence[FactSpec], entities: Entities, offices: frozenset[str]) -> list[Rule]:
    """One rule for each fact, in their order. `offices`: labels of offices that have words of their own."""
    relations = load_relations()
    rules = [_rule(fact, relations[fact.relation], offices) for fact in facts]
    return [
        replace(
            rule,
            owner=entities[rule.fact.subject].unit_of,
            object_type=entities[rule.fact.object].type if rule.fact.object else "",
            rivals=_rivals(rule.fact, entities),
        )
        for rule in rules
    ]


def holdings_of(rules: list[Rule]) -> dict[tuple[str, str | None], list[Rule]]:
    """The rules of holdings, by who holds whom."""
    found: dict[tuple[str, str | None], list[Rule]] = {}
    for rule in rules:
        if rule.relation.share_class == "holding":
            found.setdefault((rule.fact.subject, rule.fact.object), []).append(rule)
    return found


def _rule(fact: FactSpec, relation: Relation, offices: frozenset[str]) -> Rule:
    """A fact with what evokes it. An office of its own (`unit`) replaces the words for any head, where it has words."""
    office = f"office:{fact.unit}"
    evoked = () if relation.reader == "name" and office in offices else relation.evoked_by
    concepts = tuple(f"concept:{c}" for c in fact.about) if relation.by_concept else ()
    evoking = (*evoked, f"fact:{fact.name}", office, *concepts)
    if relation.reader in ("share", "block"):
        return Rule(fact, relation, _SHARE_LABELS, evoking)
    listed = relation.reader == "name" and fact.people and "chief" not in relation.evoked_by
    if relation.reader in ("rank", "age") or relation.exact or relation.ahead or listed:
        return Rule(fact, relation, evoking=evoking)
    # "A $4 billion plant" says what is invested, without a word for it.
    labels = {*relation.evoked_by, *evoking, *(("works",) if "invest" in relation.evoked_by else ())}
    return Rule(
        fact, relation, frozenset(labels | {"office", "succeed"} if "chief" in relation.evoked_by else labels), evoking
    )


def _rivals(fact: FactSpec, entities: Entities) -> frozenset[str]:
    """The places, products and plans beside which a fact's object must be named: "a plant near Y" is not one in X."""
    kind = entities[fact.object].type if fact.object else ""
    if kind not in ("place", "product", "plan"):
        return frozenset()
    return frozenset(i for i, e in entities.items() if e.type == kind and i != fact.object)
