"""Ad-hoc SQL cannot leave its cage: no file, no network, no setting, no more time or memory than it was given."""

import hashlib
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet
import pytest
from storage_cases import article, batch, write

from factdrift.errors import QueryRefused, StoreUnavailable
from storage.query import REFUSED, TOO_LARGE, QueryLimits, QueryResult, refusal, run_query, write_parquet
from storage.query_child import last_words, open_caged, select
from storage.snapshot import publish_snapshot

QUICK = QueryLimits(timeout_seconds=10, memory_mb=256)
SHORT = QueryLimits(timeout_seconds=1, memory_mb=256)

# What names a file, the network, a setting or another database. {secret} is a readable file, {target} one to be made.
REACHING_OUT = """
COPY claims TO '{target}'
COPY (SELECT 1) TO '{target}' (FORMAT parquet)
COPY (SELECT 1) TO '/dev/stdout'
COPY claims FROM '{secret}'
COPY FROM DATABASE snapshot TO memory
EXPORT DATABASE '{target}'
IMPORT DATABASE '{target}'
ATTACH '{target}' AS other
ATTACH '{secret}' AS other (READ_ONLY)
ATTACH ':memory:' AS other
DETACH snapshot
USE memory
INSTALL httpfs
FORCE INSTALL httpfs FROM 'http://127.0.0.1:9/'
LOAD httpfs
LOAD '{secret}'
UPDATE EXTENSIONS
SET memory_limit = '64GB'
SET threads = 64
SET enable_external_access = true
SET lock_configuration = false
SET GLOBAL temp_directory = '/tmp'
SET VARIABLE a = 1
RESET memory_limit
RESET lock_configuration
SET SESSION timezone = 'Asia/Tokyo'
PRAGMA memory_limit = '64GB'
PRAGMA threads = 64
PRAGMA enable_profiling
PRAGMA enable_object_cache
PRAGMA database_size; SELECT 1
PRAGMA import_database('{target}')
CALL pragma_version()
CALL force_checkpoint()
CALL enable_logging()
CALL start_ui()
SELECT * FROM read_csv('{secret}')
SELECT * FROM read_csv_auto('{secret}')
SELECT * FROM read_text('{secret}')
SELECT * FROM read_blob('{secret}')
SELECT * FROM read_json('{secret}')
SELECT * FROM read_json_auto('{secret}')
SELECT * FROM read_ndjson('{secret}')
SELECT * FROM read_json_objects('{secret}')
SELECT * FROM read_parquet('{secret}')
SELECT * FROM parquet_scan('{secret}')
SELECT * FROM parquet_metadata('{secret}')
SELECT * FROM parquet_schema('{secret}')
SELECT * FROM parquet_file_metadata('{secret}')
SELECT * FROM parquet_kv_metadata('{secret}')
SELECT * FROM read_duckdb('{secret}')
SELECT * FROM sniff_csv('{secret}')
SELECT * FROM glob('/etc/*')
SELECT * FROM '{secret}'
SELECT * FROM '/etc/*.csv'
FROM '{secret}' SELECT *
SELECT * FROM "{secret}"
SELECT * FROM 'http://127.0.0.1:9/a.csv'
SELECT * FROM 'https://example.com/a.parquet'
SELECT * FROM 's3://bucket/a.parquet'
SELECT * FROM read_csv('http://127.0.0.1:9/a.csv')
SELECT * FROM query('FROM read_text(''{secret}'')')
SELECT * FROM query('COPY (SELECT 1) TO ''{target}''')
SELECT * FROM query_table('{secret}')
SELECT * FROM query_table(['{secret}'])
WITH a AS (SELECT * FROM read_text('{secret}')) SELECT * FROM a
SELECT (SELECT content FROM read_text('{secret}'))
EXPLAIN ANALYZE SELECT * FROM read_text('{secret}')
EXPLAIN ANALYZE COPY (SELECT 1) TO '{target}'
DESCRIBE SELECT * FROM read_text('{secret}')
SUMMARIZE SELECT * FROM read_csv('{secret}')
SELECT getenv('HOME')
SELECT * FROM duckdb_secrets()
SELECT * FROM which_secret('s3://a', 's3')
CREATE SECRET (TYPE s3, KEY_ID 'a', SECRET 'b')
CREATE PERSISTENT SECRET mine (TYPE http)
DROP SECRET mine
CREATE TABLE mine AS SELECT 1
CREATE TEMP TABLE mine AS SELECT 1
CREATE VIEW mine AS SELECT 1
CREATE MACRO mine() AS 1
CREATE SCHEMA mine
CREATE TYPE mine AS ENUM ('a')
CREATE SEQUENCE mine
CREATE INDEX mine ON claims (claim_id)
DROP TABLE claims
DROP VIEW fact_now
ALTER TABLE claims RENAME TO mine
ALTER TABLE claims ADD COLUMN mine INTEGER
INSERT INTO claims SELECT * FROM claims
UPDATE claims SET sentence = ''
DELETE FROM claims
TRUNCATE claims
MERGE INTO claims USING articles ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES
VACUUM
ANALYZE
CHECKPOINT
FORCE CHECKPOINT
BEGIN
COMMIT
ROLLBACK
PREPARE mine AS SELECT 1
EXECUTE mine
DEALLOCATE mine
COMMENT ON TABLE claims IS 'mine'
SELECT 1; DROP TABLE claims
SELECT 1; SELECT 2
; ;
-- nothing
PIVOT claims ON stage USING count(*)
SELECT * FROM no_such_table
SELECT * FROM sys
SELECT * FROM pd
""".strip().splitlines()

