"""Ids: the same thing has the same id everywhere, and different things do not."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import NOW, POLICY, claim, seed, span, spec

from factdrift.facts.identity import article_id, canonical_url, change_id, claim_id, stable_id, version_id
from factdrift.facts.ledger import fold
from factdrift.model import ChangeKind, Percent, Stage, Track

CANONICAL = [
    ("HTTPS://News.Example.ORG:443/a/?b=2&a=1#top", "https://news.example.org/a?a=1&b=2"),
    ("https://news.example.org/a?utm_source=x&fbclid=y&id=7", "https://news.example.org/a?id=7"),
    ("http://news.example.org", "http://news.example.org/"),
    ("http://news.example.org.:8080/x y", "http://news.example.org:8080/x%20y"),
    ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"),
    ("https://e.org/caf%C3%A9", "https://e.org/caf%C3%A9"),
    ("https://e.org/café", "https://e.org/caf%C3%A9"),
    ("https://e.org/a%2Fb", "https://e.org/a%2Fb"),
    ("https://e.org/a?empty=", "https://e.org/a?empty="),
    (" not a url ", "not a url"),
    ("http://e.org:99999/", "http://e.org:99999/"),
    ("http://[bad/", "http://[bad/"),
]


@pytest.mark.parametrize(("url", "canonical"), CANONICAL)
def test_a_url_has_one_form_whatever_was_hung_on_it(url, canonical):
    assert canonical_url(url) == canonical
    assert article_id(url) == article_id(canonical)


@given(st.one_of(st.text(), st.text(max_size=20).map(lambda tail: f"https://example.org/{tail}")))
def test_a_canonical_url_is_its_own_canonical_url(url):
    assert canonical_url(canonical_url(url)) == canonical_url(url)


def test_ids_are_twenty_hex_characters_and_do_not_run_together():
    assert len(version_id("a", "b")) == 20
    assert int(version_id("a", "b"), 16) >= 0
    assert version_id("a", "bc") != version_id("ab", "c")
    assert stable_id("lone \ud800 surrogate") != stable_id("lone surrogate")


def test_ids_are_the_same_in_another_process():
    code = "from factdrift.facts.identity import stable_id; print(stable_id('claim', 'x'))"

    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert other.stdout.strip() == stable_id("claim", "x")


@pytest.mark.parametrize(
    "changed",
    [
        {"value": Percent(16)},
        {"value": None},
        {"stage": Stage.AGREED},
        {"measure": "direct"},
        {"bound": "max"},
        {"due": span("2023-05-01")},
        {"as_of": span("2023-05-01")},
        {"fact": None},
        {"cue": (1, 2)},
    ],
)
def test_a_claim_that_says_something_else_has_another_id(changed):
    said = claim(15, Stage.PLANNED).claim

    assert claim_id("v", said, "r1") == claim_id("v", replace(said), "r1")
    assert claim_id("v", said, "r1") != claim_id("v", replace(said, **changed), "r1")


def test_a_claim_has_another_id_by_another_reader_or_in_another_version():
    said = claim(15, Stage.PLANNED).claim

    assert len({claim_id("v", said, "r1"), claim_id("v", said, "r2"), claim_id("w", said, "r1")}) == 3


def test_a_change_is_what_became_what_on_whose_word():
    old = fold_of_one(seed(43))
    new = replace(old, value=Percent(15))
    ids = {
        change_id("f", Track.ACTUAL, kind, before, after, said)
        for kind in (ChangeKind.VALUE_CHANGED, ChangeKind.CONTESTED)
        for before in (old, None)
        for after in (new, replace(new, measure="direct"))
        for said in ("a", "b")
    }

    assert len(ids) == 16
    assert change_id("f", Track.ACTUAL, ChangeKind.ADDED, None, replace(new, origins=9), "a") == change_id(
        "f", Track.ACTUAL, ChangeKind.ADDED, None, new, "a"
    )


def fold_of_one(stored):
    return fold(spec(), [stored], POLICY, NOW).beliefs[0]
