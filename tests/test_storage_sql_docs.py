"""docs/sql.md names every view and every column, and none that is not there."""

import re
from pathlib import Path

import duckdb
import pytest
from storage_cases import NOW

from storage.migrations import open_migrated

PAGE = (Path(__file__).parent.parent / "docs" / "sql.md").read_text(encoding="utf-8")
SECTIONS = {part.split("`")[1]: part for part in PAGE.split("\n### ")[1:]}
VIEWS = (
    "fact_now",
    "fact_history",
    "change_feed",
    "evidence_chain",
    "reason_counts",
    "source_health",
    "review_precision",
    "review_log",
)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return open_migrated(tmp_path_factory.mktemp("docs") / "facts.duckdb", NOW)


def _documented(view: str) -> set[str]:
    rows = [line.split("|")[1] for line in SECTIONS[view].splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def _columns(db: duckdb.DuckDBPyConnection, relation: str) -> set[str]:
    return {row[0] for row in db.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}


def test_every_view_has_a_section(db: duckdb.DuckDBPyConnection) -> None:
    found = {row[0] for row in db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}

    assert found == set(VIEWS)
    assert found <= SECTIONS.keys()


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "fact_history"])
def test_every_column_of_a_view_is_explained(db: duckdb.DuckDBPyConnection, view: str) -> None:
    assert _documented(view) == _columns(db, view)


def test_the_history_has_the_columns_the_page_says_it_has(db: duckdb.DuckDBPyConnection) -> None:
    shared = _documented("fact_now") - {"meaning", "since", "last_confirmed"}

    assert shared | _documented("fact_history") == _columns(db, "fact_history")


def test_the_macro_gives_the_columns_of_the_history(db: duckdb.DuckDBPyConnection) -> None:
    assert _columns(db, "facts_as_of(now(), now())") == _columns(db, "fact_history")


def test_every_table_is_named(db: duckdb.DuckDBPyConnection) -> None:
    tables = {row[0] for row in db.execute("SELECT table_name FROM duckdb_tables()").fetchall()}

    assert {table for table in tables if f"`{table}`" not in PAGE} == set()