# What would run or grow for ever. Each ends at its limit.
ENDLESS = """
SELECT count(*) FROM range(1000000000000)
SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a.range) = hash(b.range) + 1
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n FROM t) SELECT count(*) FROM t
WITH RECURSIVE t AS (SELECT 'ab' AS s UNION ALL SELECT s || s FROM t) SELECT max(length(s)) FROM t
SELECT repeat('x', 4000000000)
SELECT length(repeat(repeat('x', 100000000), 100))
SELECT repeat('x', 1000000) FROM range(100000)
SELECT list(range) FROM range(10000000000)
SELECT string_agg(range, ',') FROM range(10000000000)
SELECT range(0, 100000000000)
SELECT * FROM generate_series(1, 100000000000) ORDER BY random()
SELECT count(DISTINCT range) FROM range(100000000000)
SELECT sum(a.range * b.range * c.range) FROM range(100000) a, range(100000) b, range(100000) c
SELECT sum(levenshtein(repeat('a', 2000), range::VARCHAR || repeat('b', 2000))) FROM range(1000000)
SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))
SELECT list_sort(range(0, 2000000000))
SELECT factorial(30) FROM range(100000000000) WHERE random() > 2
""".strip().splitlines()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("query")
    write(folder / "facts.duckdb", batch("r1", article(1), article(2, percent=43, day=1)))
    return publish_snapshot(folder / "facts.duckdb", folder / "snapshot.duckdb")


def ask(snapshot: Path, sql: str, limits: QueryLimits = QUICK) -> QueryResult:
    return run_query(snapshot, sql, limits)


def test_a_select_is_answered_with_names_types_and_rows(snapshot: Path) -> None:
    result = ask(snapshot, "SELECT percent, stage FROM claims ORDER BY percent")

    assert result.columns == ["percent", "stage"]
    assert result.rows() == [(15.0, "completed"), (43.0, "completed")]
    assert not result.cut


@pytest.mark.parametrize(
    "sql", ["FROM fact_now", "SHOW TABLES", "DESCRIBE claims", "SUMMARIZE claims", "EXPLAIN SELECT 1", "VALUES (1)"]
)
def test_other_ways_to_read_are_answered(snapshot: Path, sql: str) -> None:
    assert ask(snapshot, sql).rows()


def test_an_answer_without_rows_keeps_its_columns(snapshot: Path) -> None:
    assert ask(snapshot, "SELECT claim_id FROM claims WHERE false").columns == ["claim_id"]


def test_rows_beyond_the_limit_are_cut_off_and_the_answer_says_so(snapshot: Path) -> None:
    result = ask(snapshot, "SELECT range FROM range(1000000000000)", QueryLimits(max_rows=100))

    assert result.table.num_rows == 100
    assert result.cut


