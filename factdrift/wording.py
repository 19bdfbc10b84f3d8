"""Values and dates in words for people: "15 %", "up to EUR 600 million", "May-Aug 2023". English; knows no ledger."""

import calendar
import math
from datetime import date

from factdrift.codec import SCALES
from factdrift.model import Belief, Count, DateSpan, Money, Name, Ordinal, Percent, Rate, State, Value, Years

NOTHING = "not stated"
_MONTHS = tuple(name[:3] for name in calendar.month_name)
_BOUNDS = {"max": "up to ", "min": "at least "}


def describe_value(value: Value | None, bound: str | None = None, *, approx: bool = False) -> str:
    """The value as a reader would write it; "not stated" for None."""
    if value is None:
        return NOTHING
    if isinstance(value, DateSpan) and bound:
        return f"by {_day(value.date_to)}" if bound == "max" else f"not before {_day(value.date_from)}"
    return f"{_BOUNDS.get(bound or '', 'about ' if approx else '')}{_plain(value)}"


def describe_belief(belief: Belief | None) -> str:
    """Value, measure, stage and due interval of a belief: "15 % (planned, due May-Aug 2023)"; "nothing" for None."""
    if belief is None:
        return "nothing"
    remarks = [
        belief.measure or "",
        str(belief.stage),
        f"due {describe_span(belief.due)}" if _has_own_due(belief) else "",
    ]
    if belief.contested:
        remarks.append("contested")
    return f"{describe_value(belief.value, belief.bound, approx=belief.approx)} ({', '.join(filter(None, remarks))})"


def describe_span(span: DateSpan | None) -> str:
    """A day, a month, months or years in the shortest form that says as much: "26 Jul 2023", "May-Aug 2023", "2023"."""
    if span is None:
        return NOTHING
    first, last = span.date_from, span.date_to
    if first == last:
        return _day(first)
    if first.day != 1 or last.day != calendar.monthrange(last.year, last.month)[1]:
        return f"{_day(first)} - {_day(last)}"
    if (first.month, last.month) == (1, 12):
        return str(first.year) if first.year == last.year else f"{first.year}-{last.year}"
    if first.year != last.year:
        return f"{_month(first)} - {_month(last)}"
    return _month(last) if first.month == last.month else f"{_MONTHS[first.month]}-{_month(last)}"


def _has_own_due(belief: Belief) -> bool:
    return belief.due is not None and belief.due != belief.value


def _plain(value: Value) -> str:
    match value:
        case Percent():
            return f"{value.percent:.{max(value.decimals, 0)}f} %"
        case Money():
            return f"{value.currency} {_scaled(value.amount)}"
        case DateSpan():
            return describe_span(value)
        case State():
            return "yes" if value.state else "no"
        case Name():
            return value.name
        case Ordinal():
            return f"no. {value.ordinal}"
        case Years():
            return str(value.year_from) if value.year_from == value.year_to else f"{value.year_from} or {value.year_to}"
        case Count():
            return f"{_number(value.count)} {value.unit}".strip()
        case Rate():
            return f"{_number(value.rate)} {value.unit} a {value.period}".replace("  ", " ")
        case _:
            return value.text


def _scaled(amount: float) -> str:
    name, size = next(
        ((name, size) for name, size in reversed(SCALES.items()) if abs(amount) >= size and size >= 10**6), ("", 1)
    )
    return f"{_number(amount / size)} {name}".strip()


def _number(number: float) -> str:
    if not math.isfinite(number):
        return str(number)
    rounded = round(number, 2)
    return f"{int(rounded):,}" if rounded == int(rounded) else f"{rounded:,.2f}".rstrip("0")


def _day(day: date) -> str:
    return f"{day.day} {_month(day)}"


def _month(day: date) -> str:
    return f"{_MONTHS[day.month]} {day.year}"
