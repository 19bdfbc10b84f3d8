"""Tables for people: rich on a terminal, tab-separated when piped, CSV and JSON on request. Knows no storage."""

import csv
import io
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from factdrift.report.lines import DIRECTIONS, printable

_LONGEST_WORD = 40  # a longer one (an address) may be broken
_NARROWEST = 14  # a column of sentences below this is a list of syllables
_INDENT = 4
_BETWEEN = 3
_NUMBER = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?|[\d.,]+")
_FORMULA = ("=", "+", "-", "@", "\t", "\n", "\r")


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
    """A table, or where the terminal is too narrow for one, the cells of each row one after the other."""
    out, cells = Console(highlight=False), [[_plain(value) for value in row] for row in rows]
    whole = [_is_whole([row[place] for row in cells]) for place in range(len(columns))]
    if _narrowest(columns, cells, whole) > out.width:
        for line in _stacked(columns, cells, title, out.width):
            write(out, line)
        return
    table = Table(
        title=title or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        header_style="bold",
    )
    for name, keeps in zip(columns, whole, strict=True):
        table.add_column(name.replace("_", "\n" if keeps else " "), overflow="fold", no_wrap=keeps)
    for row in cells:
        table.add_row(*map(Text, row))
    out.print(table)


def _is_whole(column: list[str]) -> bool:
    """Whether each cell is one word that people may copy: a name, a moment, a number."""
    return all(len(cell) <= _LONGEST_WORD and (" " not in cell or _NUMBER.fullmatch(cell)) for cell in column)


def _narrowest(columns: Sequence[str], rows: list[list[str]], whole: list[bool]) -> int:
    """The width below which words and days would be broken."""
    widths = []
    for place, (name, keeps) in enumerate(zip(columns, whole, strict=True)):
        longest = max(map(cell_len, [*name.split("_"), *(row[place] for row in rows)]))
        widths.append(longest if keeps else min(longest, _NARROWEST))
    return sum(widths) + _BETWEEN * (len(columns) - 1)


def _stacked(columns: Sequence[str], rows: list[list[str]], title: str, width: int) -> Iterator[Text]:
    """Each row in as many lines as it takes; days and numbers say what they are, words speak for themselves."""
    if title:
        yield Text(title, style="italic")
    for row in rows:
        line = Text(row[0], style="bold")
        for name, cell in zip(columns[1:], row[1:], strict=True):
            if not cell:
                continue
            label = f"{name.replace('_', ' ')} " if _NUMBER.fullmatch(cell) else ""
            if line.cell_len + 2 + cell_len(label + cell) > width and line.plain.strip():
                yield line
                line = Text(" " * (_INDENT - 2))
            line.append(f"  {label}", style="not bold dim").append(cell, style="not bold")
        yield line


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if (value.hour, value.minute) == (0, 0) else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(_exact(value))


def _safe(value: Any) -> str:
    text = _exact(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _exact(value: Any) -> str:
    """A value as another program reads it: nothing rounded, no character lost but those that steer a terminal."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "".join(c for c in value if c in "\n\t" or not _steers(c))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool | list | tuple | dict):
        return json.dumps(_jsonable(value), ensure_ascii=False)
    return value.hex() if isinstance(value, bytes) else str(value)


def _steers(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in DIRECTIONS


def _jsonable(value: Any) -> Any:
    """A value as JSON has it; a number that is none is null there (RFC 8259)."""
    if isinstance(value, dict):
        return {str(key): _jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, str | int | None) else _exact(value)
