"""Lexicons: per language, the words that evoke relations and set stage, negation, hedge, attribution and background.

A lexicon is a data file (`lexicons/<language>.yaml`). Word notation: `(a|b|)` are alternatives, a trailing `*` lets the
word go on, ` ... ` is a gap of at most `MAX_GAP` characters inside one sentence. Knows nothing of any topic.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from factdrift.errors import ConfigError
from factdrift.facts.extract.shadow import shadow_of

MAX_GAP = 60
ASPECTS = ("base", "done", "noun", "state")  # open form or infinitive, finished event, noun, lasting state

_FOLDER = files("factdrift.facts.extract") / "lexicons"
_ALTERNATIVES = re.compile(r"\(([^()]*)\)")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Phrases = tuple[str, ...]
Patterns = tuple[re.Pattern[str], ...]
M = TypeVar("M", bound=BaseModel)


class Numbers(_Frozen):
    """How numbers are written: decimal sign, scale words (label in `codec.SCALES`), currencies, percent words."""

    decimal: Literal[".", ","]
    percent: Phrases
    scales: dict[str, float]
    currencies: dict[str, str]
    default_currency: str | None = None
    point: Phrases = ()  # percentage points: never a level
    each: Phrases = ()  # behind an amount: the price of one ("per share"), no sum
    negative: Phrases = ()  # words of a number below nought ("minus 0.5 percent")
    no_negative: Phrases = ()  # phrases that end in such a word and are none ("au moins")
    words: dict[str, float] = {}  # numbers written out ("fifteen per cent")
    tenths: Phrases = ()  # behind a number: tenths of a whole (1割: 10)
    fractions: dict[str, float] = {}  # parts of a whole in percent ("a third": 33.3)


class Dates(_Frozen):
    """Words of dates. `months` and `weekdays` map a word to its number (1 = January, 1 = Monday)."""

    months: dict[str, int]
    weekdays: dict[str, int] = {}
    ambiguous: Phrases = ()  # months that are common words too: read only behind a preposition ("in May")
    day: str = ""  # regular expression of a day before or after a month, where the language has its own
    parts: dict[str, Phrases] = {}  # label (mid, early, late, end, h1, h2, q1..q4, spring ...) -> words
    year_word: Phrases = ()
    this_year: Phrases = ()
    next_year: Phrases = ()
    last_year: Phrases = ()
    today: Phrases = ()
    next_words: Phrases = ()  # a season that starts with one of these is still to come
    last_words: Phrases = ()  # a month after one of these is past
    by: Phrases = ()


class Lexicon(_Frozen):
    """One language. `words` maps a label to its phrases, or to aspects and their phrases."""

    language: str = Field(pattern="^[a-z]{2}$")
    possessive: Literal["suffix", "genitive", "particle", "none"]  # 's | の | none
    numbers: Numbers
    dates: Dates
    nationalities: dict[str, Phrases] = {}
    kinds: dict[str, Phrases] = {}
    descriptions: Phrases = ()  # templates with {nationality} and {kind}
    kind_descriptions: Phrases = ()  # templates with {kind} alone: for kinds more telling than a company or a state
    unit_descriptions: Phrases = ()  # templates with {owner}
    facilities: Phrases = ()  # nouns for works that stand somewhere: plant, mill
    plural: str = ""  # how names of products end where there are several ("31 A7s")
    articled: dict[str, Phrases] = {}  # an article that opens a description -> what else may open it ("del ", "al ")
    host_forms: Phrases = ()  # templates with {place}: what is said of works there ("Leipziger")
    articles: Phrases = ()  # a verb's open form right behind one of these is a noun
    auxiliaries: Phrases = ()  # words of having that make a tense right before a participle ("had agreed")
    # How a verb form ends that tells what comes with the main verb ("sold 5 %, cutting it to 40 %").
    participle: str = ""
    subject_first: bool = False  # whether a statement opens with its subject, never with its verb
    past_alike: Phrases = ()  # verbs whose past is written like their open form: right behind a subject it is the past
    tenses: dict[Literal["future", "rumour"], Phrases] = {}  # endings of a verb that say so ("-rà", "-rebbe")
    infinitives: dict[str, dict[Literal["base", "done"], Phrases]] = {}  # ending -> those of regular forms
    concepts: dict[str, Phrases] = {}
    units: dict[str, Phrases] = {}  # what may be counted: label -> its nouns
    periods: dict[Literal["day", "week", "month", "quarter", "year"], Phrases] = {}  # "a month", "per year"
    ages: Patterns = ()  # with a group `years` (an age) or `year` (a founding year)
    ordinals: dict[str, int] = {}
    ranks: Patterns = ()  # with a group `rank`
    words: dict[str, Phrases | dict[Literal["base", "done", "noun", "state"], Phrases]]


class Relation(_Frozen):
    """One relation of the library: which reader fills it, from which labels, with which roles."""

    meaning: str
    reader: Literal["share", "block", "money", "state", "name", "date", "rank", "age", "level", "count"]
    subject: str
    object: str = ""
    value: tuple[str, ...]
    evoked_by: Phrases
    share_class: str = ""  # for shares: holding, trust, floor, votes, block
    lasting: bool = False  # a bare mention describes a state that holds
    both_ways: bool = False  # subject and object are interchangeable
    steps: Phrases = ()  # for dates: the labels of the step that is dated, where it is not the evoking word itself
    ending: bool = False  # the relation is that something ends
    exact: bool = False  # levels that are exact however few digits are written
    by_concept: bool = False  # the concepts that a fact is about evoke it too
    granted: bool = False  # the relation is a right: "may" says that it holds
    ahead: bool = False  # a number for a time to come is enough: no evoking word is needed
    always: str = ""  # the stage such a claim always has (a forecast is planned, a target current)
    open: bool = False  # claims that fit no fact of this relation are listed as candidates
    open_by: Phrases = ()  # the labels that do so, where not all that evoke the relation
    blocked_by: Phrases = ()  # labels that make a sentence speak of something else
    implies: str = ""  # a relation that is said too: who commits a sum invests
    joint: bool = False  # the parties act together: any one of them, or a word for both, will do


@cache
def load_lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language, or None where there is none. Raises ConfigError for a file that breaks the schema."""
    path = _FOLDER / f"{language}.yaml"
    if not re.fullmatch("[a-z]{2}", language) or not path.is_file():
        return None
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as exc:
        raise ConfigError((f"lexicons/{language}.yaml: not YAML: {exc}",)) from exc
    return _validated(Lexicon, raw, f"lexicons/{language}.yaml")