def test_an_answer_of_exactly_the_limit_is_not_cut(snapshot: Path) -> None:
    assert not ask(snapshot, "SELECT range FROM range(100)", QueryLimits(max_rows=100)).cut


def test_a_large_answer_is_refused_with_the_size(snapshot: Path) -> None:
    limits = QueryLimits(max_bytes=2**20)

    with pytest.raises(QueryRefused, match="more than 1 MB"):
        ask(snapshot, "SELECT repeat('x', 10000) FROM range(1000)", limits)


def test_inside_the_cage_an_answer_is_cut_or_refused_as_from_outside(snapshot: Path) -> None:
    connection = open_caged(str(snapshot), {"memory_mb": 256, "threads": 1})
    many = "SELECT n FROM range(20000) t(n)"

    cut, whole = select(connection, many, 5, 2**20), select(connection, many, 20_000, 2**20)

    assert (cut.num_rows, cut.schema.metadata) == (5, {b"cut": b"yes"})
    assert (whole.num_rows, whole.schema.metadata) == (20_000, None)
    with pytest.raises(OverflowError, match="more than 0 MB"):
        select(connection, many, 20_000, 1000)


def test_there_are_more_than_eighty_hostile_statements() -> None:
    assert len(REACHING_OUT) + len(ENDLESS) >= 120


def _in_process(snapshot: Path, sql: str) -> object:
    """The same two walls without a process of its own, which makes a hundred statements quick."""
    connection = open_caged(str(snapshot), {"memory_mb": 256, "threads": 2})
    try:
        return select(connection, sql, 100, 2**20).to_pylist()
    finally:
        connection.close()


def _in_child(snapshot: Path, sql: str) -> object:
    return ask(snapshot, sql).rows()


@pytest.mark.parametrize(
    ("way", "statements"),
    [
        (_in_process, REACHING_OUT),
        (_in_child, REACHING_OUT[::12]),
        pytest.param(_in_child, REACHING_OUT, marks=pytest.mark.slow),
    ],
    ids=["in process", "some in a child", "all in a child"],
)
def test_nothing_hostile_touches_a_file_the_network_or_a_setting(
    snapshot: Path, tmp_path: Path, way: Callable[[Path, str], object], statements: list[str]
) -> None:
    secret, target = tmp_path / "secret.csv", tmp_path / "target"
    secret.write_text("hush,42\n")
    before = hashlib.sha256(snapshot.read_bytes()).hexdigest()
    escaped = []

    for line in statements:
        try:
            escaped.append((line, way(snapshot, line.format(secret=secret, target=target))))
        except (QueryRefused, ValueError, duckdb.Error) as refused:
            if "hush" in str(refused):
                escaped.append((line, str(refused)))

    assert escaped == []
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
    assert sorted(path.name for path in snapshot.parent.iterdir()) == [
        "facts.duckdb",
        "facts.duckdb.lock",
        "snapshot.duckdb",
    ]
    assert hashlib.sha256(snapshot.read_bytes()).hexdigest() == before


def _ends_in_time(snapshot: Path, sql: str) -> None:
    began = time.monotonic()

    with pytest.raises(QueryRefused) as refused:
        ask(snapshot, sql, SHORT)

    assert time.monotonic() - began < SHORT.timeout_seconds + 1
    assert refused.value.way_out


@pytest.mark.parametrize("sql", ENDLESS[2:6:3], ids=range(2))
def test_an_endless_query_ends_within_a_second_of_its_limit(snapshot: Path, sql: str) -> None:
    _ends_in_time(snapshot, sql)


@pytest.mark.slow
@pytest.mark.parametrize("sql", ENDLESS, ids=range(len(ENDLESS)))
def test_every_endless_query_ends_within_a_second_of_its_limit(snapshot: Path, sql: str) -> None:
    _ends_in_time(snapshot, sql)


