"""Plants and other works of a topic, by where they stand: "the factory in X", "X's two fabs", "the site"."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from factdrift.facts.extract.document import Sentence
from factdrift.facts.extract.lexicon import expand, lexicon_languages, load_lexicon
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.shadow import is_spaced, shadow_of
from factdrift.topic import Entity

_STANDS: Final = ("product", "venture", "place")  # what may be a plant
_CAPITAL: Final = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’]*")
_AHEAD: Final = 20  # characters between a place and its plant
_BEHIND: Final = 32  # characters between a plant and its place
_MOST_WORDS: Final = 5
_CLOSED: Final = 9  # characters of "the two "
_PARTED: Final = re.compile(r"[,;:.()]")
_ELSEWHERE: Final = re.compile(r"\s(?:\w{1,6}\s){1,2}[A-ZÀ-ÖØ-Þ]")  # "the plant in Y"
_LONGEST: Final = 3  # letters of a place that is written without spaces, at least less one


@dataclass(frozen=True, slots=True)
class Plants:
    """The plants of a topic: those it knows, and the one of each place of its own that has just one."""

    known: frozenset[str]
    of_place: Mapping[str, str]


def plants_of(entities: Mapping[str, Entity]) -> Plants:
    """The plants among a topic's entities."""
    sites = sites_of(entities)
    found = {}
    for entity_id, entity in entities.items():
        standing = {i for name in entity.names for i in sites.get(name, ())} if entity.type == "place" else set()
        standing.discard(entity_id)
        if len(standing) == 1:
            found[entity_id] = standing.pop()
    return Plants(frozenset(i for ids in sites.values() for i in ids), found)


def sites_of(entities: Mapping[str, Entity]) -> dict[str, tuple[str, ...]]:
    """The plants by the names of the places where they stand, as their own names tell ("Duisburg plant")."""
    words = _facilities()
    others = {
        name for e in entities.values() if e.type != "plan" and e.type not in _STANDS for name in (*e.names, *e.tickers)
    }
    found: dict[str, dict[str, None]] = {}
    for entity_id, entity in entities.items():
        if entity.type not in _STANDS:
            continue
        phrases = [*entity.names, *(p for told in entity.descriptions.values() for p in told if "(" not in p)]
        places = {place for phrase in phrases for place in _places_in(phrase, words)} - others - _nationalities()
        for other in entities.values():
            if other.type == "place" and places & set(other.names):
                places |= set(other.names)
        for place in sorted(places):
            found.setdefault(place, {})[entity_id] = None
    return {place: tuple(ids) for place, ids in found.items()}


def is_free(sentence: Sentence, works: Tag) -> bool:
    """Whether "the plant" stands alone: behind an article or a possessor, with no other place behind it."""
    low = max(sentence.start, works.start - _CLOSED)
    articles = sentence.within((low, works.start), "definite", "pronoun")
    if not articles or _ELSEWHERE.match(sentence.text, works.end):
        return False
    between = sentence.text[articles[-1].end : works.start]
    return between == between.lower() and not _PARTED.search(between)


def placed(sentence: Sentence, works: Tag) -> Tag | None:
    """The place that a plant is said to be in, right before it or behind it."""
    for place in sentence.tagged("host"):
        follows = place.start >= works.end
        gap = sentence.shadow[works.end : place.start] if follows else sentence.shadow[place.end : works.start]
        if len(gap) > (_BEHIND if follows else _AHEAD) or _PARTED.search(gap) or len(gap.split()) > _MOST_WORDS:
            continue
        if not follows and sentence.capital_names and any(word[:1].isupper() for word in gap.split()):
            continue
        return place
    return None


def _places_in(phrase: str, words: Iterable[str]) -> list[str]:
    """The place that a plant's name holds beside the word for a plant."""
    shadow = shadow_of(phrase)
    if not is_spaced(phrase):
        ends = [word for word in words if shadow.endswith(word) and len(shadow) - len(word) >= _LONGEST - 1]
        return [phrase[: -len(max(ends, key=len))].removesuffix("の")] if ends else []
    tokens = re.split(r"[ -]", phrase)
    works = [token for token in tokens if any(shadow_of(token).endswith(word) for word in words)]
    if not works:
        return []
    left = " ".join("" if token in works else token for token in tokens)
    return [" ".join(_CAPITAL.findall(part)) for part in left.split("  ") if _CAPITAL.search(part)]


def _facilities() -> frozenset[str]:
    lexicons = [load_lexicon(language) for language in lexicon_languages()]
    return frozenset(form for known in lexicons if known for word in known.facilities for form in expand(word))


def _nationalities() -> frozenset[str]:
    lexicons = [load_lexicon(language) for language in lexicon_languages()]
    phrases = [p for known in lexicons if known for told in known.nationalities.values() for p in told]
    return frozenset(form.capitalize() for phrase in phrases for form in expand(phrase))