@cache
def load_relations() -> dict[str, Relation]:
    """The relation library, by name."""
    raw = yaml.safe_load((_FOLDER / "relations.yaml").read_text(encoding="utf-8"))
    return {name: _validated(Relation, fields, f"lexicons/relations.yaml: {name}") for name, fields in raw.items()}


@cache
def lexicon_languages() -> frozenset[str]:
    """The languages that have a lexicon."""
    names = (path.name.removesuffix(".yaml") for path in _FOLDER.iterdir())
    return frozenset(name for name in names if re.fullmatch("[a-z]{2}", name))


def expand(phrase: str) -> list[str]:
    """Every literal form of a phrase in word notation, in the shadow's alphabet."""
    pieces = _ALTERNATIVES.split(phrase)
    options = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    forms = {" ".join("".join(choice).split()) for choice in product(*options)}
    return sorted(shadow_of(form) for form in forms if form)


def any_of(words: Iterable[str]) -> str:
    """A regular expression for one of the words, the longest that fits; one for nothing where there are none.

    Words of one first letter stand in a group, so that most letters of a text rule out all words at once.
    """
    groups: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        groups.setdefault(word[:1], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in groups.items()) or "(?!)"


def opening_of(words: Iterable[str]) -> str:
    """A lookahead for how a number or one of the words begins: it rules out most words of a text at once."""
    return rf"(?=\d|{any_of(sorted({word[:3] for word in words}))})"


def labelled_phrases(lexicon: Lexicon) -> list[tuple[str, str, str]]:
    """(label, aspect, phrase) for every entry; the aspect is "" where the label has none."""
    found = []
    for label, entry in lexicon.words.items():
        groups = entry.items() if isinstance(entry, dict) else [("", entry)]
        found += [(label, str(aspect), phrase) for aspect, phrases in groups for phrase in phrases]
        if isinstance(entry, dict):
            found += [(label, *form) for phrase in entry.get("base", ()) for form in _conjugated(lexicon, phrase)]
    found += [(f"unit:{unit}", "", phrase) for unit, phrases in lexicon.units.items() for phrase in phrases]
    found += [(f"period:{period}", "", phrase) for period, phrases in lexicon.periods.items() for phrase in phrases]
    return found


def _conjugated(lexicon: Lexicon, phrase: str) -> list[tuple[str, str]]:
    """(aspect, form) for the regular forms of the infinitive that opens a phrase; what is irregular must be listed."""
    found: list[tuple[str, str]] = []
    for form in expand(phrase) if lexicon.infinitives else ():
        verb, space, rest = form.partition(" ")
        ending = next((e for e in lexicon.infinitives if verb.endswith(e) and len(verb) > len(e) + 1), None)
        forms = lexicon.infinitives.get(ending or "", {})
        stem = verb.removesuffix(ending or "")
        found += [(aspect, f"{stem}{new}{space}{rest}") for aspect, known in forms.items() for new in known]
    return found


def tensed_words(lexicon: Lexicon) -> list[tuple[str, str]]:
    """(stage label, word) for every known verb whose ending says that something is to come, or is hearsay."""
    verbs = {
        word
        for _, aspect, phrase in labelled_phrases(lexicon)
        if aspect in ("base", "state")
        for form in expand(phrase)
        for word in form.split()
    }
    endings = [(label, ending) for label, known in lexicon.tenses.items() for ending in known]
    return [
        (label, word)
        for word in sorted(verbs)
        for label, ending in endings
        if word.endswith(ending) and len(word) > len(ending) + 1
    ]


def _validated(model: type[M], raw: object, name: str) -> M:
    try:
        return model.model_validate(raw)
    except ValidationError as exc:
        problems = (f"{name}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in exc.errors())
        raise ConfigError(tuple(problems)) from exc
