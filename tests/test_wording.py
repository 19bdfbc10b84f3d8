"""Values in words for people."""

from dataclasses import replace
from datetime import date

import pytest
from ledger_cases import ledger, seed, span

from factdrift.model import Count, DateSpan, Money, Name, Ordinal, Percent, Rate, Stage, State, Text, Years
from factdrift.wording import describe_belief, describe_span, describe_value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Percent(15), "15 %"),
        (Percent(43.4, 1), "43.4 %"),
        (Money(600e6, "EUR"), "EUR 600 million"),
        (Money(2.2e9, "USD"), "USD 2.2 billion"),
        (Money(12_500, "EUR"), "EUR 12,500"),
        (State(True), "yes"),
        (State(False), "no"),
        (Name("Ada"), "Ada"),
        (Ordinal(3), "no. 3"),
        (Years(1999, 1999), "1999"),
        (Years(1999, 2000), "1999 or 2000"),
        (Count(20_000, "jobs"), "20,000 jobs"),
        (Count(7, ""), "7"),
        (Count(float("inf"), "x"), "inf x"),
        (Rate(38, "ships", "month"), "38 ships a month"),
        (Rate(2.5, "", "year"), "2.5 a year"),
        (Text("as it is"), "as it is"),
        (None, "not stated"),
    ],
)
def test_a_value_reads_as_a_person_would_write_it(value, words):
    assert describe_value(value) == words


def test_bounds_and_about_are_said():
    assert describe_value(Money(600e6, "EUR"), "max") == "up to EUR 600 million"
    assert describe_value(Percent(40), "min", approx=True) == "at least 40 %"
    assert describe_value(Percent(40), approx=True) == "about 40 %"
    assert describe_value(span("2023-12-01", "2023-12-31"), "max") == "by 31 Dec 2023"
    assert describe_value(span("2023-01-01", "2023-12-31"), "min") == "not before 1 Jan 2023"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2023-07-26", "2023-07-26", "26 Jul 2023"),
        ("2023-07-01", "2023-07-31", "Jul 2023"),
        ("2023-05-01", "2023-08-31", "May-Aug 2023"),
        ("2023-01-01", "2023-12-31", "2023"),
        ("2023-01-01", "2024-12-31", "2023-2024"),
        ("2023-11-01", "2024-02-29", "Nov 2023 - Feb 2024"),
        ("2023-07-10", "2023-07-20", "10 Jul 2023 - 20 Jul 2023"),
    ],
)
def test_an_interval_has_the_shortest_form_that_says_as_much(first, last, words):
    assert describe_span(span(first, last)) == words


def test_a_belief_says_stage_measure_due_and_dispute():
    (belief,) = ledger(
        seed(15, Stage.PLANNED, due=DateSpan(date(2023, 5, 1), date(2023, 8, 31)), measure="direct")
    ).beliefs

    assert describe_belief(belief) == "15 % (direct, planned, due May-Aug 2023)"
    assert describe_belief(None) == "nothing"
    assert describe_span(None) == "not stated"


def test_a_contested_belief_says_so():
    (belief,) = ledger(seed(43)).beliefs

    assert describe_belief(replace(belief, contested=True)) == "43 % (current, contested)"
