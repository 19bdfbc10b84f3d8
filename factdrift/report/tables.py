"""Tables for people: rich on a terminal, tab-separated when piped, CSV and JSON on request. Knows no storage."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from factdrift.report.lines import printable

_WHOLE = ("fact", "since", "date", "claim_id")  # names and days that people copy stay in one piece
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def show(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, form: str = "table", title: str = "") -> None:
    """Write rows to stdout in a form: table, csv or json."""
    listed = [list(row) for row in rows]
    if form == "json":
        text = json.dumps(
            [dict(zip(columns, map(_jsonable, row), strict=True)) for row in listed], ensure_ascii=False, indent=2
        )
        sys.stdout.write(text + "\n")
    elif form == "csv":
        sys.stdout.write(as_csv(columns, listed))
    elif sys.stdout.isatty():
        _rich(columns, listed, title)
    else:
        sys.stdout.write("\t".join(columns) + "\n")
        sys.stdout.writelines("\t".join(_plain(value) for value in row) + "\n" for row in listed)


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """CSV that no spreadsheet takes for a formula: a text that starts like one gets a quote in front."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return out.getvalue()


def write(out: Console, text: Text) -> None:
    """Print lines; on a terminal a long one goes on under its own beginning."""
    for line in text.split("\n"):
        indent = len(line.plain) - len(line.plain.lstrip())
        if out.is_terminal:
            out.print(Padding(line[indent:], (0, 0, 0, indent)), soft_wrap=False)
        else:
            out.print(line)


def console() -> Console:
    """The console for coloured lines on stdout; plain when piped or NO_COLOR is set."""
    return Console(highlight=False, soft_wrap=True)


def _rich(columns: Sequence[str], rows: list[list[Any]], title: str) -> None:
    table = Table(
        title=title or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style="bold",
    )
    for name in columns:
        table.add_column(name.replace("_", " "), overflow="fold", no_wrap=name in _WHOLE)
    for row in rows:
        table.add_row(*(Text(_plain(value)) for value in row))
    Console().print(table)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if (value.hour, value.minute) == (0, 0) else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(str(value))


def _safe(value: Any) -> str:
    text = _plain(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _jsonable(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
