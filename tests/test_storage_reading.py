"""The named questions of the command line, asked of a snapshot."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from storage_cases import FACT, TOPIC, article, at, batch, claim, fold, write

from factdrift.errors import StoreUnavailable
from factdrift.model import ClaimReason, Reason, Review
from storage import articles
from storage.articles import count_articles, reviews_in, standing_articles
from storage.reading import Snapshot, open_snapshot
from storage.records import SourceState, StoredArticle
from storage.snapshot import publish_snapshot


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """43 % in May, 15 % three days later; a claim that waits; a candidate; an unread page; a failing source."""
    path = tmp_path / "facts.duckdb"
    one, two, three = article(1, percent=43), article(2, percent=15, day=3), article(3, percent=20, day=4)
    waiting, candidate = claim(three, percent=20), claim(three, percent=20, fact=None)
    ledger = fold([claim(one, percent=43), claim(two)])
    held = replace(
        ledger, reasons=(*ledger.reasons, ClaimReason(waiting.claim_id, FACT, Reason.NEEDS_REVIEW, "one origin"))
    )
    write(
        path,
        batch("r1", one),
        batch("r2", two, day=3, ledgers={FACT: ledger}),
        batch(
            "r3",
            day=4,
            articles=(StoredArticle(three), StoredArticle(replace(article(4), lang="ja"), unread="no lexicon")),
            claims=(waiting, candidate),
            ledgers={FACT: held},
            sources=(SourceState("example", failures=2, last_error="503", last_attempt_at=at(4)),),
        ),
    )
    return path


@pytest.fixture
def snapshot(path: Path, tmp_path: Path) -> Iterator[Snapshot]:
    with open_snapshot(publish_snapshot(path, tmp_path / "snapshot.duckdb")) as snapshot:
        yield snapshot


def test_standing_facts_are_those_of_now(snapshot: Snapshot) -> None:
    assert [(row["fact"], row["value_text"], row["since"]) for row in snapshot.facts(TOPIC)] == [(FACT, "15 %", at(3))]


@pytest.mark.parametrize(
    ("valid", "known", "values"), [(1, 9, ["43 %"]), (3, 2, ["43 %"]), (3, 9, ["15 %"]), (-1, 9, []), (9, -1, [])]
)
def test_facts_can_be_asked_as_of_a_day_and_as_known_on_another(
    snapshot: Snapshot, valid: int, known: int, values: list[str]
) -> None:
    assert [row["value_text"] for row in snapshot.facts(TOPIC, at(valid), at(known))] == values


def test_changes_come_newest_first_with_their_sentence(snapshot: Snapshot) -> None:
    found = snapshot.changes(TOPIC)

    assert [(row["kind"], row["new_text"]) for row in found] == [
        ("value_changed", "15 % (completed)"),
        ("added", "43 % (completed)"),
    ]
    assert found[0]["sentence"] == "Acme now holds 15 % of Beta, it said."
    assert found[0]["url"] == "https://news.example/2"


def test_changes_can_be_narrowed_to_a_time_and_a_fact(snapshot: Snapshot) -> None:
    assert len(snapshot.changes(TOPIC, since=at(2))) == 1
    assert snapshot.changes(TOPIC, fact="other") == []


def test_the_chain_of_evidence_says_what_each_sentence_did(snapshot: Snapshot) -> None:
    assert [row["did"] for row in snapshot.evidence(TOPIC, FACT)] == ["added", "value_changed", "needs_review"]


def test_what_waits_is_listed_until_it_is_decided(path: Path, snapshot: Snapshot, tmp_path: Path) -> None:
    waiting = [row["claim_id"] for row in snapshot.waiting(TOPIC)]

    write(path, batch("r4", day=5, reviews=(Review("w1", waiting[0], "reject", "kim", at(5)),)))
    with open_snapshot(publish_snapshot(path, tmp_path / "later.duckdb")) as later:
        assert later.waiting(TOPIC) == []

    assert len(waiting) == 1
    assert [review.verdict for review in reviews_in(path, TOPIC)] == ["reject"]


def test_candidates_are_grouped_by_slot(snapshot: Snapshot) -> None:
    assert [(row["relation"], row["subject"], row["claims"]) for row in snapshot.candidates(TOPIC)] == [
        ("holds_stake", "acme", 1)
    ]


def test_status_names_sources_runs_and_unread_pages(snapshot: Snapshot) -> None:
    assert [(row["source"], row["failures"], row["unread"]) for row in snapshot.sources(TOPIC)] == [("example", 2, 1)]
    assert [row["run_id"] for row in snapshot.runs(TOPIC, 2)] == ["r3", "r2"]
    assert [(row["reason"], row["lang"], row["articles"]) for row in snapshot.unread(TOPIC)] == [
        ("no lexicon", "ja", 1)
    ]
    assert snapshot.fact_names(TOPIC) == [FACT]


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_stored_articles_can_be_read_again_with_their_claims(
    path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(articles, "ARTICLES_AT_ONCE", at_once)

    found = list(standing_articles(path, TOPIC))

    assert [kept.article.version_id for kept, _ in found] == ["v1", "v4", "v2", "v3"]
    assert count_articles(path, TOPIC) == 4
    with duckdb.connect(str(path), read_only=True) as db:
        stand = db.execute("SELECT claim_id FROM claims WHERE system_to IS NULL ORDER BY 1").fetchall()
    assert sorted(stored.claim_id for _, claims in found for stored in claims) == [claim for (claim,) in stand]
    assert all(stored.version_id == kept.article.version_id for kept, claims in found for stored in claims)


@pytest.mark.parametrize(
    "ask",
    [
        lambda p: open_snapshot(p).__enter__(),
        lambda p: reviews_in(p, TOPIC),
        lambda p: list(standing_articles(p, TOPIC)),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, ask: object) -> None:
    with pytest.raises(StoreUnavailable, match=r"none\.duckdb"):
        ask(tmp_path / "none.duckdb")  # type: ignore[operator]
