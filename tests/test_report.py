"""What people are shown: tables, lines, and nothing that steers their terminal or their spreadsheet."""

import contextlib
import csv
import fcntl
import io
import json
import math
import os
import re
import struct
import subprocess
import sys
import termios
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from factdrift.model import Belief, Change, ChangeKind, Percent, Stage, Track
from factdrift.report.lines import change_lines, evidence_lines, printable
from factdrift.report.tables import as_csv, show

AT = datetime(2023, 11, 8, tzinfo=UTC)


def belief(percent: float, stage: Stage = Stage.CURRENT) -> Belief:
    return Belief("stake", Track.ACTUAL, Percent(percent), stage, AT, None, "c1")


def change(old: Belief | None, new: Belief | None, kind: ChangeKind, *, waits: bool = False) -> Change:
    return Change("x", "stake", Track.ACTUAL, kind, old, new, "c1", AT, waits)


def test_a_change_shows_date_fact_old_new_sentence_and_outlet():
    text = change_lines(change(belief(43), belief(15), ChangeKind.VALUE_CHANGED), "It fell to 15 %.", "Daily").plain

    assert text == (
        "2023-11-08  value changed  stake  43 % (current) -> 15 % (current)\n            “It fell to 15 %.”  — Daily"
    )


def test_an_added_fact_has_no_old_value():
    assert "->" not in change_lines(change(None, belief(15), ChangeKind.ADDED), "", "").plain


def test_a_change_that_waits_for_review_says_so():
    shown = change_lines(change(belief(43), belief(15), ChangeKind.VALUE_CHANGED, waits=True), "", "").plain

    assert "waits for review" in shown


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_every_kind_of_change_can_be_shown(kind: ChangeKind):
    assert kind.value.replace("_", " ") in change_lines(change(belief(43), belief(15), kind), "", "").plain


def test_a_sentence_cannot_steer_the_terminal():
    shown = evidence_lines(AT, "added", "15 %", "Now \x1b[2J15 %\r\x07\u202e", "Daily\x9b31m").plain

    assert not set(shown) & set("\x1b\r\x07\u202e\x9b")
    assert "Now [2J15 %" in shown


@given(st.text())
def test_anything_is_shown_on_one_line_without_control_characters(text: str):
    assert all(c.isprintable() or ord(c) > 127 for c in printable(text))
    assert "\n" not in printable(text)


def test_a_piped_table_is_tab_separated(capsys: pytest.CaptureFixture[str]):
    show(["when", "what"], [[date(2023, 1, 2), "a\tb\nc"], [None, True]])

    assert capsys.readouterr().out == "when\twhat\n2023-01-02\ta b c\n\tyes\n"


def test_json_keeps_values_and_writes_times_as_iso(capsys: pytest.CaptureFixture[str]):
    show(["at", "n", "text"], [[AT, 1.5, "é"], [None, False, "b"]], form="json")

    assert json.loads(capsys.readouterr().out) == [
        {"at": "2023-11-08T00:00:00+00:00", "n": 1.5, "text": "é"},
        {"at": None, "n": False, "text": "b"},
    ]


def test_json_is_json_whatever_the_values_are(capsys: pytest.CaptureFixture[str]):
    row = [math.nan, -math.inf, Decimal("10"), Decimal("1.50"), b"\x00a", time(1, 2), {"a": [AT, None]}, (1, True)]

    show([f"c{n}" for n in range(len(row))], [row], form="json")

    (written,) = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    nested = {"a": ["2023-11-08T00:00:00+00:00", None]}
    assert list(written.values()) == [None, None, 10, 1.5, "0061", "01:02:00", nested, [1, True]]


def test_csv_loses_no_second_no_line_and_no_joiner_but_what_steers_a_terminal():
    moment = datetime(2023, 12, 31, 23, 0, 5, 120, tzinfo=UTC)
    family = "a\nb\tc \u200d"

    text = as_csv(["c"] * 6, [[moment, True, [1, "é"], f"{family}\x1b[31m\u202e", None, 0.1]])

    row = ["2023-12-31T23:00:05.000120+00:00", "true", '[1, "é"]', f"{family}[31m", "", "0.1"]
    assert list(csv.reader(io.StringIO(text)))[1] == row


def test_a_piped_table_has_lists_as_json(capsys: pytest.CaptureFixture[str]):
    show(["a"], [[{"x": [date(2024, 1, 1)]}]])

    assert capsys.readouterr().out == 'a\n{"x": ["2024-01-01"]}\n'


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n="])
def test_csv_disarms_what_a_spreadsheet_takes_for_a_formula(start: str):
    line = list(csv.reader(io.StringIO(as_csv(["a"], [[f"{start}cmd|' /C calc'!A0"]]))))[1]

    assert line[0].startswith("'")


def test_csv_leaves_numbers_alone():
    assert as_csv(["n"], [[-1.5]]) == "n\n-1.5\n"


FACTS = (
    ["fact", "track", "value", "stage", "since", "last_confirmed", "due"],
    [
        ["engineering-support-to-the-unit", "expected", "yes", "denied", "2023-04-14", "2023-04-17", None],
        ["shares-of-the-other-in-trust", "actual", "28.4 % (contested)", "current", "2023-06-16", "2023-11-08", "x"],
        ["long-term-roadmap", "expected", "by 30 Nov 2023", "planned", "2023-04-14", "2023-07-26", date(2023, 11, 30)],
    ],
)


def on_a_terminal(columns: int, *shown: object) -> list[str]:
    """The lines that `show` writes to a terminal of so many columns, without colours."""
    main, side = os.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    code = f"import datetime; from factdrift.report.tables import show; show(*{shown!r})"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", code], stdout=side, env=env, check=True)
    os.close(side)
    written = b""
    with contextlib.suppress(OSError):  # how a terminal that nobody writes to any more ends
        while part := os.read(main, 65_536):
            written += part
    os.close(main)
    return re.sub(r"\x1b\[[\d;]*m", "", written.decode()).splitlines()


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_narrow_terminal_breaks_no_name_and_no_day(columns: int):
    lines = on_a_terminal(columns, *FACTS)

    assert max(map(len, lines)) <= columns
    words = [word for line in lines for word in line.split()]
    assert {str(cell) for row in FACTS[1] for cell in row if cell and " " not in str(cell)} <= set(words)


def test_where_a_table_is_too_wide_days_say_what_they_are():
    lines = [line.rstrip() for line in on_a_terminal(80, *FACTS)]

    assert lines[-2:] == [
        "long-term-roadmap  expected  by 30 Nov 2023  planned  since 2023-04-14",
        "    last confirmed 2023-07-26  due 2023-11-30",
    ]


def test_a_wide_terminal_has_a_line_for_each_row():
    lines = on_a_terminal(140, *FACTS)

    assert [line.split()[0] for line in lines[-3:]] == [row[0] for row in FACTS[1]]
    assert "by 30 Nov 2023" in lines[-1]
