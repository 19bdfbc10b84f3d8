"""Reprints share an origin, different stories on one topic do not."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factdrift.model import Fingerprint
from factdrift.sources.origins import SKETCH_SIZE, Origins, fingerprint, origin_of

DAY = datetime(2024, 5, 1, tzinfo=UTC)
WORDS = [a + b + c for a in "bdfgklmn" for b in "aeiou" for c in ("rt", "s", "ndo", "lem", "pik")]
KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねの日産株式会社東京新聞"


def story(seed: int, words: int = 300) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words))


def japanese(seed: int, size: int = 400) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice(KANA) for _ in range(size))


@pytest.mark.parametrize("text", [story(1), japanese(1)], ids=["words", "characters"])
@pytest.mark.parametrize("cut", ["first line", "last line", "first half", "second half", "case and marks"])
def test_a_reprint_shares_the_origin(text: str, cut: str) -> None:
    half = len(text) // 2
    reprint = {
        "first line": "TOKYO (Agency) - " + text[20:],
        "last line": text + "\nReporting by A. Writer; editing by another.",
        "first half": text[:half],
        "second half": text[half:],
        "case and marks": text.upper().replace(" ", ",  "),
    }[cut]
    first = fingerprint("v1", text, DAY)

    assert origin_of(fingerprint("v2", reprint, DAY + timedelta(days=2)), [first]) == "v1"


@pytest.mark.parametrize("make", [story, japanese])
def test_two_stories_with_the_same_background_paragraph_stay_apart(make: object) -> None:
    background = make(9, 80)  # type: ignore[operator]
    one = fingerprint("v1", make(1, 200) + " " + background, DAY)  # type: ignore[operator]
    other = fingerprint("v2", make(2, 200) + " " + background, DAY)  # type: ignore[operator]

    assert origin_of(other, [one]) == "v2"


def test_the_earliest_of_several_gives_the_origin() -> None:
    copies = [fingerprint(f"v{day}", story(1), DAY + timedelta(days=day)) for day in (3, 1, 2)]

    assert origin_of(fingerprint("v9", story(1), DAY + timedelta(days=4)), copies) == "v1"


@pytest.mark.parametrize(("days", "origin"), [(14, "v1"), (15, "v2")])
def test_after_two_weeks_the_same_words_are_a_new_story(days: int, origin: str) -> None:
    assert (
        origin_of(fingerprint("v2", story(1), DAY + timedelta(days=days)), [fingerprint("v1", story(1), DAY)]) == origin
    )


def test_an_origin_found_before_is_handed_on() -> None:
    held = Fingerprint("v2", "v1", DAY, fingerprint("v2", story(1), DAY).hashes)

    assert origin_of(fingerprint("v3", story(1), DAY), [held]) == "v1"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_a_sketch_is_small_ascending_positive_and_its_own_reprint(text: str) -> None:
    one = fingerprint("v1", text, DAY)

    assert len(one.hashes) <= SKETCH_SIZE
    assert list(one.hashes) == sorted(set(one.hashes))
    assert all(0 < number < 2**62 for number in one.hashes)
    assert origin_of(fingerprint("v2", text, DAY), [one]) == ("v1" if one.hashes else "v2")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(40, 300))
def test_unrelated_stories_never_share_an_origin(one: int, other: int, size: int) -> None:
    assert (
        one == other
        or origin_of(fingerprint("b", story(other, size), DAY), [fingerprint("a", story(one, size), DAY)]) == "b"
    )


def test_a_look_up_among_many_costs_no_more() -> None:
    chance = random.Random(3)
    many = [
        Fingerprint(f"v{n}", f"v{n}", DAY, tuple(sorted(chance.randrange(1, 2**62) for _ in range(SKETCH_SIZE))))
        for n in range(5_000)
    ]
    index = Origins([*many, fingerprint("first", story(1), DAY)])

    started = time.perf_counter()
    found = [index.origin_of(one) for one in many[:1000]]

    assert found == [one.version_id for one in many[:1000]]
    assert time.perf_counter() - started < 2.0
    assert index.origin_of(fingerprint("copy", story(1), DAY)) == "first"
