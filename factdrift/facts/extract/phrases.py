"""Every phrase that a topic and a lexicon make known to the scanner: names, descriptions, words, units."""

from typing import Final

from factdrift.facts.extract.lexicon import Lexicon, expand, labelled_phrases, load_relations, tensed_words
from factdrift.facts.extract.scan import Entry
from factdrift.facts.extract.sites import sites_of
from factdrift.topic import Topic

_GENERAL: Final = frozenset(("company", "carmaker", "state", "electric_unit"))  # "the company" is a pronoun


def name_phrases(topic: Topic) -> list[tuple[str, Entry]]:
    """The names and tickers of the topic's entities."""
    return [(name, Entry("entity", ids=(i,))) for i, e in topic.entities.items() for name in (*e.names, *e.tickers)]


def _genitives(topic: Topic) -> list[tuple[str, Entry]]:
    """Names with a genitive -s and no apostrophe, as German writes them."""
    return [
        (f"{phrase}s", Entry("entity", "genitive", entry.ids))
        for phrase, entry in name_phrases(topic)
        if phrase[-1].isalpha() and phrase[-1].lower() not in "sxz"
    ]


def other_phrases(topic: Topic, lexicon: Lexicon) -> list[tuple[str, Entry]]:
    """All other phrases: what describes the entities, and what evokes facts, concepts and stages."""
    language = lexicon.language
    found = [(phrase, Entry(label, aspect)) for label, aspect, phrase in labelled_phrases(lexicon)]
    found += [(word, Entry(label)) for label, word in tensed_words(lexicon)]
    units = sorted({f.unit for f in topic.facts if f.unit})
    found += [(unit, Entry(f"unit:{unit}")) for unit in units if unit not in lexicon.units]
    products = [(i, e) for i, e in topic.entities.items() if e.type == "product"] if lexicon.plural else []
    found += [(f"{name}{lexicon.plural}", Entry("entity", ids=(i,))) for i, e in products for name in e.names]
    found += _genitives(topic) if lexicon.possessive == "genitive" else []
    found += [(p, Entry(f"concept:{c}")) for c, phrases in lexicon.concepts.items() for p in phrases]
    found += [(p, Entry(f"concept:{c}")) for c, words in topic.concepts.items() for p in words.get(language, ())]
    found += [(p, Entry(f"unit:{u}")) for u in units for p in topic.concepts.get(u, {}).get(language, ())]
    found += [(p, Entry(f"fact:{f.name}")) for f in topic.facts for p in f.words.get(language, ())]
    described: dict[str, list[str]] = {}
    for entity_id, entity in topic.entities.items():
        owner = topic.entities[entity.unit_of].names if entity.unit_of and "electric_unit" in entity.kinds else ()
        for phrase in (t.format(owner=name) for t in lexicon.unit_descriptions for name in owner[:3]):
            described.setdefault(phrase, []).append(entity_id)
    for entity_id, entity in topic.entities.items():
        for phrase in (f for p in entity.descriptions.get(language, ()) for f in (p, *_articled(p, lexicon))):
            described.setdefault(phrase, []).append(entity_id)
        telling = [k for label in entity.kinds if label not in _GENERAL for k in lexicon.kinds.get(label, ())]
        for phrase in (t.format(kind=kind) for t in lexicon.kind_descriptions for kind in telling):
            described.setdefault(phrase, []).append(entity_id)
        for template in lexicon.descriptions:
            for nationality in lexicon.nationalities.get(entity.nationality or "", ()):
                for kind in (k for label in entity.kinds for k in lexicon.kinds.get(label, ())):
                    phrase = template.format(nationality=nationality, kind=kind)
                    described.setdefault(phrase, []).append(entity_id)
    found += [(p, Entry("entity", ids=tuple(dict.fromkeys(ids)), sure=False)) for p, ids in described.items()]
    found += _evoking(topic, lexicon)
    found += _works(topic, lexicon)
    return found


def _articled(phrase: str, lexicon: Lexicon) -> list[str]:
    """A description with the other forms of the article that opens it ("l'operazione": "dell'operazione")."""
    article = next((a for a in lexicon.articled if phrase.lower().startswith(a)), None)
    return [form + phrase[len(article) :] for form in lexicon.articled[article]] if article else []


def _works(topic: Topic, lexicon: Lexicon) -> list[tuple[str, Entry]]:
    """The words for plants, and where those of the topic stand; none where it has none."""
    sites = sites_of(topic.entities)
    hosts = [(t.format(place=place), ids) for place, ids in sites.items() for t in ("{place}", *lexicon.host_forms)]
    nouns = [(word, Entry("works")) for word in lexicon.facilities if sites]
    return [*((place, Entry("host", ids=ids)) for place, ids in hosts), *nouns]


def _evoking(topic: Topic, lexicon: Lexicon) -> list[tuple[str, Entry]]:
    """Descriptions of plans that end in a noun of a relation ("the takeover"): they evoke it as well."""
    evoking = {label for relation in load_relations().values() for label in relation.evoked_by}
    nouns: dict[str, list[Entry]] = {}
    for label, aspect, phrase in labelled_phrases(lexicon):
        if label in evoking and aspect in ("noun", ""):
            for form in expand(phrase):
                nouns.setdefault(form, []).append(Entry(label, aspect))
    plans = [entity for entity in topic.entities.values() if entity.type == "plan"]
    told = [phrase for entity in plans for phrase in entity.descriptions.get(lexicon.language, ())]
    forms = {form for phrase in told for p in (phrase, *_articled(phrase, lexicon)) for form in expand(p)}
    return [
        (form, entry)
        for form in sorted(forms)
        for at, letter in enumerate(form)
        if letter in " '’"
        for entry in nouns.get(form[at + 1 :], ())
    ]