def test_the_environment_is_not_handed_to_the_cage(snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTDRIFT_SECRET", "hush")

    with pytest.raises(QueryRefused) as refused:
        ask(snapshot, "SELECT getenv('FACTDRIFT_SECRET')")

    assert "hush" not in str(refused.value)


def test_settings_that_were_locked_stay_as_they_were(snapshot: Path) -> None:
    result = ask(
        snapshot,
        "SELECT name, value FROM duckdb_settings() WHERE name IN ('enable_external_access', 'lock_configuration', "
        "'autoload_known_extensions', 'threads') ORDER BY name",
    )

    assert result.rows() == [
        ("autoload_known_extensions", "false"),
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
        ("threads", "2"),
    ]


def test_a_missing_snapshot_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no snapshot yet"):
        ask(tmp_path / "none.duckdb", "SELECT 1")


def test_a_mistake_is_shown_as_duckdb_put_it(snapshot: Path) -> None:
    with pytest.raises(QueryRefused, match="syntax error"):
        ask(snapshot, "SELEC 1")


def test_times_come_in_utc(snapshot: Path) -> None:
    result = ask(snapshot, "SELECT published_at::VARCHAR FROM claims ORDER BY 1 LIMIT 1")

    assert result.rows() == [("2024-05-01 12:00:00+00",)]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("unnest(['infinity'::DATE, '2024-01-01', NULL])", ["infinity", date(2024, 1, 1), None]),
        ("'-infinity'::TIMESTAMPTZ", ["-infinity"]),
        ("TIMESTAMP '290000-01-01 00:00:01'", ["290000-01-01 00:00:01"]),
        ("DATE '0044-03-15 (BC)'", ["0044-03-15 (BC)"]),
        ("TIMESTAMP_NS '2024-01-01 00:00:00.123456789'", ["2024-01-01 00:00:00.123456789"]),
        ("['infinity'::DATE]", ["[infinity]"]),
        ("INTERVAL '1 month 2 days'", ["1 month 2 days"]),
        ("map {'a': 1}", [{"a": 1}]),
        (
            "unnest([map {'a': 'infinity'::DATE}, map {'a': DATE '2024-01-01'}])",
            ["{a=infinity}", {"a": date(2024, 1, 1)}],
        ),
    ],
)
def test_what_python_has_no_value_for_comes_as_its_text(snapshot: Path, asked: str, answered: list[object]) -> None:
    assert [value for (value,) in ask(snapshot, f"SELECT {asked}").rows()] == answered


def test_columns_of_one_name_are_told_apart(snapshot: Path) -> None:
    assert ask(snapshot, "SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a").columns == ["a", "a_2", "a_2_2", "a_3"]


def test_every_type_can_be_shown_and_written_to_parquet(snapshot: Path, tmp_path: Path) -> None:
    result = ask(snapshot, "SELECT *, union_value(n := 1) AS one, {'x': INTERVAL 1 DAY} AS two FROM test_all_types()")

    write_parquet(result, tmp_path / "all.parquet")

    written = parquet.read_table(tmp_path / "all.parquet")
    assert written.column_names == result.columns
    assert written.num_rows == len(result.rows()) == 3
    assert written.column("interval").to_pylist()[0] == "00:00:00"


def test_a_file_that_cannot_be_written_is_named(snapshot: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"none/a\.parquet"):
        write_parquet(ask(snapshot, "SELECT 1"), tmp_path / "none" / "a.parquet")


def test_a_query_that_needs_too_much_memory_is_refused_as_such(snapshot: Path) -> None:
    with pytest.raises(QueryRefused, match="memory") as refused:
        ask(snapshot, "SELECT list(range) FROM range(1000000000)", QueryLimits(timeout_seconds=20, memory_mb=64))

    assert "narrower" in refused.value.way_out


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [(-9, "", "processor time"), (-24, "", "processor time"), (1, "x\nMemoryError", "MemoryError"), (7, "", "code 7")],
)
def test_a_child_that_was_stopped_or_broke_is_explained(code: int, text: str, said: str) -> None:
    assert said in str(refusal(code, text, QUICK))


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        (duckdb.BinderException("no such column\n^"), REFUSED, "no such column\n^"),
        (ValueError("one statement at a time, please"), REFUSED, "one statement at a time, please"),
        (
            duckdb.OutOfMemoryException("too much\nmore"),
            TOO_LARGE,
            "the query needs more memory than it may use: too much",
        ),
        (MemoryError(), TOO_LARGE, "the query needs more memory than it may use: MemoryError"),
    ],
)
def test_a_query_that_fails_ends_with_one_of_two_codes_and_says_why(failure: Exception, code: int, words: str) -> None:
    assert last_words(failure) == (code, words)
