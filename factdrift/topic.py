"""A topic file (`seeds/<topic>.yaml`) as frozen models: entities, facts, sources, alert policy.

Everything a topic needs is in its file; nothing here or elsewhere in Python knows a particular topic. Cross-references
(entity ids, seed quotes) are checked in `load_topic`, which reports every problem at once.
"""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from factdrift.errors import ConfigError
from factdrift.model import AttributionKind, Stage

Words = dict[str, tuple[str, ...]]  # language -> words or phrases, in the lexicons' word notation


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entity(_Frozen):
    """A named thing. `nationality` and `kinds` let lexicons build descriptions such as "the French carmaker"."""

    names: tuple[str, ...] = Field(min_length=1)  # the first is the display name; any script
    tickers: tuple[str, ...] = ()
    descriptions: Words = {}  # per language, whole phrases that point to this entity only
    nationality: str | None = None  # ISO 3166 alpha-2, lower case: fr, jp
    kinds: tuple[str, ...] = ()  # lexicon labels: carmaker, bank, ...
    unit_of: str | None = None  # the entity it is a unit of
    partner_of: tuple[str, ...] = ()  # "its partner", "its ally"
    heads: tuple[str, ...] = ()  # entities it may be chief of, where it is a person
    members: tuple[str, ...] = ()  # the entities a body stands for ("the alliance")
    type: Literal["company", "person", "state", "place", "product", "plan", "body", "venture"] = "company"


class SeedState(_Frozen):
    """What the seed article says of a fact on one track, with the exact sentence."""

    stage: Stage
    value: dict[str, Any] | None = None  # a VALUE object of the labelling guide
    bound: Literal["min", "max"] | None = None
    approx: bool = False
    due_from: date | None = None
    due_to: date | None = None
    quote: str


class FactPolicy(_Frozen):
    """Who may move a fact: below this, a change waits for review."""

    confirm: tuple[AttributionKind, ...] = (
        AttributionKind.COMPANY,
        AttributionKind.FILING,
        AttributionKind.NAMED,
        AttributionKind.OUTLET,
    )
    min_origins: int = Field(default=1, ge=1, le=10)  # independent origins needed when tier 1 or 2 says so
    min_origins_unknown: int = Field(default=2, ge=1, le=10)  # ... when only tier 3 says so


class FactSpec(_Frozen):
    """One tracked slot: relation + subject + object (+ qualifiers), with its seed states (none: an open fact)."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    meaning: str
    relation: str
    subject: str
    object: str | None = None
    others: tuple[str, ...] = ()  # further entities of a slot with several parties
    value: Literal["percent", "money", "date", "state", "name", "ordinal", "year", "count", "rate"]
    also_value: tuple[str, ...] = ()  # further value kinds this slot may take
    cardinality: Literal["one", "many"] = "one"
    about: tuple[str, ...] = ()  # concept labels of the lexicons, any of which must be near
    where: tuple[str, ...] = ()  # concept labels of places, any of which must be near
    words: Words = {}  # words of this fact's own that evoke it
    people: tuple[str, ...] = ()  # entity ids that may fill a name slot (known office holders)
    unit: str | None = None  # lexicon label for counts, rates, offices
    seed: tuple[SeedState, ...] = ()
    policy: FactPolicy | None = None


class AlertPolicy(_Frozen):
    """Which changes alert, and the default confirmation policy."""

    kinds: tuple[str, ...] = (
        "added",
        "value_changed",
        "stage_changed",
        "date_slipped",
        "contested",
        "corrected",
        "retracted",
        "overdue",
    )
    default: FactPolicy = FactPolicy()


class Topic(_Frozen):
    """A whole topic file."""

    topic: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    seed_article: str  # path relative to the topic file
    entities: dict[str, Entity]
    facts: tuple[FactSpec, ...]
    concepts: dict[str, Words] = {}  # topic concepts beside the lexicons' own: label -> language -> words
    alerts: AlertPolicy = AlertPolicy()

    @cached_property
    def fact_by_name(self) -> dict[str, FactSpec]:
        """Facts by their name."""
        return {fact.name: fact for fact in self.facts}

    def policy_of(self, fact: str) -> FactPolicy:
        """The policy that rules a fact: its own, else the topic's default."""
        spec = self.fact_by_name.get(fact)
        return spec.policy if spec and spec.policy else self.alerts.default


