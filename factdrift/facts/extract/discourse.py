"""What words refer to: "the Japanese company", "its", "its partner" point to the entity that stands out, or to none."""

import re
from collections import Counter
from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from factdrift.facts.extract.document import Mention, Sentence
from factdrift.facts.extract.referring import giver_before, is_apposed, is_beside, is_part, is_taker
from factdrift.facts.extract.scan import Tag
from factdrift.facts.extract.sites import Plants, is_free, placed
from factdrift.topic import Entity

_PARTED: Final = re.compile(r"[,;:\d]")  # what parts a marker from a name
_MARKED: Final = 24  # characters in which a marker may stand before a name
_SHARED: Final = 3  # characters of an article that a marker and a noun share
_CALLED: Final = 12  # characters of what a name is called
_MOST_WORDS: Final = 3  # and its words
_REFERRING: Final = frozenset(("entity", "pronoun", "latter", "partner_ref", "venture_ref"))
_AFTER: Final = (
    "of_after",
    "by_after",
    "from_after",
    "to_after",
    "subject_after",
)  # particles
_start_of = attrgetter("start")
_ANCHORS: Final = frozenset(("company", "venture", "body"))


def name_years(sentence: Sentence, years: Mapping[int, str]) -> None:
    """Add mentions of the years that are entities of the topic and told by another word ("this year")."""
    for when in sentence.dates:
        first, last = when.span.date_from, when.span.date_to
        is_year = (first.month, first.day, last.month, last.day, last.year) == (1, 1, 12, 31, first.year)
        if (
            is_year
            and first.year in years
            and not any(m.start < when.end and when.start < m.end for m in sentence.mentions)
        ):
            sentence.mentions.append(Mention(when.start, when.end, years[first.year], sure=False))
    sentence.mentions.sort(key=_start_of)


