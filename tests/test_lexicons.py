"""The lexicons as data: they load, their regular expressions compile, and every entry can be found in a text."""

import re
from datetime import date

import pytest

from factdrift.facts.extract.dates import DateReader
from factdrift.facts.extract.lexicon import (
    Lexicon,
    expand,
    labelled_phrases,
    lexicon_languages,
    load_lexicon,
    load_relations,
)
from factdrift.facts.extract.numbers import NumberReader
from factdrift.facts.extract.scan import STAGE_LABELS, Entry, Scanner
from factdrift.facts.extract.shadow import is_spaced, shadow_of

LANGUAGES = sorted(lexicon_languages())


def _lexicon(language: str) -> Lexicon:
    lexicon = load_lexicon(language)
    assert lexicon is not None
    return lexicon


def _sample(form: str) -> str:
    """A small text that holds one literal form; an open end is continued, a gap is filled with a word."""
    spoken = form.replace("*", "")
    filler = " 123 " if is_spaced(form) else "123"
    return f"123 {spoken.replace(' ... ', filler)} 123."


def _not_found(pairs: list[tuple[str, Entry]]) -> list[tuple[str, str, str]]:
    """The (label, aspect, form) that a scanner of only that phrase (so that no other hides it) does not find."""
    missing = []
    for phrase, entry in pairs:
        scanner = Scanner([(phrase, entry)])
        for form in expand(phrase):
            if all((tag.label, tag.aspect) != (entry.label, entry.aspect) for tag in scanner.scan(_sample(form))):
                missing.append((entry.label, entry.aspect, form))
    return missing


def test_every_lexicon_of_the_package_is_listed() -> None:
    assert "en" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexicon_says_its_own_language(language: str) -> None:
    assert _lexicon(language).language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pattern_of_a_day_compiles(language: str) -> None:
    assert re.compile(_lexicon(language).dates.day)  # those of ages and ranks are compiled where the file is read


@pytest.mark.parametrize("language", LANGUAGES)
def test_age_patterns_have_a_year_or_an_age_and_rank_patterns_a_rank(language: str) -> None:
    lexicon = _lexicon(language)

    ages = [p for p in lexicon.ages if not {"year", "years", "decades", "nth"} & set(p.groupindex)]
    ranks = [p for p in lexicon.ranks if "rank" not in p.groupindex]

    assert (ages, ranks) == ([], [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_that_evokes_a_relation_has_words(language: str) -> None:
    wanted = {label for relation in load_relations().values() for label in relation.evoked_by}

    assert wanted - {label for label, _, _ in labelled_phrases(_lexicon(language))} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_of_stage_has_words(language: str) -> None:
    optional = {"title_future"}  # headlines that say the future in a form of their own ("X to buy Y")

    assert STAGE_LABELS - optional - {label for label, _, _ in labelled_phrases(_lexicon(language))} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scanner_finds_every_form_of_every_phrase(language: str) -> None:
    pairs = [(phrase, Entry(label, aspect)) for label, aspect, phrase in labelled_phrases(_lexicon(language))]

    assert _not_found(pairs) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scanner_finds_every_concept(language: str) -> None:
    concepts = _lexicon(language).concepts
    pairs = [(phrase, Entry(f"concept:{name}")) for name, phrases in concepts.items() for phrase in phrases]

    assert _not_found(pairs) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scanner_finds_every_description(language: str) -> None:
    lexicon = _lexicon(language)
    nationality, kind = next(iter(lexicon.nationalities.values()))[0], next(iter(lexicon.kinds.values()))[0]
    templates = [t.format(nationality=nationality, kind=kind) for t in lexicon.descriptions]
    templates += [t.format(owner="Acme") for t in lexicon.unit_descriptions]

    assert _not_found([(phrase, Entry("entity")) for phrase in templates]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_has_a_star_only_at_an_end_and_brackets_only_in_pairs(language: str) -> None:
    forms = [form for _, _, phrase in labelled_phrases(_lexicon(language)) for form in expand(phrase)]

    stray = [form for form in forms for part in form.split(" ... ") if "*" in part[:-1] or set("()|\\") & set(part)]

    assert stray == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_a_yaml_accident(language: str) -> None:
    phrases = {phrase.strip().lower() for _, _, phrase in labelled_phrases(_lexicon(language))}

    assert phrases & {"", "true", "false", "null"} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_percent_word_is_read(language: str) -> None:
    numbers = _lexicon(language).numbers
    reader = NumberReader(numbers)

    unread = [word for word in numbers.percent if not reader.percents(text := shadow_of(f"15 {word} x"), 0, len(text))]

    assert unread == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scale_and_currency_is_read(language: str) -> None:
    numbers = _lexicon(language).numbers
    reader = NumberReader(numbers)
    currency = next(iter(numbers.currencies))
    space = " " if is_spaced(currency) else ""
    texts = [f"15{space}{scale}{space}{currency}" for scale in numbers.scales]
    texts += [f"15{space}{word}" for word in numbers.currencies]

    assert [text for text in texts if len(reader.moneys(shadow_of(text), 0, len(text))) != 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_and_weekday_is_read(language: str) -> None:
    dates = _lexicon(language).dates
    reader = DateReader(dates)
    day = date(2023, 4, 14)
    texts = [*(f"{month} 2023" for month in dates.months), *dates.weekdays, *dates.today]

    assert [text for text in texts if not reader.dates(shadow_of(text), 0, len(text), day)] == []
