"""What people are shown: tables, lines, and nothing that steers their terminal or their spreadsheet."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
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


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_csv_disarms_what_a_spreadsheet_takes_for_a_formula(start: str):
    line = list(csv.reader(io.StringIO(as_csv(["a"], [[f"{start}cmd|' /C calc'!A0"]]))))[1]

    assert line[0].startswith("'")


def test_csv_leaves_numbers_alone():
    assert as_csv(["n"], [[-1.5]]) == "n\n-1.5\n"
