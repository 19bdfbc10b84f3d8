"""docs/sql.md asks twenty questions: each is answered, and the answers on the page are those of the demo."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from conftest import ROOT, run_factdrift
from storage_cases import article, batch, write

from storage.query import QueryLimits, QueryResult, run_query
from storage.snapshot import publish_snapshot


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sql_page", ROOT / "benchmarks" / "sql_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()
TEXT = SCRIPT.PAGE.read_text(encoding="utf-8")
QUERIES = SCRIPT.queries(TEXT)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    write(folder / "facts.duckdb", batch("run-1", article(1)), batch("run-2", article(2, percent=20, day=3), day=3))
    return publish_snapshot(folder / "facts.duckdb", folder / "facts.snapshot.duckdb")


def _ask(snapshot: Path, sql: str) -> QueryResult:
    return run_query(snapshot, sql, QueryLimits())


def test_the_page_asks_twenty_different_questions() -> None:
    assert len(set(QUERIES)) == 20
    assert TEXT.count("```sql\n") == 20
    assert [f"### {number}. " in TEXT for number in range(1, 21)] == [True] * 20


@pytest.mark.parametrize("sql", QUERIES, ids=range(1, len(QUERIES) + 1))
def test_every_query_is_answered_and_says_its_order(snapshot: Path, sql: str) -> None:
    result = _ask(snapshot, sql)

    assert result.columns
    assert not result.cut
    assert "\nORDER BY " in sql


def test_only_the_answers_are_replaced() -> None:
    page = "before\n```sql\nSELECT 1\n```\n\n<!-- answer -->\nold\n<!-- /answer -->\nafter\n"

    assert SCRIPT.answered(page, lambda sql: f"new: {sql}\n") == page.replace("old", "new: SELECT 1")


def test_an_answer_keeps_its_table_whatever_a_cell_holds(snapshot: Path) -> None:
    result = _ask(snapshot, "SELECT 'a|b' AS x, NULL AS y, true AS z, E'one\\ntwo' AS w")

    assert SCRIPT.as_table(result).splitlines()[2] == "| a\\|b |  | yes | one two |"


def test_an_answer_without_rows_says_so(snapshot: Path) -> None:
    assert SCRIPT.as_table(_ask(snapshot, "SELECT 1 WHERE false")) == "No rows.\n"


@pytest.mark.slow
def test_the_answers_on_the_page_are_those_of_a_fresh_demo(tmp_path: Path) -> None:
    done = run_factdrift("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr

    assert SCRIPT.answered(TEXT, lambda sql: SCRIPT.ask(tmp_path / SCRIPT.SNAPSHOT, sql)) == TEXT
