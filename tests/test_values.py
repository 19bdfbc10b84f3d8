"""Typed equality: what two outlets may write of one thing is one value, and nothing else is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factdrift.facts.values import number_of, refines, same_name, same_value
from factdrift.model import Count, DateSpan, Money, Name, Ordinal, Percent, Rate, State, Text, Years


def days(first, last=None):
    return DateSpan(date.fromisoformat(first), date.fromisoformat(last or first))


SAME = [
    (Percent(43, 0), Percent(43.4, 1)),
    (Percent(15, 0), Percent(15.5, 1)),  # half rounds either way
    (Percent(2.5, 1), Percent(2.47, 2)),
    (Money(600e6, "EUR", 1), Money(0.6e9, "EUR", 1)),
    (Money(600e6, "EUR", 1), Money(612e6, "EUR", 3)),
    (Money(0, "EUR", 1), Money(0, "EUR", 1)),
    (days("2023-05-01", "2023-08-31"), days("2023-07-26")),
    (days("2023-01-01", "2023-12-31"), days("2023-12-01", "2023-12-31")),
    (days("2023-06-01", "2023-08-31"), days("2023-07-01", "2023-09-30")),
    (Name("Uchida"), Name("Makoto Uchida")),
    (Name("FRANÇOIS PROVOST"), Name("Francois Provost")),
    (Name("Ｇｅｅｌｙ"), Name("Geely")),
    (Name("内田誠"), Name("内田")),
    (Name("ホンダ"), Name("ホンダ")),
    (Years(1999, 2000), Years(1998, 1999)),
    (Ordinal(3), Ordinal(3)),
    (State(True), State(True)),
    (Count(20_000, "jobs", 1), Count(20_400, "Jobs", 3)),
    (Count(20_000, "", 1), Count(20_000, "jobs", 1)),
    (Rate(38, "ships", "month"), Rate(38, "ships", "month")),
    (Text("a"), Text("a")),
    (None, None),
    (Percent(float("inf")), Percent(float("inf"))),
    (Money(float("inf"), "EUR"), Money(float("inf"), "EUR")),
]
DIFFERENT = [
    (Percent(15, 0), Percent(15.6, 1)),
    (Percent(43, 0), Percent(15, 0)),
    (Percent(15.3, 1), Percent(15.4, 1)),
    (Money(600e6, "EUR", 1), Money(600e6, "USD", 1)),
    (Money(600e6, "EUR", 1), Money(640e6, "EUR", 2)),
    (Money(600e6, "EUR", 1), Money(6e6, "EUR", 1)),
    (days("2023-05-01", "2023-08-31"), days("2023-09-01", "2023-11-30")),
    (days("2023-01-01", "2023-06-30"), days("2023-06-01", "2023-12-31")),
    (Name("Uchida"), Name("Espinosa")),
    (Name("ホンダ"), Name("ポンタ")),
    (Name("田"), Name("内田")),  # one character is no name
    (Name("ba"), Name("baba")),  # Latin letters do not nest
    (Name(""), Name("Honda")),
    (Years(1999, 2000), Years(2001, 2002)),
    (Ordinal(3), Ordinal(4)),
    (State(True), State(False)),
    (Count(20_000, "jobs", 1), Count(20_000, "cars", 1)),
    (Count(20_000, "jobs", 1), Count(9_000, "jobs", 1)),
    (Rate(38, "ships", "month"), Rate(38, "ships", "year")),
    (Rate(38, "ships", "month"), Rate(38, "cars", "month")),
    (Rate(38, "ships", "month"), Rate(42, "ships", "month")),
    (Text("a"), Text("b")),
    (Percent(15, 0), Ordinal(15)),
    (None, State(False)),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_one_thing_written_twice_is_the_same_value(a, b):
    assert same_value(a, b)
    assert same_value(b, a)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_two_things_are_different_values(a, b):
    assert not same_value(a, b)
    assert not same_value(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Percent(40, 0), Percent(43, 0)),  # 10 % of a round number
        (Percent(37, 0), Percent(35.7, 1)),  # 5 % of any other
        (Money(600e6, "EUR", 1), Money(650e6, "EUR", 2)),
        (days("2023-07-26"), days("2023-07-28")),
    ],
)
def test_about_widens_equality(a, b):
    assert not same_value(a, b)
    assert same_value(a, b, approx=True)


def test_about_does_not_make_one_date_of_two_at_the_ends_of_the_calendar():
    assert same_value(DateSpan(date.min, date.min), DateSpan(date.min, date.max), approx=True)
    assert not same_value(DateSpan(date.max, date.max), DateSpan(date.min, date.min), approx=True)


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (Percent(43.4, 1), Percent(43, 0)),
        (Money(612e6, "EUR", 3), Money(600e6, "EUR", 1)),
        (days("2023-07-26"), days("2023-07-01", "2023-07-31")),
        (Years(1999, 1999), Years(1999, 2000)),
        (Name("Makoto Uchida"), Name("Uchida")),
        (Count(20_400, "jobs", 3), Count(20_000, "jobs", 1)),
        (Rate(38.2, "ships", "month"), Rate(38, "ships", "month")),
    ],
)
def test_the_more_precise_wording_refines_the_coarser_and_not_the_reverse(new, old):
    assert refines(new, old)
    assert not refines(old, new)


@pytest.mark.parametrize(
    ("new", "old"),
    [(Percent(15.1, 1), Percent(43, 0)), (State(True), State(True)), (Percent(43, 0), Percent(43, 0)), (None, None)],
)
def test_another_value_or_an_equal_one_refines_nothing(new, old):
    assert not refines(new, old)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (Percent(15), 15),
        (Money(6, "EUR"), 6),
        (Count(2, "x"), 2),
        (Rate(3, "x", "day"), 3),
        (State(True), None),
        (None, None),
    ],
)
def test_bounds_are_put_on_numbers_only(value, number):
    assert number_of(value) == number


numbers = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
dates = st.dates(min_value=date(1990, 1, 1), max_value=date(2040, 1, 1))
values = st.one_of(
    st.builds(Percent, numbers, st.integers(0, 3)),
    st.builds(Money, numbers, st.sampled_from(["EUR", "JPY"]), st.integers(1, 4)),
    st.tuples(dates, dates).map(lambda pair: DateSpan(min(pair), max(pair))),
    st.builds(State, st.booleans()),
    st.builds(Name, st.text(max_size=12)),
    st.builds(Ordinal, st.integers(1, 9)),
    st.tuples(st.integers(1900, 2030), st.integers(0, 2)).map(lambda pair: Years(pair[0], sum(pair))),
    st.builds(Count, numbers, st.sampled_from(["", "jobs"]), st.integers(1, 4)),
    st.builds(Rate, numbers, st.just("ships"), st.sampled_from(["day", "year"])),
    st.builds(Text, st.text(max_size=5)),
)


@given(values)
def test_every_value_is_the_same_as_itself(value):
    assert same_value(value, value)
    assert same_value(value, value, approx=True)


@given(values, values)
def test_equality_has_no_direction_and_about_only_widens_it(a, b):
    assert same_value(a, b) == same_value(b, a)
    assert same_value(a, b, approx=True) == same_value(b, a, approx=True)
    assert not same_value(a, b) or same_value(a, b, approx=True)


@given(values, values)
def test_two_values_never_refine_each_other(a, b):
    assert not (refines(a, b) and refines(b, a))


@given(st.text(), st.text())
def test_any_text_is_compared_as_a_name_without_an_error(a, b):
    assert same_name(a, b) == same_name(b, a)
