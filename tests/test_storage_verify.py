"""`verify` names what does not hold: the run, the table, the row."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_cases import FACT, alert, article, at, batch, claim, fold, write

from factdrift.errors import StoreUnavailable
from factdrift.log import setup_logging
from factdrift.model import Count, Evidence, Ledger, Money, Percent, Rate, Review, StoredClaim, Value
from storage import verify as verifying
from storage import verify_folds
from storage.backup import compact, drop_text
from storage.engine import connect
from storage.evidence import problems_of_claim
from storage.migrations import all_migrations, open_migrated
from storage.proof import PROVEN, Column, columns_of, digest_sql, digests
from storage.records import StoredArticle
from storage.verify import Verified, verify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store that three runs wrote: an article, a second one, and the withdrawal of the first."""
    path = tmp_path / "facts.duckdb"
    one, two = article(1, percent=43), article(2, percent=15, day=3)
    both = [claim(one, percent=43), claim(two)]
    write(
        path,
        batch("r1", one, alerts=(alert("k1"),)),
        batch("r2", two, day=3, ledgers={FACT: fold(both)}),
        batch("r3", day=5, ended_versions=("v1",), ledgers={FACT: fold(both[1:])}),
        batch("r4", day=6, reviews=(Review("w1", both[1].claim_id, "accept", "kim", at(6)),)),
        batch("r5", day=7, reviews=(Review("w2", both[1].claim_id, "undo", "kim", at(7), undoes="w1"),)),
    )
    return path


def by_hand(path: Path, sql: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(sql)


def found(path: Path) -> list[str]:
    return [str(problem) for problem in verify(path).problems]


def folded(topic: str, fact: str, claims: list[StoredClaim], now: datetime) -> Ledger:
    return fold(claims)


def test_a_store_that_nobody_touched_holds(path: Path) -> None:
    result = verify(path, folded)

    assert result.problems == ()
    assert (result.runs, result.claims, result.facts) == (5, 2, 1)
    assert len(result.head) == 64


def former_digest_sql(db: duckdb.DuckDBPyConnection, table: str) -> str:
    """The formula as it was first released: rows that were hashed with it must hold for ever."""
    columns = db.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $table ORDER BY column_name",
        {"table": table},
    ).fetchall()
    out = {"digest", "system_to", "ended_by", "sent_at", "attempts", "last_error", "seq"}
    out |= {"valid_end"}  # came later, and only repeats another column
    texts = {n: f"epoch_us({n})" if kind == "TIMESTAMP WITH TIME ZONE" else n for n, kind in columns if n not in out}
    parts = ", ".join(f"'{name}=' || {text}::VARCHAR" for name, text in texts.items())
    return f"left(sha256(concat_ws(chr(31), {parts})), 32)"


