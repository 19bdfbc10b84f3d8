"""The store keeps what a run hands over, once, whole, and on two clocks."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from storage_cases import FACT, NOW, TOPIC, alert, article, at, batch, claim, fold, write

from factdrift.errors import StoreUnavailable
from factdrift.model import Article, Change, ChangeKind, DateSpan, Ledger, Review, Track
from storage.database import Store, open_store
from storage.records import Batch, FactRow, SourceState, StoredArticle
from storage.verify import verify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "facts.duckdb"


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path)) as connection:
        return connection.execute(sql).fetchall()


def test_open_store_creates_the_file_and_its_folders(path: Path) -> None:
    with open_store(path, now=NOW) as store:
        names = store.fact_names(TOPIC)

    assert names == set()
    assert path.is_file()


def test_what_a_run_wrote_is_read_back_unchanged(path: Path) -> None:
    source = article(1)
    stored = claim(source)

    write(path, batch("r1", source))

    with open_store(path, now=NOW) as store:
        found = store.claims_of(TOPIC, [FACT])[FACT]
        assert [replace(each, system_from=stored.system_from) for each in found] == [stored]
        assert store.standing(TOPIC) == {FACT: fold([stored])}
        assert store.known_articles(TOPIC) == {"a1": ("v1", at(0))}
        assert store.source_states(TOPIC)["example"].etag == '"x"'
        assert store.urls_of(TOPIC, ["v1"]) == {"v1": source.url}
        assert store.fact_names(TOPIC) == {FACT}
        assert store.claims_of_versions(["v1"]) == {stored.claim_id: FACT}


def test_what_was_looked_up_before_a_commit_is_looked_up_again_after_it(path: Path) -> None:
    with open_store(path, now=NOW) as store:
        seen = []
        for written in (None, batch("r1", article(1)), batch("r2", day=1, ended_versions=("v1",))):
            if written:
                store.commit(written)
            seen.append((store.versions_of(TOPIC, ["a1", "a2"]), store.versions_had(TOPIC, ["v1", "v2"])))

    assert seen == [({}, {}), ({"a1": "v1"}, {"v1": True}), ({}, {"v1": False})]


def test_the_same_run_again_adds_nothing(path: Path) -> None:
    first, second = write(path, batch("r1", article(1)), batch("r1", article(1)))

    assert (first.articles, first.claims, len(first.changes), first.repeated) == (1, 1, 1, False)
    assert (second.articles, second.claims, second.changes, second.repeated) == (0, 0, (), True)


def test_the_same_content_in_another_run_adds_nothing_but_the_run(path: Path) -> None:
    _, second = write(path, batch("r1", article(1)), batch("r2", article(1), day=1))

    assert (second.articles, second.claims, second.changes, second.repeated) == (0, 0, (), False)
    assert rows(path, "SELECT count(*), count(*) FILTER (WHERE system_to IS NULL) FROM beliefs") == [(1, 1)]


def test_a_new_fold_ends_what_it_no_longer_holds_and_leaves_the_rest(path: Path) -> None:
    one, two = article(1, percent=43), article(2, percent=15, day=3)
    both = [claim(one, percent=43), claim(two)]

    write(path, batch("r1", one), batch("r2", two, day=3, ledgers={FACT: fold(both)}))

    found = rows(path, "SELECT percent, valid_to IS NULL, system_to IS NULL FROM beliefs ORDER BY system_from, percent")
    assert found == [(43.0, True, False), (15.0, True, True), (43.0, False, True)]
    assert rows(path, "SELECT count(*) FROM changes WHERE system_to IS NULL") == [(2,)]


def test_only_changes_that_did_not_stand_are_reported(path: Path) -> None:
    one, two = article(1, percent=43), article(2, day=3)
    ledger = fold([claim(one, percent=43), claim(two)])

    _, second = write(path, batch("r1", one), batch("r2", two, day=3, ledgers={FACT: ledger}))

    assert [change.kind for change in second.changes] == [ChangeKind.VALUE_CHANGED]


def test_a_change_whose_details_grow_keeps_the_time_it_was_first_known(path: Path) -> None:
    source = article(1)
    before = fold([claim(source)])
    new = before.changes[0].new
    assert new is not None
    after = replace(before, changes=(replace(before.changes[0], new=replace(new, origins=2)),))

    _, second = write(path, batch("r1", source), batch("r2", day=2, ledgers={FACT: after}))

    assert second.changes == ()
    assert rows(path, "SELECT known_at = system_from FROM changes ORDER BY system_from") == [(True,), (False,)]
    assert rows(path, "SELECT count(*) FROM change_feed") == [(1,)]


def test_an_ended_version_takes_its_claims_with_it(path: Path) -> None:
    source = article(1)

    write(path, batch("r1", source), batch("r2", day=1, ended_versions=("v1",), ledgers={FACT: Ledger()}))

    with open_store(path, now=NOW) as store:
        assert store.claims_of(TOPIC, [FACT]) == {FACT: []}
        assert store.standing(TOPIC) == {}
        assert store.known_articles(TOPIC) == {}
    assert rows(path, "SELECT system_to IS NULL, ended_by FROM claims") == [(False, "r2")]
    assert rows(path, "SELECT did FROM evidence_chain") == [("withdrawn",)]


def test_a_version_that_comes_back_starts_another_period_and_shows_once_in_the_feed(path: Path) -> None:
    source = article(1)

    results = write(
        path,
        batch("r1", source),
        batch("r2", day=1, ended_versions=("v1",), ledgers={FACT: Ledger()}),
        batch("r3", source, day=2),
    )

    assert [(result.articles, result.claims) for result in results] == [(1, 1), (0, 0), (1, 1)]
    assert rows(path, "SELECT period, system_to IS NULL FROM claims ORDER BY period") == [(0, False), (1, True)]
    assert rows(path, "SELECT count(*) FROM change_feed") == [(1,)]


def test_two_topics_may_keep_the_same_article(path: Path) -> None:
    source = article(1)

    results = write(path, batch("r1", source), batch("r2", source, topic="other"))

    assert [result.articles for result in results] == [1, 1]
    with open_store(path, now=NOW) as store:
        assert set(store.standing("other")) == {FACT}


def test_ending_a_version_in_one_topic_leaves_the_other(path: Path) -> None:
    source = article(1)

    write(path, batch("r1", source), batch("r2", source, topic="other"), batch("r3", day=1, ended_versions=("v1",)))

    with open_store(path, now=NOW) as store:
        assert store.known_articles(TOPIC) == {}
        assert set(store.known_articles("other")) == {"a1"}


def test_system_time_never_goes_back_when_the_clock_does(path: Path) -> None:
    write(path, batch("r1", article(1), day=5), batch("r2", article(2, percent=43), day=0))

    assert rows(path, "SELECT bool_and(system_to IS NULL OR system_to > system_from) FROM beliefs") == [(True,)]
    assert rows(path, "SELECT run_id FROM runs ORDER BY finished_at") == [("r1",), ("r2",)]


def test_a_notice_is_kept_once_and_survives_the_next_fold(path: Path) -> None:
    source = article(1)
    gone = fold([claim(source)]).changes[0].new
    notice = Change("n1", FACT, Track.ACTUAL, ChangeKind.RETRACTED, gone, None, claim(source).claim_id, at(1))

    write(path, batch("r1", source))
    results = write(path, *(batch(f"r{n}", day=n, notices=(notice,), ledgers={FACT: Ledger()}) for n in (2, 3)))

    assert [len(result.changes) for result in results] == [1, 0]
    assert rows(path, "SELECT kind FROM changes WHERE system_to IS NULL") == [("retracted",)]


def test_an_alert_is_told_once_per_key_until_sent(path: Path) -> None:
    write(path, batch("r1", alerts=(alert("k1"), alert("k1"), alert("k2"))), batch("r2", alerts=(alert("k1"),)))

    with open_store(path, now=NOW) as store:
        assert store.alert_keys(TOPIC) == {"k1", "k2"}
        assert [each.key for each in store.pending_alerts(TOPIC)] == ["k1", "k2"]
        store.mark_alert("alert-k1", sent_at=NOW)
        store.mark_alert("alert-k2", sent_at=None, error="timeout")
        waiting = store.pending_alerts(TOPIC)
    assert [(each.key, each.attempts, each.last_error) for each in waiting] == [("k2", 1, "timeout")]


def test_a_source_keeps_only_its_newest_state(path: Path) -> None:
    write(path, batch("r1"), batch("r2", sources=(SourceState("example", failures=3, last_error="503"),)))

    with open_store(path, now=NOW) as store:
        assert store.source_states(TOPIC) == {"example": SourceState("example", failures=3, last_error="503")}


def test_a_review_that_was_taken_back_is_kept_and_marked(path: Path) -> None:
    given = Review("w1", "c1", "accept", "kim", NOW, note="seen the filing")
    taken_back = Review("w2", "c1", "undo", "ann", at(1), undoes="w1")

    write(path, batch("r1", reviews=(given,)), batch("r2", day=1, reviews=(taken_back,)))

    with open_store(path, now=NOW) as store:
        assert store.reviews(TOPIC) == [replace(given, undone=True)]
        assert store.reviews("another") == []
    log = "SELECT verdict, who, decided_at, note, undone_by, undone_at FROM review_log"
    assert rows(path, log) == [("accept", "kim", NOW, "seen the filing", "ann", at(1))]


def test_a_tracked_slot_that_reads_otherwise_ends_and_starts_again(path: Path) -> None:
    other = FactRow(FACT, "Acme's part of Beta", "holds_stake", "acme", "beta", "percent")

    write(path, batch("r1"), batch("r2", day=1, facts=(other,)), batch("r3", day=2, facts=(other,)))

    kept = rows(path, "SELECT meaning, run_id, ended_by FROM facts ORDER BY run_id")
    assert kept == [("Acme's share of Beta", "r1", "r2"), ("Acme's part of Beta", "r2", None)]


def test_unread_articles_are_kept_with_their_reason(path: Path) -> None:
    unread = StoredArticle(article(1), unread="no lexicon: ja")

    write(path, batch("r1", articles=(unread,)))

    assert rows(path, "SELECT unread FROM articles") == [("no lexicon: ja",)]
    assert rows(path, "SELECT unread FROM source_health") == [(1,)]


def test_fingerprints_are_found_since_a_time(path: Path) -> None:
    stored = tuple(StoredArticle(article(n, day=n), hashes=(n, n + 1)) for n in (1, 9))

    write(path, batch("r1", articles=stored))

    with open_store(path, now=NOW) as store:
        assert store.recent_fingerprints(TOPIC, at(5)) == [("v9", "o9", at(9), (9, 10))]


def test_facts_whose_due_interval_ended_are_named(path: Path) -> None:
    ledger = fold([claim(article(1))])
    due = replace(ledger, beliefs=(replace(ledger.beliefs[0], due=DateSpan(date(2024, 5, 1), date(2024, 5, 2))),))
    write(path, batch("r1", article(1), ledgers={FACT: due}))

    with open_store(path, now=NOW) as store:
        assert store.facts_due(TOPIC, at(0)) == set()
        assert store.facts_due(TOPIC, at(4)) == {FACT}


def test_a_second_writer_is_told_who_holds_the_store(path: Path) -> None:
    with (
        open_store(path, now=NOW),
        pytest.raises(StoreUnavailable, match="another run is writing") as refused,
        open_store(path, now=NOW),
    ):
        pass

    assert "wait" in refused.value.way_out


@pytest.mark.parametrize("content", [b"no database", b"\0" * 20_000, b""], ids=["text", "zeros", "empty"])
def test_a_file_that_is_no_database_is_named_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.duckdb"
    path.write_bytes(content)

    with pytest.raises(StoreUnavailable, match=r"broken\.duckdb") as refused, open_store(path, now=NOW):
        pass

    assert "restore" in refused.value.way_out


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=str(tmp_path)), open_store(tmp_path, now=NOW):
        pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable) as refused, open_store(tmp_path / "file" / "facts.duckdb", now=NOW):
        pass

    assert refused.value.way_out


def test_an_error_of_the_caller_inside_the_block_is_not_blamed_on_the_store(path: Path) -> None:
    with pytest.raises(ConnectionResetError), open_store(path, now=NOW):
        raise ConnectionResetError("a feed hung up")


def test_the_lease_ends_with_the_block(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_store(path, now=NOW):
        raise ZeroDivisionError

    write(path, batch("r1", article(1)))


def test_a_batch_that_cannot_be_written_leaves_nothing(path: Path) -> None:
    good = article(1)
    bad = replace(article(2), outlet=None)  # type: ignore[arg-type]

    with pytest.raises(StoreUnavailable, match="could not be saved"):
        write(path, batch("r1", good, bad))

    assert rows(path, "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM runs)") == [(0, 0)]


def test_a_commit_that_raised_after_it_was_kept_counts_as_kept(path: Path) -> None:
    class HangsUp:
        """A connection that loses touch right after COMMIT."""

        def __init__(self, real: duckdb.DuckDBPyConnection) -> None:
            self._real = real

        def execute(self, sql: str, *rest: object) -> object:
            result = self._real.execute(sql, *rest)
            if sql == "COMMIT":
                raise duckdb.IOException("lost touch")
            return result

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

    with open_store(path, now=NOW):
        pass
    store = Store(HangsUp(duckdb.connect(str(path))), path)  # type: ignore[arg-type]
    result = store.commit(batch("r1", article(1)))
    store.close()

    assert result.repeated
    assert rows(path, "SELECT count(*) FROM articles") == [(1,)]


def test_the_order_of_arrival_changes_system_time_only(tmp_path: Path) -> None:
    articles = [article(n, percent=10 + n, day=n) for n in range(6)]
    shuffled = random.Random(7).sample(articles, len(articles))

    one, two = (_arrive(tmp_path / name, order) for name, order in (("a", articles), ("b", shuffled)))

    assert one == two


def _arrive(path: Path, order: list[Article]) -> dict[str, Ledger]:
    with open_store(path, now=NOW) as store:
        for number, source in enumerate(order):
            had = store.claims_of(TOPIC, [FACT])[FACT]
            new = claim(source, percent=int(source.text.split("holds ")[1].split(" ")[0]))
            run: Batch = batch(f"r{number}", source, day=20 + number, ledgers={FACT: fold([*had, new])})
            store.commit(run)
        return store.standing(TOPIC)


def test_a_fact_is_read_as_it_was_known_at_any_moment(path: Path) -> None:
    one, two = article(1, percent=43), article(2, percent=15, day=3)
    write(
        path,
        batch("r1", one),
        batch("r2", two, day=10, ledgers={FACT: fold([claim(one, percent=43), claim(two)])}),
    )

    def held(valid: int, known: int) -> list[tuple[object, ...]]:
        with duckdb.connect(str(path)) as connection:
            return connection.execute(
                "SELECT percent FROM facts_as_of($valid, $known)", {"valid": at(valid), "known": at(known)}
            ).fetchall()

    assert held(5, 4) == [(43.0,)]
    assert held(5, 11) == [(15.0,)]
    assert held(1, 11) == [(43.0,)]
    assert held(-1, 11) == []
    assert at(10) - at(4) > timedelta(0)


@pytest.mark.parametrize("odd", ["\ud83d", "\0", "\u202e", "\U0001f600", "\x1f"])
def test_odd_characters_are_stored_with_every_offset_as_it_was(path: Path, odd: str) -> None:
    source = replace(article(1), text=f"{odd} {article(1).text} {odd}")

    write(path, batch("r1", source))

    assert verify(path).problems == ()
    assert rows(path, "SELECT length(text) FROM articles") == [(len(source.text),)]