class Discourse:
    """Resolves the mentions of a document, sentence by sentence."""

    def __init__(self, entities: Mapping[str, Entity], named: Counter[str], particles: bool, plants: Plants) -> None:
        self._entities = entities
        self._plants = plants
        self._named = named
        self._particles = particles
        # A description points to somebody only where the article names one of those it could be about.
        self._is_anchored = any(entities[i].type in _ANCHORS for i in named)
        self._history: list[list[str]] = []  # entities of each sentence so far, in order
        self._subject: str | None = None

    def resolve(self, sentence: Sentence) -> None:
        """Fill `sentence.mentions`; remembers what it spoke of for the next one."""
        for tag in [t for t in sentence.tags if t.label in _REFERRING]:
            if not is_part(sentence, tag) and (found := self._referent(tag, sentence)):
                sentence.mentions.append(self._mention(sentence, tag, found))
        if "works" in sentence.labels:
            self._resolve_works(sentence)
        subject = next((m.id for m in sentence.mentions if self._is_subject(sentence, m)), None)
        self._subject = subject or self._subject
        self._history.append([m.id for m in sentence.mentions])

    def _resolve_works(self, sentence: Sentence) -> None:
        """Add what "the factory in X" and "the site" stand for, where nothing else stands for it."""
        for works in sentence.tagged("works"):
            place = placed(sentence, works)
            over = next((m for m in sentence.mentions if m.start < works.end and works.start < m.end), None)
            if over and (over.sure or place or over.id not in self._plants.known):
                continue
            if not (over or place or is_free(sentence, works)):
                continue
            known = place.ids if place else self._plants_spoken_of(sentence, over)
            if len(known) != 1:
                continue
            if over:  # "the plant" is the one just spoken of, whoever else is called so
                sentence.mentions.remove(over)
            sentence.mentions.append(
                self._mention(sentence, Tag(works.start, works.end, works.label, ids=works.ids, sure=False), known[0])
            )
        sentence.mentions.sort(key=_start_of)

    def _plants_spoken_of(self, sentence: Sentence, but: Mention | None) -> tuple[str, ...]:
        """The plants that "the plant" may be: those of the newest sentence that speaks of one, or of its place."""
        for spoken in ([m.id for m in sentence.mentions if m is not but], *reversed(self._history[-4:])):
            plants = dict.fromkeys(self._plants.of_place.get(i, i) for i in spoken)
            if any(self._type(i) == "place" for i in plants):
                return ()  # a place where none is known: another plant
            if found := tuple(i for i in plants if i in self._plants.known):
                return found
        return ()

    def _mention(self, sentence: Sentence, tag: Tag, found: str) -> Mention:
        marker = self._marker(sentence, tag)
        poss = self._is_possessor(sentence, tag) and not (self._particles and marker == "of")
        before = next((m for m in reversed(sentence.mentions) if m.end <= tag.start), None)
        if not marker and before and before.id == found and is_beside(sentence, before, tag):
            marker = before.marker  # "the plant company X": an apposition
        sure = tag.sure and tag.label == "entity"
        return Mention(tag.start, tag.end, found, sure, poss, self._type(found), marker)

    def _venture(self, sentence: Sentence) -> str | None:
        """The venture spoken of: the last one of this sentence or those before, or the only one that is named."""
        spoken = [i for ids in self._history[-4:] for i in ids] + [m.id for m in sentence.mentions]
        last = next((i for i in reversed(spoken) if self._type(i) == "venture"), None)
        named = [i for i in self._named if self._type(i) == "venture"]
        return last or (named[0] if len(named) == 1 else None)

    def _referent(self, tag: Tag, sentence: Sentence) -> str | None:
        if tag.label == "venture_ref":
            return self._venture(sentence)
        if tag.label == "entity":
            if tag.sure and len(tag.ids) == 1:
                return tag.ids[0]
            known = [
                i for i in tag.ids if tag.sure or self._named[i] or (self._is_anchored and not self._is_peer_named(i))
            ]
            return known[0] if len(known) == 1 else self._best(tuple(known), sentence)
        if tag.label == "latter":
            return self._last_named(sentence)
        antecedent = self._antecedent(tag, sentence)
        if tag.label == "pronoun" or not antecedent:
            return antecedent
        partners = self._entities[antecedent].partner_of
        return partners[0] if len(partners) == 1 else None

    def _last_named(self, sentence: Sentence) -> str | None:
        """Whoever was spoken of last, whatever its part in the sentence ("X has 43 % of Y; the latter ...")."""
        spoken = [m.id for m in sentence.mentions] or [i for ids in self._history[-1:] for i in ids]
        return next((i for i in reversed(spoken) if self._type(i) in ("company", "venture")), None)

    def _is_peer_named(self, entity: str) -> bool:
        """Whether the article names another of the same kind and country: "the central bank" is then that one."""
        own = self._entities[entity]
        others = (self._entities[i] for i in self._named if i != entity)
        return any(set(own.kinds) & set(o.kinds) and o.nationality == own.nationality for o in others)

    def _best(self, ids: tuple[str, ...], sentence: Sentence) -> str | None:
        """The last candidate of this sentence, else the first of the newest sentence that names one."""
        here = [m.id for m in sentence.mentions if m.id in ids]
        if here:
            return here[-1]
        for spoken in reversed(self._history[-4:]):
            if candidates := [i for i in spoken if i in ids]:
                return candidates[0]
        named = [i for i in ids if self._named[i]]
        if named:
            return max(named, key=lambda i: self._named[i])
        return ids[0] if ids else None

    def _antecedent(self, tag: Tag, sentence: Sentence) -> str | None:
        if tag.aspect == "state" and (giver := giver_before(sentence, tag)):
            return giver.id
        if tag.aspect == "noun":
            return self._subject  # "the company": what the sentence before spoke of
        here = [m for m in sentence.mentions if self._type(m.id) in ("company", "venture")]
        here = here or [m for m in sentence.mentions if self._type(m.id) in ("state", "body")]
        outer = [m for m in here if not m.poss and m.marker not in ("of", "by", "from")]
        outer = [m for m in outer if not is_apposed(sentence, m, tag)] or outer
        if tag.aspect == "state":  # "X sells to Y its part of Z": X's
            givers = [m for m in outer if m.marker != "to" or not is_taker(sentence, m)]
            if outer and not givers and self._subject:
                return self._subject  # "(X) sold Y its part": the subject is left out
            outer = givers or outer
        if tag.aspect == "base" and self._marker(sentence, tag) and len({m.id for m in outer}) > 1:
            doer = outer[-1].id  # "X takes 51 % from it": not from itself
            return next(m.id for m in reversed(outer) if m.id != doer)
        if outer:
            return outer[0].id if tag.aspect == "state" and len(outer) == 1 else outer[-1].id
        return here[0].id if here else self._subject

    def _is_possessor(self, sentence: Sentence, tag: Tag) -> bool:
        if tag.label == "pronoun":
            return tag.aspect == "state"
        if tag.aspect == "genitive":
            return True
        after = sentence.shadow[tag.end : tag.end + 2]
        if self._particles:
            return sentence.shadow.startswith("の", self._behind_parenthesis(sentence, tag.end))
        return after == "'s" or (after.startswith("'") and sentence.shadow[tag.end - 1] == "s")

    def _marker(self, sentence: Sentence, tag: Tag) -> str:
        end = self._behind_parenthesis(sentence, tag.end) if self._particles else tag.end
        side = [] if sentence.labels.isdisjoint(_AFTER) else sentence.within((end, end + 3), *_AFTER)
        if side and not sentence.shadow[end : side[0].start].strip():
            return side[0].label.removesuffix("_after")
        if self._particles:
            return ""
        if inner := [t for t in sentence.within((tag.start, tag.start + 1), "of", "to") if t.end < tag.end]:
            return inner[0].label  # "du groupe"
        for marker in reversed(
            sentence.within((max(sentence.start, tag.start - _MARKED), tag.start), "of", "from", "by", "to", "for")
        ):
            if not self._is_close(sentence, marker.end, tag.start):
                continue
            gap = sentence.shadow[marker.end : tag.start]
            if marker.start == sentence.start and gap.strip():
                continue  # "In exchange X wants": a phrase of its own
            if self._is_relative(sentence, marker.start, tag.start):
                continue  # "Z, in which X takes 15 %"
            if any(t.start == marker.start and t.end > marker.end for t in sentence.tagged("future")):
                continue  # "used to be X's"
            if not _PARTED.search(gap):
                compound = sentence.shadow[tag.end : tag.end + 1] == "-" and sentence.within(
                    (tag.end + 1, tag.end + 2), "stake"
                )
                if compound or (marker.label in ("by", "from") and self._is_measured(sentence, marker)):
                    return "of"  # "von X-Aktien": not from X; "34 Prozent von X": not by X
                return marker.label
        return ""

    @staticmethod
    def _is_close(sentence: Sentence, start: int, end: int) -> bool:
        """Whether at most one word stands in between, or what the name is called ("of smaller partner X")."""
        words = sentence.text[start:end].split()
        if len(words) <= 1:
            return True
        titles = sentence.within((end - _CALLED, end), "partner")
        # An article may be part of the marker: "de la société industrielle X".
        kinds = [t for t in sentence.within((start - _SHARED, end), "venture_ref", "pronoun") if t.end > start]
        kinds = [t for t in kinds if t.aspect in ("", "noun")]
        beside = bool(kinds) or (bool(titles) and titles[-1].end >= end - 1)
        return beside and len(words) <= _MOST_WORDS and all(word == word.lower() for word in words)

    @staticmethod
    def _is_measured(sentence: Sentence, marker: Tag) -> bool:
        """Whether a marker that may be a genitive stands right behind a percentage."""
        genitive = any(t.start == marker.start for t in sentence.tagged("genitive"))
        return genitive and any(q.end + 1 == marker.start for q in sentence.percents)

    @staticmethod
    def _is_relative(sentence: Sentence, start: int, end: int) -> bool:
        """Whether the word in between is a relative, and no article of the same form."""
        if any(t.start <= start < t.end for t in sentence.tagged("wherein")):
            return True
        opens = sentence.within((start, end), "relative", "that")
        return bool(opens) and not sentence.within((start, end), "definite")

    @staticmethod
    def _behind_parenthesis(sentence: Sentence, end: int) -> int:
        """Behind "(...)": a particle may follow a name with a gloss."""
        if sentence.shadow[end : end + 1] != "(":
            return end
        closing = sentence.shadow.find(")", end, end + 16)
        return closing + 1 if closing > 0 else end

    def _is_subject(self, sentence: Sentence, mention: Mention) -> bool:
        if (
            self._type(mention.id) not in ("company", "venture")
            or mention.poss
            or mention.marker in ("of", "by", "from")
        ):
            return False
        return not sentence.within((mention.end, mention.end + 2), "stake")

    def _type(self, entity: str) -> str:
        return self._entities[entity].type