@pytest.mark.parametrize("table", PROVEN)
def test_a_row_has_the_hash_that_earlier_versions_gave_it(table: str) -> None:
    db = open_migrated(Path(":memory:"), at(0))
    columns = db.execute(
        "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE table_name = $table", {"table": table}
    ).fetchall()
    samples = {"VARCHAR": "'é\x1f' || n", "JSON": "'{\"n\": ' || n || '}'", "DOUBLE": "n / 7", "BOOLEAN": "n % 3 = 1"}
    samples |= {"DATE": "DATE '0987-01-02' + n::INTEGER", "BIGINT[]": "[n, 1]", "INTEGER": "n", "BIGINT": "n"}
    samples |= {"TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ '1969-12-31 23:59:59.123456+00' + INTERVAL (n) DAY"}
    chosen = [  # each column that may be NULL is so in other rows than the others
        f"CASE WHEN {str(nullable).lower()} AND hash('{name}', n) % 2 = 0 THEN NULL ELSE {samples[kind]} END AS {name}"
        for name, kind, nullable in columns
    ]
    db.execute(f"INSERT INTO {table} BY NAME SELECT {', '.join(chosen)} FROM range(300) r(n)")

    former = db.execute(f"SELECT {former_digest_sql(db, table)} FROM {table}").fetchall()
    in_sql = db.execute(f"SELECT {digest_sql(columns_of(db, table))} FROM {table}").fetchall()
    in_python = digests(db.execute(f"SELECT * FROM {table}").to_arrow_table(), columns_of(db, table))

    assert len(set(in_python)) == 300
    assert [digest for (digest,) in in_sql] == [digest for (digest,) in former] == in_python


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=9),
            st.floats(allow_nan=False) | st.none(),  # no value that was read is none
            st.integers(-(2**31), 2**31 - 1) | st.none(),
            st.dates() | st.none(),
            st.datetimes(timezones=st.just(UTC)) | st.none(),
            st.booleans() | st.none(),
            st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
        ),
        min_size=1,
    )
)
def test_a_row_is_hashed_when_it_is_written_as_when_it_is_checked(drawn: list[tuple[object, ...]]) -> None:
    kinds = [pa.string(), pa.float64(), pa.int32(), pa.date32(), pa.timestamp("us", tz="UTC"), pa.bool_()]
    kinds.append(pa.list_(pa.int64()))
    drawn_columns = zip(zip(*drawn, strict=True), kinds, strict=True)
    written = pa.table({f"c{n}": pa.array(values, kind) for n, (values, kind) in enumerate(drawn_columns)})
    with connect(":memory:") as db:
        db.register("written", written)
        for first in range(len(kinds)):  # whichever column comes first, and may be NULL or not
            columns = [
                Column(f"c{n}", "TIMESTAMP WITH TIME ZONE" if n == 4 else "", may_be_null=n not in (0, 6))
                for n in (*range(first, len(kinds)), *range(first))
            ]
            found = db.execute(f"SELECT {digest_sql(columns)} FROM written").fetchall()

            assert [digest for (digest,) in found] == digests(written, columns)


def test_texts_are_hashed_wherever_they_stand_in_their_batch() -> None:
    written = pa.table({"a": ["one", "two", "three", "four"]})
    columns = [Column("a", "VARCHAR", may_be_null=False)]

    assert digests(written.slice(1, 2), columns) == digests(written, columns)[1:3]


def test_it_still_holds_after_it_was_compacted(path: Path) -> None:
    before = verify(path)

    compact(path, at(9))

    assert verify(path, folded) == replace(before, facts=1, rows=verify(path).rows)


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ("UPDATE beliefs SET percent = 44 WHERE percent = 43 AND ended_by = 'r2'", "beliefs"),
        ("UPDATE claims SET sentence = 'Acme holds all of Beta.' WHERE version_id = 'v2'", "claims c-v2"),
        ("UPDATE articles SET outlet = 'Other News' WHERE version_id = 'v1'", "articles v1 (run r1)"),
        ("UPDATE changes SET kind = 'confirmed' WHERE run_id = 'r2'", "changes ch-c-v2"),
        ("UPDATE reasons SET reason = 'reprint' WHERE run_id = 'r1'", "reasons "),
        ("UPDATE alerts SET title = 'x'", "alerts alert-k1 (run r1)"),
        ("UPDATE runs SET outcome = 'fine' WHERE run_id = 'r2'", "runs r2"),
        ("UPDATE runs SET digest = '' WHERE run_id = 'r3'", "runs r3"),
        ("DELETE FROM runs WHERE run_id = 'r2'", "runs r3 (run r3): does not follow"),
        ("DELETE FROM claims WHERE version_id = 'v2'", "claims (run r2): 1 rows were added and 0 ended"),
        ("UPDATE beliefs SET digest = repeat('0', 32) WHERE run_id = 'r1'", "beliefs"),
        ("UPDATE beliefs SET digest = '' WHERE run_id = 'r1'", "beliefs (run r1)"),
        ("INSERT INTO claims SELECT * FROM claims WHERE version_id = 'v2'", "claims (run r2)"),
        ("UPDATE claims SET ended_by = NULL, system_to = NULL", "claims (run r3): 0 rows were added and 1 ended"),
        ("UPDATE articles SET run_id = 'r9' WHERE version_id = 'v2'", "runs r9 (run r9): has rows but"),
        ("DELETE FROM run_tables WHERE run_id = 'r1'", "runs r1"),
        ("UPDATE reviews SET verdict = 'reject' WHERE review_id = 'w1'", "reviews w1 (run r4): is not as"),
        ("UPDATE reviews SET who = 'ann' WHERE review_id = 'w2'", "reviews w2 (run r5): is not as"),
        ("DELETE FROM reviews WHERE verdict = 'undo'", "reviews (run r5): 1 rows were added and 0 ended, there are 0"),
        ("INSERT INTO reviews SELECT * REPLACE ('w9' AS review_id) FROM reviews", "reviews w9 (run r4)"),
        (
            "UPDATE articles SET text = 'Other.' WHERE version_id = 'v1'; "
            "INSERT INTO trimmed SELECT topic, version_id, now() FROM articles",
            "articles v1 (run r1)",
        ),
        ("UPDATE beliefs SET valid_end = now() WHERE run_id = 'r1'", "beliefs"),
        ("UPDATE beliefs SET valid_end = NULL WHERE run_id = 'r2'", "beliefs"),
        ("UPDATE facts SET meaning = 'x'", "facts acme-stake (run r1): is not as"),
        ("DELETE FROM facts", "facts (run r1): 1 rows were added and 0 ended, there are 0"),
    ],
)
def test_a_hand_edited_row_is_named(path: Path, edit: str, named: str) -> None:
    by_hand(path, edit)

    assert any(line.startswith(named) for line in found(path)), found(path)


