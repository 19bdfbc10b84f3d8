"""Write the answers in docs/sql.md: runs the demo in a folder of its own and asks it every query of the page.

`uv run python benchmarks/sql_page.py` replaces what stands below each query. Knows no question: the page has them.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.query import QueryLimits, QueryResult, run_query

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "sql.md"
SNAPSHOT = Path("factdrift-demo") / "factdrift-demo.snapshot.duckdb"
NOTHING = "No rows.\n"
_ASKED = re.compile(r"(```sql\n(.*?)\n```\n\n<!-- answer -->\n).*?(<!-- /answer -->)", re.DOTALL)


def main() -> None:
    """Replace every answer by that of a fresh demo."""
    with TemporaryDirectory() as folder:
        run_demo(Path(folder))
        text = answered(PAGE.read_text(encoding="utf-8"), lambda sql: ask(Path(folder) / SNAPSHOT, sql))
    PAGE.write_text(text, encoding="utf-8")


def run_demo(folder: Path) -> None:
    """The whole demo has run in the folder. Raises CalledProcessError where it failed."""
    subprocess.run(
        [sys.executable, "-m", "factdrift", "demo"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )


def queries(text: str) -> list[str]:
    """The queries of a page that have an answer below them, in order."""
    return [found[2] for found in _ASKED.finditer(text)]


def answered(text: str, answer: Callable[[str], str]) -> str:
    """The page with the answer to each query below it; nothing else is touched."""
    return _ASKED.sub(lambda found: f"{found[1]}{answer(found[2])}{found[3]}", text)


def ask(snapshot: Path, sql: str) -> str:
    """The answer as a Markdown table. Raises QueryRefused as `factdrift sql` does."""
    return as_table(run_query(snapshot, sql, QueryLimits()))


def as_table(result: QueryResult) -> str:
    """The rows as a Markdown table, or a line that says there are none."""
    rows = result.rows()
    if not rows:
        return NOTHING
    lines = [result.columns, ["---"] * len(result.columns), *([_cell(value) for value in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    # A bar or a line break in a sentence would end the cell.
    return " ".join(str(value).replace("|", "\\|").split())


if __name__ == "__main__":
    main()
