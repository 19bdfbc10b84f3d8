"""Migrations run once, in order, whole or not at all, on rows of the version before."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from storage_cases import FACT, NOW, TOPIC, article, batch, write

from factdrift.errors import StoreUnavailable
from storage.database import open_store
from storage.engine import connect
from storage.migrations import all_migrations, open_migrated
from storage.verify import verify

AT = "TIMESTAMPTZ '2024-05-01'"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facts.duckdb"


def _old_store(path: Path) -> None:
    """A database as schema 2 left it, with a row in every table that migration 3 touches."""
    with open_migrated(path, NOW, all_migrations()[:2]) as db:
        for number, run in enumerate(("r1", "r2")):
            db.execute(
                f"INSERT INTO runs VALUES ('{run}', '{TOPIC}', {AT}, {AT} + INTERVAL {number} DAY, 'ok', 1, 1, 1, "
                f"'d{number}', 'p{number}')"
            )
        db.execute(
            f"INSERT INTO articles VALUES ('v1', 'a1', '{TOPIC}', 'u', 'o', 't', 'x', 'en', {AT}, 'meta', NULL, {AT}, "
            f"'s', 'o1', 2, '', [1, 2], 'r1', {AT}, NULL)"
        )
        db.execute(
            "INSERT INTO claims BY NAME SELECT 'c1' AS claim_id, 'v1' AS version_id, 'a1' AS article_id, "
            f"'{TOPIC}' AS topic, '{FACT}' AS fact, 'r' AS relation, 's' AS subject, 'o' AS object, "
            "'planned' AS stage, 'news' AS mention, 'x' AS sentence, 'o' AS outlet, 's' AS source, "
            f"2 AS tier, 'o1' AS origin, {AT} AS published_at, "
            f"'e' AS extractor, '{{}}' AS body, 'r1' AS run_id, {AT} AS system_from"
        )
        db.execute(
            f"INSERT INTO changes BY NAME SELECT 'ch1' AS change_id, '{TOPIC}' AS topic, '{FACT}' AS fact, "
            f"'actual' AS track, 'added' AS kind, '' AS old_shown, '' AS new_shown, 'c1' AS claim_id, "
            f"{AT} AS happened_at, false AS needs_review, 0 AS seq, '{{}}' AS body, 'r1' AS run_id, {AT} AS system_from"
        )
        db.execute(
            f"INSERT INTO reasons BY NAME SELECT 'c1' AS claim_id, '{TOPIC}' AS topic, '{FACT}' AS fact, "
            f"'added' AS reason, '' AS detail, 'r1' AS run_id, {AT} AS system_from"
        )


def test_migration_3_keeps_the_rows_of_schema_2(path: Path) -> None:
    _old_store(path)

    with open_store(path, now=NOW) as store:
        known = store.known_articles(TOPIC)

    with duckdb.connect(str(path)) as db:
        runs = db.execute("SELECT run_id, seq, digest FROM runs ORDER BY seq").fetchall()
        change = db.execute("SELECT known_at = system_from, digest FROM changes").fetchall()
        feed = db.execute("SELECT outlet, url FROM change_feed").fetchall()
        reason = db.execute("SELECT length(reason_id), seq FROM reasons").fetchall()
    assert known == {"a1": ("v1", datetime(2024, 5, 1, tzinfo=UTC))}
    assert runs == [("r1", 1, ""), ("r2", 2, "")]
    assert change == [(True, "")]
    assert feed == [("o", "u")]
    assert reason == [(20, 0)]


def test_migration_5_keeps_reviews_and_makes_an_undo_a_row_of_its_own(path: Path) -> None:
    _old_store(path)
    with duckdb.connect(str(path)) as db:
        for name, undone in (("w1", True), ("w2", False)):
            db.execute(f"INSERT INTO reviews VALUES ('{name}', 'c1', 'accept', 'kim', {AT}, {undone}, 'seen')")
        db.execute(f"INSERT INTO facts VALUES ('{TOPIC}', '{FACT}', 'm', 'r', 's', 'o', 'percent')")
        db.execute("DELETE FROM claims WHERE claim_id <> 'c1'")

    with open_store(path, now=NOW) as store:
        kept, tracked = store.reviews(TOPIC), store.fact_names(TOPIC)

    assert [(r.review_id, r.who, r.note, r.undone) for r in kept] == [
        ("w1", "kim", "seen", True),
        ("w2", "kim", "seen", False),
    ]
    assert tracked == {FACT}


def test_migration_7_asks_old_beliefs_as_before(path: Path) -> None:
    with open_migrated(path, NOW, all_migrations()[:6]) as db:
        for number, end in enumerate((f"{AT} + INTERVAL 1 DAY", "NULL")):
            db.execute(
                f"INSERT INTO beliefs BY NAME SELECT 'b{number}' AS belief_id, '{TOPIC}' AS topic, '{FACT}' AS fact, "
                f"'actual' AS track, '' AS shown, 'current' AS stage, {AT} + INTERVAL {number} DAY AS valid_from, "
                f"{end} AS valid_to, 'c{number}' AS claim_id, 1 AS origins, false AS contested, '{{}}' AS body, "
                f"'r1' AS run_id, {AT} AS system_from, '' AS digest"
            )
        asked = [f"{AT} + INTERVAL ({hours}) HOUR" for hours in (-1, 0, 23, 24, 24 * 3_000)]
        macro = "SELECT claim_id FROM facts_as_of({moment}, now()) ORDER BY ALL"
        before = [db.execute(macro.format(moment=moment)).fetchall() for moment in asked]

    with open_migrated(path, NOW) as db:
        after = [db.execute(macro.format(moment=moment)).fetchall() for moment in asked]

    assert before == after == [[], [("c0",)], [("c0",)], [("c1",)], [("c1",)]]


def test_rows_written_before_proofs_are_no_problem_to_the_chain(path: Path) -> None:
    _old_store(path)
    with duckdb.connect(str(path)) as db:
        db.execute("DELETE FROM claims")  # its body is no claim
        db.execute(f"INSERT INTO facts VALUES ('{TOPIC}', '{FACT}', 'as it was', 'r', 's', 'o', 'percent')")
        db.execute(f"INSERT INTO reviews VALUES ('w1', 'c1', 'accept', 'kim', {AT}, true, 'seen')")
    write(path, batch("r3", article(9), day=3), batch("r4", day=4, ended_versions=("v1",)))

    assert verify(path).problems == ()


def test_a_file_is_copied_before_it_is_changed(path: Path) -> None:
    _old_store(path)

    open_migrated(path, NOW).close()

    with connect(path.with_name("facts.duckdb.schema2.bak"), read_only=True) as backup:
        assert backup.execute("SELECT max(number), (SELECT count(*) FROM runs) FROM schema_migrations").fetchall() == [
            (2, 2)
        ]


def test_a_new_file_needs_no_copy(path: Path) -> None:
    open_migrated(path, NOW).close()

    assert [each.name for each in path.parent.iterdir()] == ["facts.duckdb"]


def test_a_file_of_a_newer_schema_is_refused_with_both_versions(path: Path) -> None:
    later = [*all_migrations(), (99, "later", "SELECT 1")]
    open_migrated(path, NOW, later).close()

    with pytest.raises(StoreUnavailable, match=rf"schema 99, this program knows {all_migrations()[-1][0]}"):
        open_migrated(path, NOW)


def test_an_edited_migration_is_refused(path: Path) -> None:
    open_migrated(path, NOW).close()
    number, name, sql = all_migrations()[0]

    with pytest.raises(StoreUnavailable, match="not the one this program was released with"):
        open_migrated(path, NOW, [(number, name, sql + "-- edited"), *all_migrations()[1:]])


def test_a_migration_that_fails_leaves_the_schema_before_it(path: Path) -> None:
    broken = [(1, "make", "CREATE TABLE a (b INTEGER)"), (2, "break", "CREATE TABLE c (d INTEGER); SELECT no_such")]

    with pytest.raises(duckdb.Error):
        open_migrated(path, NOW, broken)

    with connect(path) as db:
        tables = db.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        assert tables == [("a",), ("schema_migrations",)]
        assert db.execute("SELECT number FROM schema_migrations").fetchall() == [(1,)]


def test_migrating_again_does_nothing(path: Path) -> None:
    open_migrated(path, NOW).close()
    before = path.read_bytes()

    open_migrated(path, NOW).close()

    assert path.read_bytes() == before


def test_migrations_are_numbered_without_gaps() -> None:
    assert [number for number, _, _ in all_migrations()] == list(range(1, len(all_migrations()) + 1))


def test_migration_4_leaves_rows_alone_and_what_it_adds_starts_empty(path: Path) -> None:
    with open_migrated(path, NOW, all_migrations()[:3]) as db:
        db.execute("INSERT INTO trimmed VALUES ('acme', 'v1', now())")

    with open_migrated(path, NOW, all_migrations()[:4]) as db:
        found = db.execute("SELECT (SELECT count(*) FROM trimmed), (SELECT count(*) FROM kept_folds)").fetchall()

    assert found == [(1, 0)]