def test_what_may_change_is_no_problem(path: Path) -> None:
    by_hand(path, "UPDATE alerts SET sent_at = now(), attempts = 3, last_error = 'timeout'")

    assert found(path) == []


def test_a_long_check_of_claims_tells_how_far_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verifying, "CLAIMS_AT_ONCE", 1)
    monkeypatch.setattr(verifying, "TOLD_AFTER", 2)
    setup_logging()

    verify(path)

    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO checked against their articles claims=2")


def test_many_facts_are_folded_some_at_a_time_and_each_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify_folds, "FACTS_AT_ONCE", 2)
    setup_logging()
    sources = [article(n, percent=10 + n) for n in range(5)]
    claims = [claim(source, percent=10 + n, fact=f"fact-{n}") for n, source in enumerate(sources)]
    ledgers = {each.claim.fact or "": fold([each]) for each in claims}
    write(tmp_path / "facts.duckdb", batch("r1", *sources, claims=tuple(claims), ledgers=ledgers))

    def all_but_one(topic: str, fact: str, claims: list[StoredClaim], now: datetime) -> Ledger:
        return fold(claims) if fact != "fact-3" else Ledger()

    result = verify(tmp_path / "facts.duckdb", all_but_one)

    assert result.facts == 5
    assert {problem.what for problem in result.problems} == {"does not follow from the claims on fact-3"}
    told = capsys.readouterr().err.splitlines()
    assert [line.split("facts=")[1] for line in told] == ["2 of=5", "4 of=5", "5 of=5"]


def test_beliefs_that_do_not_follow_from_the_claims_are_named(path: Path) -> None:
    def blind(topic: str, fact: str, claims: list[StoredClaim], now: datetime) -> Ledger:
        return Ledger()

    problems = verify(path, blind).problems

    assert {(problem.table, problem.what) for problem in problems} == {
        ("beliefs", f"does not follow from the claims on {FACT}"),
        ("changes", f"does not follow from the claims on {FACT}"),
    }


def test_what_the_claims_give_and_the_store_lacks_is_named(path: Path) -> None:
    source = article(7, percent=99)

    def more(topic: str, fact: str, claims: list[StoredClaim], now: datetime) -> Ledger:
        return fold([*claims, claim(source, percent=99)])

    assert any("give one more than is stored" in problem.what for problem in verify(path, more).problems)


def test_a_fact_that_is_tracked_no_more_is_left_alone(path: Path) -> None:
    assert verify(path, lambda *_: None).problems == ()


def test_dropped_text_is_no_edit(path: Path) -> None:
    with_noise = replace(article(9), text="Nothing of interest here.")
    write(path, batch("r6", day=8, articles=(StoredArticle(with_noise),)))

    dropped = drop_text(path, at(30), at(31))

    assert dropped == 1
    assert found(path) == []


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no such file"):
        verify(tmp_path / "none.duckdb")


