"""Rows in bulk are the rows that one by one would be: made part by part, hashed as they are written, each once."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from storage_cases import TOPIC, article, at, batch, claim, write
from test_ledger_properties import SPECS, claims_of

from factdrift.codec import pack_claim, unpack_claim
from factdrift.errors import StoreUnavailable
from factdrift.model import Attribution, AttributionKind, Count, DateSpan, Money, Name, Percent, Slot, State
from storage import writing
from storage.claimtext import claim_text, value_text
from storage.database import open_store
from storage.records import StoredArticle
from storage.verify import verify


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a store will be, with parts so small that few rows are a bulk."""
    monkeypatch.setattr(writing, "TOGETHER", 4)
    monkeypatch.setattr(writing, "AHEAD", 2)
    return tmp_path / "facts.duckdb"


def many(count: int, first: int = 0) -> dict[str, object]:
    sources = [article(n, percent=10 + n) for n in range(first, first + count)]
    return {
        "articles": tuple(StoredArticle(source, hashes=(1, n)) for n, source in enumerate(sources)),
        "claims": tuple(claim(source, percent=10 + n) for n, source in enumerate(sources, first)),
    }


def test_a_bulk_is_read_back_as_it_was_and_holds(path):
    parts = many(30)

    (result,) = write(path, batch("r1", **parts))

    assert (result.articles, result.claims) == (30, 30)
    assert verify(path).problems == ()
    with open_store(path, now=at(1)) as store:
        found = store.claims_of(TOPIC, ["acme-stake"])["acme-stake"]
    kept = {each.claim_id: each.claim for each in found}
    assert kept == {each.claim_id: each.claim for each in parts["claims"]}


def test_of_a_bulk_only_what_does_not_stand_is_added_and_what_comes_back_starts_a_period(path):
    write(path, batch("r1", **many(10)), batch("r2", day=1, ended_versions=("v3", "v4")))

    (result,) = write(path, batch("r3", day=2, **many(30)))

    assert (result.articles, result.claims) == (22, 22)
    assert verify(path).problems == ()
    with duckdb.connect(str(path)) as db:
        assert db.execute("SELECT version_id FROM claims WHERE period = 1 ORDER BY 1").fetchall() == [("v3",), ("v4",)]
        assert db.execute("SELECT count(*) FROM articles WHERE system_to IS NULL").fetchall() == [(30,)]


def test_a_bulk_that_fails_in_the_middle_leaves_nothing(path):
    parts = many(30)
    articles = list(parts["articles"])
    articles[20] = replace(articles[20], article=replace(articles[20].article, outlet=None))

    with pytest.raises(StoreUnavailable, match="could not be saved"):
        write(path, batch("r1", articles=tuple(articles), claims=parts["claims"]))

    with duckdb.connect(str(path)) as db:
        assert db.execute("SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM runs)").fetchall() == [(0, 0)]


@given(st.data())
def test_the_text_of_a_claim_is_the_json_of_the_codec(data):
    stored = data.draw(claims_of(data.draw(st.sampled_from(sorted(SPECS)))))

    text = claim_text(stored.claim, value_text(stored.claim.value))
    assert json.loads(text) == json.loads(json.dumps(pack_claim(stored.claim)))


@pytest.mark.parametrize(
    "change",
    [
        {"attribution": Attribution(AttributionKind.NAMED, 'the "Chief"\n', 3, 9)},
        {"corefs": (("acme", 1, 4), ("beta", 5, 9)), "returns": True, "approx": True, "bound": "max"},
        {"slot": Slot("sells", "a", "b", (("kind", "日産"), ("x", "y"))), "measure": "economic"},
        {"as_of": DateSpan(date(987, 1, 2), date(2024, 2, 3)), "due": DateSpan(date(2024, 1, 1), date(2024, 1, 1))},
        {"value": Money(600e6, "EUR"), "fact": None},
        {"value": Percent(15)},
        {"value": Percent(15.0)},
        {"value": Count(20_000, "jobs")},
        {"value": Name("\u2028\x7f\\")},
        {"value": State(True)},
        {"value": None},
    ],
)
def test_odd_claims_are_written_as_json_and_read_back(change):
    said = replace(claim(article(1)).claim, **change)

    assert claim_text(said, value_text(said.value)) == json.dumps(pack_claim(said), sort_keys=True, ensure_ascii=False)
    assert unpack_claim(json.loads(claim_text(said, value_text(said.value)))) == said
