"""What a reader of relations proposes: a fact, a value and the place it stands, before it is made a claim."""

from dataclasses import dataclass

from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.lexicon import Relation
from factdrift.model import DateSpan, Stage, Value
from factdrift.topic import FactSpec


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed claim. `cue` is the span of the word or number that carries it."""

    fact: FactSpec
    sentence: Sentence
    value: Value | None
    stage: Stage
    cue: tuple[int, int]
    bound: str | None = None
    approx: bool = False
    measure: str | None = None
    background: bool | None = None  # None: decided from the clause
    due: DateSpan | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A tracked fact with its relation; `labels` are those without any of which a sentence says nothing of it."""

    fact: FactSpec
    relation: Relation
    labels: frozenset[str] = frozenset()  # empty: any sentence may
    evoking: tuple[str, ...] = ()  # the labels whose words evoke the fact
    object_type: str = ""  # the type of the object; a place must be named
    rivals: frozenset[str] = frozenset()  # what else of the object's kind a sentence may be about
    owner: str | None = None  # whose unit the subject is: its plans are told of the owner