def _flips_found(path: Path, rounds: int) -> list[int]:
    """Offsets of flipped bits that `verify` did not find."""
    whole = path.read_bytes()
    copy = path.with_name("flipped.duckdb")
    random_bits = random.Random(11)
    missed = []
    for _ in range(rounds):
        offset = random_bits.randrange(len(whole))
        damaged = bytearray(whole)
        damaged[offset] ^= 1 << random_bits.randrange(8)
        copy.write_bytes(damaged)
        try:
            if not verify(copy).problems:
                missed.append(offset)
        except StoreUnavailable:
            continue
    return missed


def test_a_flipped_bit_is_found(path: Path) -> None:
    compact(path, at(9))

    assert _flips_found(path, 12) == []


@pytest.mark.slow
def test_two_hundred_flipped_bits_are_found(path: Path) -> None:
    compact(path, at(9))

    assert _flips_found(path, 200) == []


@pytest.mark.parametrize(
    ("value", "quote", "holds"),
    [
        (Percent(43.4, 1), "holds 43.4 % of it", True),
        (Percent(43.4, 1), "détient 43,4 % du capital", True),
        (Percent(15.0), "holds 43.4 % of it", False),
        (Money(600e6, "EUR"), "600 million euros", True),
        (Money(600e6, "EUR"), "6億ユーロ", True),
        (Money(1.2e9, "EUR"), "1,2 Mrd. Euro", True),
        (Money(600e6, "EUR"), "EUR 0.6bn", True),
        (Money(700e6, "EUR"), "600 million euros", False),
        (Percent(28.0), "28％", True),
        (Percent(100.0), "buys the remaining 51 %", True),
        (Money(600e6, "EUR"), "A pays 400 million and B 200 million euros", True),
        (Percent(15.0), "cut by 28.4 points from 43.4 %", True),
        (Percent(16.0), "cut by 28.4 points from 43.4 %", False),
        (None, "holds a stake", True),
        (Count(20_000, "jobs"), "20,000 jobs", True),
        (Count(20_000, "jobs"), "30,000 jobs", False),
        (Rate(38, "cars", "month"), "38 a month", True),
    ],
)
def test_a_number_must_stand_in_its_quote(value: Value | None, quote: str, holds: bool) -> None:
    taken = replace(
        claim(article(1)).claim, value=value, cue=(0, 0), evidence=Evidence("text", quote, "", "", 0, len(quote))
    )

    assert (problems_of_claim(taken, quote, "", quote) == []) is holds


def test_a_number_in_words_needs_no_digits() -> None:
    quote = "owns half of it"
    taken = replace(
        claim(article(1)).claim,
        value=Percent(50.0),
        cue=(5, 9),
        evidence=Evidence("text", quote, "", "", 0, len(quote)),
    )

    assert problems_of_claim(taken, quote, "", quote) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"start": 0}, "quote is not at its place"),
        ({"prefix": "nonsense"}, "prefix"),
        ({"suffix": "nonsense"}, "suffix"),
        ({"part": "title"}, "quote is not at its place"),
    ],
)
def test_evidence_that_is_off_is_named(change: dict[str, object], what: str) -> None:
    source = article(1)
    taken = claim(source).claim
    wrong = replace(taken, evidence=replace(taken.evidence, **change))  # type: ignore[arg-type]

    assert any(what in problem for problem in problems_of_claim(wrong, taken.evidence.exact, source.title, source.text))


def test_a_claim_without_its_article_is_named() -> None:
    assert problems_of_claim(claim(article(1)).claim, "", None, None) == ["its article version is not in the store"]


def test_the_result_says_how_much_was_checked(path: Path) -> None:
    result: Verified = verify(path)

    assert result.rows > 10


@pytest.mark.parametrize("known", [0, 2], ids=["empty", "schema 2"])
def test_a_file_of_an_older_schema_is_named_as_one(tmp_path: Path, known: int) -> None:
    old = tmp_path / "old.duckdb"
    if known:
        open_migrated(old, at(0), all_migrations()[:known]).close()
    else:
        duckdb.connect(str(old)).close()

    with pytest.raises(StoreUnavailable, match=rf"schema {known} of"):
        verify(old)