class SeedArticle(_Frozen):
    """A seed article: YAML front matter, then the text."""

    title: str
    published: date
    outlet: str
    language: str
    text: str


def read_seed_article(path: Path) -> SeedArticle:
    """Read a markdown file with `---` front matter. Raises ConfigError where it is missing or malformed."""
    try:
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        return SeedArticle(**yaml.safe_load(head), text=body.strip())
    except OSError as exc:
        raise ConfigError((f"{path}: cannot be read: {exc.strerror}",)) from exc
    except (ValueError, TypeError, yaml.YAMLError) as exc:
        raise ConfigError(
            (f"{path}: no seed article with front matter (title, published, outlet, language): {exc}",)
        ) from exc


def load_topic(path: Path) -> Topic:
    """Read and check a topic file. Raises ConfigError with every problem as `file: path: reason`."""
    raw = read_yaml(path)
    try:
        topic = Topic.model_validate(raw)
    except ValidationError as exc:
        raise ConfigError(validation_problems(str(path), exc)) from exc
    problems = tuple(f"{path}: {problem}" for problem in [*_bad_references(topic), *_bad_quotes(topic, path)])
    if problems:
        raise ConfigError(problems)
    return topic


def read_yaml(path: Path) -> object:
    """The YAML document in a file. Raises ConfigError that names the file, and the line where it does not parse."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ConfigError((f"{path}: no such file",)) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError((f"{path}: cannot be read: {exc}",)) from exc
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise ConfigError((f"{path}: {line}not YAML: {getattr(exc, 'problem', exc)}",)) from exc


def validation_problems(file: str, exc: ValidationError) -> tuple[str, ...]:
    """Every pydantic problem as `file: path: reason`."""
    return tuple(f"{file}: {'.'.join(map(str, error['loc'])) or '(top)'}: {error['msg']}" for error in exc.errors())


def _bad_references(topic: Topic) -> list[str]:
    problems, seen = [], set()
    for index, fact in enumerate(topic.facts):
        if fact.name in seen:
            problems.append(f"facts.{index}.name: {fact.name} is used twice")
        seen.add(fact.name)
        for key in ("subject", "object"):
            if (entity := getattr(fact, key)) and entity not in topic.entities:
                problems.append(f"facts.{fact.name}.{key}: no entity {entity} in entities")
        for key in ("others", "people"):
            problems += [
                f"facts.{fact.name}.{key}: no entity {entity} in entities"
                for entity in getattr(fact, key)
                if entity not in topic.entities
            ]
    for name, entity in topic.entities.items():
        for key, ids in (
            ("unit_of", (entity.unit_of,)),
            ("partner_of", entity.partner_of),
            ("heads", entity.heads),
            ("members", entity.members),
        ):
            problems += [
                f"entities.{name}.{key}: no entity {i} in entities" for i in ids if i and i not in topic.entities
            ]
    return problems


def _bad_quotes(topic: Topic, path: Path) -> list[str]:
    try:
        article = read_seed_article(path.parent / topic.seed_article)
    except ConfigError as exc:
        return [f"seed_article: {problem}" for problem in exc.problems]
    return [
        f"facts.{fact.name}.seed.{k}.quote: not a sentence of {topic.seed_article}: {seed.quote[:60]!r}"
        for fact in topic.facts
        for k, seed in enumerate(fact.seed)
        if seed.quote not in article.text and seed.quote != article.title
    ]
